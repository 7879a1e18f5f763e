//! The question what is to be done where a name is taken.

use leptos::prelude::*;

use super::SheetTexts;

/// A field `conflict`, as [`Conflict`](domain::Conflict) is written. Nothing is lost by the choice that it begins with.
pub(crate) fn taken_names(t: &'static SheetTexts) -> impl IntoView {
    let choices = [("rename", t.taken_rename), ("replace", t.taken_replace), ("fail", t.taken_skip)];
    let choices = choices.map(|(value, text)| {
        view! {
            <label class="check">
                <input type="radio" name="conflict" value=value checked={value == "rename"}/>
                {text}
            </label>
        }
    });
    view! { <fieldset class="choices"><legend>{t.taken}</legend>{choices}</fieldset> }
}
