//! A selection or a folder as one zip, streamed: what is below the nodes is found page by page while the bytes flow, so
//! memory stays flat however much there is.
//!
//! What is there when its folder is reached is in the zip; what is in the trash is not. An entry that cannot be read ends
//! the stream with an error, never with a shorter zip that looks whole.

mod directory;
mod format;
mod names;
mod walk;
mod write;

use std::collections::HashSet;
use std::sync::Arc;

use domain::{Node, NodeId, NodeKind, UserId};
use sqlx::AnyConnection;
use storage::BlobStore;

use crate::nodes::{check, live};
use crate::shares::ShareKey;
use crate::{Actor, Content, Database, Drive, Result};

/// A zip that may be read by whoever holds this.
#[derive(Debug)]
pub struct Archive {
    /// What its file is called.
    pub name: String,
    roots: Vec<Root>,
    owner: UserId,
    database: Database,
    store: Arc<dyn BlobStore>,
}

/// A zip of a share, of which nothing was downloaded yet.
#[derive(Debug)]
pub struct SharedArchive {
    archive: Archive,
    share: domain::ShareId,
}

/// What was asked for itself.
#[derive(Debug)]
struct Root {
    node: Node,
    /// Of a file.
    content: Option<Content>,
    /// No other one has its name.
    is_single: bool,
}

impl Drive {
    /// Opens files and folders, with all below them, to be read as a zip.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) when one of them is not there; `Invalid { Limit }` for none or more than
    /// 1000.
    pub async fn open_archive(&self, actor: &Actor, ids: &[NodeId]) -> Result<Archive> {
        check(ids)?;
        let mut connection = self.database().read().acquire().await?;
        let mut nodes: Vec<Node> = Vec::with_capacity(ids.len());
        for id in ids {
            if !nodes.iter().any(|node| node.id == *id) {
                nodes.push(live(&mut connection, &actor.user, id).await?);
            }
        }
        self.archive_of(&mut connection, &actor.user, nodes).await
    }

    /// Opens what is at or below a share in the same way; no ids: all that is shared.
    ///
    /// # Errors
    /// As [`shared_way`](Self::shared_way); `Invalid { Limit }` for more than 1000.
    pub async fn open_shared_archive(&self, key: &ShareKey, ids: &[NodeId]) -> Result<SharedArchive> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter(&mut connection, key).await?;
        let mut nodes: Vec<Node> = Vec::new();
        if ids.is_empty() {
            nodes = share.items(&mut connection).await?;
        } else {
            check(ids)?;
        }
        for id in ids {
            if !nodes.iter().any(|node| node.id == *id) {
                nodes.push(share.node(&mut connection, id).await?);
            }
        }
        let archive = self.archive_of(&mut connection, &share.owner, nodes).await?;
        Ok(SharedArchive { archive, share: share.id })
    }

    /// Lets a zip of a share be read, and counts it as one download, whatever is in it: it cannot be continued.
    ///
    /// # Errors
    /// [`Error::ShareClosed`](crate::Error::ShareClosed), also when it was closed since it was opened.
    pub async fn download_shared_archive(&self, shared: SharedArchive) -> Result<Archive> {
        crate::database::retrying(|| async {
            let mut tx = self.database().begin().await?;
            self.count_download(&mut tx, &shared.share).await?;
            tx.commit().await
        })
        .await?;
        Ok(shared.archive)
    }

    async fn archive_of(
        &self,
        connection: &mut AnyConnection,
        owner: &UserId,
        nodes: Vec<Node>,
    ) -> Result<Archive> {
        // All else is below it.
        let whole = nodes.iter().find(|node| is_root(node)).cloned();
        let nodes = whole.map_or(nodes, |root| vec![root]);
        let name = name_of(&nodes);
        let mut roots = Vec::with_capacity(nodes.len());
        let mut keys = HashSet::with_capacity(nodes.len());
        for node in nodes {
            // They may come from several folders.
            let is_single = keys.insert(node.name.to_lowercase());
            let content = match node.kind {
                NodeKind::File => Some(self.content_of(connection, owner, node.clone()).await?),
                NodeKind::Folder => None,
            };
            roots.push(Root { node, content, is_single });
        }
        Ok(Archive {
            name,
            roots,
            owner: owner.clone(),
            database: self.database().clone(),
            store: Arc::clone(self.store()),
        })
    }
}

impl SharedArchive {
    /// What its file is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.archive.name
    }
}

/// What the zip of these is called: by the first, and by how many more there are.
fn name_of(nodes: &[Node]) -> String {
    let first = match nodes.first() {
        Some(node) if !is_root(node) => &node.name,
        _ => "Hayloft",
    };
    match nodes.len() {
        0 | 1 => format!("{first}.zip"),
        count => format!("{first} +{}.zip", count - 1),
    }
}

/// Whether it is somebody's whole drive. What is shared has no parent either, but a name.
fn is_root(node: &Node) -> bool {
    node.parent.is_none() && node.name == "/"
}
