//! Rows that are dragged onto folders, in the list or on the way to this one: they move there. Files that come from outside
//! are the drop zone's.

use domain::NodeId;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element};

use super::model::Model;
use super::pointer::row_of;
use crate::app::use_visitor;
use crate::selection::Selection;

/// The attribute of what takes rows: a folder's id, or nothing for the root.
pub(super) const INTO: &str = "data-into";
/// What a drag of rows carries, so that it is told from others. The ids stay here.
const KIND: &str = "application/x-hayloft-rows";

/// A row is dragged, and with it all that is selected; a row that is not selected goes alone.
pub(super) fn start(model: Model, event: &DragEvent) {
    let (Some((_, id)), Some(data)) = (row_of(event.target()), event.data_transfer()) else { return };
    if model.selection.with_untracked(|selection| !selection.contains(&id)) {
        model.selection.set(Selection::only(id));
    }
    data.set_effect_allowed("move");
    // It is refused only outside of this event.
    let _ = data.set_data(KIND, "");
}

/// Listens for where rows are dragged to.
pub(super) fn watch_drags(model: Model) {
    let visitor = use_visitor();
    let root = move || visitor.get_untracked().and_then(Result::ok)?.profile.map(|profile| profile.root);
    Effect::new(move |_| {
        let handles = [
            window_event_listener(ev::dragover, move |event| {
                if !has_rows(&event) {
                    return;
                }
                let place = place_of(&event);
                mark(place.as_ref());
                if place.is_some() {
                    event.prevent_default();
                }
            }),
            window_event_listener(ev::dragend, move |_| mark(None)),
            window_event_listener(ev::drop, move |event| {
                if !has_rows(&event) {
                    return;
                }
                mark(None);
                event.prevent_default();
                let into = place_of(&event).and_then(|place| place.get_attribute(INTO));
                let into = into.and_then(|into| if into.is_empty() { root() } else { into.parse().ok() });
                if let Some(into) = into
                    && model.is_selection_here()
                {
                    let ids: Vec<NodeId> = model.selected_now().into_iter().map(|node| node.id).collect();
                    model.move_into(ids, into);
                }
            }),
        ];
        on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
    });
}

fn has_rows(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.iter().any(|kind| kind.as_string().as_deref() == Some(KIND)))
}

/// What would take the rows here.
fn place_of(event: &DragEvent) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("[data-into]").ok()?
}

/// Shows where the rows would go, and nowhere else.
fn mark(place: Option<&Element>) {
    let before = document().query_selector(".into").ok().flatten();
    if before.as_ref() == place {
        return;
    }
    // They fail on names with spaces only.
    if let Some(before) = before {
        let _ = before.class_list().remove_1("into");
    }
    if let Some(place) = place {
        let _ = place.class_list().add_1("into");
    }
}
