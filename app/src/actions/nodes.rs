//! Folders and files: lists, trash, new folders.

use domain::{Node, NodeId, Page};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::flash::Done;

/// One step of the way from the root to a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crumb {
    /// The folder; `None` is the root.
    pub id: Option<NodeId>,
    /// Its name; empty for the root, which every language calls its own.
    pub name: String,
}

/// A folder and the first part of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderView {
    /// The folder.
    pub id: NodeId,
    /// From the root to the folder itself.
    pub path: Vec<Crumb>,
    /// What is in it, from `after` on.
    pub page: Page<Node>,
}

/// A folder (`None` is the root), in an order written like [`domain::Sort`], from a cursor on. `limit` is cut to what
/// `drive` takes.
///
/// # Errors
/// Sign in first, no such folder, or a cursor that is none.
#[server(prefix = "/form", endpoint = "folder", input = leptos::server_fn::codec::GetUrl)]
pub async fn folder(
    id: Option<NodeId>,
    sort: String,
    after: Option<String>,
    limit: u32,
) -> Result<FolderView, Failure> {
    use crate::server::{Context, show};
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let id = id.unwrap_or_else(|| actor.root.clone());
        let options =
            drive::ListOptions { sort: sort.parse().unwrap_or_default(), after, limit: limit.clamp(1, 1000) };
        let path = crate::server::crumbs(&context, actor, &id).await?;
        let page =
            context.drive.children(actor, &id, &options).await.map_err(|error| error.to_app_error())?;
        Ok(FolderView { id, path, page })
    };
    show(outcome.await)
}

/// Moves a file or folder to the trash.
///
/// # Errors
/// Sign in first, or it is not there.
#[server(prefix = "/form", endpoint = "trash")]
pub async fn trash(id: NodeId) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Context, reply};
    let outcome = async {
        let context = Context::current()?;
        let node = context.drive.trash(context.actor()?, &id).await.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::Trashed { id: node.id, name: node.name }))
    };
    reply(outcome.await)
}

/// Takes a file or folder back from the trash.
///
/// # Errors
/// Sign in first, it is not in the trash, or its name is taken.
#[server(prefix = "/form", endpoint = "restore")]
pub async fn restore(id: NodeId) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Context, reply};
    let outcome = async {
        let context = Context::current()?;
        let node =
            context.drive.restore(context.actor()?, &id).await.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::Restored { name: node.name }))
    };
    reply(outcome.await)
}

/// Makes a folder.
///
/// # Errors
/// Sign in first, a name that cannot be one, or that is taken.
#[server(prefix = "/form", endpoint = "create-folder")]
pub async fn create_folder(parent: NodeId, name: String) -> Result<Done, Failure> {
    use crate::server::{Context, refuse};
    use crate::{Flash, Form, Typed};
    let outcome = async {
        let parsed = domain::FileName::parse(&name)
            .map_err(|reason| domain::AppError::invalid(domain::Field::Name, reason))?;
        let context = Context::current()?;
        let node = context
            .drive
            .create_folder(context.actor()?, &parent, &parsed, domain::Conflict::Fail)
            .await
            .map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::FolderCreated { name: node.name }))
    };
    let outcome = outcome.await;
    refuse(Form::CreateFolder, Typed { name, ..Typed::default() }, outcome)
}
