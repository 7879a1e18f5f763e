//! How a file or folder that a sheet shows is changed: the same in a list of what is found and on the page of a file.

use domain::Node;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::SheetTexts;
use super::parts::address;
use crate::actions::nodes::Trash;
use crate::i18n::{fill, use_language, use_texts};
use crate::ui::Icon;

/// Ways to another name and to another place, which lead back to the page `here`, and a button that moves it to the trash. `next`
/// is the page to go on at after that, where it is not the same one.
pub(super) fn changes(node: &Node, here: &str, next: Option<String>) -> AnyView {
    let (t, own) = (use_texts(), SheetTexts::of(use_language()));
    let label = |text| fill(text, &[("name", &node.name)]);
    let id = node.id.to_string();
    let parent = node.parent.as_ref().map(ToString::to_string).unwrap_or_default();
    let rename = address(&format!("/rename/{id}"), &[("back", here)]);
    let change = address("/move", &[("ids", &id), ("from", here), ("to", &parent)]);
    let next = next.map(|next| view! { <input type="hidden" name="next" value=next/> });
    view! {
        <a class="button quiet square" href=rename aria-label=label(own.rename_named) title=own.rename>
            <Icon name="pencil"/>
        </a>
        <a class="button quiet square" href=change aria-label=label(t.change_named) title=t.change>
            <Icon name="more"/>
        </a>
        <form method="post" action=Trash::url()>
            <input type="hidden" name="ids[]" value=id/>
            {next}
            <button type="submit" class="button quiet square" aria-label=label(t.trash_named) title=t.trash>
                <Icon name="trash"/>
            </button>
        </form>
    }
    .into_any()
}
