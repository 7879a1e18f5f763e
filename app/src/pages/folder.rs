//! `/` and `/folder/{id}`: what is in a folder.

mod heading;
mod keys;
mod list;
mod model;
mod row;

use domain::{AppError, NodeId, Sort};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};

use super::frame::Desk;
use super::trouble::answer_trouble;
use crate::Failure;
use crate::actions::nodes::{FolderView, folder};
use crate::i18n::use_texts;
use crate::response::{Response, load};
use heading::Heading;
use list::List;
use model::Model;

/// Rows of the first page: more than any screen shows, few enough to be rendered at once.
const FIRST_PAGE: u32 = 100;

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Question {
    /// Of a folder's address that names no folder.
    nowhere: bool,
    id: Option<NodeId>,
    sort: Sort,
    after: Option<String>,
}

/// A folder, or why it cannot be shown.
#[component]
pub(crate) fn FolderPage() -> impl IntoView {
    let t = use_texts();
    let desk = Desk::current();
    let query = use_query_map();
    let path = use_location().pathname;
    let question = Memo::new(move |_| {
        let query = query.read();
        let id = desk.folder.get();
        Question {
            nowhere: id.is_none() && path.read().starts_with("/folder/"),
            id,
            sort: query.get("sort").and_then(|text| text.parse().ok()).unwrap_or_default(),
            after: query.get("after"),
        }
    });
    let answer = Resource::new(move || question.get(), ask);
    let response = Response::current();
    Effect::new(move |_| {
        if matches!(*answer.read(), Some(Err(Failure::App(AppError::SignInRequired)))) {
            load("/login");
        }
    });
    let content = move || {
        let response = response.clone();
        Suspend::new(async move {
            let asked = question.get_untracked();
            match answer.await {
                Ok(view) => {
                    view! { <Content view sort=asked.sort partial=asked.after.is_some()/> }.into_any()
                }
                Err(failure) => answer_trouble(response.as_ref(), &failure),
            }
        })
    };
    view! { <Transition fallback=move || view! { <p class="waiting">{t.loading}</p> }>{content}</Transition> }
}

async fn ask(question: Question) -> Result<FolderView, Failure> {
    if question.nowhere {
        return Err(AppError::NotFound.into());
    }
    folder(question.id, question.sort.to_string(), question.after, FIRST_PAGE).await
}

/// A folder that is there.
#[component]
fn Content(
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
    view! {
        <Title text=title/>
        <Heading path id/>
        {partial.then(|| view! { <p class="partial"><a href=format!("?sort={sort}")>{t.from_start}</a></p> })}
        <List model/>
    }
}
