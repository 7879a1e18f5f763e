//! What people tell of themselves: as it was typed, within limits, and only ever shown as text.

use unicode_normalization::UnicodeNormalization;

use crate::Reason;
use crate::name::is_invisible;

/// Characters of each at most: all of them together, refused and given back, have to fit into a cookie.
const LONGEST_NAME: usize = 40;
const LONGEST_PHONE: usize = 32;
const LONGEST_ADDRESS: usize = 150;
const LONGEST_ABOUT: usize = 300;

/// How somebody wants to be addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// As a woman.
    Female,
    /// As a man.
    Male,
    /// As neither of them.
    Other,
}

impl Gender {
    /// The word in forms and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Other => "other",
        }
    }

    /// Reads [`name`](Self::name); anything else is not said.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Female, Self::Male, Self::Other].into_iter().find(|gender| gender.name() == name)
    }
}

/// What somebody tells of themselves. Nothing of it has to be there; empty is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    display_name: String,
    phone: String,
    gender: Option<Gender>,
    address: String,
    about: String,
}

/// The same as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypedDetails<'a> {
    /// What others and the own pages call the person.
    pub display_name: &'a str,
    /// Digits, spaces and the signs between them.
    pub phone: &'a str,
    /// A [`Gender::name`], or empty.
    pub gender: &'a str,
    /// One line.
    pub address: &'a str,
    /// Lines.
    pub about: &'a str,
}

/// The input that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// [`TypedDetails::display_name`].
    DisplayName,
    /// [`TypedDetails::phone`].
    Phone,
    /// [`TypedDetails::address`].
    Address,
    /// [`TypedDetails::about`].
    About,
}

impl Details {
    /// Parses what was typed: composed (NFC), without space around it, without what hides or reorders text.
    ///
    /// # Errors
    /// The first input that is refused, and why.
    pub fn parse(typed: TypedDetails<'_>) -> Result<Self, (Detail, Reason)> {
        let display_name = line(typed.display_name, LONGEST_NAME).map_err(|r| (Detail::DisplayName, r))?;
        let phone = phone(typed.phone).map_err(|reason| (Detail::Phone, reason))?;
        let address = line(typed.address, LONGEST_ADDRESS).map_err(|reason| (Detail::Address, reason))?;
        let about = lines(typed.about, LONGEST_ABOUT).map_err(|reason| (Detail::About, reason))?;
        Ok(Self { display_name, phone, gender: Gender::of_name(typed.gender), address, about })
    }

    /// What others and the own pages call the person, if they said.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// As it was typed.
    #[must_use]
    pub fn phone(&self) -> &str {
        &self.phone
    }

    /// If they said.
    #[must_use]
    pub const fn gender(&self) -> Option<Gender> {
        self.gender
    }

    /// One line.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Lines, with `\n` between them.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }
}

fn line(text: &str, most: usize) -> Result<String, Reason> {
    let text = lines(text, most)?;
    if text.contains('\n') { Err(Reason::ControlCharacter) } else { Ok(text) }
}

fn lines(text: &str, most: usize) -> Result<String, Reason> {
    // Browsers send CRLF, and count it as one character.
    let text: String = text.replace("\r\n", "\n").trim().nfc().collect();
    if text.chars().any(|c| (c.is_control() && c != '\n') || is_invisible(c)) {
        return Err(Reason::ControlCharacter);
    }
    if text.chars().count() > most { Err(Reason::TooLong { limit: most as u64 }) } else { Ok(text) }
}

fn phone(text: &str) -> Result<String, Reason> {
    let text = line(text, LONGEST_PHONE)?;
    let is_sign =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.' | '/' | '#' | '*');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if text.is_empty() || (digits >= 3 && text.chars().all(is_sign)) {
        Ok(text)
    } else {
        Err(Reason::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_tell_is_kept_as_they_wrote_it() {
        let typed = TypedDetails {
            display_name: "  林 <b>微</b> ",
            phone: "+86 (10) 1234-5678",
            gender: "other",
            address: "上海市浦东新区",
            about: "first\r\nsecond\n\n<script>alert(1)</script>",
        };
        let details = Details::parse(typed).expect("details");
        assert_eq!((details.display_name(), details.phone()), ("林 <b>微</b>", "+86 (10) 1234-5678"));
        assert_eq!((details.gender(), details.address()), (Some(Gender::Other), "上海市浦东新区"));
        assert_eq!(details.about(), "first\nsecond\n\n<script>alert(1)</script>");
        let nothing = Details::parse(TypedDetails { gender: "robot", ..TypedDetails::default() });
        assert_eq!(nothing, Ok(Details::default()));
    }

    #[test]
    fn what_is_refused_is_named() {
        let long = |count| "长".repeat(count);
        let (name, address, about) = (long(41), long(151), long(301));
        let empty = TypedDetails::default();
        for (typed, detail, reason) in [
            (
                TypedDetails { display_name: &name, ..empty },
                Detail::DisplayName,
                Reason::TooLong { limit: 40 },
            ),
            (TypedDetails { display_name: "a\nb", ..empty }, Detail::DisplayName, Reason::ControlCharacter),
            (
                TypedDetails { display_name: "a\u{202E}b", ..empty },
                Detail::DisplayName,
                Reason::ControlCharacter,
            ),
            (TypedDetails { phone: "call me", ..empty }, Detail::Phone, Reason::Malformed),
            (TypedDetails { phone: "12", ..empty }, Detail::Phone, Reason::Malformed),
            (TypedDetails { address: &address, ..empty }, Detail::Address, Reason::TooLong { limit: 150 }),
            (TypedDetails { about: &about, ..empty }, Detail::About, Reason::TooLong { limit: 300 }),
            (TypedDetails { about: "a\0b", ..empty }, Detail::About, Reason::ControlCharacter),
        ] {
            assert_eq!(Details::parse(typed), Err((detail, reason)), "{typed:?}");
        }
    }
}
