//! `/login`.

use domain::{Field, Registration};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::captcha::{captcha_fields, sent_by_enter};
use super::entrance::{Entrance, FormError, Refusal};
use super::texts::use_document_texts;
use crate::actions::accounts::{SignIn, Visitor};
use crate::app::use_visitor;
use crate::response::Response;
use crate::server::{Asked, ask_to_sign_in, take_flash};
use crate::{Form, ui};

/// Sign in. Whoever is signed in already goes on to their files.
#[component]
pub(super) fn SignInPage() -> impl IntoView {
    let d = use_document_texts();
    let response = Response::current();
    // What was typed decides whether a captcha is asked for.
    let login = Refusal::of(take_flash(), Form::SignIn).1.login;
    let asked = Resource::new(|| (), move |()| ask_to_sign_in(login.clone()));
    let visitor = use_visitor();
    let form = move || {
        let response = response.clone();
        Suspend::new(async move {
            let (asked, visitor) = (asked.await, visitor.await.unwrap_or_default());
            if let (Some(response), Some(_)) = (response, &visitor.profile) {
                (response.redirect)("/");
            }
            view! { <SignInForm visitor asked/> }.into_any()
        })
    };
    view! {
        <Entrance title=d.sign_in>
            <Suspense>{form}</Suspense>
        </Entrance>
    }
}

/// The form alone.
#[component]
fn SignInForm(
    /// Who looks at it.
    visitor: Visitor,
    /// What they have to solve.
    asked: Asked,
) -> impl IntoView {
    let d = use_document_texts();
    let (refusal, typed) = Refusal::of(visitor.flash, Form::SignIn);
    view! {
        <form method="post" action=SignIn::url() class="stack" novalidate>
            {sent_by_enter(&asked)}
            <FormError text=refusal.above(&[Field::Login, Field::Password])/>
            <ui::Field
                name="login"
                label=d.login
                autocomplete="username"
                value=typed.login
                error=refusal.beside(Field::Login)
                autofocus=true
            />
            <ui::Field
                name="password"
                label=d.password
                kind="password"
                autocomplete="current-password"
                error=refusal.beside(Field::Password)
            />
            {captcha_fields(&asked, "sign-in", &refusal)}
            <label class="check">
                <input type="checkbox" name="remember" value="on"/>
                {d.remember}
            </label>
            <ui::Submit label=d.sign_in/>
        </form>
        {match visitor.registration {
            Registration::Open => Some(view! { <p class="aside">{d.no_account} " " <a href="/register">{d.register}</a></p> }),
            Registration::Invitation => Some(view! { <p class="aside">{d.have_invitation} " " <a href="/register">{d.register}</a></p> }),
            Registration::Closed => None,
        }}
    }
}
