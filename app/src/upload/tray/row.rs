//! A row of the tray: one file, how far it is, and what can be done with it.

use domain::Category;
use leptos::prelude::*;

use super::buttons::RowButtons;
use super::decide::Decide;
use crate::i18n::{fill, use_language};
use crate::ui::Icon;
use crate::upload::entry::FileKey;
use crate::upload::snapshot::{State, percent};
use crate::upload::texts::{TrayTexts, line};
use crate::upload::uploads::use_uploads;
use crate::upload::verdict::Why;

const fn icon_of(category: Category) -> &'static str {
    match category {
        Category::Image => "image",
        Category::Document => "document",
        Category::Video => "video",
        Category::Audio => "audio",
        Category::Other => "other",
    }
}

/// How the row looks; the style sheet knows these words.
const fn tone(state: &State) -> &'static str {
    match state {
        State::Waiting { .. } | State::NeedsFile { .. } | State::Taken => "waiting",
        State::Failed(_) => "failed",
        State::Done { .. } => "done",
        State::Paused | State::Queued => "resting",
        State::Starting | State::Uploading { .. } | State::Finishing => "running",
    }
}

/// Id of the element that shows the name of a file.
pub(super) fn name_id(key: FileKey) -> String {
    format!("upload-{}", key.0)
}

/// One file of the queue.
#[component]
pub(super) fn TrayRow(
    /// Which file.
    key: FileKey,
) -> impl IntoView {
    let language = use_language();
    let t = TrayTexts::of(language);
    let snapshot = use_uploads().snapshot;
    let row = Memo::new(move |_| snapshot.read().rows.iter().find(|row| row.key == key).cloned());
    // Name and kind of a file do not change.
    let first = row.get_untracked();
    let name = first.as_ref().map(|row| row.name.clone()).unwrap_or_default();
    let icon = icon_of(first.map_or(Category::Other, |row| row.category));
    let name_id = name_id(key);
    let tone = Memo::new(move |_| row.read().as_ref().map(|row| tone(&row.state)));
    let share = Memo::new(move |_| row.read().as_ref().map_or(0, |row| percent(row.sent, row.size)));
    let text = Memo::new(move |_| row.read().as_ref().map(|row| line(language, row)));
    let is_open = move || matches!(tone.get(), Some("running" | "waiting" | "resting"));
    let taken = Memo::new(move |_| row.read().as_ref().is_some_and(|row| row.state == State::Taken));
    let signed_out = Memo::new(move |_| {
        let row = row.read();
        matches!(row.as_ref().map(|row| &row.state), Some(State::Waiting { why: Why::SignIn, .. }))
    });
    view! {
        <li class="tray-row" data-tone=tone>
            <span class="tray-icon" data-category=icon><Icon name=icon/></span>
            <span class="tray-name" id=name_id.clone() title=name.clone()>{name.clone()}</span>
            <RowButtons key row pick=fill(t.pick, &[("name", &name)]) name_id/>
            <span class="tray-line">
                {text}
                <Show when=move || taken.get()><Decide which=Some(key)/></Show>
                // In another tab, so that this one keeps its files.
                <Show when=move || signed_out.get()>
                    " "<a href="/login" target="_blank" rel="noopener">{t.sign_in}</a>
                </Show>
            </span>
            <progress
                class="tray-bar"
                max="100"
                value=move || share.get().to_string()
                aria-label=fill(t.progress_of, &[("name", &name)])
                hidden=move || taken.get() || !is_open()
            ></progress>
        </li>
    }
    // Erased: nested in the types of the whole page it would pass the compiler's depth limit.
    .into_any()
}
