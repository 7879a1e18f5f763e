//! `Upload-Metadata`: pairs of a key and base64 text, read into [`UploadMetadata`]. Unknown keys are ignored, as they
//! belong to the client; a known key that cannot be read is refused, since guessing would put the file elsewhere.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

use data_encoding::BASE64;
use domain::{AppError, Conflict, Field, FileName, Reason, UploadMetadata};

/// The longest header that is taken, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// What `lastmodified` may be, in unix milliseconds: the years 1 to 9999. Beyond them no date can be written.
const DATES: RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// Reads the header.
///
/// # Errors
/// [`AppError::Invalid`], with the field where it is one that a person chose.
pub(crate) fn parse(header: &str) -> Result<UploadMetadata, AppError> {
    if header.len() > MAX_LENGTH {
        return Err(AppError::invalid(Field::Metadata, Reason::TooLong { limit: MAX_LENGTH as u64 }));
    }
    let pairs = pairs(header)?;
    let text = |key: &str| pairs.get(key).map(String::as_str).filter(|value| !value.is_empty());
    // tus clients differ in what they call the name; `name` is what several of them send.
    let name = pairs.get("filename").or_else(|| pairs.get("name"));
    let name = name
        .map(|name| FileName::parse(name))
        .transpose()
        .map_err(|reason| AppError::invalid(Field::Name, reason))?;
    let conflict = text("conflict")
        .map(|text| Conflict::parse(text).ok_or(AppError::invalid(Field::Metadata, Reason::Unknown)))
        .transpose()?
        .unwrap_or_default();
    let parent = match text("parent") {
        None | Some("root") => None,
        Some(id) => Some(id.parse().map_err(|_| AppError::invalid(Field::Parent, Reason::Malformed))?),
    };
    let blake3 = text("blake3").map(digest).transpose()?;
    Ok(UploadMetadata {
        name,
        parent,
        conflict,
        mime: text("filetype").and_then(domain::parse_mime),
        last_modified: date(text("lastmodified"))?,
        blake3,
        group: text("group").map(group).transpose()?,
        part_offset: number(text("offset"))?,
        total: number(text("total"))?,
    })
}

/// The keys that are read.
const KEYS: [&str; 10] = [
    "filename",
    "name",
    "filetype",
    "parent",
    "conflict",
    "lastmodified",
    "blake3",
    "group",
    "offset",
    "total",
];

fn pairs(header: &str) -> Result<HashMap<&str, String>, AppError> {
    let malformed = || AppError::invalid(Field::Metadata, Reason::Malformed);
    let mut pairs = HashMap::new();
    for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        // "The value MAY be empty. In these cases, the space […] MAY be left out."
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let bytes = BASE64.decode(value.trim().as_bytes()).map_err(|_| malformed())?;
        if !KEYS.contains(&key) {
            continue;
        }
        let value = String::from_utf8(bytes).map_err(|_| malformed())?;
        if pairs.insert(key, value).is_some() {
            return Err(malformed());
        }
    }
    Ok(pairs)
}

fn number<T: FromStr>(text: Option<&str>) -> Result<Option<T>, AppError> {
    text.map(|text| text.parse().map_err(|_| AppError::invalid(Field::Metadata, Reason::Malformed)))
        .transpose()
}

fn date(text: Option<&str>) -> Result<Option<i64>, AppError> {
    match number(text)? {
        Some(date) if !DATES.contains(&date) => Err(AppError::invalid(Field::Metadata, Reason::Malformed)),
        date => Ok(date),
    }
}

fn digest(text: &str) -> Result<String, AppError> {
    let digest = text.to_ascii_lowercase();
    if digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(digest)
    } else {
        Err(AppError::invalid(Field::Checksum, Reason::Malformed))
    }
}

fn group(text: &str) -> Result<String, AppError> {
    if text.len() > 128 {
        Err(AppError::invalid(Field::Metadata, Reason::TooLong { limit: 128 }))
    } else if text.chars().any(char::is_control) {
        // PostgreSQL keeps no NUL.
        Err(AppError::invalid(Field::Metadata, Reason::Malformed))
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::NodeId;

    fn header(pairs: &[(&str, &str)]) -> String {
        let pairs: Vec<_> =
            pairs.iter().map(|(key, value)| format!("{key} {}", BASE64.encode(value.as_bytes()))).collect();
        pairs.join(",")
    }

    #[test]
    fn every_key() {
        let parent = NodeId::from_random([3; 16]);
        let hex = "AB".repeat(32);
        let parsed = parse(&header(&[
            ("filename", "黄山.jpg"),
            ("filetype", "Text/HTML; charset=utf-8"),
            ("parent", parent.as_str()),
            ("conflict", "replace"),
            ("lastmodified", "1700000000123"),
            ("blake3", &hex),
            ("group", "g-1"),
            ("offset", "134217728"),
            ("total", "400000000"),
            ("relativePath", "x"),
        ]));
        let expected = UploadMetadata {
            name: Some(FileName::parse("黄山.jpg").expect("a name")),
            parent: Some(parent),
            conflict: Conflict::Replace,
            mime: Some("text/html".to_owned()),
            last_modified: Some(1_700_000_000_123),
            blake3: Some(hex.to_lowercase()),
            group: Some("g-1".to_owned()),
            part_offset: Some(134_217_728),
            total: Some(400_000_000),
        };
        assert_eq!(parsed, Ok(expected));
    }

    #[test]
    fn little_or_nothing() {
        assert_eq!(parse(""), Ok(UploadMetadata::default()));
        assert_eq!(parse("is_confidential"), Ok(UploadMetadata::default()));
        assert_eq!(
            parse("thumbnail gICA, thumbnail gYGB"),
            Ok(UploadMetadata::default()),
            "theirs, not ours"
        );
        assert_eq!(parse(&header(&[("filetype", "no type at all")])), Ok(UploadMetadata::default()));
        assert_eq!(parse("parent, conflict "), Ok(UploadMetadata::default()));
        assert_eq!(parse(&header(&[("parent", "root")])), Ok(UploadMetadata::default()));
        let named = parse(&header(&[("name", "a.txt")])).expect("metadata");
        assert_eq!(named.name.expect("a name").as_str(), "a.txt");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for (text, field) in [
            (header(&[("filename", "a/b")]), Field::Name),
            (header(&[("filename", "..")]), Field::Name),
            (header(&[("filename", "a\0b")]), Field::Name),
            (header(&[("filename", &"x".repeat(300))]), Field::Name),
            ("filename".to_owned(), Field::Name),
            (header(&[("parent", "../etc")]), Field::Parent),
            (header(&[("conflict", "whatever")]), Field::Metadata),
            (header(&[("blake3", "abc")]), Field::Checksum),
            (header(&[("lastmodified", "yesterday")]), Field::Metadata),
            (header(&[("lastmodified", "253402300800000")]), Field::Metadata),
            (header(&[("lastmodified", "-62135596800001")]), Field::Metadata),
            (header(&[("offset", "-1")]), Field::Metadata),
            (header(&[("group", "a\0b")]), Field::Metadata),
            (header(&[("group", &"x".repeat(129))]), Field::Metadata),
            ("filename !!!".to_owned(), Field::Metadata),
            ("filename gICA".to_owned(), Field::Metadata),
            (format!("{0},{0}", header(&[("filename", "a")])), Field::Metadata),
            ("x".repeat(9000), Field::Metadata),
        ] {
            match parse(&text) {
                Err(AppError::Invalid { field: found, .. }) => assert_eq!(found, field, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
