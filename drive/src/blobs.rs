//! Rows of blobs and their reference counts. A blob is referenced by nodes and versions. References go only by the purge of
//! what holds them (`nodes::purge`, many in one statement); when the last one goes, `unused_at` is set, and the sweeper
//! removes the bytes some time later, so that downloads that run may finish.

pub(crate) mod hashing;
pub(crate) mod sweep;

use domain::BlobId;
use storage::StorePath;

use crate::database::{Tx, to_sql};
use crate::{Error, Result};

/// Where a blob's bytes are: `blobs/<aa>/<blob-id>`.
pub(crate) fn path(blob: &BlobId) -> Result<StorePath> {
    let id = blob.as_str();
    StorePath::parse(format!("blobs/{}/{id}", &id[..2])).map_err(|error| Error::Internal(error.to_string()))
}

/// Records a blob whose bytes are in their final place, with no references yet. `blake3` is in hex.
pub(crate) async fn insert(
    tx: &mut Tx,
    now: i64,
    blob: &BlobId,
    size: u64,
    blake3: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO blobs (id, size, blake3, refs, created_at, unused_at) VALUES ($1, $2, $3, 0, $4, $4)",
    )
    .bind(blob.as_str())
    .bind(to_sql(size))
    .bind(blake3)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One more reference.
///
/// # Errors
/// [`Error::NotFound`] when there is no such blob, or the sweeper has taken it (refs below 0): its bytes are going.
pub(crate) async fn add_ref(tx: &mut Tx, blob: &BlobId) -> Result<()> {
    let added = sqlx::query("UPDATE blobs SET refs = refs + 1, unused_at = NULL WHERE id = $1 AND refs >= 0")
        .bind(blob.as_str())
        .execute(&mut **tx)
        .await?;
    if added.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}
