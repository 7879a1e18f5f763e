//! Sheets: pages within the frame that only the server renders. They are lists, links and forms, so the wasm holds nothing of them: it
//! shows them as they come ([`SheetPage`](crate::pages::SheetPage)) and sends their forms without leaving the page.
//!
//! A sheet asks `drive` first and is then rendered in one go. It works without script as any document does: forms are
//! answered with a redirect and a flash. With script the same happens in the background.

mod administration;
mod agent;
mod changes;
mod find;
mod parts;
mod rename;
mod request;
mod sessions;
mod settings;
mod shares;
mod taken;
mod texts;
mod transfer;
mod trash;
mod view;

use domain::AppError;
use leptos::prelude::*;

use crate::actions::sheets::Sheet;
pub(crate) use administration::{deletion_begun, invitation_outcome, setting_outcome};
pub(crate) use find::{FindTexts, title_of};
pub(crate) use parts::fact;
use request::Request;
pub(crate) use settings::SettingsTexts;
pub(crate) use settings::chosen::{Chosen, chosen_password};
pub(crate) use settings::password::{change_form, new_fields};
pub(crate) use taken::taken_names;
pub(crate) use texts::SheetTexts;
pub(crate) use transfer::ask_where;

/// What a sheet is made of. The view is made last: contexts are at hand then.
pub(crate) struct Content {
    title: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Content {
    fn new(title: impl Into<String>, view: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self { title: title.into(), view: Box::new(view) }
    }
}

/// The sheet at `path`.
///
/// # Errors
/// [`AppError::SignInRequired`], [`AppError::NotFound`] for an address that leads nowhere, or those of the sheet.
pub(crate) async fn render(path: &str, query: &str) -> Result<Sheet, AppError> {
    let request = Request::current(query)?;
    let content = content(path, &request).await?;
    let html = request.owner().with(|| (content.view)().to_html());
    Ok(Sheet { title: content.title, html, flash: request.flash_for_script() })
}

/// Every sheet, by address.
async fn content(path: &str, request: &Request) -> Result<Content, AppError> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["search"] => find::search(request).await,
        ["recent"] => find::recent(request).await,
        ["largest"] => find::largest(request).await,
        ["category", name] => find::category(request, name).await,
        ["admin", rest @ ..] => administration::content(rest, request).await,
        ["move"] => transfer::content(request).await,
        ["rename", id] => rename::content(request, id).await,
        ["trash"] => trash::content(request).await,
        ["view", id] => view::content(request, id).await,
        ["settings", rest @ ..] => settings::content(rest, request).await,
        ["shares", rest @ ..] => shares::content(rest, request).await,
        _ => Err(AppError::NotFound),
    }
}
