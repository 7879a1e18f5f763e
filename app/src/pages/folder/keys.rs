//! The keys of the list: they move, select, open, rename and delete.

use domain::NodeId;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::act;
use super::model::Model;
use crate::address::Address;
use crate::listing::Step;

/// Listens for keys while the list, or nothing in particular, has the keyboard.
pub(super) fn watch_keys(model: Model, scroller: NodeRef<html::Div>) {
    let address = Address::current();
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            else {
                return;
            };
            let ours = !event.alt_key() && !event.default_prevented() && concerns_list(&target);
            if ours && press(model, scroller, address, &target, &event) {
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
fn press(
    model: Model,
    scroller: NodeRef<html::Div>,
    address: Address,
    target: &web_sys::Element,
    event: &web_sys::KeyboardEvent,
) -> bool {
    let (key, shift) = (event.key(), event.shift_key());
    let command = event.ctrl_key() || event.meta_key();
    if command {
        let all = key.eq_ignore_ascii_case("a") && !shift;
        if all {
            model.select_all();
        }
        return all;
    }
    if let Some(step) = Step::of_key(&key) {
        return go(model, scroller, step, shift);
    }
    // On a link or button inside the row, these are its own.
    let row = target.class_list().contains("row").then_some(target);
    match (key.as_str(), row, model.active.get_untracked()) {
        (" ", Some(_), Some(id)) if shift => model.select_to(&id),
        (" ", Some(_), Some(id)) => model.selection.update(|selection| selection.toggle(&id)),
        ("Escape", ..) if model.selection.with_untracked(|selection| !selection.is_empty()) => {
            model.selection.set(Default::default());
        }
        ("Delete", ..) if !shift => model.trash_targets(),
        ("Enter", Some(row), _) if !shift => return open(row),
        ("F2", _, Some(id)) => address.go(&act::rename(&id)),
        _ => return false,
    }
    true
}

/// Moves to another row and brings it into sight; its element takes the keyboard once it is drawn. `selecting`: up to it.
fn go(model: Model, scroller: NodeRef<html::Div>, step: Step, selecting: bool) -> bool {
    let (Some(element), Some(measure)) = (scroller.get_untracked(), model.measure.get_untracked()) else {
        return false;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rows on a screen; saturates"
    )]
    let screen = (measure.height / measure.row.max(1.0)) as usize;
    let columns = measure.columns;
    let active = model.active.get_untracked();
    let target: Option<(usize, bool, NodeId)> = model.listing.with_untracked(|listing| {
        let current = active.as_ref().and_then(|id| listing.items.iter().position(|node| node.id == *id));
        let index = step.from(current, listing.items.len(), screen, columns)?;
        let last = index + 1 == listing.items.len() && listing.next.is_none();
        Some((index, last, listing.items.get(index)?.id.clone()))
    });
    let Some((index, last, id)) = target else { return false };
    #[expect(clippy::cast_precision_loss, reason = "rows of a list, far below 2^53")]
    let (top, bottom) = ((index / columns) as f64 * measure.row, (index / columns + 1) as f64 * measure.row);
    let scroll = f64::from(element.scroll_top());
    if last {
        // With the room below it, where the upload tray may lie. Not while more is to come: a browser would keep what is below
        // the rows in sight, and lose the row that has the keyboard.
        element.set_scroll_top(element.scroll_height());
    } else if top < scroll {
        element.set_scroll_top(pixels(top));
    } else if bottom > scroll + measure.height {
        element.set_scroll_top(pixels(bottom - measure.height));
    }
    if selecting {
        model.select_to(&id);
    }
    model.active.set(Some(id));
    true
}

#[expect(clippy::cast_possible_truncation, reason = "a list is lower than 2^31 pixels; saturates")]
fn pixels(length: f64) -> i32 {
    length.ceil() as i32
}

/// Follows the link of a row, so that a key and a click are the same.
fn open(row: &web_sys::Element) -> bool {
    let link = row.query_selector("a.open").ok().flatten();
    let link = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = &link {
        link.click();
    }
    link.is_some()
}
