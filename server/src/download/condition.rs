//! Conditional requests (RFC 9110 §13), for a representation that has a strong entity tag and a time of change.
//! Knows nothing of what is sent.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderName, header};

/// What the request's conditions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Answer as asked; a `Range` header counts only when `ranges`.
    Proceed {
        /// Whether `If-Range` lets the ranges stand.
        ranges: bool,
    },
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// What the representation is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validators<'a> {
    /// The strong entity tag, with its quotes.
    pub(crate) etag: &'a str,
    /// Unix milliseconds of the last change.
    pub(crate) modified: i64,
}

impl Validators<'_> {
    /// The time of change in whole seconds, as HTTP dates have them.
    pub(crate) fn last_modified(&self) -> SystemTime {
        let seconds = u64::try_from(self.modified / 1000).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }
}

/// Evaluates the preconditions of a GET or HEAD in the order of §13.2.2.
pub(crate) fn evaluate(headers: &HeaderMap, now: &Validators<'_>) -> Verdict {
    let modified = now.last_modified();
    if headers.contains_key(header::IF_MATCH) {
        if !any_tag(headers, &header::IF_MATCH, |tag| tag == now.etag) {
            return Verdict::Failed;
        }
    } else if date(headers, &header::IF_UNMODIFIED_SINCE).is_some_and(|since| modified > since) {
        return Verdict::Failed;
    }
    if headers.contains_key(header::IF_NONE_MATCH) {
        // Weak comparison: a cache that marked our tag as weak still has these bytes.
        if any_tag(headers, &header::IF_NONE_MATCH, |tag| tag.strip_prefix("W/").unwrap_or(tag) == now.etag) {
            return Verdict::NotModified;
        }
    } else if date(headers, &header::IF_MODIFIED_SINCE).is_some_and(|since| modified <= since) {
        return Verdict::NotModified;
    }
    let ranges = match headers.get(header::IF_RANGE).map(|value| value.to_str().unwrap_or("").trim()) {
        None => true,
        Some(tag) if tag.starts_with('"') || tag.starts_with("W/") => tag == now.etag,
        Some(text) => httpdate::parse_http_date(text).is_ok_and(|date| date == modified),
    };
    Verdict::Proceed { ranges }
}

/// Whether a tag of the header's list satisfies `matches`; `*` always does.
fn any_tag(headers: &HeaderMap, name: &HeaderName, matches: impl Fn(&str) -> bool) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|list| {
        // Our tags hold neither commas nor quotes, so splitting at commas cannot make one out of another tag's inside
        // that would not have to carry its own quotes.
        list.trim() == "*" || list.split(',').any(|tag| matches(tag.trim()))
    })
}

/// The date of a header; one that is no date counts as absent (§13.1.3).
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    headers.get(name)?.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Validators<'_> = Validators { etag: "\"abc\"", modified: 784_111_777_432 };
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const GO: Verdict = Verdict::Proceed { ranges: true };
    const WHOLE: Verdict = Verdict::Proceed { ranges: false };

    fn verdict(headers: &[(HeaderName, &str)]) -> Verdict {
        let map =
            headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))).collect();
        evaluate(&map, &NOW)
    }

    #[test]
    fn single_conditions() {
        for (name, value, expected) in [
            (header::IF_MATCH, "\"abc\"", GO),
            (header::IF_MATCH, "\"x\", \"abc\"", GO),
            (header::IF_MATCH, "*", GO),
            (header::IF_MATCH, "W/\"abc\"", Verdict::Failed),
            (header::IF_MATCH, "\"x\"", Verdict::Failed),
            (header::IF_NONE_MATCH, "\"abc\"", Verdict::NotModified),
            (header::IF_NONE_MATCH, "W/\"abc\"", Verdict::NotModified),
            (header::IF_NONE_MATCH, "\"x\", W/\"abc\"", Verdict::NotModified),
            (header::IF_NONE_MATCH, "*", Verdict::NotModified),
            (header::IF_NONE_MATCH, "\"x\"", GO),
            (header::IF_UNMODIFIED_SINCE, THEN, GO),
            (header::IF_UNMODIFIED_SINCE, AFTER, GO),
            (header::IF_UNMODIFIED_SINCE, BEFORE, Verdict::Failed),
            (header::IF_UNMODIFIED_SINCE, "yesterday", GO),
            (header::IF_MODIFIED_SINCE, THEN, Verdict::NotModified),
            (header::IF_MODIFIED_SINCE, AFTER, Verdict::NotModified),
            (header::IF_MODIFIED_SINCE, BEFORE, GO),
            (header::IF_MODIFIED_SINCE, "yesterday", GO),
            (header::IF_RANGE, "\"abc\"", GO),
            (header::IF_RANGE, "W/\"abc\"", WHOLE),
            (header::IF_RANGE, "\"x\"", WHOLE),
            (header::IF_RANGE, THEN, GO),
            (header::IF_RANGE, AFTER, WHOLE),
            (header::IF_RANGE, "nonsense", WHOLE),
        ] {
            assert_eq!(verdict(&[(name.clone(), value)]), expected, "{name}: {value}");
        }
    }

    #[test]
    fn tags_come_before_dates() {
        assert_eq!(
            verdict(&[(header::IF_NONE_MATCH, "\"x\""), (header::IF_MODIFIED_SINCE, AFTER)]),
            GO,
            "a tag that differs outweighs a date that does not"
        );
        assert_eq!(verdict(&[(header::IF_MATCH, "\"abc\""), (header::IF_UNMODIFIED_SINCE, BEFORE)]), GO);
        assert_eq!(
            verdict(&[(header::IF_MATCH, "\"x\""), (header::IF_NONE_MATCH, "\"abc\"")]),
            Verdict::Failed
        );
    }
}
