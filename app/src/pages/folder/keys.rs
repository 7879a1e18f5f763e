//! The keys of the list: they move, open and delete.

use domain::NodeId;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::model::Model;
use crate::listing::Step;

/// Listens for keys while the list, or nothing in particular, has the keyboard.
pub(super) fn watch_keys(model: Model, scroller: NodeRef<html::Div>) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key();
            let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            else {
                return;
            };
            if !modified && concerns_list(&target) && press(model, scroller, &target, &event.key()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Keys in inputs, menus and dialogs are theirs.
fn concerns_list(target: &web_sys::Element) -> bool {
    // The selector is ours and valid.
    let in_list = matches!(target.closest(".list"), Ok(Some(_)));
    let nowhere = matches!(target.tag_name().as_str(), "BODY" | "MAIN") && no_dialog();
    in_list || nowhere
}

fn no_dialog() -> bool {
    matches!(document().query_selector("dialog[open]"), Ok(None))
}

/// Acts on a key; false if it is none of ours.
fn press(model: Model, scroller: NodeRef<html::Div>, target: &web_sys::Element, key: &str) -> bool {
    if let Some(step) = Step::of_key(key) {
        return go(model, scroller, step);
    }
    let row = target.class_list().contains("row").then_some(target);
    match (key, row, model.active.get_untracked()) {
        ("Delete", _, Some(id)) => {
            model.trash(id);
            true
        }
        // On a link or button inside the row, Enter is its own.
        ("Enter", Some(row), _) => open(row, "a.open"),
        ("F2", Some(row), _) => open(row, "a.change"),
        _ => false,
    }
}

/// Moves to another row and brings it into sight; its element takes the keyboard once it is drawn.
fn go(model: Model, scroller: NodeRef<html::Div>, step: Step) -> bool {
    let (Some(element), Some(measure)) = (scroller.get_untracked(), model.measure.get_untracked()) else {
        return false;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rows on a screen; saturates"
    )]
    let screen = (measure.height / measure.row.max(1.0)) as usize;
    let active = model.active.get_untracked();
    let target: Option<(usize, bool, NodeId)> = model.listing.with_untracked(|listing| {
        let current = active.and_then(|id| listing.items.iter().position(|node| node.id == id));
        let index = step.from(current, listing.items.len(), screen)?;
        Some((index, index + 1 == listing.items.len(), listing.items.get(index)?.id.clone()))
    });
    let Some((index, last, id)) = target else { return false };
    #[expect(clippy::cast_precision_loss, reason = "rows of a list, far below 2^53")]
    let (top, bottom) = (index as f64 * measure.row, (index + 1) as f64 * measure.row);
    let scroll = f64::from(element.scroll_top());
    if last {
        // With the room below it, where the upload tray may lie.
        element.set_scroll_top(element.scroll_height());
    } else if top < scroll {
        element.set_scroll_top(pixels(top));
    } else if bottom > scroll + measure.height {
        element.set_scroll_top(pixels(bottom - measure.height));
    }
    model.active.set(Some(id));
    true
}

#[expect(clippy::cast_possible_truncation, reason = "a list is lower than 2^31 pixels; saturates")]
fn pixels(length: f64) -> i32 {
    length.ceil() as i32
}

/// Follows a link of a row, so that a key and a click are the same.
fn open(row: &web_sys::Element, link: &str) -> bool {
    let link =
        row.query_selector(link).ok().flatten().and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = &link {
        link.click();
    }
    link.is_some()
}
