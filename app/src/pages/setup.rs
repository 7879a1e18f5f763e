//! `/setup/{secret}`: the one-time link that makes the first administrator.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::entrance::{Entrance, Refusal, refused};
use super::missing::trouble;
use super::register::AccountFields;
use crate::actions::accounts::{SetUp, Visitor, setup_is_valid};
use crate::app::use_visitor;
use crate::i18n::{sentence, use_language, use_texts};
use crate::submission::Submission;
use crate::{Failure, Form, ui};
use domain::{AppError, Field, Reason};

/// Make the first administrator, or say that the link has been used.
#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let t = use_texts();
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
                        <a class="button wide" href="/">{t.sign_in}</a>
                    }
                    .into_any()
                }
                Err(failure) => trouble(&failure),
            }
        })
    };
    view! {
        <Entrance title=t.set_up>
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
    let t = use_texts();
    let submission = Submission::new();
    let (failure, typed) = refused(visitor.flash, Form::SetUp);
    let refusal = Refusal::watch(submission, failure);
    view! {
        <p class="lead">{t.set_up_intro}</p>
        <form method="post" action=SetUp::url() class="stack" novalidate on:submit=move |event| submission.send(&event)>
            <input type="hidden" name="secret" value=secret/>
            <AccountFields typed refusal/>
            <ui::Submit label=t.set_up_button pending=submission.pending/>
        </form>
    }
}
