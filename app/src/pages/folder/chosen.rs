//! The bar of the selection: how much is selected, and what can be done with it.
//!
//! It is a form that the check boxes of the rows belong to, so it works without script, where the style shows it as soon as
//! one is checked. With script its buttons act on the selection, of which only the rows in sight are in the document.

use domain::{ByteSize, Node, NodeKind};
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::JsCast;
use web_sys::HtmlButtonElement;

use super::act;
use super::model::Model;
use super::texts::ListTexts;
use crate::actions::nodes::Trash;
use crate::address::Address;
use crate::i18n::{fill, use_language, use_texts};
use crate::ui::Icon;

/// Id of the form.
pub(super) const FORM: &str = "chosen";

/// The bar; not seen while nothing is selected.
#[component]
pub(super) fn Chosen(
    /// The list.
    model: Model,
    /// The folder that is shown.
    folder: String,
) -> impl IntoView {
    let t = use_texts();
    let l = ListTexts::of(use_language());
    let address = Address::current();
    let shown = Memo::new(move |_| !model.selection.read().is_empty());
    let text = Memo::new(move |_| describe(l, &model.selected()));
    let packed = move || act::download(&model.selected());
    let fetch = move |event: MouseEvent| {
        let is_here = model.is_selection_here();
        if is_here && act::download(&model.selected_now()).is_some() {
            return;
        }
        event.prevent_default();
        if is_here {
            model.say_too_many();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !model.is_selection_here() {
            return;
        }
        let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
        let nodes = model.selected_now();
        let target = match button.map(|button| button.value()).as_deref() {
            Some("trash") => return model.trash_targets(),
            Some("share") => act::share(&nodes),
            _ => act::transfer(&nodes, "move"),
        };
        match target {
            Some(target) => address.go(&target),
            None => model.say_too_many(),
        }
    };
    let button = move |value: &'static str,
                       action: &'static str,
                       method: &'static str,
                       icon,
                       label: &'static str| {
        view! {
            <button type="submit" class="button quiet" value=value formaction=action formmethod=method title=label>
                <Icon name=icon/><span>{label}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <form id=FORM class="chosen" class:shown=shown method="get" action="/move" aria-label=l.chosen_actions on:submit=submit>
            <input type="hidden" name="from" value=folder/>
            <button
                type="reset"
                class="button quiet square"
                aria-label=l.chosen_clear
                title=l.chosen_clear
                on:click=move |_| model.selection.set(Default::default())
            >
                <Icon name="close"/>
            </button>
            <p class="chosen-count" role="status">{text}</p>
            <button
                type="button"
                class="button quiet only-script"
                title=l.chosen_all
                on:click=move |_| model.select_all()
            >
                <Icon name="check-all"/><span>{l.chosen_all}</span>
            </button>
            <a
                class="button quiet only-script"
                href=move || packed().unwrap_or_default()
                download
                rel="external"
                title=t.download
                on:click=fetch
            >
                <Icon name="download"/><span>{t.download}</span>
            </a>
            {button("share", "/shares/new", "get", "share", t.share)}
            {button("zip", "/api/zip", "post", "download", t.download)}
            {button("move", "/move", "get", "more", l.transfer)}
            {button("trash", Trash::url(), "post", "trash", l.delete)}
        </form>
    }
    .into_any()
}

/// How many, and how large as far as a list knows: folders tell no size.
pub(super) fn describe(l: &ListTexts, nodes: &[Node]) -> String {
    if nodes.is_empty() {
        return String::new();
    }
    let files = nodes.iter().filter(|node| node.kind == NodeKind::File).count();
    let sentence = match files {
        0 => l.chosen,
        _ if files == nodes.len() => l.chosen_size,
        _ => l.chosen_files,
    };
    let size = ByteSize(nodes.iter().map(|node| node.size).sum()).to_string();
    fill(sentence, &[("count", &nodes.len().to_string()), ("size", &size)])
}

#[cfg(test)]
mod tests {
    use domain::NodeId;

    use super::*;

    #[test]
    fn the_size_is_said_where_it_is_known() {
        let node = |n: u8, kind, size| Node {
            id: NodeId::from_random([n; 16]),
            parent: None,
            name: "a".into(),
            kind,
            size,
            mime: None,
            modified: 0,
            blake3: None,
            thumbnail: false,
        };
        let (file, folder) = (node(1, NodeKind::File, 2000), node(2, NodeKind::Folder, 0));
        let l = ListTexts::of(crate::Language::English);
        assert_eq!(describe(l, &[]), "");
        assert_eq!(describe(l, std::slice::from_ref(&folder)), "1 selected");
        assert_eq!(describe(l, &[file.clone(), file.clone()]), "2 selected · 4 kB");
        assert_eq!(describe(l, &[file, folder]), "2 selected · 2 kB in files");
    }
}
