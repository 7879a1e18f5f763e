//! One file or folder becomes part of another of the same name: a file the newest version of the other, and what is in a
//! folder goes into the other folder. What is left of the first is marked for `purge`, which ends it later: whatever else
//! points at it goes the same way as with everything that is deleted.

use domain::{Field, FileName, NodeId, Outcome, Reason};
use sqlx::Row;

use super::change::place;
use super::insert::{Present, keep_version};
use super::{FOLDER, names, parse};
use crate::database::Tx;
use crate::{Actor, Error, Result};

/// Names that two folders may have in common, all folders below them included: each costs a few statements in one
/// transaction.
const MOST_IN_COMMON: usize = 10_000;

/// Merges `from` into what is `there`, which is of the same kind. The caller has seen that neither is above the other.
///
/// # Errors
/// `Invalid { Limit }` for folders that have too many names in common; the transaction is not to be committed then.
pub(super) async fn into(
    tx: &mut Tx,
    now: i64,
    actor: &Actor,
    from: &NodeId,
    there: &Present,
) -> Result<Outcome> {
    if there.is_folder {
        folders(tx, now, actor, from, &there.id).await?;
        Ok(Outcome::Merged)
    } else {
        file(tx, now, from, &there.id).await?;
        Ok(Outcome::Replaced)
    }
}

/// No reference is taken or given back: each moves along with its blob.
async fn file(tx: &mut Tx, now: i64, from: &NodeId, into: &NodeId) -> Result<()> {
    keep_version(tx, now, into).await?;
    for statement in [
        "UPDATE versions SET node_id = $2 WHERE node_id = $1",
        "UPDATE nodes SET blob_id = f.blob_id, size = f.size, modified_at = f.modified_at, mime = f.mime, \
         category = f.category, arrived_at = f.arrived_at FROM nodes AS f WHERE f.id = $1 AND nodes.id = $2",
    ] {
        sqlx::query(statement).bind(from.as_str()).bind(into.as_str()).execute(&mut **tx).await?;
    }
    sqlx::query("UPDATE nodes SET blob_id = NULL, size = 0, trashed_at = 0 WHERE id = $1")
        .bind(from.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn folders(tx: &mut Tx, now: i64, actor: &Actor, from: &NodeId, into: &NodeId) -> Result<()> {
    let mut pairs = vec![(from.clone(), into.clone())];
    let mut seen = 0;
    while let Some((from, into)) = pairs.pop() {
        // What has no counterpart, at once; and what is in the trash finds its former place in the other folder.
        sqlx::query(
            "UPDATE nodes SET parent_id = $2 WHERE parent_id = $1 AND (trashed_at > 1 OR (trashed_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM nodes t WHERE t.parent_id = $2 AND t.name_key = nodes.name_key \
             AND t.trashed_at IS NULL)))",
        )
        .bind(from.as_str())
        .bind(into.as_str())
        .execute(&mut **tx)
        .await?;
        for both in in_common(tx, &from, &into).await? {
            seen += 1;
            if seen > MOST_IN_COMMON {
                return Err(too_many(MOST_IN_COMMON as u64));
            }
            match (both.from.is_folder, both.into.is_folder) {
                (true, true) => pairs.push((both.from.id, both.into.id)),
                (false, false) => file(tx, now, &both.from.id, &both.into.id).await?,
                _ => {
                    let name = names::free_name(tx, &into, &both.name).await?;
                    place(tx, actor, &both.from.id, &into, &name).await?;
                }
            }
        }
        sqlx::query("UPDATE nodes SET trashed_at = 0 WHERE id = $1")
            .bind(from.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Two of one name.
struct Both {
    name: FileName,
    from: Present,
    into: Present,
}

async fn in_common(tx: &mut Tx, from: &NodeId, into: &NodeId) -> Result<Vec<Both>> {
    let rows = sqlx::query(
        "SELECT s.name, s.id, s.kind, t.id, t.kind FROM nodes s JOIN nodes t ON t.parent_id = $2 \
         AND t.name_key = s.name_key AND t.trashed_at IS NULL WHERE s.parent_id = $1 AND s.trashed_at IS NULL LIMIT $3",
    )
    .bind(from.as_str())
    .bind(into.as_str())
    .bind(i64::try_from(MOST_IN_COMMON + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut **tx)
    .await?;
    let present = |id: &str, kind: i64| Ok::<_, Error>(Present { id: parse(id)?, is_folder: kind == FOLDER });
    rows.iter()
        .map(|row| {
            let name: &str = row.try_get(0)?;
            let name = FileName::parse(name)
                .map_err(|reason| Error::Internal(format!("a node has a name that is {reason:?}")))?;
            let from = present(row.try_get(1)?, row.try_get(2)?)?;
            Ok(Both { name, from, into: present(row.try_get(3)?, row.try_get(4)?)? })
        })
        .collect()
}

/// More than one change may touch.
pub(super) const fn too_many(limit: u64) -> Error {
    Error::invalid(Field::Limit, Reason::TooLong { limit })
}
