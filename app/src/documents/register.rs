//! `/register`.

use domain::{Field, Registration};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::captcha::{captcha_fields, sent_by_enter};
use super::entrance::{Entrance, FormError, Refusal};
use super::invited::Invited;
use super::texts::use_document_texts;
use crate::actions::accounts::{Register, Visitor};
use crate::app::use_visitor;
use crate::server::{Asked, ask_to_register};
use crate::sheets::{Chosen, chosen_password};
use crate::{Form, Typed, ui};

/// Fields of an account, in their order.
const FIELDS: &[Field] = &[Field::Username, Field::Email, Field::Password, Field::PasswordAgain];

/// Make an account, where anybody may or with an invitation.
#[component]
pub(super) fn RegisterPage() -> impl IntoView {
    let d = use_document_texts();
    let asked = Resource::new(|| (), |()| ask_to_register());
    let visitor = use_visitor();
    let form = move || {
        Suspend::new(async move {
            let (asked, visitor) = (asked.await, visitor.await.unwrap_or_default());
            match visitor.registration {
                Registration::Open => view! { <RegisterForm visitor asked/> }.into_any(),
                Registration::Invitation => view! { <Invited visitor asked/> }.into_any(),
                Registration::Closed => view! { <p>{d.registration_closed}</p> }.into_any(),
            }
        })
    };
    view! {
        <Entrance title=d.create_account>
            <Suspense>{form}</Suspense>
            <p class="aside">{d.have_account} " " <a href="/login">{d.sign_in}</a></p>
        </Entrance>
    }
}

/// The form alone.
#[component]
fn RegisterForm(
    /// Who looks at it.
    visitor: Visitor,
    /// What they have to solve.
    asked: Asked,
) -> impl IntoView {
    let d = use_document_texts();
    let (refusal, typed) = Refusal::of(visitor.flash, Form::Register);
    view! {
        <form method="post" action=Register::url() class="stack" novalidate>
            {sent_by_enter(&asked)}
            {account_fields(typed, &refusal)}
            {captcha_fields(&asked, "register", &refusal)}
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
        {chosen_password(Chosen {
            label: d.password,
            again: d.password_again,
            hint: d.password_hint,
            error: refusal.beside(Field::Password),
            error_again: refusal.beside(Field::PasswordAgain),
        })}
    }
}
