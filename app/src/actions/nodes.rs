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

/// Moves files and folders to the trash. `next` is the page to go on at, where that is not the one that the form is on.
///
/// # Errors
/// Sign in first, nothing was chosen, or the only one is not there.
#[server(prefix = "/form", endpoint = "trash")]
pub async fn trash(
    #[server(default)] ids: Vec<NodeId>,
    #[server(default)] next: String,
) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Change, Tally, change_chosen, page_of_folder};
    change_chosen(&ids, async |context, actor, t| {
        let reports = context.drive.trash_all(actor, &ids).await.map_err(|error| error.to_app_error())?;
        let tally = Tally::of(&reports)?;
        let flash = match tally.only {
            Some(node) => Flash::Trashed { id: node.id, name: node.name },
            None => Flash::TrashedMany { text: tally.say(t, Change::Trashed), ids: tally.done },
        };
        let next = (!next.is_empty()).then(|| page_of_folder(&next));
        Ok(Done { next, flash: Some(flash) })
    })
    .await
}

/// Takes files and folders back from the trash. What cannot go back to where it was stays there, and the next page asks where
/// to put it.
///
/// # Errors
/// Sign in first, nothing was chosen, or the only one is not in the trash.
#[server(prefix = "/form", endpoint = "restore")]
pub async fn restore(#[server(default)] ids: Vec<NodeId>) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Change, Tally, change_chosen, page_of_sender};
    use crate::sheets::ask_where;
    let from = page_of_sender();
    change_chosen(&ids, async |context, actor, t| {
        let reports = context.drive.restore_all(actor, &ids, &drive::Restore::ToItsPlace).await;
        let (next, told) = ask_where(reports.map_err(|error| error.to_app_error())?, &from, None, "restore");
        if next.is_some() && !told.iter().any(domain::ItemReport::is_done) {
            return Ok(Done { next, flash: None });
        }
        let tally = Tally::of(&told)?;
        let flash = match &tally.only {
            Some(node) => Flash::Restored { name: node.name.clone() },
            None => Flash::Said { text: tally.say(t, Change::Restored) },
        };
        Ok(Done { next, flash: Some(flash) })
    })
    .await
}

/// Deletes what is in the trash, for ever.
///
/// # Errors
/// Sign in first, nothing was chosen, or the only one is not in the trash.
#[server(prefix = "/form", endpoint = "purge")]
pub async fn purge(#[server(default)] ids: Vec<NodeId>) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Change, Tally, change_chosen};
    change_chosen(&ids, async |context, actor, t| {
        let reports = context.drive.purge_all(actor, &ids).await.map_err(|error| error.to_app_error())?;
        Ok(Done {
            next: Some("/trash".to_owned()),
            flash: Some(Flash::Said { text: Tally::of(&reports)?.say(t, Change::Purged) }),
        })
    })
    .await
}

/// Deletes everything that is in the trash, for ever.
///
/// # Errors
/// Sign in first.
#[server(prefix = "/form", endpoint = "empty-trash")]
pub async fn empty_trash() -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Change, Context, counted, reply, words};
    let t = words();
    let outcome = async {
        let context = Context::current()?;
        let count =
            context.drive.empty_trash(context.actor()?).await.map_err(|error| error.to_app_error())?;
        let flash = Flash::Said { text: counted(t, Change::Purged, count) };
        Ok(Done { next: Some("/trash".to_owned()), flash: Some(flash) })
    };
    reply(outcome.await)
}

/// Moves files and folders into a folder, copies them (`how` is `copy`), or takes them out of the trash (`restore`). `ids` are
/// joined by dots; `back` is the page to go on at. Under `Conflict::Fail`, `how` may be `ask`: what has a taken name stays, and
/// the page to go on at is the one that asks about it; where nothing has, there is none.
///
/// # Errors
/// Sign in first, the folder is not there, or the drive is full.
#[server(prefix = "/form", endpoint = "transfer")]
pub async fn transfer(
    ids: String,
    parent: NodeId,
    conflict: domain::Conflict,
    how: String,
    back: String,
) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Change, Tally, change_chosen, page_of_folder, page_of_sender};
    use crate::sheets::ask_where;
    let from = page_of_sender();
    let ids: Vec<NodeId> = ids.split('.').filter_map(|id| id.parse().ok()).collect();
    change_chosen(&ids, async |context, actor, t| {
        let (change, reports) = match how.as_str() {
            "copy" => (Change::Copied, context.drive.copy_all(actor, &ids, &parent, conflict).await),
            "restore" => {
                let to = drive::Restore::Into { folder: parent.clone(), conflict };
                (Change::Restored, context.drive.restore_all(actor, &ids, &to).await)
            }
            _ => (Change::Moved, context.drive.move_all(actor, &ids, &parent, conflict).await),
        };
        let reports = reports.map_err(|error| error.to_app_error())?;
        let (next, told) = if how == "ask" {
            ask_where(reports, &from, Some(parent.as_str()), "move")
        } else {
            (Some(page_of_folder(&back)), reports)
        };
        if how == "ask" && next.is_some() && !told.iter().any(domain::ItemReport::is_done) {
            return Ok(Done { next, flash: None });
        }
        let flash = Flash::Said { text: Tally::of(&told)?.say(t, change) };
        Ok(Done { next, flash: Some(flash) })
    })
    .await
}

/// Gives a file or folder another name; `back` is the folder to go on at.
///
/// # Errors
/// Sign in first, it is not there, a name that cannot be one, or that is taken.
#[server(prefix = "/form", endpoint = "rename")]
pub async fn rename(id: NodeId, name: String, back: String) -> Result<Done, Failure> {
    use crate::i18n::fill;
    use crate::server::{Context, page_of_folder, refuse, words};
    use crate::{Flash, Form, Typed};
    let t = words();
    let outcome = async {
        let parsed = domain::FileName::parse(&name)
            .map_err(|reason| domain::AppError::invalid(domain::Field::Name, reason))?;
        let context = Context::current()?;
        let renamed = context.drive.rename(context.actor()?, &id, &parsed).await;
        let node = renamed.map_err(|error| error.to_app_error())?;
        Ok(Done {
            next: Some(page_of_folder(&back)),
            flash: Some(Flash::Said { text: fill(t.renamed, &[("name", &node.name)]) }),
        })
    };
    let outcome = outcome.await;
    refuse(Form::Rename, Typed { name, ..Typed::default() }, outcome)
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
