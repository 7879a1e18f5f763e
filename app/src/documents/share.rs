//! `/s/:token` and `/s/:token/folder/:id`: what the visitors of a share see. Links and forms alone; whoever fetches without a
//! browser is answered by the server crate before this page is.

mod closed;
mod code;
mod listing;
mod save;
mod view;

use axum::http::request::Parts;
use domain::{AppError, Node, NodeId, Page, ShareState, ShareToken, SharedView};
use drive::{Error, ListOptions, ShareKey};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use crate::actions::accounts::Visitor;
use crate::app::use_visitor;
use crate::response::Response;
use crate::server::{Context, share_proof};
use closed::Closed;
use code::CodeForm;
use listing::Listing;
pub(super) use save::SavePage;
use view::{FileView, Viewed};

/// Entries of one page of a folder.
const ENTRIES: u32 = 200;

/// What a link came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Seen {
    /// It opens.
    Open(Box<Opened>),
    /// It opens, and one of its files is looked at.
    File(Box<Viewed>),
    /// It opens with a code.
    Code,
    /// It does not open.
    Closed(ShareState),
    /// There is no such share, no such folder in it, or that cannot be found out.
    Trouble(AppError),
}

/// What is shown of a share that opens.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Opened {
    token: ShareToken,
    shared: SharedView,
    /// From what is shared to the folder that is shown; empty on the first page.
    way: Vec<Node>,
    /// What is in that folder, or all that is shared.
    page: Page<Node>,
}

/// What an address below that of a share asks for.
#[derive(Clone)]
struct Asked {
    /// A folder or, to be looked at, a file in it.
    node: Option<String>,
    is_view: bool,
    /// Where in a folder's list.
    after: Option<String>,
    /// A file although that counts.
    show: bool,
    /// Markdown as it is written.
    as_written: bool,
}

/// The page of a share.
#[component]
pub(super) fn SharePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let token = params.read_untracked().get("token").unwrap_or_default();
    let address = token.clone();
    let is_view = use_location().pathname.read_untracked().split('/').nth(3) == Some("view");
    let asked = Asked {
        node: params.read_untracked().get("id"),
        is_view,
        after: query.read_untracked().get("after"),
        show: query.read_untracked().get("show").is_some(),
        as_written: query.read_untracked().get("as").is_some(),
    };
    let seen = Resource::new(|| (), move |()| look(token.clone(), asked.clone()));
    let visitor = use_visitor();
    let response = Response::current();
    let content = move || {
        let (response, address) = (response.clone(), address.clone());
        Suspend::new(async move {
            let visitor = visitor.await.unwrap_or_default();
            let seen = seen.await;
            if let Some(response) = response {
                (response.status)(status(&seen));
            }
            show(seen, visitor, &address)
        })
    };
    view! { <Suspense>{content}</Suspense> }
}

fn show(seen: Seen, visitor: Visitor, token: &str) -> AnyView {
    match seen {
        Seen::Open(opened) => {
            let signed_in = visitor.profile.is_some();
            view! { <Listing opened=*opened signed_in/> }.into_any()
        }
        Seen::File(viewed) => view! { <FileView viewed=*viewed/> }.into_any(),
        Seen::Code => view! { <CodeForm token=token.to_owned() flash=visitor.flash/> }.into_any(),
        Seen::Closed(state) => view! { <Closed state=Some(state) failure=None/> }.into_any(),
        Seen::Trouble(error) => view! { <Closed state=None failure=Some(error)/> }.into_any(),
    }
}

/// What a program is told, too.
fn status(seen: &Seen) -> u16 {
    match seen {
        Seen::Open(_) | Seen::File(_) | Seen::Code => 200,
        Seen::Closed(state) => Error::ShareClosed(*state).to_app_error().status(),
        Seen::Trouble(error) => error.status(),
    }
}

/// Asks for what the address names. Contexts are looked at before the first `await`.
fn look(token: String, asked: Asked) -> impl Future<Output = Seen> {
    let context = Context::current();
    let proof = use_context::<Parts>().and_then(|parts| share_proof(&parts.headers));
    async move {
        let found = async {
            let context = context.map_err(Seen::Trouble)?;
            let token: ShareToken = token.parse().map_err(|_| Seen::Trouble(AppError::NotFound))?;
            let key = ShareKey { token, proof };
            match (&asked.node, asked.is_view) {
                (Some(id), true) => {
                    let id = id.parse().map_err(|_| Seen::Trouble(AppError::NotFound))?;
                    let viewed = view::look(&context, &key, &id, asked.show, asked.as_written).await;
                    viewed.map(|viewed| Seen::File(Box::new(viewed))).map_err(seen_of)
                }
                (folder, _) => {
                    let opened = open(&context, &key, folder.as_deref(), asked.after).await;
                    opened.map(|opened| Seen::Open(Box::new(opened))).map_err(seen_of)
                }
            }
        };
        found.await.unwrap_or_else(|seen| seen)
    }
}

fn seen_of(error: Error) -> Seen {
    match error {
        Error::CodeRequired => Seen::Code,
        Error::ShareClosed(state) => Seen::Closed(state),
        error => Seen::Trouble(error.to_app_error()),
    }
}

async fn open(
    context: &Context,
    key: &ShareKey,
    folder: Option<&str>,
    after: Option<String>,
) -> drive::Result<Opened> {
    let drive = &context.drive;
    let shared = drive.open_share(key).await?;
    let token = key.token.clone();
    let Some(folder) = folder else {
        drive.count_visit(key, context.actor.as_ref()).await?;
        let page = Page { items: shared.items.clone(), next: None };
        return Ok(Opened { token, shared, way: Vec::new(), page });
    };
    let folder: NodeId = folder.parse().map_err(|_| Error::NotFound)?;
    let way = drive.shared_way(key, &folder).await?;
    let options = ListOptions { after, limit: ENTRIES, ..ListOptions::default() };
    let page = drive.shared_children(key, &folder, &options).await?;
    Ok(Opened { token, shared, way, page })
}
