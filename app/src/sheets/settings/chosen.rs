//! The two inputs of a password that is chosen, with how hard it is to guess beneath.

use leptos::prelude::*;

/// What stands at them.
pub(crate) struct Chosen {
    /// The first label.
    pub(crate) label: &'static str,
    /// The second one.
    pub(crate) again: &'static str,
    /// What is expected.
    pub(crate) hint: &'static str,
    /// Why the first was refused.
    pub(crate) error: Option<String>,
    /// Why the second was.
    pub(crate) error_again: Option<String>,
}

/// The inputs. Script (`LIVE_STRENGTH`) asks the server while somebody types, and shows
/// what it says; without script the answer to the form says it.
pub(crate) fn chosen_password(chosen: Chosen) -> impl IntoView {
    let Chosen { label, again, hint, error, error_again } = chosen;
    let bad = error.is_some();
    view! {
        <div class="field" class:bad=bad>
            <label for="password">{label}</label>
            <input
                id="password"
                name="password"
                type="password"
                autocomplete="new-password"
                data-strength=""
                aria-describedby="password-hint password-strength password-error"
                aria-invalid=bad.to_string()
            />
            <p class="hint" id="password-hint">{hint}</p>
            <p class="strength" id="password-strength" role="status" hidden>
                <meter min="0" max="4" low="2" high="3" optimum="4" value="0" aria-hidden="true"></meter>
                <span></span>
            </p>
            <p class="error" id="password-error" role="alert">{error}</p>
        </div>
        <crate::ui::Field
            name="again"
            label=again
            kind="password"
            autocomplete="new-password"
            error=error_again
        />
    }
}
