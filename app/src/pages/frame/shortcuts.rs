//! The list of keyboard shortcuts, and the keys that work everywhere on the page.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::Desk;
use crate::i18n::use_texts;
use crate::ui::Dialog;
use crate::upload;

/// The dialog; opened by `?` and from the account menu.
#[component]
pub(crate) fn Shortcuts() -> impl IntoView {
    let t = use_texts();
    let desk = Desk::current();
    let uploads = upload::use_uploads();
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || typing(&event) {
                return;
            }
            match event.key().as_str() {
                "?" => desk.help.set(true),
                "u" => uploads.pick(),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    });
    let rows: [(&[&str], &str); 11] = [
        (&["↑", "↓"], t.key_move),
        (&["Home", "End"], t.key_ends),
        (&["Enter"], t.key_open),
        (&["Space"], t.key_select),
        (&["Shift", "↑", "↓"], t.key_range),
        (&["Ctrl", "A"], t.key_all),
        (&["Esc"], t.key_none),
        (&["F2"], t.key_rename),
        (&["Delete"], t.key_trash),
        (&["U"], t.key_upload),
        (&["?"], t.key_help),
    ];
    let rows = rows.map(|(keys, meaning)| {
        let keys: Vec<_> = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect();
        view! { <div><dt>{keys}</dt><dd>{meaning}</dd></div> }
    });
    view! {
        <Dialog title=t.shortcuts id="shortcuts" open=desk.help>
            <dl class="keys">{rows.collect_view()}</dl>
        </Dialog>
    }
}

/// Whether the key belongs to an input or an open dialog.
pub(crate) fn typing(event: &web_sys::KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return false;
    };
    // The selector is ours and valid, so matching cannot fail.
    matches!(target.closest("input, textarea, select, dialog[open], [contenteditable]"), Ok(Some(_)))
}
