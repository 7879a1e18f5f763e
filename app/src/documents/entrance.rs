//! What the pages before sign-in share: the card, the visitor's flash, and where each error is shown.

use domain::{AppError, Field};
use leptos::prelude::*;
use leptos_meta::Title;

use super::texts::use_document_texts;
use crate::flash::refused;
use crate::i18n::{sentence, use_language};
use crate::pages::notice::Notice;
use crate::pages::switches::{LanguageSwitch, ThemeSwitch};
use crate::server::{Letter, name_of};
use crate::ui::Icon;
use crate::{Failure, Flash, Form, Typed};

/// A narrow page with a title, around a form.
#[component]
pub(super) fn Entrance(
    /// Heading, and title of the document.
    #[prop(into)]
    title: String,
    /// Whether it holds a list.
    #[prop(optional)]
    wide: bool,
    /// The form.
    children: Children,
) -> impl IntoView {
    let d = use_document_texts();
    view! {
        <Title text=title.clone()/>
        <div class="entrance" class:wide=wide>
            <header class="entrance-head">
                <span class="brand"><Icon name="logo"/>"Hayloft"</span>
            </header>
            <main class="card" id="content">
                <h1>{title}</h1>
                {children()}
            </main>
            <footer class="entrance-foot">
                <LanguageSwitch/>
                <ThemeSwitch/>
                <p>{d.tagline}</p>
            </footer>
            <Notice/>
        </div>
    }
}

/// What a form shows of its last sending: what the page before left for it.
#[derive(Clone)]
pub(crate) struct Refusal {
    failure: Option<Failure>,
    letter: Option<Letter>,
    language: crate::Language,
}

impl Refusal {
    /// Of the flash of the page before, with what had been typed.
    pub(crate) fn of(flash: Option<Flash>, form: Form) -> (Self, Typed) {
        let (failure, mut typed) = refused(flash, form);
        let letter = Letter::take(name_of(form));
        if let Some(letter) = &letter {
            let value = |name| letter.value(name).unwrap_or_default().to_owned();
            typed = Typed {
                login: value("login"),
                username: value("username"),
                email: value("email"),
                // What an invitation is called in the flash, which has no field for it.
                name: value("invitation"),
            };
        }
        (Self { failure, letter, language: use_language() }, typed)
    }

    /// Of a form whose error is shown in other words.
    pub(crate) fn none() -> Self {
        Self { failure: None, letter: None, language: use_language() }
    }

    /// The sentence to show beside `field`.
    pub(crate) fn beside(&self, field: Field) -> Option<String> {
        if let Some(letter) = &self.letter {
            return letter.beside(input_of(field));
        }
        let failure = self.failure.as_ref().filter(|failure| shown_beside(failure) == Some(field))?;
        Some(sentence(self.language, failure))
    }

    /// The sentence to show beside an input that only this form has.
    pub(super) fn named(&self, input: &str) -> Option<String> {
        self.letter.as_ref()?.beside(input)
    }

    /// The sentence that belongs to none of the form's `fields`.
    pub(crate) fn above(&self, fields: &[Field]) -> Option<String> {
        if let Some(letter) = &self.letter {
            let own = fields.iter().map(|field| input_of(*field));
            let inputs: Vec<&str> = own.chain(["captcha"]).collect();
            return letter.above(&inputs);
        }
        let failure = self.failure.as_ref()?;
        let beside = shown_beside(failure).is_some_and(|field| fields.contains(&field));
        (!beside).then(|| sentence(self.language, failure))
    }
}

/// The name of the input of a field, in the forms before sign-in.
const fn input_of(field: Field) -> &'static str {
    match field {
        Field::Username => "username",
        Field::Email => "email",
        Field::Login => "login",
        Field::Password => "password",
        Field::PasswordAgain => "again",
        _ => "",
    }
}

/// The input that a failure is shown at. Wrong credentials go to the password, which is to be typed again.
const fn shown_beside(failure: &Failure) -> Option<Field> {
    match failure {
        Failure::App(AppError::WrongCredentials) => Some(Field::Password),
        other => other.field(),
    }
}

/// The error of a form as a whole.
#[component]
pub(super) fn FormError(
    /// What to show.
    text: Option<String>,
) -> impl IntoView {
    view! { <p class="form-error" role="alert">{text}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_credentials_are_shown_at_the_password() {
        assert_eq!(shown_beside(&AppError::WrongCredentials.into()), Some(Field::Password));
        assert_eq!(shown_beside(&AppError::Busy.into()), None);
    }
}
