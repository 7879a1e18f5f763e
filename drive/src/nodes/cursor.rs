//! Where a page of a list ended, as a text that is passed back.
//!
//! It is opaque and bound to its list (whose, which folder, which order): eight bytes of BLAKE3 over both catch a cursor
//! that was cut, edited or used elsewhere. That is no secret and need not be: whoever forges one only chooses where in
//! their own list to begin.

use data_encoding::BASE64URL_NOPAD;
use domain::{Field, NodeId, Reason};
use sqlx::any::AnyRow;

use super::parse;
use crate::{Error, Result};

/// What the list is sorted by, at the last item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// The last item of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// `FOLDER` or `FILE`; also anything else a list is divided by.
    pub(crate) section: u8,
    pub(crate) value: Value,
    pub(crate) id: NodeId,
}

const TAG: usize = 8;
const ID: usize = 26;

impl Cursor {
    /// `list` says which list this is a place in.
    pub(crate) fn encode(&self, list: &str) -> String {
        let mut body = vec![self.section];
        body.extend_from_slice(self.id.as_str().as_bytes());
        match &self.value {
            Value::Text(text) => {
                body.push(b't');
                body.extend_from_slice(text.as_bytes());
            }
            Value::Number(number) => {
                body.push(b'n');
                body.extend_from_slice(&number.to_be_bytes());
            }
        }
        let mut bytes = tag(list, &body).to_vec();
        bytes.extend_from_slice(&body);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// # Errors
    /// `Invalid { Cursor, Malformed }` for everything that [`encode`](Self::encode) did not make for this list.
    pub(crate) fn decode(text: &str, list: &str) -> Result<Self> {
        Self::read(text, list).ok_or(Error::invalid(Field::Cursor, Reason::Malformed))
    }

    fn read(text: &str, list: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (claimed, body) = bytes.split_at_checked(TAG)?;
        if tag(list, body) != claimed {
            return None;
        }
        let (section, rest) = body.split_first()?;
        let (id, rest) = rest.split_at_checked(ID)?;
        let value = match rest.split_first()? {
            // PostgreSQL has no NUL in texts.
            (b't', text) if !text.contains(&0) => Value::Text(String::from_utf8(text.to_vec()).ok()?),
            (b'n', number) => Value::Number(i64::from_be_bytes(number.try_into().ok()?)),
            _ => return None,
        };
        Some(Self { section: *section, value, id: parse(std::str::from_utf8(id).ok()?).ok()? })
    }
}

/// Cuts off the row that was asked for beyond the limit, whose being there tells that the list goes on, and makes the
/// cursor of the last one that stays.
pub(crate) fn cut(
    rows: &[AnyRow],
    limit: usize,
    cursor: impl FnOnce(&AnyRow) -> Result<String>,
) -> Result<(&[AnyRow], Option<String>)> {
    let kept = &rows[..rows.len().min(limit)];
    let next = if rows.len() > limit { kept.last().map(cursor).transpose()? } else { None };
    Ok((kept, next))
}

fn tag(list: &str, body: &[u8]) -> [u8; TAG] {
    let mut hasher = blake3::Hasher::new_derive_key("hayloft 2026 position in a list");
    hasher.update(&(list.len() as u64).to_be_bytes()).update(list.as_bytes()).update(body);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&hasher.finalize().as_bytes()[..TAG]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_only_for_its_list_and_untouched() {
        for value in [Value::Text("r\u{31}7apport".to_owned()), Value::Text(String::new()), Value::Number(-5)]
        {
            let cursor = Cursor { section: 1, value, id: NodeId::from_random([7; 16]) };
            let text = cursor.encode("name");
            assert_eq!(Cursor::decode(&text, "name").expect("own cursor"), cursor);
            assert!(Cursor::decode(&text, "-name").is_err());
            for index in 0..text.len() {
                let mut other = text.clone().into_bytes();
                other[index] = if other[index] == b'A' { b'B' } else { b'A' };
                let other = String::from_utf8(other).expect("ASCII");
                assert!(Cursor::decode(&other, "name").is_err(), "{index}");
                assert!(Cursor::decode(&text[..index], "name").is_err(), "{index}");
            }
        }
        for garbage in ["", "0", "%%%", "name", "\0", "AAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(Cursor::decode(garbage, "name").is_err(), "{garbage:?}");
        }
    }
}
