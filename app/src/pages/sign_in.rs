//! `/login`.

use domain::Field;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::entrance::{Entrance, FormError, Refusal, refused};
use crate::actions::accounts::{SignIn, Visitor};
use crate::app::{use_visitor, with_visitor};
use crate::i18n::use_texts;
use crate::response::{Response, load};
use crate::submission::Submission;
use crate::{Form, ui};

/// Sign in. Whoever is signed in already goes on to their files.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let t = use_texts();
    let visitor = use_visitor();
    let response = Response::current();
    Effect::new(move |_| {
        if visitor.read().as_ref().is_some_and(|visitor| matches!(visitor, Ok(v) if v.profile.is_some())) {
            load("/");
        }
    });
    let form = with_visitor(move |visitor| {
        if let (Some(response), Some(_)) = (&response, &visitor.profile) {
            (response.redirect)("/");
        }
        view! { <SignInForm visitor/> }.into_any()
    });
    view! {
        <Entrance title=t.sign_in>
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
    let t = use_texts();
    let submission = Submission::new();
    let (failure, typed) = refused(visitor.flash, Form::SignIn);
    let refusal = Refusal::watch(submission, failure);
    view! {
        <form method="post" action=SignIn::url() class="stack" novalidate on:submit=move |event| submission.send(&event)>
            <FormError text=refusal.above(&[Field::Login, Field::Password])/>
            <ui::Field
                name="login"
                label=t.login
                autocomplete="username"
                value=typed.login
                error=refusal.beside(Field::Login)
                autofocus=true
            />
            <ui::Field
                name="password"
                label=t.password
                kind="password"
                autocomplete="current-password"
                error=refusal.beside(Field::Password)
            />
            <label class="check">
                <input type="checkbox" name="remember" value="on"/>
                {t.remember}
            </label>
            <ui::Submit label=t.sign_in pending=submission.pending/>
        </form>
        {visitor.registration_open.then(|| view! { <p class="aside">{t.no_account} " " <a href="/register">{t.register}</a></p> })}
    }
}
