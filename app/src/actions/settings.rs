//! Language, colours and how folders are shown: forms that set a cookie and lead back to the page they are on.

use leptos::prelude::*;

use crate::Failure;
use crate::flash::Done;

/// Remembers a language by its tag; one that we do not have is the default.
///
/// # Errors
/// None of its own.
#[server(prefix = "/form", endpoint = "language")]
pub async fn choose_language(language: String) -> Result<Done, Failure> {
    use crate::server::{Context, reply, set_language};
    let chosen = crate::Language::of_tag(&language).unwrap_or_default();
    let outcome = Context::current().map(|context| {
        set_language(&context, chosen);
        Done::default()
    });
    reply(outcome)
}

/// Remembers colours by their name; an unknown one follows the system.
///
/// # Errors
/// None of its own.
#[server(prefix = "/form", endpoint = "theme")]
pub async fn choose_theme(theme: String) -> Result<Done, Failure> {
    use crate::server::{Context, reply, set_theme};
    let chosen = crate::Theme::of_name(&theme);
    let outcome = Context::current().map(|context| {
        set_theme(&context, chosen);
        Done::default()
    });
    reply(outcome)
}

/// Remembers how folders are shown, by name; an unknown one is the list.
///
/// # Errors
/// None of its own.
#[server(prefix = "/form", endpoint = "view")]
pub async fn choose_view(view: String) -> Result<Done, Failure> {
    use crate::server::{Context, reply, set_view};
    let chosen = crate::View::of_name(&view);
    let outcome = Context::current().map(|context| {
        set_view(&context, chosen);
        Done::default()
    });
    reply(outcome)
}
