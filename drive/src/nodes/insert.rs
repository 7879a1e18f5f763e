//! New files and folders.

use domain::{BlobId, Conflict, FileName, Node, NodeId, UserId};
use sqlx::Row;

use super::{FOLDER, NewNode, live, live_folder, names, parse, register, write};
use crate::database::Tx;
use crate::{Actor, Drive, Error, Result, blobs, quota, random, thumbnails};

/// A file whose bytes are a blob already.
pub(crate) struct NewFile<'a> {
    pub(crate) parent: &'a NodeId,
    pub(crate) name: &'a FileName,
    pub(crate) conflict: Conflict,
    pub(crate) blob: &'a BlobId,
    /// Bytes of the blob.
    pub(crate) size: u64,
    /// For where the name tells none.
    pub(crate) claimed_mime: Option<&'a str>,
    /// Unix milliseconds.
    pub(crate) modified_at: i64,
}

/// What stands where something new wants to.
pub(super) struct Present {
    pub(super) id: NodeId,
    pub(super) is_folder: bool,
}

pub(super) async fn present(tx: &mut Tx, parent: &NodeId, name: &FileName) -> Result<Option<Present>> {
    let row = sqlx::query(
        "SELECT id, kind FROM nodes WHERE parent_id = $1 AND name_key = $2 AND trashed_at IS NULL",
    )
    .bind(parent.as_str())
    .bind(name.unique_key())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(Present { id: parse(row.try_get(0)?)?, is_folder: row.try_get::<i64, _>(1)? == FOLDER }))
        .transpose()
}

/// Says before bytes flow whether [`insert_file`] would refuse.
///
/// # Errors
/// As [`insert_file`].
pub(crate) async fn check_target(
    tx: &mut Tx,
    owner: &UserId,
    parent: &NodeId,
    name: &FileName,
    conflict: Conflict,
) -> Result<()> {
    live_folder(tx, owner, parent).await?;
    match (conflict, present(tx, parent, name).await?) {
        (Conflict::Fail, Some(_)) | (Conflict::Replace, Some(Present { is_folder: true, .. })) => {
            Err(Error::NameTaken)
        }
        _ => Ok(()),
    }
}

/// Makes a file of a blob, takes a reference to it, and answers the file as it is now. Locks the owner's row first. The quota is the caller's to charge
/// (`quota::spend`), in the same transaction: a replaced file's bytes stay charged, as its version.
///
/// # Errors
/// [`Error::NotFound`] when the parent is not a folder of this owner that is there, `Invalid { Parent }` when it is a
/// file; [`Error::NameTaken`] under [`Conflict::Fail`], and under [`Conflict::Replace`] when a folder has the name.
pub(crate) async fn insert_file(tx: &mut Tx, now: i64, owner: &UserId, file: &NewFile<'_>) -> Result<Node> {
    quota::lock(tx, owner).await?;
    live_folder(tx, owner, file.parent).await?;
    blobs::add_ref(tx, file.blob).await?;
    let name = match (file.conflict, present(tx, file.parent, file.name).await?) {
        (_, None) => file.name.clone(),
        (Conflict::Rename, Some(_)) => names::free_name(tx, file.parent, file.name).await?,
        (Conflict::Replace, Some(present)) if !present.is_folder => {
            replace(tx, now, &present.id, file).await?;
            return live(tx, owner, &present.id).await;
        }
        (Conflict::Fail | Conflict::Replace, Some(_)) => return Err(Error::NameTaken),
    };
    let id = NodeId::from_random(random::bits());
    let node = NewNode {
        id: &id,
        owner,
        parent: Some(file.parent),
        name: Some(&name),
        content: Some((file.blob, file.size)),
        claimed_mime: file.claimed_mime,
        modified_at: file.modified_at,
    };
    write(tx, now, &node).await?;
    live(tx, owner, &id).await
}

/// Keeps the content of a file as a version, with its reference. The caller gives the file another.
pub(super) async fn keep_version(tx: &mut Tx, now: i64, node: &NodeId) -> Result<()> {
    sqlx::query(
        "INSERT INTO versions (id, node_id, blob_id, size, modified_at, created_at) \
         SELECT $2, id, blob_id, size, modified_at, $3 FROM nodes WHERE id = $1",
    )
    .bind(node.as_str())
    .bind(NodeId::from_random(random::bits()).as_str())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The present blob becomes a version (its reference goes with it), the new one takes its place.
async fn replace(tx: &mut Tx, now: i64, node: &NodeId, file: &NewFile<'_>) -> Result<()> {
    keep_version(tx, now, node).await?;
    let mime = file.claimed_mime.map(|claimed| domain::mime_or(file.name, claimed));
    sqlx::query(
        "UPDATE nodes SET blob_id = $2, size = $3, modified_at = $4, mime = COALESCE($5, mime), arrived_at = $6, \
         category = COALESCE(CAST($7 AS SMALLINT), category) WHERE id = $1",
    )
    .bind(node.as_str())
    .bind(file.blob.as_str())
    .bind(crate::database::to_sql(file.size))
    .bind(file.modified_at)
    .bind(mime)
    .bind(now)
    .bind(mime.map(register::category_of))
    .execute(&mut **tx)
    .await?;
    thumbnails::want(tx, node).await
}

impl Drive {
    /// Makes a folder. When the name is taken: [`Conflict::Rename`] numbers it, [`Conflict::Replace`] answers the folder
    /// that is there (so that a folder can be uploaded into one that exists), [`Conflict::Fail`] refuses.
    ///
    /// # Errors
    /// [`Error::NotFound`] or `Invalid { Parent }` for the parent; [`Error::NameTaken`], also under `Replace` when a file
    /// has the name.
    pub async fn create_folder(
        &self,
        actor: &Actor,
        parent: &NodeId,
        name: &FileName,
        conflict: Conflict,
    ) -> Result<Node> {
        crate::database::retrying(|| self.create_folder_once(actor, parent, name, conflict)).await
    }

    async fn create_folder_once(
        &self,
        actor: &Actor,
        parent: &NodeId,
        name: &FileName,
        conflict: Conflict,
    ) -> Result<Node> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        live_folder(&mut tx, &actor.user, parent).await?;
        let name = match (conflict, present(&mut tx, parent, name).await?) {
            (_, None) => name.clone(),
            (Conflict::Rename, Some(_)) => names::free_name(&mut tx, parent, name).await?,
            (Conflict::Replace, Some(Present { id, is_folder: true })) => {
                return live(&mut tx, &actor.user, &id).await;
            }
            (Conflict::Fail | Conflict::Replace, Some(_)) => return Err(Error::NameTaken),
        };
        let (id, now) = (NodeId::from_random(random::bits()), self.now());
        let node = NewNode {
            id: &id,
            owner: &actor.user,
            parent: Some(parent),
            name: Some(&name),
            content: None,
            claimed_mime: None,
            modified_at: now,
        };
        write(&mut tx, now, &node).await?;
        let node = live(&mut tx, &actor.user, &id).await?;
        tx.commit().await?;
        Ok(node)
    }
}
