//! The parts of the frame that are links and a form: where one can go, and the search field. Only the server renders them, so
//! the wasm holds nothing of them. Without script they work as they are.
//!
//! [`SCRIPT`] is what script adds: it marks the present place when the page changes without loading anew, and searches as one
//! types. It changes the address by clicking a link, which the router of the page takes over as any other: so uploads go on,
//! the answer comes as a sheet, and there is no second way.

use axum::http::Uri;
use domain::Category;
use leptos::prelude::*;

use super::plain_form::plain_form;
use crate::Language;
use crate::pages::frame::Served;
use crate::sheets::{FindTexts, title_of};
use crate::ui::Icon;

/// See above. Typing waits until the wasm has taken over: before, each pause would load a document. What an input method is still
/// composing is not searched for. `/` goes to the field, unless something is being written. The arrow keys
/// lead from the page of a file to the ones before and after it. In a list of a sheet, a box ticks all the others.
pub(super) const SCRIPT: &str = include_str!("frame.js");

/// What the server writes into the frame of the page at this address.
pub(super) fn served(address: &Uri, language: Language) -> Served {
    let t = FindTexts::of(language);
    let query = address.query().unwrap_or_default();
    let typed = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
    let typed = typed.filter(|_| address.path() == "/search").map(|(_, value)| value.into_owned());
    Served {
        search: search(t, typed.unwrap_or_default()).to_html(),
        upload: plain_form(language, address.path().strip_prefix("/folder/").unwrap_or_default()),
        places: places(t, address.path()).to_html(),
    }
}

fn search(t: &'static FindTexts, typed: String) -> impl IntoView {
    view! {
        <form action="/search" method="get">
            <label class="unseen" for="search">{t.search_field}</label>
            <Icon name="search"/>
            <input
                id="search"
                type="search"
                name="q"
                value=typed
                placeholder=t.search_short
                title=t.search_field
                maxlength="255"
                autocomplete="off"
                enterkeyhint="search"
                spellcheck="false"
                aria-keyshortcuts="/"
            />
            <kbd class="only-keys" aria-hidden="true">"/"</kbd>
        </form>
    }
}

fn places(t: &'static FindTexts, here: &str) -> impl IntoView {
    let item = |href: String, icon: &'static str, text: &'static str| {
        let current = current(&href, here);
        view! { <a class="rail-item" href=href aria-current=current><Icon name=icon/>{text}</a> }.into_any()
    };
    let fixed = |(href, icon, text): (&str, _, _)| item(href.to_owned(), icon, text);
    let first = [("/", "folder", t.my_files), ("/recent", "wait", t.recent)].map(fixed);
    let categories = Category::ALL.map(|category| {
        item(format!("/category/{}", category.name()), category.name(), title_of(t, category))
    });
    let last =
        [("/largest", "gauge", t.largest), ("/shares", "share", t.my_shares), ("/trash", "trash", t.trash)]
            .map(fixed);
    view! {
        {Vec::from(first)}
        <div class="rail-group" role="group" aria-label=t.categories>{Vec::from(categories)}</div>
        {Vec::from(last)}
    }
}

/// Within a folder or a share the entry stands for the place one is in, not for the page one is on. The script does the same.
fn current(href: &str, here: &str) -> Option<&'static str> {
    let is_within = match href {
        "/" => here.starts_with("/folder/"),
        href => here.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')),
    };
    if here == href { Some("page") } else { is_within.then_some("true") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str) -> Served {
        let owner = Owner::new();
        owner.with(|| served(&address.parse().expect(address), Language::English))
    }

    #[test]
    fn the_place_that_one_is_in_is_marked() {
        for (address, marked) in [
            ("/", r#"href="/" aria-current="page""#),
            ("/folder/abc?sort=size", r#"href="/" aria-current="true""#),
            ("/shares", r#"href="/shares" aria-current="page""#),
            ("/shares/abc", r#"href="/shares" aria-current="true""#),
            ("/category/video?sort=largest", r#"href="/category/video" aria-current="page""#),
        ] {
            let html = page(address).places;
            assert!(html.contains(marked), "{address}: {html}");
            assert_eq!(html.matches("aria-current").count(), 1, "{address}: {html}");
        }
        assert_eq!(page("/search?q=a").places.matches("aria-current").count(), 0);
    }

    #[test]
    fn what_was_typed_stands_in_the_field_and_is_text() {
        let html = page("/search?q=%22%3E%3Cscript%3E+1").search;
        assert!(html.contains("&quot;") && !html.contains("<script>"), "{html}");
        assert!(!page("/recent?q=abc").search.contains("abc"));
    }
}
