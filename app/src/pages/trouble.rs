//! What is shown where content could not be had.

use domain::AppError;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::Failure;
use crate::i18n::{sentence, use_language, use_texts};
use crate::response::Response;
use crate::ui::Icon;

/// The same for a page as a whole: the answer that is being made, if any, says it as well. Who is not signed in goes to sign in.
pub(crate) fn answer_trouble(response: Option<&Response>, failure: &Failure) -> AnyView {
    if let Some(response) = response {
        match failure {
            Failure::App(AppError::SignInRequired) => (response.redirect)("/login"),
            _ => (response.status)(failure.status()),
        }
    }
    trouble(failure)
}

/// What stands in the place of content that could not be had, with the way out.
pub(crate) fn trouble(failure: &Failure) -> AnyView {
    let t = use_texts();
    let language = use_language();
    let is_missing = matches!(failure, Failure::App(AppError::NotFound));
    let title = if is_missing { t.not_found_title } else { t.fault_title };
    let text = sentence(language, failure);
    view! {
        <Title text=title/>
        <div class="blank" role="alert">
            <Icon name="alert"/>
            <h2>{title}</h2>
            <p>{text}</p>
            <a class="button" href="/">{t.back_to_files}</a>
        </div>
    }
    .into_any()
}
