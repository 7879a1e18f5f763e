//! Rename and move: one row, whatever hangs below it.

use domain::{Field, FileName, Node, NodeId, Reason};

use super::{live, live_folder, names, taken, with_up};
use crate::database::{Tx, retrying};
use crate::{Actor, Drive, Error, Result, quota};

impl Drive {
    /// Gives a node another name; its media type follows. Changing the case alone is a rename like any other.
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
        let node = live(&mut tx, &actor.user, id).await?;
        if node.parent.is_none() {
            return Err(Error::Forbidden);
        }
        live_folder(&mut tx, &actor.user, parent).await?;
        if node.parent.as_ref() == Some(parent) {
            return Ok(node);
        }
        if is_on_the_way_up(&mut tx, actor, parent, id).await? {
            return Err(Error::invalid(Field::Parent, Reason::Contradiction));
        }
        let name = FileName::parse(&node.name)
            .map_err(|reason| Error::Internal(format!("node {id} has a name that is {reason:?}")))?;
        if names::is_taken(&mut tx, parent, &name).await? {
            return Err(Error::NameTaken);
        }
        place(&mut tx, actor, id, parent, &name).await?;
        let node = live(&mut tx, &actor.user, id).await?;
        tx.commit().await?;
        Ok(node)
    }
}

/// Writes a node's place and all that follows from its name; it is out of the trash afterwards.
pub(super) async fn place(
    tx: &mut Tx,
    actor: &Actor,
    id: &NodeId,
    parent: &NodeId,
    name: &FileName,
) -> Result<()> {
    sqlx::query(
        "UPDATE nodes SET parent_id = $3, name = $4, name_key = $5, sort_key = $6, trashed_at = NULL, \
         mime = CASE WHEN kind = 1 THEN $7 ELSE NULL END WHERE id = $1 AND owner_id = $2",
    )
    .bind(id.as_str())
    .bind(actor.user.as_str())
    .bind(parent.as_str())
    .bind(name.as_str())
    .bind(name.unique_key())
    .bind(name.sort_key())
    .bind(domain::mime_of(name))
    .execute(&mut **tx)
    .await
    .map_err(taken)?;
    Ok(())
}

/// Whether `node` is `start` or above it.
async fn is_on_the_way_up(tx: &mut Tx, actor: &Actor, start: &NodeId, node: &NodeId) -> Result<bool> {
    let row = sqlx::query(with_up!("SELECT 1 FROM up WHERE up.id = $3"))
        .bind(start.as_str())
        .bind(actor.user.as_str())
        .bind(node.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}
