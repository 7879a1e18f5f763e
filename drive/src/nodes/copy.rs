//! Copies of whole trees, from one drive into another or the same: new rows, the same blobs.
//!
//! The tree is read in one statement, so that a change of its owner's meanwhile is seen whole or not at all, and is written
//! in batches. What is in the trash is not copied, and neither are versions. Who may copy what is the caller's to decide.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::{Field, FileName, Node, NodeId, Reason, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{live, names, register};
use crate::database::{Tx, from_sql, to_sql};
use crate::{Error, Result, random};

/// Rows of one INSERT. SQLite takes 32,766 parameters; behind some hundred rows a batch gains nothing more.
const BATCH: usize = 200;

/// Trees that were read and not yet written.
pub(crate) struct Trees {
    /// Every node behind the one that it is in.
    copies: Vec<Copy>,
}

/// A node to be, as its model is.
struct Copy {
    id: NodeId,
    /// `None`: it goes to where the copy is wanted.
    parent: Option<NodeId>,
    kind: i64,
    name: String,
    name_key: String,
    sort_key: String,
    blob: Option<String>,
    size: i64,
    mime: Option<String>,
    modified_at: i64,
}

/// What is at and below `$1`, an owner's `$2`, `$3` of them at most.
///
/// `CROSS JOIN` tells SQLite to begin with the tree. By itself it takes that for large, and reads through all nodes to find those
/// that are in it: 300 ms for a file among a million.
pub(super) const GATHER: &str = "WITH RECURSIVE down (id, depth) AS ( \
     SELECT id, 0 FROM nodes WHERE id = $1 AND owner_id = $2 AND trashed_at IS NULL \
     UNION ALL \
     SELECT c.id, down.depth + 1 FROM nodes c JOIN down ON c.parent_id = down.id \
     WHERE c.trashed_at IS NULL AND down.depth < 100000) \
     SELECT n.id, n.parent_id, n.kind, n.name, n.name_key, n.sort_key, n.blob_id, n.size, n.mime, n.modified_at, \
     CAST(down.depth AS BIGINT) FROM down CROSS JOIN nodes n WHERE n.id = down.id LIMIT $3";

/// Reads what is at and below these nodes of an owner, which the caller found to be there. One that its owner trashed or
/// merged into another since then is left out: what a merge leaves behind is a file without bytes.
///
/// # Errors
/// `Invalid { Limit, TooLong }` when those are more than `most`.
pub(crate) async fn gather(
    connection: &mut AnyConnection,
    owner: &UserId,
    roots: &[NodeId],
    most: u64,
) -> Result<Trees> {
    let mut trees = Trees { copies: Vec::new() };
    for root in roots {
        // One more than is left tells that there are more; an order would make it read them all.
        let limit = to_sql(most.saturating_add(1) - trees.count());
        let rows = sqlx::query(GATHER)
            .bind(root.as_str())
            .bind(owner.as_str())
            .bind(limit)
            .fetch_all(&mut *connection)
            .await?;
        trees.add(&rows)?;
        if trees.count() > most {
            return Err(Error::invalid(Field::Limit, Reason::TooLong { limit: most }));
        }
    }
    Ok(trees)
}

impl Trees {
    fn add(&mut self, rows: &[AnyRow]) -> Result<()> {
        let mut rows =
            rows.iter().map(|row| Ok((row.try_get(10)?, row))).collect::<Result<Vec<(i64, _)>>>()?;
        rows.sort_by_key(|(depth, _)| *depth);
        let mut ids: BTreeMap<&str, NodeId> = BTreeMap::new();
        for (depth, row) in rows {
            let id = NodeId::from_random(random::bits());
            let parent = match row.try_get::<Option<&str>, _>(1)? {
                // Read in the same statement, and sorted to stand before it.
                Some(parent) if depth > 0 => ids.get(parent).cloned(),
                _ => None,
            };
            ids.insert(row.try_get(0)?, id.clone());
            self.copies.push(Copy {
                id,
                parent,
                kind: row.try_get(2)?,
                name: row.try_get(3)?,
                name_key: row.try_get(4)?,
                sort_key: row.try_get(5)?,
                blob: row.try_get(6)?,
                size: row.try_get(7)?,
                mime: row.try_get(8)?,
                modified_at: row.try_get(9)?,
            });
        }
        Ok(())
    }

    /// Files and folders.
    pub(crate) fn count(&self) -> u64 {
        self.copies.len() as u64
    }

    /// Of the nodes that were asked for, those that were there.
    pub(crate) fn roots(&self) -> usize {
        self.copies.iter().filter(|copy| copy.parent.is_none()).count()
    }

    /// What they are charged with.
    pub(crate) fn bytes(&self) -> u64 {
        self.copies.iter().fold(0, |bytes, copy| bytes.saturating_add(from_sql(copy.size)))
    }

    /// Writes the copies into a folder, takes a reference to their blobs, and answers those that lie in the folder itself. The
    /// owner's row is locked and the quota charged by the caller, in the same transaction.
    ///
    /// # Errors
    /// [`Error::NotFound`] when a blob is going: its last node was purged while this ran.
    pub(crate) async fn plant(
        &self,
        tx: &mut Tx,
        now: i64,
        owner: &UserId,
        folder: &NodeId,
    ) -> Result<Vec<Node>> {
        add_refs(tx, &self.copies).await?;
        let mut planted = Vec::new();
        for copy in self.copies.iter().filter(|copy| copy.parent.is_none()) {
            let name = FileName::parse(&copy.name)
                .map_err(|reason| Error::Internal(format!("a node has a name that is {reason:?}")))?;
            let name = names::free_name(tx, folder, &name).await?;
            let renamed = Copy {
                id: copy.id.clone(),
                parent: Some(folder.clone()),
                name: name.as_str().to_owned(),
                name_key: name.unique_key(),
                sort_key: name.sort_key(),
                blob: copy.blob.clone(),
                mime: copy.mime.clone(),
                ..*copy
            };
            insert(tx, now, owner, &[&renamed]).await?;
            planted.push(live(tx, owner, &copy.id).await?);
        }
        let below: Vec<&Copy> = self.copies.iter().filter(|copy| copy.parent.is_some()).collect();
        for batch in below.chunks(BATCH) {
            insert(tx, now, owner, batch).await?;
        }
        Ok(planted)
    }
}

/// `INSERT` of so many rows.
fn insert_text(rows: usize) -> String {
    let mut text = "INSERT INTO nodes (id, parent_id, kind, name, name_key, sort_key, blob_id, size, mime, modified_at, \
                    category, name_line, owner_id, created_at, arrived_at) VALUES "
        .to_owned();
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let first = 3 + row * 12;
        let places: Vec<String> = (first..first + 12).map(|place| format!("${place}")).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}({}, $1, $2, $2)", places.join(", "));
    }
    text
}

async fn insert(tx: &mut Tx, now: i64, owner: &UserId, copies: &[&Copy]) -> Result<()> {
    static WHOLE_BATCH: LazyLock<String> = LazyLock::new(|| insert_text(BATCH));
    let text = if copies.len() == BATCH { WHOLE_BATCH.clone() } else { insert_text(copies.len()) };
    // Placeholders and nothing of anybody's.
    let lines = register::enter(tx, owner, copies.iter().map(|copy| copy.name.as_str())).await?;
    let mut query = sqlx::query(AssertSqlSafe(text)).bind(owner.as_str()).bind(now);
    for (copy, line) in copies.iter().zip(lines) {
        query = query
            .bind(copy.id.as_str())
            .bind(copy.parent.as_ref().map(NodeId::as_str))
            .bind(copy.kind)
            .bind(copy.name.as_str())
            .bind(copy.name_key.as_str())
            .bind(copy.sort_key.as_str())
            .bind(copy.blob.as_deref())
            .bind(copy.size)
            .bind(copy.mime.as_deref())
            .bind(copy.modified_at)
            .bind(copy.mime.as_deref().map(register::category_of))
            .bind(line);
    }
    query.execute(&mut **tx).await.map_err(super::taken)?;
    Ok(())
}

/// One more reference for each copy of a blob, in the order of ids, so that two copies do not wait for each other.
async fn add_refs(tx: &mut Tx, copies: &[Copy]) -> Result<()> {
    let mut blobs: BTreeMap<&str, i64> = BTreeMap::new();
    for blob in copies.iter().filter_map(|copy| copy.blob.as_deref()) {
        *blobs.entry(blob).or_default() += 1;
    }
    let blobs: Vec<_> = blobs.into_iter().collect();
    for batch in blobs.chunks(BATCH) {
        // The columns of VALUES are called column1 and column2 on both engines.
        let mut text =
            "UPDATE blobs SET refs = refs + more.column2, unused_at = NULL FROM (VALUES ".to_owned();
        for row in 0..batch.len() {
            let comma = if row == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}(CAST(${} AS TEXT), CAST(${} AS BIGINT))", 2 * row + 1, 2 * row + 2);
        }
        text.push_str(") AS more WHERE blobs.id = more.column1 AND blobs.refs >= 0");
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (blob, count) in batch {
            query = query.bind(*blob).bind(*count);
        }
        // A blob whose last reference went has none to give: its bytes are going.
        if query.execute(&mut **tx).await?.rows_affected() != batch.len() as u64 {
            return Err(Error::NotFound);
        }
    }
    Ok(())
}
