//! The form for the code of a share.

use domain::{AppError, Field};
use leptos::prelude::*;

use crate::documents::entrance::{Entrance, FormError, Refusal};
use crate::documents::texts::use_document_texts;
use crate::{Failure, Flash, Form, ui};

/// Asks for the code. The answer is a cookie for the addresses of this share, and this address again.
#[component]
pub(super) fn CodeForm(
    /// Of the share.
    token: String,
    /// What the page before left: that the code was another one.
    flash: Option<Flash>,
) -> impl IntoView {
    let d = use_document_texts();
    let wrong = matches!(
        &flash,
        Some(Flash::Refused { form: Form::ShareCode, failure: Failure::App(AppError::CodeRequired), .. })
    );
    let (refusal, _) = Refusal::of(flash, Form::ShareCode);
    let error = if wrong { Some(d.share_code_wrong.to_owned()) } else { refusal.beside(Field::ShareCode) };
    let above = if wrong { None } else { refusal.above(&[Field::ShareCode]) };
    view! {
        <Entrance title=d.share_code_title>
            <form method="post" action=format!("/s/{token}/open") class="stack" novalidate>
                <p class="lead">{d.share_code_hint}</p>
                <FormError text=above/>
                <ui::Field name="code" label=d.share_code autocomplete="off" error=error autofocus=true/>
                <ui::Submit label=d.share_open/>
            </form>
        </Entrance>
    }
}
