//! What a new share and a changed one ask alike: the code, the time, the number of downloads.

use domain::{AppError, Field, Reason};
use leptos::prelude::*;

use crate::flash::refused;
use crate::i18n::sentence;
use crate::sheets::request::Request;
use crate::sheets::texts::SheetTexts;
use crate::{Failure, Form};

/// What a form shows of its last sending.
pub(super) struct Refusal {
    /// The input that it is shown at.
    field: Option<Field>,
    text: Option<String>,
}

impl Refusal {
    /// Of what the page before left.
    pub(super) fn of(t: &'static SheetTexts, request: &Request) -> Self {
        let (failure, _) = refused(request.flash.clone(), Form::Share);
        let text = failure.as_ref().map(|failure| sentence(request.language, failure));
        match failure {
            // The number of downloads alone can be malformed; that of items can only be too large.
            Some(Failure::App(AppError::Invalid { field: Field::Limit, reason: Reason::Malformed })) => {
                Self { field: Some(Field::Limit), text: Some(t.share_limit_wrong.to_owned()) }
            }
            Some(Failure::App(AppError::Invalid {
                field: field @ (Field::ShareCode | Field::Expiry),
                ..
            })) => Self { field: Some(field), text },
            _ => Self { field: None, text },
        }
    }

    fn beside(&self, field: Field) -> Option<String> {
        self.text.clone().filter(|_| self.field == Some(field))
    }

    /// What belongs to none of the inputs.
    pub(super) fn above(&self) -> Option<String> {
        self.text.clone().filter(|_| self.field.is_none())
    }
}

/// The inputs. `keep`: the first choice of each leaves it as it is.
pub(super) fn inputs(t: &'static SheetTexts, refusal: &Refusal, keep: bool) -> AnyView {
    let code = refusal.beside(Field::ShareCode);
    let bad = code.is_some();
    view! {
        <fieldset class="choices">
            <legend>{t.share_code}</legend>
            {keep.then(|| radio("keep", t.share_keep, !bad))}
            {radio("drawn", t.share_code_drawn, !keep && !bad)}
            {radio("public", t.share_code_public, false)}
            {radio("own", t.share_code_own, bad)}
            <div class="field" class:bad=bad>
                <label class="unseen" for="own">{t.share_code_own_label}</label>
                <input id="own" name="own" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="64"
                    placeholder=t.share_code_own_label aria-describedby="own-hint own-error" aria-invalid=bad.to_string()/>
                <p class="hint" id="own-hint">{t.share_code_hint}</p>
                <p class="error" id="own-error" role="alert">{code}</p>
            </div>
        </fieldset>
        <div class="field" class:bad=refusal.beside(Field::Expiry).is_some()>
            <label for="days">{t.share_expiry}</label>
            <select id="days" name="days">
                {keep.then(|| view! { <option value="keep" selected>{t.share_keep}</option> })}
                <option value="1">{t.share_day}</option>
                <option value="7" selected=!keep>{t.share_week}</option>
                <option value="30">{t.share_month}</option>
                <option value="never">{t.share_never}</option>
            </select>
            <p class="error" role="alert">{refusal.beside(Field::Expiry)}</p>
        </div>
        <div class="field" class:bad=refusal.beside(Field::Limit).is_some()>
            <label for="downloads">{t.share_limit}</label>
            <input id="downloads" name="downloads" type="text" inputmode="numeric" autocomplete="off" maxlength="9" aria-describedby="downloads-hint downloads-error"/>
            <p class="hint" id="downloads-hint">{if keep { t.share_limit_keep } else { t.share_limit_hint }}</p>
            <p class="error" id="downloads-error" role="alert">{refusal.beside(Field::Limit)}</p>
        </div>
    }
    .into_any()
}

fn radio(value: &'static str, label: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="check"><input type="radio" name="code" value=value checked=checked/>{label}</label>
    }
}
