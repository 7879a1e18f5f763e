//! `/login`.

use domain::Field;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::entrance::{Entrance, FormError, Refusal};
use super::texts::use_document_texts;
use crate::actions::accounts::{SignIn, Visitor};
use crate::app::with_visitor;
use crate::response::Response;
use crate::{Form, ui};

/// Sign in. Whoever is signed in already goes on to their files.
#[component]
pub(super) fn SignInPage() -> impl IntoView {
    let d = use_document_texts();
    let response = Response::current();
    let form = with_visitor(move |visitor| {
        if let (Some(response), Some(_)) = (&response, &visitor.profile) {
            (response.redirect)("/");
        }
        view! { <SignInForm visitor/> }.into_any()
    });
    view! {
        <Entrance title=d.sign_in>
            {form}
        </Entrance>
    }
}

/// The form alone.
#[component]
fn SignInForm(
    /// Who looks at it.
    visitor: Visitor,
) -> impl IntoView {
    let d = use_document_texts();
    let (refusal, typed) = Refusal::of(visitor.flash, Form::SignIn);
    view! {
        <form method="post" action=SignIn::url() class="stack" novalidate>
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
            <label class="check">
                <input type="checkbox" name="remember" value="on"/>
                {d.remember}
            </label>
            <ui::Submit label=d.sign_in/>
        </form>
        {visitor.registration_open.then(|| view! { <p class="aside">{d.no_account} " " <a href="/register">{d.register}</a></p> })}
    }
}
