//! Rows of blobs against files of the store.

use std::collections::HashMap;
use std::time::Duration;

use domain::BlobId;
use sqlx::Row;
use storage::{Entry, EntryKind, ErrorKind, Overwrite, StorePath};

use super::{Diagnosis, Finding, Report};
use crate::clock::millis;
use crate::database::from_sql;
use crate::nodes::parse;
use crate::{Drive, Error, Result, blobs};

/// Bytes without a row may be a blob whose row is about to be written. Nothing takes that long.
const YOUNG: Duration = Duration::from_secs(24 * 60 * 60);

/// The letters of identifiers, of which the first two name the directory.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz234567";

/// What the database says of a blob.
struct Recorded {
    size: u64,
    refs: i64,
    counted: i64,
}

impl Drive {
    pub(super) async fn examine_blobs(
        &self,
        repair: bool,
        report: Report<'_>,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let mut there = HashMap::new();
        for entry in self.store().list(&directory("blobs")?).await? {
            let name = entry.path.as_str().rsplit('/').next().unwrap_or_default().to_owned();
            let ours = entry.kind == EntryKind::Directory
                && name.len() == 2
                && name.chars().all(|letter| LETTERS.contains(letter));
            if ours {
                there.insert(name, entry.path);
            } else {
                diagnosis.count(false);
                report(&Finding::Stranger { path: entry.path }, false);
            }
        }
        for first in LETTERS.chars() {
            for second in LETTERS.chars() {
                let prefix = format!("{first}{second}");
                // Rows first: a blob that is published meanwhile is in the list and not among the rows, and looked up.
                let rows = self.rows(&prefix).await?;
                let files = match there.get(&prefix) {
                    Some(path) => self.store().list(path).await?,
                    None => Vec::new(),
                };
                diagnosis.blobs += rows.len() as u64;
                self.compare(rows, files, repair, report, diagnosis).await?;
            }
        }
        Ok(())
    }

    async fn rows(&self, prefix: &str) -> Result<HashMap<BlobId, Recorded>> {
        // Identifiers are letters and digits, which every collation orders in the same way.
        let rows = sqlx::query(
            "SELECT b.id, b.size, b.refs, (SELECT COUNT(*) FROM nodes n WHERE n.blob_id = b.id) \
             + (SELECT COUNT(*) FROM versions v WHERE v.blob_id = b.id) FROM blobs b WHERE b.id >= $1 AND b.id <= $2",
        )
        .bind(prefix)
        .bind(format!("{prefix}{}", "z".repeat(24)))
        .fetch_all(self.database().read())
        .await?;
        rows.iter()
            .map(|row| {
                let found = Recorded {
                    size: from_sql(row.try_get(1)?),
                    refs: row.try_get(2)?,
                    counted: row.try_get(3)?,
                };
                Ok((parse(row.try_get(0)?)?, found))
            })
            .collect()
    }

    async fn compare(
        &self,
        mut rows: HashMap<BlobId, Recorded>,
        files: Vec<Entry>,
        repair: bool,
        report: Report<'_>,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let mut tell = |finding: Finding, mended: bool| {
            diagnosis.count(mended);
            report(&finding, mended);
        };
        for (blob, row) in rows.iter().filter(|(_, row)| row.refs >= 0 && row.refs != row.counted) {
            let finding =
                Finding::References { blob: blob.clone(), recorded: row.refs, counted: row.counted };
            tell(finding, repair && self.count_references(blob).await?);
        }
        for file in files {
            let name = file.path.as_str().rsplit('/').next().unwrap_or_default();
            let blob = match name.parse::<BlobId>() {
                Ok(blob) if file.kind == EntryKind::File && blobs::path(&blob)? == file.path => blob,
                _ => {
                    tell(Finding::Stranger { path: file.path }, false);
                    continue;
                }
            };
            match rows.remove(&blob) {
                Some(row) if row.size != file.length => {
                    tell(Finding::Length { blob, recorded: row.size, found: file.length }, false);
                }
                Some(_) => {}
                None if file.modified > self.now() - millis(YOUNG) || self.is_named(&blob).await? => {}
                None => {
                    let mended = repair && self.move_aside(&blob).await?;
                    tell(Finding::Orphan { path: file.path, length: file.length }, mended);
                }
            }
        }
        // What is left has no bytes. A blob that is being removed loses its bytes first and its row afterwards.
        for (blob, row) in rows.into_iter().filter(|(_, row)| row.refs >= 0) {
            if self.is_named(&blob).await? && self.is_missing(&blobs::path(&blob)?).await? {
                let found =
                    self.store().stat(&orphan(&blob)?).await.is_ok_and(|aside| aside.length == row.size);
                let mended = repair && found && self.move_back(&blob).await?;
                tell(Finding::Lost { blob, size: row.size, found }, mended);
            }
        }
        Ok(())
    }

    /// Whether a row names the blob now: its own, or that of an upload that is about to become it.
    async fn is_named(&self, blob: &BlobId) -> Result<bool> {
        let row = sqlx::query(
            "SELECT 1 FROM blobs WHERE id = $1 AND refs >= 0 \
             UNION ALL SELECT 1 FROM uploads WHERE blob_id = $1 AND state IN ('sealing', 'concat', 'rename') LIMIT 1",
        )
        .bind(blob.as_str())
        .fetch_optional(self.database().read())
        .await?;
        Ok(row.is_some())
    }

    async fn is_missing(&self, path: &StorePath) -> Result<bool> {
        match self.store().stat(path).await {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    async fn move_aside(&self, blob: &BlobId) -> Result<bool> {
        self.store().rename(&blobs::path(blob)?, &orphan(blob)?, Overwrite::Never).await?;
        tracing::warn!(%blob, "bytes that no row names were moved to the orphans");
        Ok(true)
    }

    async fn move_back(&self, blob: &BlobId) -> Result<bool> {
        self.store().rename(&orphan(blob)?, &blobs::path(blob)?, Overwrite::Never).await?;
        tracing::warn!(%blob, "the bytes of a blob were found among the orphans and moved back");
        Ok(true)
    }

    /// Counts anew, under the lock that everybody takes who adds or removes a reference.
    async fn count_references(&self, blob: &BlobId) -> Result<bool> {
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE blobs SET refs = refs WHERE id = $1")
            .bind(blob.as_str())
            .execute(&mut *tx)
            .await?;
        let mended = sqlx::query(
            "UPDATE blobs SET refs = (SELECT COUNT(*) FROM nodes n WHERE n.blob_id = $1) \
             + (SELECT COUNT(*) FROM versions v WHERE v.blob_id = $1) WHERE id = $1 AND refs >= 0",
        )
        .bind(blob.as_str())
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE blobs SET unused_at = CASE WHEN refs > 0 THEN NULL ELSE COALESCE(unused_at, $2) END WHERE id = $1",
        )
        .bind(blob.as_str())
        .bind(self.now())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(mended.rows_affected() == 1)
    }
}

fn directory(name: &str) -> Result<StorePath> {
    StorePath::parse(name.to_owned()).map_err(|error| Error::Internal(error.to_string()))
}

/// Where bytes are kept that no row names.
fn orphan(blob: &BlobId) -> Result<StorePath> {
    directory(&format!("orphans/{blob}"))
}
