//! `/admin`: the whole site, for administrators. To everybody else there is nothing at these addresses.

mod accounts;
mod log;
mod overview;
mod texts;

use domain::{AppError, Role, UserId};
use leptos::prelude::*;

use super::Content;
use super::parts::tabs;
use super::request::Request;
use texts::AdministrationTexts;

/// The sheet at a path below `/admin`.
///
/// # Errors
/// [`AppError::NotFound`] where nothing is, and for who is no administrator.
pub(super) async fn content(path: &[&str], request: &Request) -> Result<Content, AppError> {
    // The use cases ask as well; the form for a new account has none to ask.
    if request.actor.role != Role::Administrator {
        return Err(AppError::NotFound);
    }
    match path {
        [] => overview::content(request).await,
        ["users"] => accounts::list(request).await,
        ["users", "new"] => Ok(accounts::new(request)),
        ["users", id] => {
            let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
            accounts::one(request, &id).await
        }
        ["log"] => log::content(request).await,
        _ => Err(AppError::NotFound),
    }
}

/// The links between these sheets.
fn subjects(t: &'static AdministrationTexts, here: &str) -> impl IntoView + use<> {
    tabs(t.administration, &[("/admin", t.overview), ("/admin/users", t.users), ("/admin/log", t.log)], here)
}
