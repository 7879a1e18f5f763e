//! `/settings/password`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::chosen::{Chosen, chosen_password};
use super::{SettingsTexts, subjects};
use crate::actions::passwords::ChangePassword;
use crate::server::{CHANGE, Letter};
use crate::sheets::Content;
use crate::sheets::request::Request;
use crate::ui;

/// The form within the frame.
pub(super) fn content(request: &Request) -> Content {
    let (language, letter) = (request.language, Letter::take(CHANGE).unwrap_or_default());
    let t = SettingsTexts::of(language);
    Content::new(t.password, move || {
        view! {
            <div class="sheet">
                <h1>{t.settings}</h1>
                {subjects(language, "/settings/password")}
                <h2>{t.password}</h2>
                <p class="lead">{t.password_intro}</p>
                {change_form(t, &letter)}
            </div>
        }
        .into_any()
    })
}

/// Asks for the old password and twice for the new one.
pub(crate) fn change_form(t: &'static SettingsTexts, letter: &Letter) -> impl IntoView + use<> {
    view! {
        <form method="post" action=ChangePassword::url() class="stack narrow" novalidate>
            <p class="form-error" role="alert">{letter.above(&["old", "password", "again"])}</p>
            <ui::Field name="old" label=t.old_password kind="password" autocomplete="current-password" error=letter.beside("old")/>
            {new_fields(t, letter)}
            <ui::Submit label=t.password_change/>
        </form>
    }
}

/// The inputs of a new password.
pub(crate) fn new_fields(t: &'static SettingsTexts, letter: &Letter) -> impl IntoView + use<> {
    chosen_password(Chosen {
        label: t.new_password,
        again: t.new_password_again,
        hint: t.password_hint,
        error: letter.beside("password"),
        error_again: letter.beside("again"),
    })
}
