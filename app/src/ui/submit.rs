//! The button that sends a form.

use leptos::prelude::*;

/// A wide primary button. While the form is on its way it is disabled and says so to screen readers.
#[component]
pub(crate) fn Submit(
    /// What it does.
    label: &'static str,
    /// Whether the form is on its way.
    #[prop(optional, into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button type="submit" class="button primary wide" disabled=move || pending.get() aria-busy=move || pending.get().to_string()>
            {label}
        </button>
    }
}
