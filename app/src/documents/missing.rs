//! What is shown where nothing is.

use leptos::prelude::*;

use super::entrance::Entrance;
use super::texts::use_document_texts;
use crate::i18n::use_texts;
use crate::response::Response;

/// The page for an address that has none: a 404.
#[component]
pub(super) fn Missing() -> impl IntoView {
    let t = use_texts();
    let d = use_document_texts();
    if let Some(response) = Response::current() {
        (response.status)(404);
    }
    view! {
        <Entrance title=t.not_found_title>
            <p class="lead">{d.not_found_hint}</p>
            <a class="button primary wide" href="/">{t.back_to_files}</a>
        </Entrance>
    }
}
