//! `Content-Disposition` (RFC 6266, RFC 8187): how a browser saves a file and under which name.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the `attr-char` of RFC 8187 §3.2.1.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Shown in the page or saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// Shown.
    Inline,
    /// Saved.
    Attachment,
}

/// The header for a file of this name. The plain `filename` is for clients that cannot read the other one: quotes,
/// backslashes, percent signs (which some decode) and everything outside of ASCII are `_` there, so no name can end the
/// parameter or the header.
pub(crate) fn content_disposition(disposition: Disposition, name: &str) -> HeaderValue {
    let kind = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    let plain: String = name
        .chars()
        .map(|c| if matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%') { c } else { '_' })
        .collect();
    let encoded = utf8_percent_encode(name, ENCODED);
    let text = if plain == name {
        format!("{kind}; filename=\"{plain}\"")
    } else {
        format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    };
    // Only visible ASCII and spaces are left, which every header value may hold.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_and_cannot_break_out() {
        for (name, expected) in [
            ("a b.txt", "attachment; filename=\"a b.txt\""),
            ("黄山.jpg", "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E9%BB%84%E5%B1%B1.jpg"),
            ("a\".exe", "attachment; filename=\"a_.exe\"; filename*=UTF-8''a%22.exe"),
            (
                "x\r\nSet-Cookie: a=b",
                "attachment; filename=\"x__Set-Cookie: a=b\"; filename*=UTF-8''x%0D%0ASet-Cookie%3A%20a%3Db",
            ),
            ("50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"),
            ("a\\b'c*", "attachment; filename=\"a_b'c*\"; filename*=UTF-8''a%5Cb%27c%2A"),
        ] {
            assert_eq!(content_disposition(Disposition::Attachment, name).to_str().expect("text"), expected);
        }
        assert_eq!(content_disposition(Disposition::Inline, "a.png"), "inline; filename=\"a.png\"");
    }
}
