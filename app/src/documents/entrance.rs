//! What the pages before sign-in share: the card, the visitor's flash, and where each error is shown.

use domain::{AppError, Field};
use leptos::prelude::*;
use leptos_meta::Title;

use super::texts::use_document_texts;
use crate::flash::refused;
use crate::i18n::{sentence, use_language};
use crate::pages::notice::Notice;
use crate::pages::switches::{LanguageSwitch, ThemeSwitch};
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
    language: crate::Language,
}

impl Refusal {
    /// Of the flash of the page before, with what had been typed.
    pub(crate) fn of(flash: Option<Flash>, form: Form) -> (Self, Typed) {
        let (failure, typed) = refused(flash, form);
        (Self { failure, language: use_language() }, typed)
    }

    /// The sentence to show beside `field`.
    pub(crate) fn beside(&self, field: Field) -> Option<String> {
        let failure = self.failure.as_ref().filter(|failure| shown_beside(failure) == Some(field))?;
        Some(sentence(self.language, failure))
    }

    /// The sentence that belongs to none of the form's `fields`.
    pub(crate) fn above(&self, fields: &[Field]) -> Option<String> {
        let failure = self.failure.as_ref()?;
        let beside = shown_beside(failure).is_some_and(|field| fields.contains(&field));
        (!beside).then(|| sentence(self.language, failure))
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
