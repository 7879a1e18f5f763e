//! One setting: its name, its value, and how both are written in SQL.

use std::time::Duration;

use domain::{Field, Reason, Registration};

use crate::{Error, Result};

/// What stands for "no limit" and "never".
const NONE: &str = "none";

/// Characters of the longest announcement: a paragraph, not a page.
const LONGEST_ANNOUNCEMENT: usize = 1000;

/// A hundred years, far below where times overflow.
const LONGEST_RETENTION: Duration = Duration::from_secs(36_525 * 24 * 60 * 60);

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingName {
    /// Who may register.
    Registration,
    /// What a new account may use.
    DefaultQuota,
    /// The largest file.
    MaxFileSize,
    /// How long the trash keeps things.
    TrashRetention,
    /// What everybody is told.
    Announcement,
}

/// A setting with its value, as in [`Rules`](crate::Rules).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Who may make an account of their own.
    Registration(Registration),
    /// Bytes a new account may use; `None` is no limit.
    DefaultQuota(Option<u64>),
    /// Bytes of the largest file.
    MaxFileSize(u64),
    /// How long the trash keeps things; `None` is until they are deleted by hand.
    TrashRetention(Option<Duration>),
    /// What everybody is told; empty is nothing.
    Announcement(String),
}

/// A setting as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingEntry {
    /// What is in force.
    pub value: Setting,
    /// What would be, had nobody set it: the option at the start.
    pub default: Setting,
    /// When it was set, unix milliseconds, and by whom if they are still there; `None`: the default is in force.
    pub changed: Option<(i64, Option<String>)>,
}

impl SettingName {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] =
        [Self::Registration, Self::DefaultQuota, Self::MaxFileSize, Self::TrashRetention, Self::Announcement];

    /// The word for it in SQL, in forms and in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::DefaultQuota => "default-quota",
            Self::MaxFileSize => "max-file-size",
            Self::TrashRetention => "trash-retention",
            Self::Announcement => "announcement",
        }
    }

    /// Reads [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }

    /// Reads [`Setting::text`].
    pub(crate) fn read(self, text: &str) -> Option<Setting> {
        let number = || text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        Some(match self {
            Self::Registration => Setting::Registration(text.parse().ok()?),
            Self::DefaultQuota if text == NONE => Setting::DefaultQuota(None),
            Self::DefaultQuota => Setting::DefaultQuota(Some(number()?)),
            Self::MaxFileSize => Setting::MaxFileSize(number()?),
            Self::TrashRetention if text == NONE => Setting::TrashRetention(None),
            Self::TrashRetention => Setting::TrashRetention(Some(Duration::from_secs(number()?))),
            Self::Announcement => Setting::Announcement(text.to_owned()),
        })
    }
}

impl Setting {
    /// Which one it is.
    #[must_use]
    pub const fn name(&self) -> SettingName {
        match self {
            Self::Registration(_) => SettingName::Registration,
            Self::DefaultQuota(_) => SettingName::DefaultQuota,
            Self::MaxFileSize(_) => SettingName::MaxFileSize,
            Self::TrashRetention(_) => SettingName::TrashRetention,
            Self::Announcement(_) => SettingName::Announcement,
        }
    }

    /// The value as SQL and the log have it: bytes, seconds, words.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Registration(registration) => registration.to_string(),
            Self::DefaultQuota(None) | Self::TrashRetention(None) => NONE.to_owned(),
            Self::DefaultQuota(Some(bytes)) | Self::MaxFileSize(bytes) => bytes.to_string(),
            Self::TrashRetention(Some(keeps)) => keeps.as_secs().to_string(),
            Self::Announcement(text) => text.clone(),
        }
    }

    /// What can be in force; an announcement without white space around it and with one kind of line end.
    ///
    /// # Errors
    /// `Invalid` with the field of the setting.
    pub(crate) fn checked(self) -> Result<Self> {
        let fits = |bytes: u64| i64::try_from(bytes).is_ok();
        match self {
            Self::DefaultQuota(Some(bytes)) if !fits(bytes) => {
                Err(Error::invalid(Field::Quota, Reason::Malformed))
            }
            Self::MaxFileSize(bytes) if bytes == 0 || !fits(bytes) => {
                Err(Error::invalid(Field::Length, Reason::Malformed))
            }
            Self::TrashRetention(Some(keeps)) if keeps.as_secs() == 0 || keeps > LONGEST_RETENTION => {
                Err(Error::invalid(Field::Retention, Reason::Malformed))
            }
            Self::Announcement(text) => {
                let text = text.replace("\r\n", "\n").trim().to_owned();
                if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
                    return Err(Error::invalid(Field::Announcement, Reason::ControlCharacter));
                }
                if text.chars().count() > LONGEST_ANNOUNCEMENT {
                    let limit = LONGEST_ANNOUNCEMENT as u64;
                    return Err(Error::invalid(Field::Announcement, Reason::TooLong { limit }));
                }
                Ok(Self::Announcement(text))
            }
            fine => Ok(fine),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lead_back() {
        for setting in [
            Setting::Registration(Registration::Invitation),
            Setting::DefaultQuota(None),
            Setting::DefaultQuota(Some(0)),
            Setting::MaxFileSize(1),
            Setting::TrashRetention(None),
            Setting::TrashRetention(Some(Duration::from_secs(3600))),
            Setting::Announcement("a\nb".into()),
        ] {
            let name = setting.name();
            assert_eq!(SettingName::parse(name.as_str()), Some(name));
            assert_eq!(name.read(&setting.text()), Some(setting.clone()), "{setting:?}");
            assert_eq!(setting.clone().checked().expect("fine"), setting);
        }
        assert_eq!(SettingName::MaxFileSize.read("none"), None);
        assert_eq!(SettingName::MaxFileSize.read("-1"), None);
        assert_eq!(SettingName::Registration.read("by-lot"), None);
    }

    #[test]
    fn what_cannot_be_in_force_is_refused() {
        for (setting, field) in [
            (Setting::DefaultQuota(Some(u64::MAX)), Field::Quota),
            (Setting::MaxFileSize(0), Field::Length),
            (Setting::MaxFileSize(u64::MAX), Field::Length),
            (Setting::TrashRetention(Some(Duration::ZERO)), Field::Retention),
            (Setting::TrashRetention(Some(Duration::MAX)), Field::Retention),
            (Setting::Announcement("x".repeat(1001)), Field::Announcement),
            (Setting::Announcement("a\0b".into()), Field::Announcement),
        ] {
            let refused = setting.clone().checked().expect_err("refused");
            assert!(matches!(refused, Error::Invalid { field: named, .. } if named == field), "{setting:?}");
        }
        let text = Setting::Announcement(" a\r\nb \n".into()).checked().expect("fine").text();
        assert_eq!(text, "a\nb");
    }
}
