//! Files and folders dropped anywhere on the page, and the hidden inputs behind the upload buttons.

use leptos::ev;
use leptos::prelude::*;
use web_sys::DragEvent;

use super::texts::TrayTexts;
use super::tree;
use super::uploads::{FOLDER_PICKER, PICKER, Uploads, take_files, use_uploads};
use crate::i18n::use_language;
use crate::ui::Icon;

/// Covers the page while files are dragged over it, and takes them where they are dropped.
#[component]
pub(crate) fn DropZone() -> impl IntoView {
    let t = TrayTexts::of(use_language());
    let uploads = use_uploads();
    let over = RwSignal::new(false);
    Effect::new(move |_| listen(uploads, over));
    view! {
        <input
            id=PICKER
            class="unseen"
            type="file"
            multiple
            tabindex="-1"
            aria-hidden="true"
            on:change:target=move |event| uploads.add(take_files(&event.target()))
        />
        <input
            id=FOLDER_PICKER
            class="unseen"
            type="file"
            tabindex="-1"
            aria-hidden="true"
            on:change:target=move |event| tree::picked(take_files(&event.target()), uploads.parent.get_untracked())
        />
        <div class="drop-zone" class:over=move || over.get() aria-hidden="true">
            <div class="drop-sign"><Icon name="drop"/><span>{t.drop_here}</span></div>
        </div>
    }
}

/// Drags of files only: a text or a link dragged within the page is not our business.
fn listen(uploads: Uploads, over: RwSignal<bool>) {
    let accept = move |event: DragEvent| {
        if has_files(&event) {
            // Without this the browser opens the file instead, and the page is gone.
            event.prevent_default();
            over.set(true);
        }
    };
    let handles = [
        window_event_listener(ev::dragenter, accept),
        window_event_listener(ev::dragover, accept),
        window_event_listener(ev::dragleave, move |event| {
            // Every element that is crossed says so; only leaving the window has nothing to go to.
            if event.related_target().is_none() {
                over.set(false);
            }
        }),
        window_event_listener(ev::drop, move |event| {
            over.set(false);
            if has_files(&event) {
                event.prevent_default();
                take(uploads, &event);
            }
        }),
    ];
    on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

fn take(uploads: Uploads, event: &DragEvent) {
    let Some(data) = event.data_transfer() else { return };
    let (files, folders) = tree::sort(&data);
    if !folders.is_empty() {
        tree::read(folders, uploads.parent.get_untracked());
    }
    uploads.add(files);
}
