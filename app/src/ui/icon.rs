//! An icon of the sprite in `public/icons.svg`.

use leptos::prelude::*;

/// Draws the symbol `name` in the colour of the text around it. It says nothing to a screen reader: the text or the
/// label beside it does.
#[component]
pub(crate) fn Icon(
    /// The `id` of a symbol in the sprite.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}
