//! The inputs of an invitation, from text to what `drive` takes.

use domain::{AppError, Email, Field, Reason};
use drive::NewInvitation;

use super::share_form::typed_expiry;

/// An invitation as its form sends it.
///
/// # Errors
/// The first value, from top to bottom, that cannot be read.
pub(crate) fn typed_invitation(
    uses: &str,
    days: &str,
    email: &str,
    note: &str,
    now: i64,
) -> Result<NewInvitation, AppError> {
    let uses = uses.trim().parse::<u32>().map_err(|_| AppError::invalid(Field::Limit, Reason::Malformed))?;
    let expires = typed_expiry(days, now)?;
    let email = match email.trim() {
        "" => None,
        email => Some(Email::parse(email).map_err(|reason| AppError::invalid(Field::Email, reason))?),
    };
    Ok(NewInvitation { note: note.to_owned(), email, uses: uses.into(), expires })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_meant() {
        let new = typed_invitation(" 3 ", "never", " Lin@Example.org", "for Lin", 5).expect("good");
        assert_eq!((new.uses, new.expires, new.note.as_str()), (3, None, "for Lin"));
        assert_eq!(new.email.expect("an address").as_str(), "Lin@Example.org");
        assert!(typed_invitation("1", "7", "", "", 5).expect("good").email.is_none());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (uses, days, email, field) in [
            ("", "7", "", Field::Limit),
            ("-1", "7", "", Field::Limit),
            ("1.5", "7", "", Field::Limit),
            ("1", "soon", "", Field::Expiry),
            ("1", "7", "lin", Field::Email),
        ] {
            let refused = typed_invitation(uses, days, email, "", 0).expect_err("refused");
            assert!(
                matches!(refused, AppError::Invalid { field: named, .. } if named == field),
                "{refused:?}"
            );
        }
    }
}
