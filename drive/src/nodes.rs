//! Files and folders: names, parents, order, trash. A rename, move, trashing or restoring of a folder of any size changes
//! one row; what is below a trashed folder is unreachable because the way up to the root leads through it.
//!
//! `trashed_at` is NULL for what is there and a time for what was trashed. Three values that no clock shows mark what is
//! being purged: see `purge`. Only a root has no parent, and what is in the trash when the folder it was in is purged.

mod bulk;
mod change;
mod children;
pub(crate) mod copy;
mod cursor;
mod duplicate;
mod ending;
mod insert;
mod merge;
mod names;
mod neighbours;
mod purge;
pub(crate) mod register;
mod trash;

use domain::{BlobId, FileName, Node, NodeId, NodeKind, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

pub(crate) use bulk::check;
pub use children::ListOptions;
pub(crate) use children::{check_limit, list};
pub(crate) use cursor::{Cursor, Value, cut};
pub(crate) use insert::{NewFile, check_target, insert_file};
pub use neighbours::Neighbours;
pub use trash::{Obstacle, Restore};

use crate::database::from_sql;
use crate::{Actor, Drive, Error, Result};

/// `SELECT` of what [`read`] reads and when it was trashed, and the given rest of the statement; the node is `n`.
macro_rules! select_node {
    ($($rest:expr),+) => {
        concat!(
            "SELECT n.id, n.parent_id, n.name, n.kind, n.size, n.mime, n.modified_at, b.blake3, n.trashed_at, b.thumbnail \
             FROM nodes n LEFT JOIN blobs b ON b.id = n.blob_id ",
            $($rest),+
        )
    };
}

/// The way from node `$1` of owner `$2` up to the root, as the table `up`. `move_to` allows no circles; should one get in by
/// other ways, the bound keeps SQLite, which has no deadlines, from following it for ever.
macro_rules! with_up {
    ($($rest:expr),+) => {
        concat!(
            "WITH RECURSIVE up (id, parent_id, trashed_at, depth) AS ( \
             SELECT id, parent_id, trashed_at, 0 FROM nodes WHERE id = $1 AND owner_id = $2 \
             UNION ALL \
             SELECT p.id, p.parent_id, p.trashed_at, up.depth + 1 FROM nodes p JOIN up ON p.id = up.parent_id \
             WHERE up.depth < 100000) ",
            $($rest),+
        )
    };
}
pub(crate) use {select_node, with_up};

/// As SQL keeps it; folders sort first.
pub(crate) const FOLDER: i64 = 0;
/// As SQL keeps it.
pub(crate) const FILE: i64 = 1;

impl Drive {
    /// A node that is there.
    ///
    /// # Errors
    /// [`Error::NotFound`], also when it or a folder above it is in the trash.
    pub async fn node(&self, actor: &Actor, id: &NodeId) -> Result<Node> {
        let mut connection = self.database().read().acquire().await?;
        live(&mut connection, &actor.user, id).await
    }

    /// The folders above a node, the root first, the node itself not among them. Empty for the root.
    ///
    /// # Errors
    /// [`Error::NotFound`] as in [`node`](Self::node).
    pub async fn ancestors(&self, actor: &Actor, id: &NodeId) -> Result<Vec<Node>> {
        let rows = sqlx::query(with_up!(select_node!(
            "JOIN up ON up.id = n.id \
             WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.trashed_at IS NOT NULL) ORDER BY up.depth DESC"
        )))
        .bind(id.as_str())
        .bind(actor.user.as_str())
        .fetch_all(self.database().read())
        .await?;
        let mut way = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        way.pop().map(|_| way).ok_or(Error::NotFound)
    }
}

/// A node that is there: owned, not trashed, nothing above it trashed.
pub(crate) async fn live(connection: &mut AnyConnection, owner: &UserId, id: &NodeId) -> Result<Node> {
    let row = sqlx::query(with_up!(select_node!(
        "WHERE n.id = $1 AND n.owner_id = $2 AND NOT EXISTS (SELECT 1 FROM up WHERE up.trashed_at IS NOT NULL)"
    )))
    .bind(id.as_str())
    .bind(owner.as_str())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read).transpose()?.ok_or(Error::NotFound)
}

/// A folder that is there, to put something into.
///
/// # Errors
/// [`Error::NotFound`]; `Invalid { Parent, Unknown }` when it is a file.
pub(crate) async fn live_folder(connection: &mut AnyConnection, owner: &UserId, id: &NodeId) -> Result<Node> {
    let node = live(connection, owner, id).await?;
    match node.kind {
        NodeKind::Folder => Ok(node),
        NodeKind::File => Err(Error::invalid(domain::Field::Parent, domain::Reason::Unknown)),
    }
}

/// Reads a row of `select_node!`.
pub(crate) fn read(row: &AnyRow) -> Result<Node> {
    let kind = if row.try_get::<i64, _>(3)? == FOLDER { NodeKind::Folder } else { NodeKind::File };
    Ok(Node {
        id: parse(row.try_get(0)?)?,
        parent: row.try_get::<Option<&str>, _>(1)?.map(parse).transpose()?,
        name: row.try_get(2)?,
        kind,
        size: from_sql(row.try_get(4)?),
        mime: row.try_get(5)?,
        modified: row.try_get(6)?,
        blake3: row.try_get(7)?,
        thumbnail: row.try_get::<Option<i64>, _>(9)? == Some(1),
    })
}

/// An identifier out of the database.
pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| Error::Internal(format!("the database holds {text:?} where an identifier belongs")))
}

/// What a row of `nodes` is made of beside its place.
pub(crate) struct NewNode<'a> {
    pub(crate) id: &'a NodeId,
    pub(crate) owner: &'a UserId,
    /// `None` for a root.
    pub(crate) parent: Option<&'a NodeId>,
    /// `None` for a root.
    pub(crate) name: Option<&'a FileName>,
    /// `None` for a folder.
    pub(crate) content: Option<(&'a BlobId, u64)>,
    /// For where the name tells none.
    pub(crate) claimed_mime: Option<&'a str>,
    pub(crate) modified_at: i64,
}

/// Writes a row of `nodes`. The caller holds the owner's lock and has looked that the name is free; the index catches what it
/// could not see.
pub(crate) async fn write(connection: &mut AnyConnection, now: i64, node: &NewNode<'_>) -> Result<()> {
    let (name, name_key, sort_key) = match node.name {
        Some(name) => (name.as_str(), name.unique_key(), name.sort_key()),
        None => ("/", "/".to_owned(), "/".to_owned()),
    };
    let mime = node.name.filter(|_| node.content.is_some()).map(|name| match node.claimed_mime {
        Some(claimed) => domain::mime_or(name, claimed),
        None => domain::mime_of(name),
    });
    let line = match node.name {
        Some(name) => {
            let lines = register::enter(connection, node.owner, std::iter::once(name.as_str())).await?;
            lines.first().copied()
        }
        None => Some(register::NONE),
    };
    sqlx::query(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, mime, modified_at, \
         created_at, arrived_at, category, name_line) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)",
    )
    .bind(node.id.as_str())
    .bind(node.owner.as_str())
    .bind(node.parent.map(NodeId::as_str))
    .bind(if node.content.is_some() { FILE } else { FOLDER })
    .bind(name)
    .bind(name_key)
    .bind(sort_key)
    .bind(node.content.map(|(blob, _)| blob.as_str()))
    .bind(node.content.map_or(0, |(_, size)| crate::database::to_sql(size)))
    .bind(mime)
    .bind(node.modified_at)
    .bind(now)
    .bind(mime.map(register::category_of))
    .bind(line)
    .execute(&mut *connection)
    .await
    .map_err(taken)?;
    if mime.is_some_and(|mime| mime.starts_with("image/")) {
        crate::thumbnails::want(connection, node.id).await?;
    }
    Ok(())
}

/// The sibling constraint as the outcome it stands for.
pub(crate) fn taken(error: sqlx::Error) -> Error {
    match crate::database::errors::violated(&error) {
        Some("nodes_sibling") => Error::NameTaken,
        _ => error.into(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
