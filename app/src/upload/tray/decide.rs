//! What is to be done with files whose names are taken.

use domain::Conflict;
use leptos::prelude::*;

use super::row::name_id;
use crate::i18n::use_language;
use crate::upload::engine;
use crate::upload::entry::FileKey;
use crate::upload::queue::{Action, Decision};
use crate::upload::texts::TrayTexts;

/// Id of the element that says that it is about all of them.
pub(super) const ALL: &str = "all-taken";

/// The answers, for one file or for all of these.
#[component]
pub(super) fn Decide(
    /// Which file; `None` is all.
    which: Option<FileKey>,
) -> impl IntoView {
    let t = TrayTexts::of(use_language());
    let subject = which.map_or_else(|| ALL.to_owned(), name_id);
    let answers: [(&str, Decision); 3] =
        [(t.keep_both, Some(Conflict::Rename)), (t.replace, Some(Conflict::Replace)), (t.skip, None)];
    let buttons = answers.map(|(label, decision)| {
        let act = move |_| engine::act(Action::Decide(which, decision));
        view! {
            <button type="button" class="button" aria-describedby=subject.clone() on:click=act>{label}</button>
        }
    });
    view! { <span class="tray-decide">{buttons.collect_view()}</span> }
}
