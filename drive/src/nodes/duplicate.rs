//! Copies within a drive, item by item and into what is there already; `copy` makes the trees. No byte moves, and each copy
//! is charged as if it did, since either may be changed or deleted without the other.

use domain::{Conflict, Field, FileName, Node, NodeId, NodeKind, Outcome, Reason};
use sqlx::Row;

use super::change::{is_on_the_way_up, name_of};
use super::insert::{NewFile, Present, insert_file, present};
use super::merge::too_many;
use super::{copy, live, parse};
use crate::database::{Tx, to_sql};
use crate::{Actor, Error, Result, quota};

/// One change that copies: what it may still make.
pub(super) struct Copying<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) actor: &'a Actor,
    pub(super) now: i64,
    most: u64,
    left: u64,
}

impl<'a> Copying<'a> {
    /// `most` is how many files and folders it may make: they are made in one transaction.
    pub(super) const fn new(tx: &'a mut Tx, actor: &'a Actor, now: i64, most: u64) -> Self {
        Self { tx, actor, now, most, left: most }
    }

    /// Copies a node into a folder that is there. Versions and what is in the trash are not copied.
    ///
    /// # Errors
    /// As `move_in`, with nothing changed; [`Error::QuotaExceeded`] and `Invalid { Limit }` end the whole change.
    pub(super) async fn node(
        &mut self,
        id: &NodeId,
        parent: &NodeId,
        conflict: Conflict,
    ) -> Result<(Outcome, Node)> {
        let node = live(self.tx, &self.actor.user, id).await?;
        if node.parent.is_none() {
            return Err(Error::Forbidden);
        }
        if is_on_the_way_up(self.tx, self.actor, parent, id).await? {
            return Err(Error::invalid(Field::Parent, Reason::Contradiction));
        }
        let name = name_of(&node)?;
        match (conflict, present(self.tx, parent, &name).await?) {
            (_, None) => Ok((Outcome::Done, self.whole(id, parent).await?)),
            (Conflict::Rename, Some(_)) => Ok((Outcome::Renamed, self.whole(id, parent).await?)),
            (Conflict::Replace, Some(there))
                if there.id != *id && there.is_folder == (node.kind == NodeKind::Folder) =>
            {
                self.replace(&node, parent, &name, &there).await
            }
            (Conflict::Fail | Conflict::Replace, Some(_)) => Err(Error::NameTaken),
        }
    }

    async fn replace(
        &mut self,
        node: &Node,
        parent: &NodeId,
        name: &FileName,
        there: &Present,
    ) -> Result<(Outcome, Node)> {
        if !there.is_folder {
            return Ok((Outcome::Replaced, self.version(node, parent, name).await?));
        }
        // What is copied must not grow while it is copied.
        if is_on_the_way_up(self.tx, self.actor, &node.id, &there.id).await? {
            return Err(Error::invalid(Field::Parent, Reason::Contradiction));
        }
        let mut pairs = vec![(node.id.clone(), there.id.clone())];
        while let Some((from, into)) = pairs.pop() {
            for child in self.children(&from).await? {
                let name = name_of(&child)?;
                let is_folder = child.kind == NodeKind::Folder;
                match present(self.tx, &into, &name).await? {
                    Some(there) if there.is_folder && is_folder => {
                        self.take(1)?;
                        pairs.push((child.id, there.id));
                    }
                    Some(there) if !there.is_folder && !is_folder => {
                        self.version(&child, &into, &name).await?;
                    }
                    // A name that is taken by the other kind keeps both.
                    None | Some(_) => {
                        self.whole(&child.id, &into).await?;
                    }
                }
            }
        }
        Ok((Outcome::Merged, live(self.tx, &self.actor.user, &there.id).await?))
    }

    fn take(&mut self, rows: u64) -> Result<()> {
        self.left = self.left.checked_sub(rows).ok_or_else(|| too_many(self.most))?;
        Ok(())
    }

    async fn children(&mut self, folder: &NodeId) -> Result<Vec<Node>> {
        let rows =
            sqlx::query(super::select_node!("WHERE n.parent_id = $1 AND n.trashed_at IS NULL LIMIT $2"))
                .bind(folder.as_str())
                // One more than is left tells that it is too much.
                .bind(to_sql(self.left.saturating_add(1)))
                .fetch_all(&mut **self.tx)
                .await?;
        if rows.len() as u64 > self.left {
            return Err(too_many(self.most));
        }
        rows.iter().map(super::read).collect()
    }

    /// Gives the file of this name the content of `node`, as its newest version.
    async fn version(&mut self, node: &Node, parent: &NodeId, name: &FileName) -> Result<Node> {
        self.take(1)?;
        let blob = self.blob_of(&node.id).await?;
        quota::spend(self.tx, &self.actor.user, 0, node.size).await?;
        let file = NewFile {
            parent,
            name,
            conflict: Conflict::Replace,
            blob: &blob,
            size: node.size,
            claimed_mime: node.mime.as_deref(),
            modified_at: node.modified,
        };
        insert_file(self.tx, self.now, &self.actor.user, &file).await
    }

    async fn blob_of(&mut self, file: &NodeId) -> Result<domain::BlobId> {
        let row = sqlx::query("SELECT blob_id FROM nodes WHERE id = $1")
            .bind(file.as_str())
            .fetch_one(&mut **self.tx)
            .await?;
        parse(row.try_get(0)?)
    }

    /// Copies a node with all below it, under its own name or the next one that is free.
    async fn whole(&mut self, id: &NodeId, parent: &NodeId) -> Result<Node> {
        let owner = &self.actor.user;
        let trees = match copy::gather(self.tx, owner, std::slice::from_ref(id), self.left).await {
            Err(Error::Invalid { field: Field::Limit, .. }) => return Err(too_many(self.most)),
            other => other?,
        };
        self.take(trees.count())?;
        quota::spend(self.tx, owner, 0, trees.bytes()).await?;
        // Of what one's own nodes point at nothing is going. It would undo the whole change, and not this item alone.
        let planted = trees.plant(self.tx, self.now, owner, parent).await.map_err(|error| match error {
            Error::NotFound => Error::Internal("a file points at a blob that is being removed".to_owned()),
            other => other,
        })?;
        planted.into_iter().next().ok_or_else(|| Error::Internal("a copy came to nothing".to_owned()))
    }
}
