//! `/admin`: the whole site, for administrators. To everybody else there is nothing at these addresses.

mod accounts;
mod invitations;
mod log;
mod overview;
mod password;
mod settings;
mod texts;

use domain::{AppError, Role, UserId};
use leptos::prelude::*;

use super::Content;
use super::parts::tabs;
use super::request::Request;
pub(crate) use accounts::deletion_begun;
pub(crate) use invitations::outcome as invitation_outcome;
pub(crate) use settings::outcome as setting_outcome;
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
        ["invitations"] => invitations::content(request).await,
        ["log"] => log::content(request).await,
        ["settings"] => settings::content(request).await,
        _ => Err(AppError::NotFound),
    }
}

/// The links between these sheets.
fn subjects(t: &'static AdministrationTexts, here: &str) -> impl IntoView + use<> {
    let pages = [
        ("/admin", t.overview),
        ("/admin/users", t.users),
        ("/admin/invitations", t.invitations),
        ("/admin/settings", t.settings),
        ("/admin/log", t.log),
    ];
    tabs(t.administration, &pages, here)
}
