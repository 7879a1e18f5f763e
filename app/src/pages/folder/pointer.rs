//! Mouse and fingers on the rows, heard once for all of them: a click selects, with Ctrl or Shift several; a finger that
//! rests on a row selects it, and while something is selected, taps select instead of opening.

use domain::NodeId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, MouseEvent, PointerEvent};

use super::model::Model;
use crate::selection::Selection;

/// Milliseconds for which a finger has to rest on a row.
const LONG_PRESS: std::time::Duration = std::time::Duration::from_millis(500);
/// Pixels that a resting finger may move.
const STILL: i32 = 10;

/// What the last pointer is and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hand {
    /// Not a mouse.
    touch: bool,
    /// Counts presses, so that a timer of an earlier one is known.
    press: u32,
    /// Where it went down, while it rests there.
    rests: Option<(i32, i32)>,
    /// The press was long enough to mean the row and not the link: its click is none.
    held: bool,
}

/// The row that an event is about.
pub(super) fn row_of(target: Option<web_sys::EventTarget>) -> Option<(Element, NodeId)> {
    let row = target?.dyn_into::<Element>().ok()?.closest(".row").ok()??;
    let id = row.get_attribute("data-id")?.parse().ok()?;
    Some((row, id))
}

/// A click in the rows.
pub(super) fn click(model: Model, event: &MouseEvent) {
    let Some((_, id)) = row_of(event.target()) else { return };
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let within = |selector| matches!(target.closest(selector), Ok(Some(_)));
    let hand = model.hand.get_value();
    if hand.held {
        model.hand.update_value(|hand| hand.held = false);
        event.prevent_default();
    } else if let Some(box_) = target.dyn_ref::<HtmlInputElement>() {
        if event.shift_key() {
            model.select_to(&id);
        } else {
            model.selection.update(|selection| selection.toggle(&id));
        }
        // The browser has turned it already, and the row hears only of what is different.
        box_.set_checked(model.selection.with_untracked(|selection| selection.contains(&id)));
    } else if within(".change") {
        // Without script it leads to a page of most of this.
        event.prevent_default();
        offer(model, id, event);
    } else if within(".cell-act") {
        // Its buttons.
    } else if event.shift_key() {
        event.prevent_default();
        model.select_to(&id);
    } else if event.ctrl_key()
        || event.meta_key()
        || hand.touch && model.selection.with_untracked(|s| !s.is_empty())
    {
        event.prevent_default();
        model.selection.update(|selection| selection.toggle(&id));
    } else if !within("a.open") && !hand.touch {
        model.selection.set(Selection::only(id));
    }
}

/// Something presses a row.
pub(super) fn down(model: Model, event: &PointerEvent) {
    let touch = event.pointer_type() != "mouse";
    let press = model.hand.with_value(|hand| hand.press.wrapping_add(1));
    let at = (event.client_x(), event.client_y());
    model.hand.set_value(Hand { touch, press, rests: touch.then_some(at), held: false });
    let Some((row, id)) = row_of(event.target()) else { return };
    // For fingers a press that lasts means to select, not to drag.
    let _ = row.set_attribute("draggable", if touch { "false" } else { "true" });
    if touch && !on_button(event) {
        set_timeout(move || rest(model, press, &id), LONG_PRESS);
    }
}

fn on_button(event: &PointerEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest(".cell-act, input"), Ok(Some(_))))
}

/// It moves: a finger that scrolls does not rest.
pub(super) fn moved(model: Model, event: &PointerEvent) {
    let away = |(x, y): (i32, i32)| (event.client_x() - x).abs().max((event.client_y() - y).abs()) > STILL;
    if model.hand.with_value(|hand| hand.rests.is_some_and(away)) {
        lift(model);
    }
}

/// It is lifted, or the browser makes something else of it.
pub(super) fn lift(model: Model) {
    model.hand.try_update_value(|hand| hand.rests = None);
}

/// A finger has rested for long.
fn rest(model: Model, press: u32, id: &NodeId) {
    if model.hand.try_get_value().is_some_and(|hand| hand.press == press && hand.rests.is_some()) {
        hold(model, id);
    }
}

/// A long press selects the row, and its end does not open it. The first one shows what can be done, too; what joins a
/// selection only joins it.
fn hold(model: Model, id: &NodeId) {
    let at = model.hand.with_value(|hand| hand.rests).unwrap_or_default();
    model.hand.update_value(|hand| (hand.held, hand.rests) = (true, None));
    model.active.set(Some(id.clone()));
    let first = model.selection.with_untracked(Selection::is_empty);
    if model.selection.with_untracked(|selection| !selection.contains(id)) {
        model.selection.update(|selection| selection.toggle(id));
    } else {
        model.offer(at);
    }
    if first {
        model.offer(at);
    }
}

/// Somebody asks for the menu of a row. With fingers it is the browser that saw a long press.
pub(super) fn menu(model: Model, event: &MouseEvent) {
    let Some((_, id)) = row_of(event.target()) else { return };
    event.prevent_default();
    let hand = model.hand.get_value();
    if hand.touch {
        if hand.rests.is_some() {
            hold(model, &id);
        }
        return;
    }
    offer(model, id, event);
}

/// Shows what can be done with all that is selected, if the row is, else with the row alone.
fn offer(model: Model, id: NodeId, event: &MouseEvent) {
    model.active.set(Some(id.clone()));
    if model.selection.with_untracked(|selection| !selection.contains(&id)) {
        model.selection.set(Selection::only(id));
    }
    model.offer((event.client_x(), event.client_y()));
}
