//! `/register`.

use domain::Field;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::entrance::{Entrance, FormError, Refusal};
use super::texts::use_document_texts;
use crate::actions::accounts::{Register, Visitor};
use crate::app::with_visitor;
use crate::{Form, Typed, ui};

/// Fields of an account, in their order.
const FIELDS: &[Field] = &[Field::Username, Field::Email, Field::Password, Field::PasswordAgain];

/// Make an account, where anybody may.
#[component]
pub(super) fn RegisterPage() -> impl IntoView {
    let d = use_document_texts();
    let form = with_visitor(move |visitor| {
        if visitor.registration_open {
            view! { <RegisterForm visitor/> }.into_any()
        } else {
            view! { <p>{d.registration_closed}</p> }.into_any()
        }
    });
    view! {
        <Entrance title=d.create_account>
            {form}
            <p class="aside">{d.have_account} " " <a href="/login">{d.sign_in}</a></p>
        </Entrance>
    }
}

/// The form alone.
#[component]
fn RegisterForm(
    /// Who looks at it.
    visitor: Visitor,
) -> impl IntoView {
    let d = use_document_texts();
    let (refusal, typed) = Refusal::of(visitor.flash, Form::Register);
    view! {
        <form method="post" action=Register::url() class="stack" novalidate>
            {account_fields(typed, &refusal)}
            <ui::Submit label=d.register/>
        </form>
    }
}

/// The inputs of a new account, for registration and for the first administrator.
pub(crate) fn account_fields(typed: Typed, refusal: &Refusal) -> impl IntoView + use<> {
    let d = use_document_texts();
    view! {
        <FormError text=refusal.above(FIELDS)/>
        <ui::Field
            name="username"
            label=d.username
            autocomplete="username"
            value=typed.username
            hint=d.username_hint
            error=refusal.beside(Field::Username)
            autofocus=true
        />
        <ui::Field
            name="email"
            label=d.email
            kind="email"
            autocomplete="email"
            value=typed.email
            error=refusal.beside(Field::Email)
        />
        <ui::Field
            name="password"
            label=d.password
            kind="password"
            autocomplete="new-password"
            hint=d.password_hint
            error=refusal.beside(Field::Password)
        />
        <ui::Field
            name="again"
            label=d.password_again
            kind="password"
            autocomplete="new-password"
            error=refusal.beside(Field::PasswordAgain)
        />
    }
}
