//! What the address leads to, within the frame: a folder, or a sheet. One question, one boundary and one place for trouble,
//! since each boundary would be compiled with the whole machinery of waiting. What was shown stays until the next is there.

use domain::{AppError, NodeId, Sort};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use super::folder::FolderPage;
use super::frame::Usage;
use super::notice::Notices;
use super::sheet::Paper;
use super::trouble::answer_trouble;
use crate::Failure;
use crate::actions::nodes::{FolderView, folder};
use crate::actions::sheets::{Sheet, read_sheet};
use crate::address::{Address, Place};
use crate::i18n::use_texts;
use crate::response::Response;

/// Rows of a folder's first page: more than any screen shows, few enough to be rendered at once.
pub(super) const FIRST_PAGE: u32 = 100;

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    /// `None` is the root.
    Folder {
        id: Option<NodeId>,
        sort: Sort,
        after: Option<String>,
    },
    /// A folder's address that names no folder.
    Nowhere,
    Sheet(Place),
}

impl Question {
    fn of(place: Place) -> Self {
        let id = match place.path.strip_prefix("/folder/") {
            Some(id) => match id.parse() {
                Ok(id) => Some(id),
                Err(_) => return Self::Nowhere,
            },
            None if place.path == "/" => None,
            None => return Self::Sheet(place),
        };
        let sort = place.query("sort").and_then(|text| text.parse().ok()).unwrap_or_default();
        Self::Folder { id, sort, after: place.query("after").map(str::to_owned) }
    }
}

/// What it is answered with.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Answer {
    /// A folder in an order; `partial` when its list begins in the middle.
    Folder {
        view: FolderView,
        sort: Sort,
        partial: bool,
    },
    Sheet(Sheet),
}

/// The page itself, or why it cannot be shown.
#[component]
pub(crate) fn Stage() -> impl IntoView {
    let t = use_texts();
    let address = Address::current();
    let again = RwSignal::new(0_u32);
    let question = Memo::new(move |_| Question::of(address.place()));
    let answer = Resource::new(move || (question.get(), again.get()), |(question, _)| ask(question));
    let notices = Notices::current();
    let usage: Usage = expect_context();
    Effect::new(move |_| match &*answer.read() {
        // The document leads to signing in and remembers the way back.
        Some(Err(Failure::App(AppError::SignInRequired))) => {
            let _ = window().location().reload();
        }
        // Something was done. Not to be asked for any sooner: that answer would take what is to be said along.
        Some(Ok(Answer::Sheet(Sheet { flash: Some(flash), .. }))) => {
            notices.say(flash.clone());
            usage.refresh();
        }
        _ => {}
    });
    let response = Response::current();
    let content = move || {
        let response = response.clone();
        Suspend::new(async move {
            match answer.await {
                Ok(Answer::Folder { view, sort, partial }) => {
                    view! { <FolderPage view sort partial/> }.into_any()
                }
                Ok(Answer::Sheet(Sheet { title, html, .. })) => {
                    view! { <Title text=title/><Paper html again/> }.into_any()
                }
                Err(failure) => answer_trouble(response.as_ref(), &failure),
            }
        })
    };
    view! { <Transition fallback=move || view! { <p class="waiting">{t.loading}</p> }>{content}</Transition> }
}

async fn ask(question: Question) -> Result<Answer, Failure> {
    match question {
        Question::Folder { id, sort, after } => {
            let partial = after.is_some();
            let view = folder(id, sort.to_string(), after, FIRST_PAGE).await?;
            Ok(Answer::Folder { view, sort, partial })
        }
        Question::Sheet(Place { path, query }) => read_sheet(path, query).await.map(Answer::Sheet),
        Question::Nowhere => Err(AppError::NotFound.into()),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Direction, SortKey};

    use super::*;

    #[test]
    fn an_address_is_read_once() {
        let id = NodeId::from_random([7; 16]);
        let by_size = Sort { key: SortKey::Size, direction: Direction::Descending };
        for (address, question) in [
            ("/".to_owned(), Question::Folder { id: None, sort: Sort::default(), after: None }),
            (
                format!("/folder/{id}?sort=-size&after=abc"),
                Question::Folder { id: Some(id), sort: by_size, after: Some("abc".into()) },
            ),
            ("/folder/nonsense".to_owned(), Question::Nowhere),
            ("/trash?after=x".to_owned(), Question::Sheet(Place::parse("/trash?after=x"))),
        ] {
            assert_eq!(Question::of(Place::parse(&address)), question, "{address}");
        }
    }
}
