//! A labelled input with its hint and its error beside it.

use leptos::prelude::*;

/// An input of a form. The error is announced when it appears, and points back to the input.
#[component]
pub(crate) fn Field(
    /// Name in the form, and the base of its ids.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// `autocomplete`, so that password managers know it.
    autocomplete: &'static str,
    /// What was typed before.
    #[prop(optional, into)]
    value: String,
    /// What is expected.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Why it was refused.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Whether the page begins here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let error_id = format!("{name}-error");
    let described = format!("{hint_id} {error_id}");
    let plain = matches!(kind, "text" | "email");
    view! {
        <div class="field" class:bad=move || error.read().is_some()>
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                autocapitalize=plain.then_some("none")
                spellcheck=plain.then_some("false")
                autofocus=autofocus
                aria-describedby=described
                aria-invalid=move || error.read().is_some().to_string()
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="error" id=error_id role="alert">{move || error.get()}</p>
        </div>
    }
}
