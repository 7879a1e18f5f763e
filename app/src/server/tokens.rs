//! API tokens from a form: what was typed becomes a token, which the next page shows once.

use domain::{AppError, Field, Reason};
use drive::{Access, NewToken};

use super::letter::{Blame, Letter, language_of_request};
use super::share_form::typed_expiry;
use super::{Context, hand_back, reply};
use crate::Failure;
use crate::flash::Done;
use crate::sheets::SettingsTexts;

/// The form that makes one.
pub(crate) const CREATE_TOKEN: &str = "create-token";

const PAGE: &str = "/settings/tokens";

/// Makes a token of who asks.
pub(crate) async fn create_token(name: String, access: &str, days: &str) -> Result<Done, Failure> {
    let language = language_of_request();
    let typed =
        Letter::of(CREATE_TOKEN).with("name", name.as_str()).with("access", access).with("days", days);
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let token = NewToken {
            name: name.clone(),
            access: if access == "write" { Access::Write } else { Access::Read },
            expires: typed_expiry(days, context.drive.now())?,
        };
        let made = context.drive.create_own_token(actor, &token, &context.client).await;
        made.map_err(|error| error.to_app_error())
    };
    match outcome.await {
        Ok(secret) => {
            Letter::of(CREATE_TOKEN).with("made", name.trim()).with("secret", secret).send();
            reply(Ok(Done::go(PAGE)))
        }
        Err(error) => {
            let t = SettingsTexts::of(language);
            let (field, text) = match &error {
                AppError::Invalid { field: Field::Name, reason: Reason::Empty } => {
                    ("name", t.token_name_empty)
                }
                AppError::Invalid { field: Field::Name, reason: Reason::TooLong { .. } } => {
                    ("name", t.token_name_long)
                }
                AppError::Invalid { field: Field::Limit, .. } => ("", t.token_too_many),
                AppError::Invalid { field: Field::Name, .. } => ("name", ""),
                AppError::Invalid { field: Field::Expiry, .. } => ("days", ""),
                _ => ("", ""),
            };
            let mut blame = Blame::of(language, field, error);
            if !text.is_empty() {
                blame.text = text.to_owned();
            }
            hand_back(typed, blame)
        }
    }
}

/// What is said when a token was ended. To be asked for before anything is awaited.
pub(crate) fn revoked_token() -> String {
    SettingsTexts::of(language_of_request()).token_revoked.to_owned()
}
