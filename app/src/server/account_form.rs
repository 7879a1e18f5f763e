//! Forms that make an account or sign in: what they say when they are refused, at the input that is to blame.

use domain::{AppError, Field, Reason};
use drive::Strength;

use super::letter::{Blame, Letter};
use super::strength::in_words;
use super::{hand_back, refuse, reply};
use crate::flash::Done;
use crate::i18n::fill;
use crate::sheets::SettingsTexts;
use crate::{Failure, Form, Language, Typed};

/// Why such a form was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A reason that every page knows.
    Plain(AppError),
    /// The password is too easy to guess.
    Weak(Strength),
    /// A captcha has to be solved.
    Captcha {
        /// An answer was given, and is another one or came too late.
        wrong: bool,
    },
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::Plain(error)
    }
}

impl From<drive::Error> for Refused {
    fn from(error: drive::Error) -> Self {
        match error {
            drive::Error::WeakPassword(strength) => Self::Weak(strength),
            drive::Error::CaptchaRequired => Self::Captcha { wrong: false },
            drive::Error::CaptchaWrong => Self::Captcha { wrong: true },
            error => Self::Plain(error.to_app_error()),
        }
    }
}

/// What such a form is called in a letter.
pub(crate) const fn name_of(form: Form) -> &'static str {
    match form {
        Form::SignIn => "sign-in",
        Form::Register => "register",
        Form::SetUp => "set-up",
        Form::CreateAccount => "create-account",
        _ => "",
    }
}

/// Answers such a form.
pub(crate) fn answer_account(
    form: Form,
    typed: Typed,
    language: Language,
    outcome: Result<Done, Refused>,
) -> Result<Done, Failure> {
    let blame = match outcome {
        Ok(done) => return refuse(form, typed, Ok(done)),
        // Whoever is told so knows the password.
        Err(Refused::Plain(AppError::Forbidden)) if matches!(form, Form::SignIn) => locked(language),
        Err(Refused::Plain(error)) => return refuse(form, typed, Err(error)),
        Err(Refused::Weak(strength)) => weak(language, strength),
        Err(Refused::Captcha { wrong }) => captcha(language, wrong),
    };
    hand_back(letter(form, &typed), blame)
}

/// A letter that gives back what had been typed.
fn letter(form: Form, typed: &Typed) -> Letter {
    Letter::of(name_of(form))
        .with("login", typed.login.as_str())
        .with("username", typed.username.as_str())
        .with("email", typed.email.as_str())
        .with("invitation", typed.name.as_str())
}

/// Leads back to the form with another captcha and what had been typed.
pub(crate) fn another_captcha(form: &str, typed: &Typed) -> Result<Done, Failure> {
    let form = if form == name_of(Form::Register) { Form::Register } else { Form::SignIn };
    letter(form, typed).send();
    let page = if form == Form::Register { "/register" } else { "/login" };
    reply(Ok(Done::go(page)))
}

/// What is said of an account that is locked.
fn locked(language: Language) -> Blame {
    Blame { field: "login", text: SettingsTexts::of(language).locked.to_owned(), error: AppError::Forbidden }
}

/// What is said of a captcha that was not solved.
fn captcha(language: Language, wrong: bool) -> Blame {
    let t = SettingsTexts::of(language);
    let text = if wrong { t.captcha_wrong } else { t.captcha_needed }.to_owned();
    Blame { field: "captcha", text, error: AppError::Forbidden }
}

/// What is said of a password that is too easy to guess.
pub(crate) fn weak(language: Language, strength: Strength) -> Blame {
    let t = SettingsTexts::of(language);
    let text = fill(t.weak_refused, &[("strength", &in_words(t, strength))]);
    Blame { field: "password", text, error: AppError::invalid(Field::Password, Reason::Common) }
}
