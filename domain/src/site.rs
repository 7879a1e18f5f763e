//! What holds for a whole site.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Who may make an account of their own. Administrators make accounts for others whatever it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Anybody who reaches the page.
    Open,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody. What is not known is taken for this.
    #[default]
    Closed,
}

impl Registration {
    /// All of them, the widest first.
    pub const ALL: [Self; 3] = [Self::Open, Self::Invitation, Self::Closed];

    /// The word for it in SQL, on the command line and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invitation => "invitation",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Registration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|registration| registration.as_str() == text);
        found.ok_or_else(|| "write open, invitation or closed".to_owned())
    }
}

const HOUR: u64 = 60 * 60;

/// Hours of a hundred years, far below where times overflow.
const MOST_HOURS: u64 = 876_600;

/// How long the trash keeps things; `None` is until they are deleted by hand. Written `7d` or `36h`; a number alone is
/// days, and 0 keeps everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(pub Option<Duration>);

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.map(|keeps| keeps.as_secs().div_ceil(HOUR)) {
            None => f.write_str("0"),
            Some(hours) if hours.is_multiple_of(24) => write!(f, "{}d", hours / 24),
            Some(hours) => write!(f, "{hours}h"),
        }
    }
}

impl FromStr for Retention {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (number, hours) = match text.strip_suffix('h') {
            Some(number) => (number, 1),
            None => (text.strip_suffix('d').unwrap_or(text), 24),
        };
        match number.trim_end().parse::<u64>().ok().filter(|number| *number <= MOST_HOURS / hours) {
            Some(0) => Ok(Self(None)),
            Some(number) => Ok(Self(Some(Duration::from_secs(number * hours * HOUR)))),
            None => {
                Err("write days like 7d or hours like 36h, at most 100 years; 0 keeps everything".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back() {
        for registration in Registration::ALL {
            assert_eq!(registration.to_string().parse(), Ok(registration));
        }
        assert!("Open".parse::<Registration>().is_err());
    }

    #[test]
    fn the_trash_keeps_things_for_days_or_hours_or_ever() {
        for (text, hours, shown) in [
            ("7d", Some(7 * 24), "7d"),
            ("7", Some(7 * 24), "7d"),
            ("36h", Some(36), "36h"),
            ("48 h", Some(48), "2d"),
            ("0", None, "0"),
            ("0d", None, "0"),
        ] {
            let kept = Retention(hours.map(|hours| Duration::from_secs(hours * HOUR)));
            assert_eq!(text.parse(), Ok(kept), "{text}");
            assert_eq!(kept.to_string(), shown);
        }
        for text in ["", "d", "-1", "7w", "1.5d", "40000d", "18446744073709551615h"] {
            assert!(text.parse::<Retention>().is_err(), "{text}");
        }
    }
}
