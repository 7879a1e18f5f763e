//! The end of an account: what it means, the name that has to be typed, and how far it is.

use domain::{ByteSize, Field};
use drive::{Deletion, UserEntry};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::texts::AccountTexts;
use crate::actions::administration::DeleteAccount;
use crate::documents::Refusal;
use crate::i18n::fill;
use crate::moment::When;
use crate::{Flash, Form, Language, ui};

/// What is said when it has begun.
pub(crate) fn begun(language: Language, name: &str) -> String {
    fill(AccountTexts::of(language).begun, &[("name", name)])
}

/// How far it is.
pub(super) fn progress(t: &'static AccountTexts, user: &UserEntry, deletion: Deletion) -> AnyView {
    let done = deletion.used.saturating_sub(user.used);
    let words = [("done", ByteSize(done).to_string()), ("all", ByteSize(deletion.used).to_string())];
    let words = fill(t.deleting_progress, &words.each_ref().map(|(name, value)| (*name, value.as_str())));
    view! {
        <section class="stack deletion">
            <h2>{t.deleting}</h2>
            <ui::Meter part=done whole=deletion.used label=t.deleting/>
            <p>{words}</p>
            <p class="muted">{t.deleting_since}" "<When at=deletion.since/></p>
            <p class="lead">{t.deleting_hint}</p>
        </section>
    }
    .into_any()
}

/// The form that begins it.
pub(super) fn form(t: &'static AccountTexts, user: &UserEntry, flash: Option<Flash>) -> AnyView {
    let (refusal, typed) = Refusal::of(flash, Form::DeleteAccount);
    let name = [("name", user.username.as_str())];
    let above = refusal.above(&[Field::Confirmation]);
    let wrong = refusal.beside(Field::Confirmation).map(|_| fill(t.delete_wrong, &name));
    let bad = wrong.is_some();
    view! {
        <section class="stack deletion">
            <h2>{t.delete}</h2>
            <p class="lead">{t.delete_what}</p>
            <form method="post" action=DeleteAccount::url() class="stack narrow" novalidate>
                <p class="form-error" role="alert">{above}</p>
                <input type="hidden" name="id" value=user.id.to_string()/>
                <div class="field" class:bad=bad>
                    <label for="confirmation">{fill(t.delete_type, &name)}</label>
                    <input id="confirmation" name="confirmation" type="text" value=typed.name autocomplete="off" autocapitalize="none" maxlength="64"
                        spellcheck="false" aria-describedby="confirmation-error" aria-invalid=bad.to_string()/>
                    <p class="error" id="confirmation-error" role="alert">{wrong}</p>
                </div>
                <button type="submit" class="button danger">{t.delete_yes}</button>
            </form>
        </section>
    }
    .into_any()
}
