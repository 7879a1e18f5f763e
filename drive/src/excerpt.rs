//! The beginning of a file as text: as much as a page shows, in whatever encoding it was written.

use domain::Node;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use futures::StreamExt;

use crate::{Content, Error, Result};

/// Bytes that are read.
const MOST: u64 = 2 << 20;

/// Bytes by which text is told from other things, where the name does not tell.
const LOOK: usize = 8 << 10;

/// The beginning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Its text. What cannot be read is U+FFFD.
    pub text: String,
    /// What it was written in, by the name that the Encoding Standard gives it.
    pub encoding: &'static str,
    /// Whether that was all.
    pub is_whole: bool,
}

impl Content {
    /// The first 2 MiB as text; `None` when it is none. The encoding is told by a mark at the beginning, else by what the
    /// bytes look like: UTF-8, UTF-16, then the older ones, as browsers do.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn excerpt(&self) -> Result<Option<Excerpt>> {
        let wanted = self.size.min(MOST);
        let mut frames = self.read(0..wanted).await?;
        let mut bytes: Vec<u8> = Vec::new();
        let mut is_looked_at = false;
        while let Some(frame) = frames.next().await {
            bytes.extend_from_slice(&frame?);
            // A film is not read for two megabytes to say that it is no text.
            if !is_looked_at && bytes.len() >= LOOK {
                is_looked_at = true;
                if is_binary(&bytes[..LOOK]) {
                    return Ok(None);
                }
            }
        }
        let is_whole = wanted == self.size;
        let read = tokio::task::spawn_blocking(move || decode(&bytes, is_whole)).await;
        read.map_err(|error| Error::Internal(error.to_string()))
    }

    /// The file.
    #[must_use]
    pub const fn node(&self) -> &Node {
        &self.node
    }
}

fn decode(bytes: &[u8], is_whole: bool) -> Option<Excerpt> {
    if is_binary(&bytes[..bytes.len().min(LOOK)]) {
        return None;
    }
    let encoding = encoding_of(bytes, is_whole);
    let (mut text, encoding, _) = encoding.decode(bytes);
    if text.contains('\0') {
        return None;
    }
    // A character that the end of the excerpt cuts through.
    if !is_whole && text.ends_with('\u{FFFD}') {
        let kept = text.trim_end_matches('\u{FFFD}').len();
        text.to_mut().truncate(kept);
    }
    Some(Excerpt { text: text.into_owned(), encoding: encoding.name(), is_whole })
}

/// Whether this is no text in any encoding: zeros beyond those of UTF-16, or bytes that no text has.
fn is_binary(bytes: &[u8]) -> bool {
    if Encoding::for_bom(bytes).is_some() || wide(bytes).is_some() {
        return false;
    }
    // Escape is left out for ISO-2022-JP and for what terminals write.
    let odd = |byte: &&u8| matches!(byte, 0..=6 | 14..=26 | 28..=31);
    bytes.contains(&0) || bytes.iter().filter(odd).count() * 100 > bytes.len()
}

fn encoding_of(bytes: &[u8], is_whole: bool) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = wide(bytes) {
        return encoding;
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => return UTF_8,
        // The last character is cut through.
        Err(error) if error.error_len().is_none() && !is_whole => return UTF_8,
        Err(_) => {}
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, is_whole);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

/// UTF-16 without a mark: line ends, spaces and Latin letters have a zero at every other place, and at these alone.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let looked = &bytes[..bytes.len().min(LOOK) & !1];
    let zeros = |place: usize| looked.iter().skip(place).step_by(2).filter(|byte| **byte == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    let enough = looked.len() / 2 / 50 + 2;
    match (high, low) {
        (0, low) if low >= enough => Some(UTF_16LE),
        (high, 0) if high >= enough => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], is_whole: bool) -> Option<(String, &'static str)> {
        decode(bytes, is_whole).map(|excerpt| (excerpt.text, excerpt.encoding))
    }

    fn wide_of(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn encodings_are_found_out() {
        const CHINESE: &str = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。\n";
        let gbk = encoding_rs::GBK.encode(CHINESE).0.into_owned();
        let big5 =
            encoding_rs::BIG5.encode("春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。\n").0.into_owned();
        for (bytes, text, encoding) in [
            (CHINESE.as_bytes().to_vec(), CHINESE, "UTF-8"),
            (gbk, CHINESE, "GBK"),
            (big5, "春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。\n", "Big5"),
            ([&b"\xEF\xBB\xBF"[..], CHINESE.as_bytes()].concat(), CHINESE, "UTF-8"),
            ([&b"\xFF\xFE"[..], &wide_of(CHINESE, u16::to_le_bytes)].concat(), CHINESE, "UTF-16LE"),
            ([&b"\xFE\xFF"[..], &wide_of(CHINESE, u16::to_be_bytes)].concat(), CHINESE, "UTF-16BE"),
            (wide_of("a = 1\r\n", u16::to_le_bytes), "a = 1\r\n", "UTF-16LE"),
            (wide_of("a = 1\r\n", u16::to_be_bytes), "a = 1\r\n", "UTF-16BE"),
            (b"caf\xE9 cr\xE8me br\xFBl\xE9e".to_vec(), "café crème brûlée", "windows-1252"),
            (Vec::new(), "", "UTF-8"),
        ] {
            assert_eq!(read(&bytes, true), Some((text.to_owned(), encoding)), "{text}");
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        for bytes in [
            &b"\x7FELF\0\0\0\0"[..],
            b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR",
            b"a\0\0b\0\0c",
            &[1; 100],
            b"text and \0",
        ] {
            assert_eq!(read(bytes, true), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_character_that_is_cut_through_is_left_out() {
        let bytes = "天地玄黄".as_bytes();
        assert_eq!(read(&bytes[..bytes.len() - 1], false), Some(("天地玄".to_owned(), "UTF-8")));
    }
}
