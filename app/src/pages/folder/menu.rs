//! The menu of what is selected: by the right button, a long press, the keyboard's menu key or Shift+F10, all of which
//! browsers tell as one event. On a phone it comes from the foot of the screen.

use domain::NodeKind;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::act;
use super::model::Model;
use super::texts::ListTexts;
use crate::address::Address;
use crate::i18n::{use_language, use_texts};
use crate::listing::Step;
use crate::pages::frame::Desk;
use crate::ui::Icon;

/// What an item does.
#[derive(Clone)]
enum Does {
    /// Leads to a page; `None` where its address would be too long.
    Go(Option<String>),
    /// Downloads this.
    Download(Option<String>),
    Details,
    Trash,
}

/// The menu, while it is open.
#[component]
pub(super) fn ContextMenu(
    /// The list.
    model: Model,
) -> impl IntoView {
    let l = ListTexts::of(use_language());
    let menu = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let (Some(at), Some(element)) = (model.menu.get(), menu.get()) else { return };
        place(&element, at);
        focus(&element, Step::First);
        let outside = window_event_listener(ev::pointerdown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if menu.get_untracked().is_some_and(|menu| !menu.contains(target.as_ref())) {
                model.menu.set(None);
            }
        });
        let resized = window_event_listener(ev::resize, move |_| model.menu.set(None));
        on_cleanup(move || {
            outside.remove();
            resized.remove();
        });
    });
    let press = move |event: KeyboardEvent| {
        let key = event.key();
        match (Step::of_key(&key), key.as_str()) {
            (Some(step), _) => {
                if let Some(menu) = menu.get_untracked() {
                    focus(&menu, step);
                }
            }
            (_, "Escape" | "Tab") => close(model),
            // A link knows Enter alone.
            (_, " ") => {
                event.target().into_iter().for_each(|target| target.unchecked_into::<HtmlElement>().click());
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    move || {
        model.menu.get()?;
        let items = view_items(model);
        Some(view! {
            <div
                class="context-menu"
                role="menu"
                aria-label=l.chosen_actions
                node_ref=menu
                on:keydown=press
                on:contextmenu=move |event| event.prevent_default()
            >
                {items}
            </div>
        })
    }
}

/// Closes the menu and gives the keyboard back to the row.
fn close(model: Model) {
    model.menu.set(None);
    // The selector is ours and valid.
    let row = document().query_selector(".row.active").ok().flatten();
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        // It fails only for an element that has left the page.
        let _ = row.focus();
    }
}

fn view_items(model: Model) -> Vec<AnyView> {
    let (t, l) = (use_texts(), ListTexts::of(use_language()));
    let (address, desk) = (Address::current(), Desk::current());
    let nodes = model.selected_now();
    let mut items: Vec<(&'static str, &'static str, Does)> = Vec::new();
    let download = act::download(&nodes);
    if let [node] = nodes.as_slice() {
        let icon = if node.kind == NodeKind::Folder { "folder" } else { "file" };
        items.push((icon, l.open, Does::Go(Some(act::open(node, model.sort)))));
    }
    items.push(("download", t.download, Does::Download(download)));
    items.push(("share", t.share, Does::Go(act::share(&nodes))));
    if let [node] = nodes.as_slice() {
        items.push(("pen", l.rename, Does::Go(Some(act::rename(&node.id)))));
    }
    items.push(("move", l.move_to, Does::Go(act::transfer(&nodes, "move"))));
    items.push(("copy", l.copy_to, Does::Go(act::transfer(&nodes, "copy"))));
    items.push(("info", l.details, Does::Details));
    items.push(("trash", l.delete, Does::Trash));
    items
        .into_iter()
        .map(|(icon, label, does)| view_item(model, address, desk, (icon, label), does))
        .collect()
}

fn view_item(
    model: Model,
    address: Address,
    desk: Desk,
    (icon, label): (&'static str, &'static str),
    does: Does,
) -> AnyView {
    if let Does::Download(Some(href)) = does {
        return view! {
            <a class="menu-item" role="menuitem" tabindex="-1" href=href download rel="external" on:click=move |_| close(model)>
                <Icon name=icon/>{label}
            </a>
        }
        .into_any();
    }
    let act = move |_| {
        close(model);
        match &does {
            Does::Go(Some(target)) => address.go(target),
            Does::Go(None) | Does::Download(_) => model.say_too_many(),
            Does::Details => desk.details.set(true),
            Does::Trash => model.trash_targets(),
        }
    };
    view! {
        <button type="button" class="menu-item" role="menuitem" tabindex="-1" on:click=act>
            <Icon name=icon/>{label}
        </button>
    }
    .into_any()
}

/// Puts the menu where it was asked for, within the window. The style of a phone has a place of its own.
fn place(menu: &HtmlElement, (x, y): (i32, i32)) {
    let fit = |at: i32, size: i32, room: Option<f64>| {
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
        let room = room.unwrap_or_default() as i32;
        format!("{}px", at.min(room - size - 8).max(8))
    };
    let size =
        |side: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| side.ok().and_then(|side| side.as_f64());
    let style = menu.style();
    // They fail on a name that is no property only.
    let _ = style.set_property("left", &fit(x, menu.offset_width(), size(window().inner_width())));
    let _ = style.set_property("top", &fit(y, menu.offset_height(), size(window().inner_height())));
}

/// Gives the keyboard to the item that a key leads to, round and round.
fn focus(menu: &Element, step: Step) {
    let items = menu.children();
    let count = items.length();
    let active = document().active_element();
    let now = (0..count).find(|index| items.item(*index) == active);
    let next = match (step, now) {
        (Step::Last, _) | (Step::Up, None | Some(0)) => count.saturating_sub(1),
        (Step::Up, Some(now)) => now - 1,
        (Step::Down, Some(now)) if now + 1 < count => now + 1,
        _ => 0,
    };
    if let Some(item) = items.item(next).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        // It fails only for an element that has left the page.
        let _ = item.focus();
    }
}
