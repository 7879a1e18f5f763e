//! The head of the tray: how everything goes, and what can be done with everything.

use leptos::prelude::*;

use super::close;
use crate::i18n::use_language;
use crate::ui::Icon;
use crate::upload::engine;
use crate::upload::queue::Action;
use crate::upload::texts::{TrayTexts, head};
use crate::upload::uploads::use_uploads;

/// Heading, overall progress and buttons.
#[component]
pub(super) fn TrayHead(
    /// Whether only this head is shown.
    collapsed: RwSignal<bool>,
    /// Set when the person closes the tray.
    closed: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let t = TrayTexts::of(language);
    let snapshot = use_uploads().snapshot;
    let title = Memo::new(move |_| head(language, &snapshot.read().summary));
    let percent = Memo::new(move |_| snapshot.read().summary.percent);
    let pending = Memo::new(move |_| snapshot.read().summary.pending > 0);
    // Put away, a question would wait where nobody sees it.
    let asks = move || snapshot.read().summary.taken > 0;
    let stoppable = Memo::new(move |_| pending.get() || snapshot.read().summary.paused > 0);
    let toggle = move |_| engine::act(if pending.get() { Action::PauseAll } else { Action::ResumeAll });
    let toggle_label = move || if pending.get() { t.pause_all } else { t.resume_all };
    let fold_label = move || if collapsed.get() { t.expand } else { t.collapse };
    view! {
        <header class="tray-head">
            <h2>{title}</h2>
            <button
                type="button"
                class="button quiet square"
                hidden=move || !stoppable.get()
                aria-label=toggle_label
                title=toggle_label
                on:click=toggle
            >
                {move || view! { <Icon name=if pending.get() { "pause" } else { "play" }/> }}
            </button>
            <button
                type="button"
                class="button quiet square"
                aria-label=fold_label
                title=fold_label
                aria-expanded=move || (!collapsed.get()).to_string()
                aria-controls="tray-body"
                on:click=move |_| collapsed.update(|collapsed| *collapsed = !*collapsed)
            >
                <span class="tray-fold"><Icon name="chevron"/></span>
            </button>
            <button
                type="button"
                class="button quiet square"
                hidden=move || pending.get() || asks()
                aria-label=t.close
                title=t.close
                on:click=move |_| close(closed)
            >
                <Icon name="close"/>
            </button>
        </header>
        <progress
            class="tray-bar"
            max="100"
            value=move || percent.get().to_string()
            aria-label=t.overall
            hidden=move || !stoppable.get()
        ></progress>
    }
}
