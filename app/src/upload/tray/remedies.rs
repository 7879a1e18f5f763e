//! What helps all at once: an answer for all taken names, another try for all that failed, or a report to somebody.

use leptos::prelude::*;

use super::decide::{ALL, Decide};
use crate::i18n::{fill, use_language};
use crate::ui::Icon;
use crate::upload::engine;
use crate::upload::queue::Action;
use crate::upload::texts::{TrayTexts, report};
use crate::upload::uploads::use_uploads;

/// Buttons below the rows, as soon as files have taken names or failed.
#[component]
pub(super) fn Remedies() -> impl IntoView {
    let language = use_language();
    let t = TrayTexts::of(language);
    let snapshot = use_uploads().snapshot;
    let failed = Memo::new(move |_| snapshot.read().summary.failed);
    let hopeless = Memo::new(move |_| snapshot.read().summary.retryable == 0);
    let copied = RwSignal::new(None::<bool>);
    // A report speaks of the failures there were when it was copied.
    Effect::new(move |_| {
        failed.track();
        copied.set(None);
    });
    let copy = move |_| copied.set(Some(engine::copy(&report(language, &engine::failures()))));
    // Spoken apart: within the button it would be no part of the button's name.
    let spoken = move || copied.get().map(|copied| if copied { t.copied } else { t.copy_failed });
    let copy_label = move || match copied.get() {
        None => t.copy_report,
        Some(true) => t.copied,
        Some(false) => t.copy_failed,
    };
    let taken = Memo::new(move |_| snapshot.read().summary.taken);
    view! {
        <Show when=move || { taken.get() > 1 }>
            <div class="tray-remedies">
                <span id=ALL>{move || fill(t.all_taken, &[("count", &taken.get().to_string())])}</span>
                <Decide which=None/>
            </div>
        </Show>
        <div class="tray-remedies" hidden=move || failed.get() == 0>
            <button
                type="button"
                class="button"
                hidden=move || hopeless.get()
                on:click=move |_| engine::act(Action::RetryFailed)
            >
                <Icon name="retry"/>{t.retry_failed}
            </button>
            <button type="button" class="button quiet" on:click=copy>{copy_label}</button>
            <span class="unseen" role="status">{spoken}</span>
        </div>
    }
}
