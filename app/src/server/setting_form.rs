//! The inputs of settings, from text to what `drive` takes.

use domain::{AppError, ByteSize, Field, Reason, Retention};
use drive::{Setting, SettingName};

/// How much may be kept: a size, or nothing for no limit.
///
/// # Errors
/// `Invalid { Quota }`.
pub(crate) fn typed_quota(text: &str) -> Result<Option<u64>, AppError> {
    if text.trim().is_empty() { Ok(None) } else { size(text, Field::Quota).map(Some) }
}

/// The value of a setting as its form sends it.
///
/// # Errors
/// `Invalid` with the field of the setting.
pub(crate) fn typed_setting(name: SettingName, text: &str) -> Result<Setting, AppError> {
    let malformed = |field| move |_| AppError::invalid(field, Reason::Malformed);
    Ok(match name {
        SettingName::Registration => {
            Setting::Registration(text.parse().map_err(malformed(Field::Registration))?)
        }
        SettingName::DefaultQuota => Setting::DefaultQuota(typed_quota(text)?),
        SettingName::MaxFileSize => Setting::MaxFileSize(size(text, Field::Length)?),
        SettingName::TrashRetention => {
            let Retention(keeps) = text.parse().map_err(malformed(Field::Retention))?;
            Setting::TrashRetention(keeps)
        }
        SettingName::Announcement => Setting::Announcement(text.to_owned()),
    })
}

fn size(text: &str, field: Field) -> Result<u64, AppError> {
    if text.trim().is_empty() {
        return Err(AppError::invalid(field, Reason::Empty));
    }
    // The database keeps sizes as signed numbers.
    match text.trim().parse() {
        Ok(ByteSize(bytes)) if i64::try_from(bytes).is_ok() => Ok(bytes),
        _ => Err(AppError::invalid(field, Reason::Malformed)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::Registration;

    use super::*;

    #[test]
    fn what_is_typed_is_meant() {
        for (name, text, setting) in [
            (SettingName::Registration, "invitation", Setting::Registration(Registration::Invitation)),
            (SettingName::DefaultQuota, "  ", Setting::DefaultQuota(None)),
            (SettingName::DefaultQuota, "0", Setting::DefaultQuota(Some(0))),
            (SettingName::MaxFileSize, " 2GB ", Setting::MaxFileSize(2_000_000_000)),
            (SettingName::TrashRetention, "1h", Setting::TrashRetention(Some(Duration::from_secs(3600)))),
            (SettingName::TrashRetention, "0", Setting::TrashRetention(None)),
            (SettingName::Announcement, "", Setting::Announcement(String::new())),
        ] {
            assert_eq!(typed_setting(name, text), Ok(setting), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (name, text, field) in [
            (SettingName::Registration, "everybody", Field::Registration),
            (SettingName::DefaultQuota, "lots", Field::Quota),
            (SettingName::DefaultQuota, "18446744073709551615", Field::Quota),
            (SettingName::MaxFileSize, "", Field::Length),
            (SettingName::MaxFileSize, "-1", Field::Length),
            (SettingName::TrashRetention, "", Field::Retention),
            (SettingName::TrashRetention, "a week", Field::Retention),
        ] {
            let refused = typed_setting(name, text).expect_err(text);
            assert!(
                matches!(refused, AppError::Invalid { field: named, .. } if named == field),
                "{text}: {refused:?}"
            );
        }
    }
}
