//! The upload button. With script it opens the picker of the upload queue; without, it unfolds a plain form.

use leptos::prelude::*;

use crate::i18n::use_texts;
use crate::ui::Icon;
use crate::upload;

/// Button and plain form.
#[component]
pub(crate) fn Uploader(
    /// The form; the browser leaves what the server wrote.
    form: String,
) -> impl IntoView {
    let t = use_texts();
    let uploads = upload::use_uploads();
    let pick = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        uploads.pick();
    };
    view! {
        <details class="menu uploader">
            <summary class="button primary" on:click=pick><Icon name="upload"/><span>{t.upload}</span></summary>
            <div class="menu-sheet" inner_html=form></div>
        </details>
    }
}
