//! The tray at the bottom of the page.

mod buttons;
mod decide;
mod head;
mod remedies;
mod row;

use leptos::prelude::*;

use super::engine;
use super::queue::Action;
use super::snapshot::Snapshot;
use super::texts::{TrayTexts, announcement, counts, folders};
use super::uploads::use_uploads;
use crate::i18n::{fill, use_language};
use crate::ui::Icon;
use head::TrayHead;
use remedies::Remedies;
use row::TrayRow;

/// The uploads of this person, a row each. Shows nothing while there are none, and nothing without script.
#[component]
pub(crate) fn Tray() -> impl IntoView {
    let language = use_language();
    let t = TrayTexts::of(language);
    let snapshot = use_uploads().snapshot;
    let collapsed = RwSignal::new(false);
    let closed = RwSignal::new(false);
    // What begins after the tray was closed shows itself.
    Effect::new(move |_| {
        if snapshot.read().summary.pending > 0 {
            closed.set(false);
        }
    });
    let visible = Memo::new(move |_| !snapshot.read().is_empty() && !closed.get());
    let spoken = Memo::new(move |_| announcement(language, &snapshot.read().summary));
    view! {
        <p class="unseen" role="status">{spoken}</p>
        <Show when=move || visible.get()>
            <section class="tray" class:collapsed=move || collapsed.get() aria-label=t.tray>
                <TrayHead collapsed closed/>
                <div class="tray-body" id="tray-body" hidden=move || collapsed.get()>
                    <FolderNote/>
                    <Counts/>
                    <ul class="tray-rows">
                        <For each=move || keys(&snapshot.read()) key=|key| *key let:key>
                            <TrayRow key/>
                        </For>
                    </ul>
                    <Hidden/>
                    <Remedies/>
                </div>
            </section>
        </Show>
    }
    // Erased: nested in the types of the whole page it would pass the compiler's depth limit.
    .into_any()
}

fn keys(snapshot: &Snapshot) -> Vec<super::entry::FileKey> {
    snapshot.rows.iter().map(|row| row.key).collect()
}

/// How many files stand where.
#[component]
fn Counts() -> impl IntoView {
    let language = use_language();
    let snapshot = use_uploads().snapshot;
    let text = Memo::new(move |_| counts(language, &snapshot.read().summary));
    move || text.get().map(|text| view! { <p class="tray-counts">{text}</p> })
}

/// That there are more files than rows.
#[component]
fn Hidden() -> impl IntoView {
    let t = TrayTexts::of(use_language());
    let snapshot = use_uploads().snapshot;
    let hidden = Memo::new(move |_| snapshot.read().hidden);
    let text = move || (hidden.get() > 0).then(|| fill(t.more, &[("count", &hidden.get().to_string())]));
    move || text().map(|text| view! { <p class="tray-counts">{text}</p> })
}

/// That folders are being read, or could not be.
#[component]
fn FolderNote() -> impl IntoView {
    let language = use_language();
    let snapshot = use_uploads().snapshot;
    let names = Memo::new(move |_| snapshot.read().unread.clone());
    let reading = Memo::new(move |_| snapshot.read().reading);
    move || {
        if reading.get() {
            let t = TrayTexts::of(language);
            return Some(view! { <p class="tray-counts" role="status">{t.reading}</p> }.into_any());
        }
        let names = names.get();
        (!names.is_empty()).then(|| {
            view! { <p class="tray-note" role="alert"><Icon name="alert"/><span>{folders(language, &names)}</span></p> }
            .into_any()
        })
    }
}

/// Closes the tray: what is over is forgotten, what is unfinished comes back after a reload.
fn close(closed: RwSignal<bool>) {
    closed.set(true);
    engine::act(Action::Clear);
}
