//! The inputs of a share, from text to what `drive` takes.

use domain::{AppError, Field, NodeId, Reason, ShareCode};
use drive::{CodeChoice, NewShare, ShareChange};

/// What leaves a value as it is.
const KEEP: &str = "keep";

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The longest time that is not "never", in days.
const MOST_DAYS: u32 = 3650;

/// As the form sends it.
pub(crate) struct ShareForm {
    pub(crate) code: String,
    pub(crate) own: String,
    pub(crate) days: String,
    pub(crate) downloads: String,
}

impl ShareForm {
    /// A share of these nodes, separated by commas.
    ///
    /// # Errors
    /// The first value that cannot be read.
    pub(crate) fn new_share(&self, nodes: &str, now: i64) -> Result<NewShare, AppError> {
        let nodes: Result<Vec<NodeId>, _> = nodes.split(',').map(str::parse).collect();
        Ok(NewShare {
            nodes: nodes.map_err(|_| AppError::NotFound)?,
            code: self.choice()?,
            expires: self.expires(now)?,
            max_downloads: self.downloads()?.filter(|most| *most > 0),
        })
    }

    /// What is to be different.
    ///
    /// # Errors
    /// The first value that cannot be read.
    pub(crate) fn change(&self, now: i64) -> Result<ShareChange, AppError> {
        Ok(ShareChange {
            code: if self.code == KEEP { None } else { Some(self.choice()?) },
            expires: if self.days == KEEP { None } else { Some(self.expires(now)?) },
            max_downloads: self.downloads()?.map(|most| (most > 0).then_some(most)),
        })
    }

    fn choice(&self) -> Result<CodeChoice, AppError> {
        match self.code.as_str() {
            "public" => Ok(CodeChoice::Public),
            "drawn" => Ok(CodeChoice::Drawn),
            "own" => ShareCode::parse(&self.own)
                .map(CodeChoice::Own)
                .map_err(|reason| AppError::invalid(Field::ShareCode, reason)),
            _ => Err(AppError::invalid(Field::ShareCode, Reason::Malformed)),
        }
    }

    fn expires(&self, now: i64) -> Result<Option<i64>, AppError> {
        typed_expiry(&self.days, now)
    }

    /// `None` for nothing typed.
    fn downloads(&self) -> Result<Option<u64>, AppError> {
        let text = self.downloads.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<u32>() {
            Ok(most) => Ok(Some(most.into())),
            Err(_) => Err(AppError::invalid(Field::Limit, Reason::Malformed)),
        }
    }
}

/// When something ends that holds for some days, or `never`.
///
/// # Errors
/// `Invalid { Expiry, Malformed }`.
pub(crate) fn typed_expiry(days: &str, now: i64) -> Result<Option<i64>, AppError> {
    if days == "never" {
        return Ok(None);
    }
    match days.parse::<u32>() {
        Ok(days @ 1..=MOST_DAYS) => Ok(Some(now + i64::from(days) * DAY)),
        _ => Err(AppError::invalid(Field::Expiry, Reason::Malformed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(code: &str, own: &str, days: &str, downloads: &str) -> ShareForm {
        let text = str::to_owned;
        ShareForm { code: text(code), own: text(own), days: text(days), downloads: text(downloads) }
    }

    #[test]
    fn what_is_chosen_is_meant() {
        let node = "a".repeat(26);
        let share =
            form("drawn", "ignored", "7", " 3 ").new_share(&format!("{node},{node}"), 5).expect("good");
        assert_eq!((share.nodes.len(), share.expires, share.max_downloads), (2, Some(5 + 7 * DAY), Some(3)));
        assert_eq!(share.code, CodeChoice::Drawn);
        let kept = form("keep", "", "keep", "").change(5).expect("good");
        assert_eq!((kept.code, kept.expires, kept.max_downloads), (None, None, None));
        let lifted = form("public", "", "never", "0").change(5).expect("good");
        assert_eq!(
            (lifted.code, lifted.expires, lifted.max_downloads),
            (Some(CodeChoice::Public), Some(None), Some(None))
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (form, field) in [
            (form("own", "abc", "7", ""), Field::ShareCode),
            (form("", "", "7", ""), Field::ShareCode),
            (form("drawn", "", "0", ""), Field::Expiry),
            (form("drawn", "", "99999999", ""), Field::Expiry),
            (form("drawn", "", "soon", ""), Field::Expiry),
            (form("drawn", "", "7", "-1"), Field::Limit),
            (form("drawn", "", "7", "99999999999"), Field::Limit),
        ] {
            let refused = form.new_share(&"a".repeat(26), 0).expect_err("refused");
            assert!(
                matches!(refused, AppError::Invalid { field: named, .. } if named == field),
                "{refused:?}"
            );
        }
        assert_eq!(form("drawn", "", "7", "").new_share("x,y", 0).err(), Some(AppError::NotFound));
    }

    #[test]
    fn a_time_is_a_number_of_days_or_never() {
        assert_eq!(typed_expiry("never", 5), Ok(None));
        assert_eq!(typed_expiry("30", 5), Ok(Some(5 + 30 * DAY)));
        for wrong in ["", "0", "-1", "3651", "99999999999", "soon", "1.5"] {
            assert_eq!(
                typed_expiry(wrong, 5),
                Err(AppError::invalid(Field::Expiry, Reason::Malformed)),
                "{wrong}"
            );
        }
    }
}
