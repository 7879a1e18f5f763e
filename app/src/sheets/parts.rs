//! What sheets are put together from.

use leptos::prelude::*;

use super::SheetTexts;
use crate::i18n::use_language;
use crate::ui::Icon;

/// Words in the place of a list that has nothing in it.
pub(super) fn blank(icon: &'static str, title: impl Into<String>, hint: impl Into<String>) -> AnyView {
    let (title, hint) = (title.into(), hint.into());
    view! { <div class="blank"><Icon name=icon/><h2>{title}</h2><p>{hint}</p></div> }.into_any()
}

/// Links to the pages of one subject. `here` is marked: as the present page, or, with a slash at its end, as what that is part
/// of.
pub(super) fn tabs(
    label: &'static str,
    items: &[(&'static str, &'static str)],
    here: &str,
) -> impl IntoView + use<> {
    let items = items.iter().map(|(href, text)| {
        let current = match here.strip_prefix(href) {
            Some("") => Some("page"),
            Some("/") => Some("true"),
            _ => None,
        };
        view! { <a href=*href aria-current=current>{*text}</a> }
    });
    view! { <nav class="tabs" aria-label=label>{items.collect_view()}</nav> }
}

/// A page that is asked for something.
pub(super) fn address(path: &str, query: &[(&str, &str)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

/// The link to the rest of a list, if there is one: the same address with another place in the list.
pub(super) fn next_page(
    path: &str,
    query: &[(&str, &str)],
    next: Option<String>,
    text: &'static str,
) -> Option<impl IntoView + use<>> {
    let next = next?;
    let pairs = query.iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .append_pair("after", &next)
        .finish();
    let href = format!("{path}?{query}");
    Some(view! { <p><a class="button" href=href>{text}</a></p> })
}

/// A choice in a form; what the address asks for is chosen.
pub(super) fn options(choices: &[(&'static str, &'static str)], chosen: &str) -> impl IntoView + use<> {
    let options = choices.iter().map(|(value, text)| {
        view! { <option value=*value selected={*value == chosen}>{*text}</option> }
    });
    options.collect_view()
}

/// A text to be passed on: one click selects all of it, and script copies it.
pub(super) fn copyable(text: String) -> impl IntoView {
    let t = SheetTexts::of(use_language());
    view! {
        <div class="copy">
            <p class="copy-text" tabindex="0" translate="no">{text}</p>
            // The page's script answers it: this HTML has none of its own.
            <button type="button" class="button only-script" data-copied=t.copied>{t.copy}</button>
        </div>
    }
}

/// A name and a value, as a row of a description list.
pub(crate) fn fact(name: &'static str, value: impl IntoView) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
}
