//! What sheets are put together from.

use leptos::prelude::*;

/// Links to the pages of one subject, the present one marked.
pub(super) fn tabs(
    label: &'static str,
    items: &[(&'static str, &'static str)],
    here: &str,
) -> impl IntoView + use<> {
    let items = items.iter().map(|(href, text)| {
        view! { <a href=*href aria-current=(*href == here).then_some("page")>{*text}</a> }
    });
    view! { <nav class="tabs" aria-label=label>{items.collect_view()}</nav> }
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

/// A name and a value, as a row of a description list.
pub(crate) fn fact(name: &'static str, value: impl IntoView) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
}
