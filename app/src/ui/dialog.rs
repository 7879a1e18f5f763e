//! A modal dialog on `<dialog>`: the browser keeps the focus inside, closes on Escape and gives the focus back.

use leptos::html;
use leptos::prelude::*;

use super::Icon;
use crate::i18n::use_texts;

/// A dialog with a title and a button to close it. `open` opens it; closing in any way sets it back.
#[component]
pub(crate) fn Dialog(
    /// Its heading.
    title: &'static str,
    /// Base of its ids.
    id: &'static str,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let t = use_texts();
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        if open.get() && !dialog.open() {
            // It fails only when the element has left the page; there is nothing to show then.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let heading = format!("{id}-title");
    let labelled = heading.clone();
    view! {
        <dialog class="dialog" node_ref=element aria-labelledby=labelled on:close=move |_| open.set(false)>
            <header>
                <h2 id=heading>{title}</h2>
                <button type="button" class="button quiet square" aria-label=t.close on:click=move |_| open.set(false)>
                    <Icon name="close"/>
                </button>
            </header>
            {children()}
        </dialog>
    }
}
