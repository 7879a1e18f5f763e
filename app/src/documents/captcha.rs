//! The inputs of a captcha: a picture, the same to be heard, and where to type it. Works without script: another one comes
//! by a button of the form.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::entrance::Refusal;
use crate::actions::accounts::AnotherCaptcha;
use crate::i18n::{fill, use_language};
use crate::server::Asked;
use crate::sheets::SettingsTexts;

/// The button that Enter presses, to stand first in the form: the first one that is seen asks for another picture.
pub(super) fn sent_by_enter(asked: &Asked) -> Option<impl IntoView + use<>> {
    asked.id.as_ref()?;
    Some(view! { <button type="submit" class="unseen" tabindex="-1" aria-hidden="true"></button> })
}

/// Nothing where nothing is asked.
pub(super) fn captcha_fields(asked: &Asked, form: &'static str, refusal: &Refusal) -> AnyView {
    let t = SettingsTexts::of(use_language());
    if let Some(seconds) = asked.wait {
        let text = fill(t.captcha_wait, &[("seconds", &seconds.to_string())]);
        return view! { <p class="form-error" role="alert">{text}</p> }.into_any();
    }
    let Some(id) = asked.id.clone() else { return ().into_any() };
    let error = refusal.named("captcha");
    let bad = error.is_some();
    let (picture, sound) = (format!("/captcha/{id}"), format!("/captcha/{id}/sound"));
    view! {
        <div class="field captcha" class:bad=bad>
            <label for="captcha">{t.captcha}</label>
            <div class="captcha-row">
                <img src=picture alt=t.captcha_alt width="220" height="100"/>
                <button type="submit" class="button" name="form" value=form formaction=AnotherCaptcha::url() formnovalidate>
                    {t.captcha_another}
                </button>
            </div>
            <audio controls preload="none" src=sound aria-label=t.captcha_sound></audio>
            <input
                id="captcha"
                name="captcha"
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="20"
                aria-describedby="captcha-hint captcha-error"
                aria-invalid=bad.to_string()
            />
            <input type="hidden" name="captcha_id" value=id/>
            <p class="hint" id="captcha-hint">{t.captcha_hint}</p>
            <p class="error" id="captcha-error" role="alert">{error}</p>
        </div>
    }
    .into_any()
}
