//! The upload button. With script it opens the picker of the upload queue; without, it unfolds a plain form.

use leptos::prelude::*;

use super::Desk;
use crate::i18n::use_texts;
use crate::ui::Icon;
use crate::upload;

/// Button and plain form.
#[component]
pub(crate) fn Uploader() -> impl IntoView {
    let t = use_texts();
    let desk = Desk::current();
    let uploads = upload::use_uploads();
    let pick = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        uploads.pick();
    };
    // The plain form goes to the folder of the page; the server reads an empty value as the root.
    let parent = move || desk.folder.get().map(|id| id.to_string()).unwrap_or_default();
    view! {
        <details class="menu uploader">
            <summary class="button primary" on:click=pick><Icon name="upload"/><span>{t.upload}</span></summary>
            <form class="menu-sheet stack" method="post" action="/upload" enctype="multipart/form-data">
                <input type="hidden" name="parent" value=parent/>
                <label class="menu-label" for="plain-file">{t.upload_plain}</label>
                <input id="plain-file" type="file" name="file" multiple/>
                <button type="submit" class="button primary wide">{t.upload_send}</button>
            </form>
        </details>
    }
}
