//! `/password`: whoever signs in with a password that an administrator chose gets no further than here.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::entrance::Entrance;
use crate::actions::accounts::SignOut;
use crate::i18n::{use_language, use_texts};
use crate::response::Response;
use crate::server::{CHANGE, Context, Letter};
use crate::sheets::{SettingsTexts, change_form};

/// Choose a new password. Whoever need not is led to their files, or to sign in.
#[component]
pub(super) fn PasswordPage() -> impl IntoView {
    let t = SettingsTexts::of(use_language());
    let letter = Letter::take(CHANGE).unwrap_or_default();
    // Without an answer to make, the routes are being listed and there is no context.
    if let Some(response) = Response::current()
        && Context::current().is_ok_and(|context| context.must_change.is_none())
    {
        (response.redirect)("/");
    }
    view! {
        <Entrance title=t.must_change>
            <p class="lead">{t.must_change_intro}</p>
            {change_form(t, &letter)}
            <form method="post" action=SignOut::url() class="aside">
                <button type="submit" class="button quiet">{use_texts().sign_out}</button>
            </form>
        </Entrance>
    }
}
