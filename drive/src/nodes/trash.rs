//! The trash: one row in, one row out.
//!
//! What comes out goes back to exactly where it was, or to where somebody says: nothing is put anywhere else by itself, since
//! nobody would look for it there.

use domain::{Conflict, Field, Node, NodeId, Outcome, Page, Reason, TrashEntry};
use sqlx::{AnyConnection, Row};

use super::bulk::check;
use super::change::{name_of, settle};
use super::children::check_limit;
use super::cursor::{Cursor, Value, cut};
use super::{live, live_folder, names, parse, read, select_node};
use crate::database::{Tx, retrying};
use crate::find::Places;
use crate::{Actor, Drive, Error, Result, clock, quota};

/// Where what comes out of the trash goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restore {
    /// To where it was, under its name. It stays in the trash where there is an [`Obstacle`].
    ToItsPlace,
    /// Into a folder, by the rule that moves follow.
    Into {
        /// The folder.
        folder: NodeId,
        /// What happens where a name is taken in it.
        conflict: Conflict,
    },
}

/// What keeps something in the trash from going back to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The folder that it was in is gone, or in the trash itself.
    PlaceGone,
    /// The folder has something else of its name by now.
    NameTaken,
}

impl Drive {
    /// Puts a node into the trash, with all below it. Its bytes stay charged until it is purged.
    ///
    /// # Errors
    /// [`Error::NotFound`], also when it is in the trash already; [`Error::Forbidden`] for the root.
    pub async fn trash(&self, actor: &Actor, id: &NodeId) -> Result<Node> {
        retrying(|| self.trash_once(actor, id)).await
    }

    async fn trash_once(&self, actor: &Actor, id: &NodeId) -> Result<Node> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        let node = trash_in(&mut tx, self.now(), actor, id).await?;
        tx.commit().await?;
        Ok(node)
    }

    /// Takes a node out of the trash, to where it was. What is not in the trash is answered as it is, so that a second click
    /// does no harm.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for what is only below something in the trash; [`Error::NameTaken`], or
    /// `Invalid { Parent, Unknown }` when the folder that it was in is not there: it stays in the trash then.
    pub async fn restore(&self, actor: &Actor, id: &NodeId) -> Result<Node> {
        retrying(|| self.restore_once(actor, id)).await
    }

    async fn restore_once(&self, actor: &Actor, id: &NodeId) -> Result<Node> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        let (_, node) = put_back(&mut tx, self.now(), actor, id, &Restore::ToItsPlace).await?;
        tx.commit().await?;
        Ok(node)
    }

    /// Those of these nodes that are in the trash, in this order, and what keeps each from going back to its place.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none of them is in the trash; `Invalid { Limit }` for none or more than 1000.
    pub async fn obstacles(&self, actor: &Actor, ids: &[NodeId]) -> Result<Vec<(Node, Option<Obstacle>)>> {
        check(ids)?;
        let mut connection = self.database().read().acquire().await?;
        let mut found = Vec::new();
        for id in ids {
            let Some(node) = in_trash(&mut connection, actor, id).await? else { continue };
            let obstacle = match its_place(&mut connection, actor, &node).await? {
                None => Some(Obstacle::PlaceGone),
                Some(folder) => names::is_taken(&mut connection, &folder, &name_of(&node)?)
                    .await?
                    .then_some(Obstacle::NameTaken),
            };
            found.push((node, obstacle));
        }
        if found.is_empty() { Err(Error::NotFound) } else { Ok(found) }
    }

    /// What is in the trash, what was trashed last first. `limit` is 1 to 1000.
    ///
    /// # Errors
    /// `Invalid { Limit }`, `Invalid { Cursor }`.
    pub async fn trashed(&self, actor: &Actor, after: Option<&str>, limit: u32) -> Result<Page<TrashEntry>> {
        const FIRST: &str = select_node!(
            "WHERE n.owner_id = $1 AND n.trashed_at > 1 ORDER BY n.trashed_at DESC, n.id DESC LIMIT $2"
        );
        const BEYOND: &str = select_node!(
            "WHERE n.owner_id = $1 AND n.trashed_at > 1 AND (n.trashed_at, n.id) < ($3, $4) \
             ORDER BY n.trashed_at DESC, n.id DESC LIMIT $2"
        );
        let limit = check_limit(limit)?;
        let list = format!("trash of {}", actor.user);
        let after = after.map(|text| Cursor::decode(text, &list)).transpose()?;
        let mut connection = self.database().read().acquire().await?;
        let query = sqlx::query(if after.is_some() { BEYOND } else { FIRST })
            .bind(actor.user.as_str())
            .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let query = match &after {
            Some(Cursor { value: Value::Number(at), id, .. }) => query.bind(*at).bind(id.as_str()),
            Some(_) => return Err(Error::invalid(domain::Field::Cursor, domain::Reason::Malformed)),
            None => query,
        };
        let rows = query.fetch_all(&mut *connection).await?;
        let (kept, next) = cut(&rows, limit, |row| {
            let cursor =
                Cursor { section: 2, value: Value::Number(row.try_get(8)?), id: parse(row.try_get(0)?)? };
            Ok(cursor.encode(&list))
        })?;
        let keeps = self.rules().trash_retention.map(clock::millis);
        let nodes = kept.iter().map(read).collect::<Result<Vec<_>>>()?;
        let mut places = Places::default();
        let folders = nodes.iter().filter_map(|node| node.parent.as_ref());
        places.learn(&mut connection, &actor.user, folders).await?;
        let mut items = Vec::with_capacity(nodes.len());
        for (node, row) in nodes.into_iter().zip(kept) {
            let trashed: i64 = row.try_get(8)?;
            let place = node.parent.as_ref().and_then(|folder| places.of(folder));
            let expires = keeps.map(|keeps| trashed.saturating_add(keeps));
            items.push(TrashEntry { node, trashed, expires, place });
        }
        Ok(Page { items, next })
    }
}

/// Puts a node into the trash.
///
/// # Errors
/// As [`Drive::trash`].
pub(super) async fn trash_in(tx: &mut Tx, now: i64, actor: &Actor, id: &NodeId) -> Result<Node> {
    let node = live(tx, &actor.user, id).await?;
    if node.parent.is_none() {
        return Err(Error::Forbidden);
    }
    sqlx::query("UPDATE nodes SET trashed_at = $3 WHERE id = $1 AND owner_id = $2")
        .bind(id.as_str())
        .bind(actor.user.as_str())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(node)
}

/// Takes a node out of the trash.
///
/// # Errors
/// As [`Drive::restore`]; into a folder, which is there, as [`settle`].
pub(super) async fn put_back(
    tx: &mut Tx,
    now: i64,
    actor: &Actor,
    id: &NodeId,
    to: &Restore,
) -> Result<(Outcome, Node)> {
    let Some(node) = in_trash(tx, actor, id).await? else {
        return Ok((Outcome::Done, live(tx, &actor.user, id).await?));
    };
    match to {
        Restore::Into { folder, conflict } => settle(tx, now, actor, &node, folder, *conflict).await,
        Restore::ToItsPlace => match its_place(tx, actor, &node).await? {
            Some(folder) => settle(tx, now, actor, &node, &folder, Conflict::Fail).await,
            None => Err(Error::invalid(Field::Parent, Reason::Unknown)),
        },
    }
}

/// The folder that something in the trash was in, if it is there.
async fn its_place(connection: &mut AnyConnection, actor: &Actor, node: &Node) -> Result<Option<NodeId>> {
    let Some(parent) = &node.parent else { return Ok(None) };
    match live_folder(connection, &actor.user, parent).await {
        Ok(folder) => Ok(Some(folder.id)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was trashed itself and is not being purged.
async fn in_trash(connection: &mut AnyConnection, actor: &Actor, id: &NodeId) -> Result<Option<Node>> {
    let row = sqlx::query(select_node!("WHERE n.id = $1 AND n.owner_id = $2 AND n.trashed_at > 1"))
        .bind(id.as_str())
        .bind(actor.user.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}
