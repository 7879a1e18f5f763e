//! The panel beside the list: what is known of what is selected, or of the row that has the keyboard.

use domain::{ByteSize, Node, NodeKind};
use leptos::prelude::*;

use super::chosen::describe;
use super::model::Model;
use super::row::{icon_of, thumbnail};
use super::texts::ListTexts;
use crate::actions::nodes::Crumb;
use crate::i18n::{use_language, use_texts};
use crate::moment::When;
use crate::pages::frame::Desk;
use crate::ui::Icon;

/// The panel, while it is wanted.
#[component]
pub(super) fn Details(
    /// The list.
    model: Model,
    /// From the root to the folder of the list.
    path: Vec<Crumb>,
) -> impl IntoView {
    let t = use_texts();
    let l = ListTexts::of(use_language());
    let desk = Desk::current();
    let names =
        path.into_iter().map(|crumb| if crumb.id.is_some() { crumb.name } else { t.my_files.to_owned() });
    let place = StoredValue::new(names.collect::<Vec<_>>().join(" / "));
    let content = move || view_details(&model.subject(), &place.get_value());
    move || {
        desk.details.get().then(|| {
            view! {
                <section class="details" aria-label=l.details>
                    <header>
                        <h2>{l.details}</h2>
                        <button type="button" class="button quiet square" aria-label=t.close on:click=move |_| desk.details.set(false)>
                            <Icon name="close"/>
                        </button>
                    </header>
                    {content}
                </section>
            }
        })
    }
}

fn view_details(nodes: &[Node], place: &str) -> AnyView {
    let t = use_texts();
    let l = ListTexts::of(use_language());
    let [node] = nodes else {
        let text = if nodes.is_empty() { l.details_none.to_owned() } else { describe(l, nodes) };
        return view! { <p class="details-none">{text}</p> }.into_any();
    };
    let (icon, kind) = icon_of(node, t);
    let line = |label: &'static str, value: AnyView| {
        view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
    };
    let size = (node.kind == NodeKind::File).then(|| {
        let size = ByteSize(node.size).to_string();
        line(
            t.column_size,
            if node.size < 1000 { size } else { format!("{size} ({} B)", node.size) }.into_any(),
        )
    });
    let hash = node.blake3.clone().map(|hash| line("BLAKE3", view! { <code>{hash}</code> }.into_any()));
    let picture = node.thumbnail.then(|| thumbnail(&node.id));
    view! {
        <div class=format!("details-picture kind {icon}")><Icon name=icon/>{picture}</div>
        <h3>{node.name.clone()}</h3>
        <dl>
            {line(t.column_kind, kind.into_any())}
            {size}
            {line(t.column_modified, view! { <When at=node.modified/> }.into_any())}
            {line(l.details_place, place.to_owned().into_any())}
            {hash}
        </dl>
    }
    .into_any()
}
