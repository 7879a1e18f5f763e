//! The part of an account's page where its password is set.

use drive::UserEntry;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::actions::passwords::SetPassword;
use crate::server::{Letter, SET};
use crate::sheets::{SettingsTexts, new_fields};
use crate::{Language, ui};

/// What the last sending of the form left. To be asked for before anything is awaited.
pub(super) fn letter() -> Letter {
    Letter::take(SET).unwrap_or_default()
}

/// The form, folded until it is wanted.
pub(super) fn password_form(language: Language, letter: &Letter, user: &UserEntry) -> AnyView {
    let t = SettingsTexts::of(language);
    view! {
        <details class="fold" open=letter.is_refusal()>
            <summary>{t.set_password}</summary>
            <form method="post" action=SetPassword::url() class="stack narrow" novalidate>
                <input type="hidden" name="id" value=user.id.to_string()/>
                <p class="hint">{t.set_password_hint}</p>
                <p class="form-error" role="alert">{letter.above(&["password", "again"])}</p>
                {new_fields(t, letter)}
                <ui::Submit label=t.set_password/>
            </form>
        </details>
    }
    .into_any()
}
