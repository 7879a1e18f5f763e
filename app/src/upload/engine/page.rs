//! What the engine touches of the page besides requests: clock, title, clipboard, and the events of the window.

use leptos::ev;
use leptos::prelude::{document, window_event_listener};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

use super::{happen, would_lose};
use crate::upload::queue::Event;
use crate::upload::snapshot::Summary;

/// Stands between our percentage and the page's own title.
const SEPARATOR: &str = " · ";

/// Unix milliseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time after 1970, whole")]
pub(super) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Bits that differ from page to page.
pub(super) fn seed() -> u64 {
    js_sys::Math::random().to_bits() ^ js_sys::Math::random().to_bits().rotate_left(32) ^ now()
}

/// Listens for as long as the page lives: asks before uploads are interrupted, and goes on at once when the network or
/// the person is back.
pub(super) fn listen() {
    let _stays = window_event_listener(ev::beforeunload, |event| {
        if would_lose() {
            event.prevent_default();
            // Browsers before 2024 ask only for a text; none of them shows it.
            event.set_return_value("uploading");
        }
    });
    let _stays = window_event_listener(ev::online, |_| happen(Event::Online));
    let _stays = window_event_listener(ev::focus, |_| happen(Event::Kick));
    let _stays = window_event_listener(ev::visibilitychange, |_| {
        if !document().hidden() {
            happen(Event::Kick);
        }
    });
}

/// Puts the overall progress before the page's title while something is pending.
pub(super) fn show_in_title(summary: &Summary) {
    let shown = document().title();
    let own = own_title(&shown);
    let title =
        if summary.pending == 0 { own.to_owned() } else { format!("{}%{SEPARATOR}{own}", summary.percent) };
    if title != shown {
        document().set_title(&title);
    }
}

/// The title without a percentage of ours. It is read from the page each time, since the page may have changed it.
fn own_title(shown: &str) -> &str {
    match shown.split_once(SEPARATOR) {
        Some((percent, own)) if is_percentage(percent) => own,
        _ => shown,
    }
}

fn is_percentage(text: &str) -> bool {
    text.strip_suffix('%').is_some_and(|digits| digits.parse::<u8>().is_ok_and(|percent| percent <= 100))
}

/// Copies a text; says whether that worked. `navigator.clipboard` would need HTTPS, which a drive in a home may not have.
pub(crate) fn copy(text: &str) -> bool {
    try_copy(text).unwrap_or(false)
}

fn try_copy(text: &str) -> Option<bool> {
    let body = document().body()?;
    let area = document().create_element("textarea").ok()?.dyn_into::<HtmlTextAreaElement>().ok()?;
    area.set_value(text);
    area.set_class_name("unseen");
    let before = document().active_element();
    body.append_child(&area).ok()?;
    area.select();
    let copied = document().dyn_into::<HtmlDocument>().ok()?.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(element) = before.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Losing the place in the page is a nuisance, not a failure.
        let _ = element.focus();
    }
    Some(copied)
}

#[cfg(test)]
mod tests {
    use super::own_title;

    #[test]
    fn only_our_own_percentage_is_taken_off() {
        for (shown, own) in [
            ("61% · Files – Hayloft", "Files – Hayloft"),
            ("Files · Hayloft", "Files · Hayloft"),
            ("250% · more", "250% · more"),
            ("7% · 50% · sales", "50% · sales"),
            ("", ""),
        ] {
            assert_eq!(own_title(shown), own, "{shown}");
        }
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_title_shows_progress_while_something_is_pending_and_then_its_own_words() {
        document().set_title("My files · Hayloft");
        for (pending, percent, title) in [
            (2, 7, "7% · My files · Hayloft"),
            (1, 61, "61% · My files · Hayloft"),
            (0, 100, "My files · Hayloft"),
        ] {
            show_in_title(&Summary { pending, percent, ..Summary::default() });
            assert_eq!(document().title(), title);
        }
    }

    /// Puts a stand-in in the place of the browser's command, which does nothing unless a person has just pressed
    /// something: it notes on the page what is selected, and answers `answer`.
    fn stand_in(answer: bool) {
        let body = "document.body.dataset.copied = \
                    document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd);";
        let command =
            js_sys::Function::new_with_args("name", &format!("{body} return name === 'copy' && {answer};"));
        js_sys::Reflect::set(&document(), &"execCommand".into(), &command).expect("a property");
    }

    #[wasm_bindgen_test]
    fn copying_takes_the_whole_text_says_how_it_went_and_leaves_nothing_in_the_page() {
        let page = document().body().expect("a body");
        let before = page.child_element_count();
        for answer in [true, false] {
            let text = format!("a report\nthat ends {answer}");
            stand_in(answer);
            assert_eq!(copy(&text), answer);
            assert_eq!(page.get_attribute("data-copied"), Some(text));
            assert_eq!(page.child_element_count(), before);
        }
        js_sys::Reflect::delete_property(&document(), &"execCommand".into()).expect("the stand-in goes");
    }
}
