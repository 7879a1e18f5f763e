//! Where one is: path and query of the page that is shown, and the way from page to page without loading a document.
//!
//! There is one decision to make, between folders and sheets ([`Stage`](crate::pages::Stage)); a router for any tree of
//! routes was a tenth of the wasm (docs/adr/0009).

use domain::Sort;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement};

use crate::app::is_taken_over;
use crate::response::load;

/// Items that an address can name: proxies refuse requests with lines above 8 kB.
pub(crate) const MOST_NAMED: usize = 200;

/// The address of a folder in an order, which is named where it is not the usual one: it lives in addresses alone.
pub(crate) fn ordered(folder: String, sort: Sort) -> String {
    if sort == Sort::default() { folder } else { format!("{folder}?sort={sort}") }
}

/// Path and query of a page. The server provides it as a context while it renders one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// From the first slash on.
    pub(crate) path: String,
    /// Without its question mark; empty when there is none.
    pub(crate) query: String,
}

impl Place {
    /// Reads `/path?query#fragment`; the fragment is the browser's.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        Self { path: path.to_owned(), query: query.to_owned() }
    }

    /// What the query says under this name, as it is written there: ids, cursors and orders need no decoding.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// What the browser's bar shows.
    fn shown() -> Self {
        let location = window().location();
        let query = location.search().unwrap_or_default();
        Self {
            path: location.pathname().unwrap_or_default(),
            query: query.strip_prefix('?').unwrap_or_default().to_owned(),
        }
    }
}

/// The page that is shown; a context.
#[derive(Clone, Copy)]
pub(crate) struct Address(RwSignal<Place>);

impl Address {
    /// Makes the context. In the browser, links to pages of the drive and the buttons for back and forward change it from now on.
    pub(crate) fn provide() {
        let address = Self(RwSignal::new(use_context().unwrap_or_else(Place::shown)));
        provide_context(address);
        Effect::new(move |_| {
            let links = window_event_listener(ev::click, move |event| {
                if let Some(target) = followed(&event) {
                    event.prevent_default();
                    address.go(&target);
                }
            });
            let steps = window_event_listener(ev::popstate, move |_| address.0.set(Place::shown()));
            on_cleanup(move || {
                links.remove();
                steps.remove();
            });
        });
    }

    /// The context of this page.
    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// The page that is shown; tracked.
    pub(crate) fn place(self) -> Place {
        self.0.get()
    }

    /// Whether a page is the one that is shown; not tracked.
    pub(crate) fn is_at(self, target: &str) -> bool {
        self.0.with_untracked(|place| *place == Place::parse(target))
    }

    /// Its path; follows the page.
    pub(crate) fn path(self) -> Memo<String> {
        Memo::new(move |_| self.0.read().path.clone())
    }

    /// Goes on at a path of ours, with its query.
    pub(crate) fn go(self, target: &str) {
        let place = Place::parse(target);
        if !is_taken_over(&place.path) {
            return load(target);
        }
        if self.is_at(target) {
            return;
        }
        // It is refused only when a page goes on hundreds of times in a moment: the address of the bar is older then.
        let pushed = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(target)));
        drop(pushed);
        self.0.set(place);
    }
}

/// Where a click leads within the drive. Anything else is the browser's: other windows, downloads, other pages, places
/// within a page.
fn followed(event: &web_sys::MouseEvent) -> Option<String> {
    let modified = event.meta_key() || event.ctrl_key() || event.alt_key() || event.shift_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let link = target.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let elsewhere = !link.target().is_empty() || link.has_attribute("download") || link.rel() == "external";
    let path = link.pathname();
    let ours = link.origin() == window().location().origin().ok()? && is_taken_over(&path);
    (ours && !elsewhere && link.hash().is_empty()).then(|| path + &link.search())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_path_and_query() {
        let place = Place::parse("/folder/abc?sort=-size&after=x=#row");
        assert_eq!((place.path.as_str(), place.query.as_str()), ("/folder/abc", "sort=-size&after=x="));
        assert_eq!(
            (place.query("sort"), place.query("after"), place.query("so")),
            (Some("-size"), Some("x="), None)
        );
        assert_eq!(Place::parse("/"), Place { path: "/".into(), query: String::new() });
    }
}
