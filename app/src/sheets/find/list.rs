//! A list of what was found: each with the way to it, and what can be done with it.

use domain::{ByteSize, Found, Node, NodeKind, Page};
use leptos::prelude::*;

use super::FindTexts;
use crate::i18n::{Texts, fill, use_texts};
use crate::moment::When;
use crate::preview::{icon_of, small_picture};
use crate::sheets::changes::changes;
use crate::sheets::parts::{address, next_page};
use crate::ui::Icon;

/// A page of a list.
pub(super) struct List {
    pub(super) t: &'static FindTexts,
    /// The address of the list, and what it was asked for.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) page: Page<Found>,
}

impl List {
    /// Rows, and the link to the rest.
    pub(super) fn view(self) -> AnyView {
        let Self { t, path, query, page } = self;
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // Where very much in the trash was passed over, a page may be short, and not be the last one.
        let text = if page.items.is_empty() { t.go_on } else { t.more };
        let more = next_page(&path, &query, page.next, text);
        let common = use_texts();
        // The first page of the list: where one goes on after another page.
        let here = address(&path, &query);
        let rows = page.items.into_iter().map(|found| row(t, common, &here, found)).collect_view();
        view! {
            <ul class="found">{rows}</ul>
            {more}
        }
        .into_any()
    }
}

fn row(t: &'static FindTexts, common: &'static Texts, here: &str, found: Found) -> AnyView {
    let Found { node, place, arrived } = found;
    let icon = icon_of(&node);
    let picture = small_picture(&node, || format!("/api/nodes/{}/thumbnail", node.id));
    let size = (node.kind == NodeKind::File).then(|| ByteSize(node.size).to_string());
    let folder = match place.as_slice() {
        [] => t.my_files.to_owned(),
        names => names.join(" / "),
    };
    // The root has an address of its own.
    let to_folder = match (&node.parent, place.is_empty()) {
        (Some(parent), false) => format!("/folder/{parent}"),
        _ => "/".to_owned(),
    };
    let in_folder = fill(t.in_folder, &[("place", &folder)]);
    view! {
        <li>
            <span class=format!("kind {icon}")>{picture}</span>
            <div class="found-text">
                <p class="strong"><a href=address_of(&node)>{node.name.clone()}</a></p>
                <p class="muted"><a href=to_folder title=in_folder>{folder}</a></p>
            </div>
            <span class="found-size">{size}</span>
            <span class="found-when" title=t.time><When at=arrived/></span>
            <div class="found-act">{actions(common, here, &node)}</div>
        </li>
    }
    .into_any()
}

/// Opens it, as in the list of a folder.
fn address_of(node: &Node) -> String {
    match node.kind {
        NodeKind::Folder => format!("/folder/{}", node.id),
        NodeKind::File => format!("/view/{}", node.id),
    }
}

/// The same as in the list of a folder.
fn actions(t: &'static Texts, here: &str, node: &Node) -> impl IntoView + use<> {
    let label = |text| fill(text, &[("name", &node.name)]);
    let download = (node.kind == NodeKind::File).then(|| {
        let content = format!("/api/nodes/{}/content", node.id);
        view! {
            <a class="button quiet square" href=content download rel="external" aria-label=label(t.download_named) title=t.download>
                <Icon name="download"/>
            </a>
        }
    });
    view! {
        {download}
        <a class="button quiet square" href=format!("/shares/new?nodes={}", node.id) aria-label=label(t.share_named) title=t.share>
            <Icon name="share"/>
        </a>
        {changes(node, here, None)}
    }
}
