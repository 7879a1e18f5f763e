//! `/` and `/folder/{id}`: what is in a folder.

mod act;
mod chosen;
mod details;
mod drag;
mod heading;
mod keys;
mod list;
mod menu;
mod model;
mod pointer;
mod row;
mod texts;
mod view;

use domain::Sort;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::actions::nodes::FolderView;
use crate::i18n::use_texts;
use details::Details;
use heading::Heading;
use list::List;
use menu::ContextMenu;
use model::Model;

/// A folder that is there.
#[component]
pub(super) fn FolderPage(
    /// The folder and its first items.
    view: FolderView,
    /// Their order.
    sort: Sort,
    /// Whether the list begins in the middle: somebody without script went on to its next page.
    partial: bool,
) -> impl IntoView {
    let t = use_texts();
    let FolderView { id, path, page } = view;
    let title = path
        .last()
        .filter(|crumb| crumb.id.is_some())
        .map_or_else(|| t.my_files.to_owned(), |c| c.name.clone());
    let model = Model::new(id.clone(), sort, page);
    let way = path.clone();
    view! {
        <Title text=title/>
        <Heading path id model/>
        {partial.then(|| view! { <p class="partial"><a href=format!("?sort={sort}")>{t.from_start}</a></p> })}
        <div class="folder-body">
            <List model/>
            <Details model path=way/>
        </div>
        <ContextMenu model/>
    }
}
