//! What the pages before sign-in share: the card, the visitor's flash, and where each error is shown.

use domain::{AppError, Field};
use leptos::prelude::*;
use leptos_meta::Title;

use super::notice::Notice;
use super::switches::{LanguageSwitch, ThemeSwitch};
use crate::flash::Done;
use crate::i18n::{sentence, use_language, use_texts};
use crate::response::load;
use crate::submission::Submission;
use crate::ui::Icon;
use crate::{Failure, Flash, Form, Typed};

/// A narrow page with a title, around a form.
#[component]
pub(crate) fn Entrance(
    /// Heading, and title of the document.
    title: &'static str,
    /// The form.
    children: Children,
) -> impl IntoView {
    let t = use_texts();
    view! {
        <Title text=title/>
        <div class="entrance">
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
                <p>{t.tagline}</p>
            </footer>
            <Notice/>
        </div>
    }
}

/// What a form shows of its last sending: from script's own answer, else from the flash of the page before.
#[derive(Clone, Copy)]
pub(crate) struct Refusal {
    failure: Signal<Option<Failure>>,
    language: crate::Language,
}

impl Refusal {
    /// Watches a form; until it is sent, `flashed` counts. A good answer loads the page it names.
    pub(crate) fn watch(submission: Submission, flashed: Option<Failure>) -> Self {
        let answer = submission.answer;
        Effect::new(move |_| {
            if let Some(Ok(Done { next: Some(next), .. })) = answer.get() {
                load(&next);
            }
        });
        let failure = Signal::derive(move || match answer.get() {
            Some(Ok(_)) => None,
            Some(Err(failure)) => Some(failure),
            None => flashed.clone(),
        });
        Self { failure, language: use_language() }
    }

    /// The sentence to show beside `field`.
    pub(crate) fn beside(self, field: Field) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.failure.with(|failure| {
                let failure = failure.as_ref().filter(|failure| shown_beside(failure) == Some(field))?;
                Some(sentence(self.language, failure))
            })
        })
    }

    /// The sentence that belongs to none of the form's `fields`.
    pub(crate) fn above(self, fields: &'static [Field]) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.failure.with(|failure| {
                let failure = failure.as_ref()?;
                let beside = shown_beside(failure).is_some_and(|field| fields.contains(&field));
                (!beside).then(|| sentence(self.language, failure))
            })
        })
    }
}

/// The input that a failure is shown at. Wrong credentials go to the password, which is to be typed again.
const fn shown_beside(failure: &Failure) -> Option<Field> {
    match failure {
        Failure::App(AppError::WrongCredentials) => Some(Field::Password),
        other => other.field(),
    }
}

/// What the page before left for `form`.
pub(crate) fn refused(flash: Option<Flash>, form: Form) -> (Option<Failure>, Typed) {
    match flash {
        Some(Flash::Refused { form: of, failure, typed }) if of == form => (Some(failure), typed),
        _ => (None, Typed::default()),
    }
}

/// The error of a form as a whole.
#[component]
pub(crate) fn FormError(
    /// What to show.
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! { <p class="form-error" role="alert">{move || text.get()}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flash_is_for_the_form_it_names() {
        let typed = Typed { login: "lin_wei".into(), ..Typed::default() };
        let failure = Failure::App(AppError::WrongCredentials);
        let flash = Flash::Refused { form: Form::SignIn, failure: failure.clone(), typed: typed.clone() };
        assert_eq!(refused(Some(flash.clone()), Form::SignIn), (Some(failure), typed));
        assert_eq!(refused(Some(flash), Form::Register), (None, Typed::default()));
        assert_eq!(refused(None, Form::SignIn), (None, Typed::default()));
    }

    #[test]
    fn wrong_credentials_are_shown_at_the_password() {
        assert_eq!(shown_beside(&AppError::WrongCredentials.into()), Some(Field::Password));
        assert_eq!(shown_beside(&AppError::Busy.into()), None);
    }
}
