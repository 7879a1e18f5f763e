//! Rename and move: one row, whatever hangs below it.

use domain::{Conflict, Field, FileName, Node, NodeId, NodeKind, Outcome, Reason};
use sqlx::Row;

use super::insert::present;
use super::{live, live_folder, merge, names, register, taken, with_up};
use crate::database::{Tx, retrying};
use crate::{Actor, Drive, Error, Result, quota};

impl Drive {
    /// Gives a node another name. A file's media type follows, unless the new name tells none. Changing the case alone is a
    /// rename like any other.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::NameTaken`]; [`Error::Forbidden`] for the root.
    pub async fn rename(&self, actor: &Actor, id: &NodeId, name: &FileName) -> Result<Node> {
        retrying(|| self.rename_once(actor, id, name)).await
    }

    async fn rename_once(&self, actor: &Actor, id: &NodeId, name: &FileName) -> Result<Node> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        let node = live(&mut tx, &actor.user, id).await?;
        let Some(parent) = node.parent else { return Err(Error::Forbidden) };
        let same_key = FileName::parse(&node.name).is_ok_and(|old| old.unique_key() == name.unique_key());
        if !same_key && names::is_taken(&mut tx, &parent, name).await? {
            return Err(Error::NameTaken);
        }
        place(&mut tx, actor, id, &parent, name).await?;
        let node = live(&mut tx, &actor.user, id).await?;
        tx.commit().await?;
        Ok(node)
    }

    /// Puts a node, with all below it, into another folder.
    ///
    /// # Errors
    /// [`Error::NotFound`] for either; [`Error::NameTaken`]; [`Error::Forbidden`] for the root; `Invalid { Parent }` when
    /// the target is a file (`Unknown`), or the node itself or below it (`Contradiction`).
    pub async fn move_to(&self, actor: &Actor, id: &NodeId, parent: &NodeId) -> Result<Node> {
        retrying(|| self.move_once(actor, id, parent)).await
    }

    async fn move_once(&self, actor: &Actor, id: &NodeId, parent: &NodeId) -> Result<Node> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        // What is to be moved is told of before where to.
        if live(&mut tx, &actor.user, id).await?.parent.is_none() {
            return Err(Error::Forbidden);
        }
        live_folder(&mut tx, &actor.user, parent).await?;
        let (_, node) = move_in(&mut tx, self.now(), actor, id, parent, Conflict::Fail).await?;
        tx.commit().await?;
        Ok(node)
    }
}

/// Moves a node into a folder that is there, whatever the folder holds.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for the root, `Invalid { Parent, Contradiction }` where a folder would come to
/// be in itself or would replace one that it is in; [`Error::NameTaken`] under [`Conflict::Fail`], and under
/// [`Conflict::Replace`] when one is a file and the other a folder. Nothing is changed then.
pub(super) async fn move_in(
    tx: &mut Tx,
    now: i64,
    actor: &Actor,
    id: &NodeId,
    parent: &NodeId,
    conflict: Conflict,
) -> Result<(Outcome, Node)> {
    let node = live(tx, &actor.user, id).await?;
    if node.parent.is_none() {
        return Err(Error::Forbidden);
    }
    if node.parent.as_ref() == Some(parent) {
        return Ok((Outcome::Done, node));
    }
    settle(tx, now, actor, &node, parent, conflict).await
}

/// Gives a node, which may be in the trash, its place in a folder that is there.
///
/// # Errors
/// As [`move_in`], of what is not a root.
pub(super) async fn settle(
    tx: &mut Tx,
    now: i64,
    actor: &Actor,
    node: &Node,
    parent: &NodeId,
    conflict: Conflict,
) -> Result<(Outcome, Node)> {
    let id = &node.id;
    if is_on_the_way_up(tx, actor, parent, id).await? {
        return Err(Error::invalid(Field::Parent, Reason::Contradiction));
    }
    let name = name_of(node)?;
    let (outcome, name) = match (conflict, present(tx, parent, &name).await?) {
        (_, None) => (Outcome::Done, name),
        (Conflict::Rename, Some(_)) => (Outcome::Renamed, names::free_name(tx, parent, &name).await?),
        (Conflict::Replace, Some(there)) if there.is_folder == (node.kind == NodeKind::Folder) => {
            if is_on_the_way_up(tx, actor, id, &there.id).await? {
                return Err(Error::invalid(Field::Parent, Reason::Contradiction));
            }
            let outcome = merge::into(tx, now, actor, id, &there).await?;
            return Ok((outcome, live(tx, &actor.user, &there.id).await?));
        }
        (Conflict::Fail | Conflict::Replace, Some(_)) => return Err(Error::NameTaken),
    };
    place(tx, actor, id, parent, &name).await?;
    Ok((outcome, live(tx, &actor.user, id).await?))
}

/// The name of a node out of the database.
pub(super) fn name_of(node: &Node) -> Result<FileName> {
    FileName::parse(&node.name)
        .map_err(|reason| Error::Internal(format!("node {} has a name that is {reason:?}", node.id)))
}

/// Writes a node's place and all that follows from its name; it is out of the trash afterwards. Under the name that it has
/// already a file keeps its media type, which may be what its uploader claimed of a name that tells none.
pub(super) async fn place(
    tx: &mut Tx,
    actor: &Actor,
    id: &NodeId,
    parent: &NodeId,
    name: &FileName,
) -> Result<()> {
    let mime = domain::mime_told(name);
    let row = sqlx::query(
        "UPDATE nodes SET parent_id = $3, name = $4, name_key = $5, sort_key = $6, trashed_at = NULL, \
         mime = CASE WHEN kind = 1 AND name <> $4 THEN COALESCE($7, mime) ELSE mime END, \
         category = CASE WHEN kind = 1 AND name <> $4 THEN COALESCE(CAST($8 AS SMALLINT), category) ELSE category END \
         WHERE id = $1 AND owner_id = $2 RETURNING name_line",
    )
    .bind(id.as_str())
    .bind(actor.user.as_str())
    .bind(parent.as_str())
    .bind(name.as_str())
    .bind(name.unique_key())
    .bind(name.sort_key())
    .bind(mime)
    .bind(mime.map(register::category_of))
    .fetch_optional(&mut **tx)
    .await
    .map_err(taken)?;
    let line = row.map(|row| row.try_get(0)).transpose()?.flatten();
    register::rename(tx, &actor.user, line, name.as_str()).await?;
    // By its new name it may be a picture.
    if mime.is_some_and(|mime| mime.starts_with("image/")) {
        crate::thumbnails::want(tx, id).await?;
    }
    Ok(())
}

/// Whether `node` is `start` or above it.
pub(super) async fn is_on_the_way_up(
    tx: &mut Tx,
    actor: &Actor,
    start: &NodeId,
    node: &NodeId,
) -> Result<bool> {
    let row = sqlx::query(with_up!("SELECT 1 FROM up WHERE up.id = $3"))
        .bind(start.as_str())
        .bind(actor.user.as_str())
        .bind(node.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}
