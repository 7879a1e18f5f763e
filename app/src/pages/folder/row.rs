//! One file or folder of the list.

use domain::{ByteSize, Category, Node, NodeId, NodeKind};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::act;
use super::chosen::FORM;
use super::model::Model;
use super::texts::ListTexts;
use crate::actions::nodes::Trash;
use crate::i18n::{Texts, fill, use_language, use_texts};
use crate::moment::When;
use crate::pages::frame::Desk;
use crate::preferences::View;
use crate::ui::Icon;

/// A row: a link to open or look at it, and the forms that act on it.
#[component]
pub(super) fn Row(
    /// What it shows.
    node: Node,
    /// Its place in the whole list, from 0.
    #[prop(into)]
    index: Signal<usize>,
    /// The list it is in.
    model: Model,
) -> impl IntoView {
    let t = use_texts();
    let l = ListTexts::of(use_language());
    let (icon, kind) = icon_of(&node, t);
    let folder = node.kind == NodeKind::Folder;
    let href = act::open(&node, model.sort);
    let size = if folder { "—".to_owned() } else { ByteSize(node.size).to_string() };
    let element = NodeRef::<html::Div>::new();
    let id = StoredValue::new(node.id.clone());
    let active = Memo::new(move |_| model.active.read().as_ref() == Some(&id.get_value()));
    let selected = Memo::new(move |_| id.with_value(|id| model.selection.read().contains(id)));
    let reachable = move || active.get() || (model.active.read().is_none() && index.get() == 0);
    Effect::new(move |_| {
        if let (true, Some(element)) = (active.get(), element.get()) {
            focus(&element);
        }
    });
    let desk = Desk::current();
    let pictured = node.thumbnail.then(|| node.id.clone());
    let picture = move || pictured.as_ref().filter(|_| desk.view.get() == View::Grid).map(thumbnail);
    let name = node.name.clone();
    let download = (!folder).then(|| {
        let label = fill(t.download_named, &[("name", &node.name)]);
        let href = format!("/api/nodes/{}/content", node.id);
        view! {
            <a class="button quiet square" href=href download rel="external" tabindex="-1" aria-label=label title=t.download>
                <Icon name="download"/>
            </a>
        }
    });
    let share = {
        let label = fill(t.share_named, &[("name", &node.name)]);
        view! {
            <a class="button quiet square" href=format!("/shares/new?nodes={}", node.id) tabindex="-1" aria-label=label title=t.share>
                <Icon name="share"/>
            </a>
        }
    };
    let change = {
        let label = fill(t.change_named, &[("name", &node.name)]);
        let from = node.parent.as_ref().map(ToString::to_string).unwrap_or_default();
        let href = format!("/move?ids={}&from={from}", node.id);
        view! {
            <a class="button quiet square change" href=href tabindex="-1" aria-label=label title=t.change>
                <Icon name="more"/>
            </a>
        }
    };
    let name_of_id = node.id.to_string();
    let choose = fill(l.choose, &[("name", &node.name)]);
    view! {
        <div
            class="row"
            role="row"
            node_ref=element
            class:active=active
            class:selected=selected
            data-id=name_of_id.clone()
            data-into=folder.then(|| name_of_id.clone())
            aria-selected=move || selected.get().to_string()
            tabindex=move || if reachable() { "0" } else { "-1" }
            aria-rowindex=move || (index.get() + 2).to_string()
            on:focusin=move |_| model.active.set(Some(id.get_value()))
        >
            <div class="cell-icon" role="gridcell">
                <span class=format!("kind {icon}")><Icon name=icon/>{picture}</span>
                <input
                    type="checkbox"
                    class="pick"
                    form=FORM
                    name="ids[]"
                    value=name_of_id.clone()
                    aria-label=choose
                    tabindex="-1"
                    autocomplete="off"
                    prop:checked=selected
                />
            </div>
            <div class="cell-name" role="gridcell"><a class="open" href=href>{name}</a></div>
            <div class="cell-kind" role="gridcell">{kind}</div>
            <div class="cell-size" role="gridcell">{size}</div>
            <div class="cell-when" role="gridcell"><When at=node.modified/></div>
            <div class="cell-act" role="gridcell">{download}{share}{change}<TrashForm node model/></div>
        </div>
    }
    // Erased: nested in the types of the whole page it would pass the compiler's depth limit.
    .into_any()
}

/// Moves the row to the trash; there is no question, since it can be undone.
#[component]
fn TrashForm(
    /// What.
    node: Node,
    /// The list it is in.
    model: Model,
) -> impl IntoView {
    let t = use_texts();
    let label = fill(t.trash_named, &[("name", &node.name)]);
    let value = node.id.to_string();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        model.trash(std::slice::from_ref(&node.id));
    };
    view! {
        <form method="post" action=Trash::url() on:submit=submit>
            <input type="hidden" name="ids[]" value=value/>
            <button type="submit" class="button quiet square" tabindex="-1" aria-label=label title=t.trash>
                <Icon name="trash"/>
            </button>
        </form>
    }
}

/// Icon (also the class that colours it) and its name.
pub(super) fn icon_of(node: &Node, t: &'static Texts) -> (&'static str, &'static str) {
    match node.category() {
        None => ("folder", t.kind_folder),
        Some(Category::Image) => ("image", t.kind_image),
        Some(Category::Document) => ("document", t.kind_document),
        Some(Category::Video) => ("video", t.kind_video),
        Some(Category::Audio) => ("audio", t.kind_audio),
        Some(Category::Other) => ("other", t.kind_other),
    }
}

/// What an image looks like, over its icon. Only of a node with a `thumbnail`: for others there is none yet, or never.
pub(super) fn thumbnail(id: &NodeId) -> AnyView {
    view! { <img class="thumbnail" src=format!("/api/nodes/{id}/thumbnail") loading="lazy" decoding="async" alt=""/> }.into_any()
}

/// Gives a row the keyboard, unless something inside it has it. The list scrolls by itself; the browser must not.
fn focus(row: &web_sys::HtmlDivElement) {
    let inside = document().active_element().is_some_and(|element| row.contains(Some(&element)));
    if !inside {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // It fails only for an element that has left the page.
        let _ = row.focus_with_options(&options);
    }
}
