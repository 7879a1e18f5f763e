//! `/setup/{secret}`: the one-time link that makes the first administrator.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::entrance::{Entrance, Refusal};
use super::register::account_fields;
use super::texts::use_document_texts;
use crate::actions::accounts::{SetUp, Visitor, setup_is_valid};
use crate::app::use_visitor;
use crate::i18n::{sentence, use_language};
use crate::pages::trouble::trouble;
use crate::{Failure, Form, ui};
use domain::{AppError, Field, Reason};

/// Make the first administrator, or say that the link has been used.
#[component]
pub(super) fn SetUpPage() -> impl IntoView {
    let d = use_document_texts();
    let language = use_language();
    let parameters = use_params_map();
    let secret = Memo::new(move |_| parameters.read().get("secret").unwrap_or_default());
    let visitor = use_visitor();
    let valid = Resource::new(move || secret.get(), setup_is_valid);
    let form = move || {
        Suspend::new(async move {
            let valid = valid.await;
            let visitor = visitor.await.unwrap_or_default();
            let secret = secret.get_untracked();
            match valid {
                Ok(()) => view! { <SetUpForm visitor secret/> }.into_any(),
                Err(Failure::App(AppError::NotFound)) => {
                    let used = AppError::invalid(Field::SetupLink, Reason::Expired).into();
                    view! {
                        <p class="lead">{sentence(language, &used)}</p>
                        <a class="button wide" href="/">{d.sign_in}</a>
                    }
                    .into_any()
                }
                Err(failure) => trouble(&failure),
            }
        })
    };
    view! {
        <Entrance title=d.set_up>
            <Suspense>{form}</Suspense>
        </Entrance>
    }
}

/// The form alone.
#[component]
fn SetUpForm(
    /// Who looks at it.
    visitor: Visitor,
    /// The last part of the link.
    secret: String,
) -> impl IntoView {
    let d = use_document_texts();
    let (refusal, typed) = Refusal::of(visitor.flash, Form::SetUp);
    view! {
        <p class="lead">{d.set_up_intro}</p>
        <form method="post" action=SetUp::url() class="stack" novalidate>
            <input type="hidden" name="secret" value=secret/>
            {account_fields(typed, &refusal)}
            <ui::Submit label=d.set_up_button/>
        </form>
    }
}
