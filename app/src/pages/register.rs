//! `/register`.

use domain::Field;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::entrance::{Entrance, FormError, Refusal, refused};
use crate::actions::accounts::{Register, Visitor};
use crate::app::with_visitor;
use crate::i18n::use_texts;
use crate::submission::Submission;
use crate::{Form, Typed, ui};

/// Fields of an account, in their order.
const FIELDS: &[Field] = &[Field::Username, Field::Email, Field::Password, Field::PasswordAgain];

/// Make an account, where anybody may.
#[component]
pub(crate) fn RegisterPage() -> impl IntoView {
    let t = use_texts();
    let form = with_visitor(move |visitor| {
        if visitor.registration_open {
            view! { <RegisterForm visitor/> }.into_any()
        } else {
            view! { <p>{t.registration_closed}</p> }.into_any()
        }
    });
    view! {
        <Entrance title=t.create_account>
            {form}
            <p class="aside">{t.have_account} " " <a href="/login">{t.sign_in}</a></p>
        </Entrance>
    }
}

/// The form alone.
#[component]
fn RegisterForm(
    /// Who looks at it.
    visitor: Visitor,
) -> impl IntoView {
    let t = use_texts();
    let submission = Submission::new();
    let (failure, typed) = refused(visitor.flash, Form::Register);
    let refusal = Refusal::watch(submission, failure);
    view! {
        <form method="post" action=Register::url() class="stack" novalidate on:submit=move |event| submission.send(&event)>
            <AccountFields typed refusal/>
            <ui::Submit label=t.register pending=submission.pending/>
        </form>
    }
}

/// The inputs of a new account, for registration and for the first administrator.
#[component]
pub(crate) fn AccountFields(
    /// What was typed before.
    typed: Typed,
    /// What was refused.
    refusal: Refusal,
) -> impl IntoView {
    let t = use_texts();
    view! {
        <FormError text=refusal.above(FIELDS)/>
        <ui::Field
            name="username"
            label=t.username
            autocomplete="username"
            value=typed.username
            hint=t.username_hint
            error=refusal.beside(Field::Username)
            autofocus=true
        />
        <ui::Field
            name="email"
            label=t.email
            kind="email"
            autocomplete="email"
            value=typed.email
            error=refusal.beside(Field::Email)
        />
        <ui::Field
            name="password"
            label=t.password
            kind="password"
            autocomplete="new-password"
            hint=t.password_hint
            error=refusal.beside(Field::Password)
        />
        <ui::Field
            name="again"
            label=t.password_again
            kind="password"
            autocomplete="new-password"
            error=refusal.beside(Field::PasswordAgain)
        />
    }
}
