//! Copies within a drive, item by item and into what is there already (`copy` makes whole trees anew): new rows that point at the same blobs. No byte moves, and each copy is charged as if it did, since
//! either may be changed or deleted without the other.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use domain::{Conflict, Field, FileName, Node, NodeId, NodeKind, Outcome, Reason};
use sqlx::{AssertSqlSafe, Row};

use super::change::{is_on_the_way_up, name_of};
use super::insert::{NewFile, Present, insert_file, present};
use super::merge::too_many;
use super::{NewNode, live, names, parse, write};
use crate::database::{Tx, from_sql};
use crate::{Actor, Error, Result, quota, random};

/// Rows that one change may make; they are made in one transaction.
const MOST: usize = 10_000;

/// Rows of one statement.
const BATCH: usize = 250;

/// One change that copies: what it may still make.
pub(super) struct Copying<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) actor: &'a Actor,
    pub(super) now: i64,
    left: usize,
}

impl<'a> Copying<'a> {
    pub(super) fn new(tx: &'a mut Tx, actor: &'a Actor, now: i64) -> Self {
        Self { tx, actor, now, left: MOST }
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
            (_, None) => Ok((Outcome::Done, self.whole(&node, parent, &name).await?)),
            (Conflict::Rename, Some(_)) => {
                let name = names::free_name(self.tx, parent, &name).await?;
                Ok((Outcome::Renamed, self.whole(&node, parent, &name).await?))
            }
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
                    None => {
                        self.whole(&child, &into, &name).await?;
                    }
                    Some(there) if there.is_folder && is_folder => {
                        self.take(1)?;
                        pairs.push((child.id, there.id));
                    }
                    Some(there) if !there.is_folder && !is_folder => {
                        self.version(&child, &into, &name).await?;
                    }
                    Some(_) => {
                        let name = names::free_name(self.tx, &into, &name).await?;
                        self.whole(&child, &into, &name).await?;
                    }
                }
            }
        }
        Ok((Outcome::Merged, live(self.tx, &self.actor.user, &there.id).await?))
    }

    fn take(&mut self, rows: usize) -> Result<()> {
        self.left = self.left.checked_sub(rows).ok_or_else(too_many)?;
        Ok(())
    }

    async fn children(&mut self, folder: &NodeId) -> Result<Vec<Node>> {
        let rows =
            sqlx::query(super::select_node!("WHERE n.parent_id = $1 AND n.trashed_at IS NULL LIMIT $2"))
                .bind(folder.as_str())
                .bind(limit(self.left))
                .fetch_all(&mut **self.tx)
                .await?;
        if rows.len() > self.left {
            return Err(too_many());
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

    /// Copies a node with all below it under a name that is free.
    async fn whole(&mut self, node: &Node, parent: &NodeId, name: &FileName) -> Result<Node> {
        let below = self.below(&node.id).await?;
        self.take(1 + below.len())?;
        let bytes = below.iter().fold(node.size, |sum, twig| sum.saturating_add(twig.size));
        quota::spend(self.tx, &self.actor.user, 0, bytes).await?;

        let top = NodeId::from_random(random::bits());
        let blob = match node.kind {
            NodeKind::File => Some(self.blob_of(&node.id).await?),
            NodeKind::Folder => None,
        };
        let new = NewNode {
            id: &top,
            owner: &self.actor.user,
            parent: Some(parent),
            name: Some(name),
            content: blob.as_ref().map(|blob| (blob, node.size)),
            claimed_mime: node.mime.as_deref(),
            modified_at: node.modified,
        };
        write(self.tx, self.now, &new).await?;

        let mut references: BTreeMap<&str, i64> = BTreeMap::new();
        if let Some(blob) = &blob {
            references.insert(blob.as_str(), 1);
        }
        for blob in below.iter().filter_map(|twig| twig.blob.as_deref()) {
            *references.entry(blob).or_default() += 1;
        }
        self.refer(&references.into_iter().collect::<Vec<_>>()).await?;
        self.plant(&node.id, &top, &below).await?;
        live(self.tx, &self.actor.user, &top).await
    }

    /// What is below a node, parents before their children.
    async fn below(&mut self, id: &NodeId) -> Result<Vec<Twig>> {
        let rows = sqlx::query(
            "WITH RECURSIVE down (id, parent_id, blob_id, size, depth) AS ( \
             SELECT id, parent_id, blob_id, size, 0 FROM nodes WHERE id = $1 \
             UNION ALL \
             SELECT c.id, c.parent_id, c.blob_id, c.size, down.depth + 1 FROM nodes c \
             JOIN down ON c.parent_id = down.id WHERE c.trashed_at IS NULL AND down.depth < 100000) \
             SELECT id, parent_id, blob_id, size, CAST(depth AS BIGINT) FROM down WHERE depth > 0 LIMIT $2",
        )
        .bind(id.as_str())
        .bind(limit(self.left))
        .fetch_all(&mut **self.tx)
        .await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Twig {
                id: row.try_get(0)?,
                parent: row.try_get(1)?,
                blob: row.try_get(2)?,
                size: from_sql(row.try_get(3)?),
                depth: row.try_get(4)?,
            })
        };
        let mut twigs = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        // Both engines go down level by level; neither promises it.
        twigs.sort_by_key(|twig| twig.depth);
        Ok(twigs)
    }

    /// One more reference for each row that will point at a blob. In the order of the ids, as every change of several.
    async fn refer(&mut self, references: &[(&str, i64)]) -> Result<()> {
        for some in references.chunks(BATCH) {
            let statement = format!(
                "WITH more (id, count) AS (VALUES {}) UPDATE blobs SET refs = refs + more.count, unused_at = NULL \
                 FROM more WHERE blobs.id = more.id AND blobs.refs >= 0",
                rows(some.len(), &["TEXT", "BIGINT"]),
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for (blob, count) in some {
                query = query.bind((*blob).to_owned()).bind(*count);
            }
            let changed = query.execute(&mut **self.tx).await?.rows_affected();
            if changed != some.len() as u64 {
                return Err(Error::Internal("a file points at a blob that is being removed".to_owned()));
            }
        }
        Ok(())
    }

    /// Makes the rows below the copy `top` of `source`.
    async fn plant(&mut self, source: &NodeId, top: &NodeId, below: &[Twig]) -> Result<()> {
        let mut copies = HashMap::with_capacity(below.len() + 1);
        copies.insert(source.as_str(), top.as_str().to_owned());
        for some in below.chunks(BATCH) {
            let statement = format!(
                "WITH copy (old, id, parent_id) AS (VALUES {}) INSERT INTO nodes (id, owner_id, parent_id, kind, name, \
                 name_key, sort_key, blob_id, size, mime, modified_at, created_at) SELECT copy.id, n.owner_id, \
                 copy.parent_id, n.kind, n.name, n.name_key, n.sort_key, n.blob_id, n.size, n.mime, n.modified_at, \
                 CAST(${} AS BIGINT) FROM copy JOIN nodes n ON n.id = copy.old",
                rows(some.len(), &["TEXT"; 3]),
                some.len() * 3 + 1,
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for twig in some {
                let id = NodeId::from_random(random::bits()).as_str().to_owned();
                let parent = copies.get(twig.parent.as_str()).cloned();
                let parent =
                    parent.ok_or_else(|| Error::Internal("a child came before its folder".to_owned()))?;
                query = query.bind(twig.id.clone()).bind(id.clone()).bind(parent);
                copies.insert(twig.id.as_str(), id);
            }
            query.bind(self.now).execute(&mut **self.tx).await?;
        }
        Ok(())
    }
}

/// A row below what is copied.
struct Twig {
    id: String,
    parent: String,
    blob: Option<String>,
    size: u64,
    depth: i64,
}

/// One more than is left tells that it is too much.
fn limit(left: usize) -> i64 {
    i64::try_from(left + 1).unwrap_or(i64::MAX)
}

/// `($1,CAST($2 AS BIGINT)),($3,…` for that many rows of columns with these types.
fn rows(count: usize, types: &[&str]) -> String {
    let mut text = String::new();
    for number in 1..=count * types.len() {
        let column = (number - 1) % types.len();
        text.push_str(match (column, number) {
            (0, 1) => "(",
            (0, _) => "),(",
            _ => ",",
        });
        let kind = types[column];
        // Writing to a string does not fail.
        let _ = write!(text, "CAST(${number} AS {kind})");
    }
    text.push(')');
    text
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(
            rows(2, &["TEXT", "BIGINT"]),
            "(CAST($1 AS TEXT),CAST($2 AS BIGINT)),(CAST($3 AS TEXT),CAST($4 AS BIGINT))"
        );
    }
}
