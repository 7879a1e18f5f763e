//! What helps when files failed: try them again, or tell somebody.

use leptos::prelude::*;

use crate::i18n::use_language;
use crate::ui::Icon;
use crate::upload::engine;
use crate::upload::queue::Action;
use crate::upload::texts::{TrayTexts, report};
use crate::upload::uploads::use_uploads;

/// Buttons below the rows, as soon as a file failed.
#[component]
pub(super) fn Remedies() -> impl IntoView {
    let language = use_language();
    let t = TrayTexts::of(language);
    let snapshot = use_uploads().snapshot;
    let failed = Memo::new(move |_| snapshot.read().summary.failed);
    let copied = RwSignal::new(None::<bool>);
    // A report speaks of the failures there were when it was copied.
    Effect::new(move |_| {
        failed.track();
        copied.set(None);
    });
    let copy = move |_| copied.set(Some(engine::copy(&report(language, &engine::failures()))));
    let copy_label = move || match copied.get() {
        None => t.copy_report,
        Some(true) => t.copied,
        Some(false) => t.copy_failed,
    };
    view! {
        <div class="tray-remedies" hidden=move || failed.get() == 0>
            <button type="button" class="button" on:click=move |_| engine::act(Action::RetryFailed)>
                <Icon name="retry"/>{t.retry_failed}
            </button>
            <button type="button" class="button quiet" on:click=copy>
                <span role="status">{copy_label}</span>
            </button>
        </div>
    }
}
