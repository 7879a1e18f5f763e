//! Rows of `segments`, read and written: which files in staging an upload consists of, and how each was left.

use domain::{UploadId, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use storage::StorePath;

use crate::database::{Tx, from_sql, to_sql};
use crate::{Error, Result};

/// How a segment's file was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// A writer has it, or died with it.
    Open,
    /// The same, and its bytes count only when their checksum has been seen to match.
    Unverified,
    /// Closed by its writer; may be appended to.
    Clean,
    /// Its writer died or failed; the store told its length. Never appended to: a writer that is only slow might still
    /// have it.
    Adopted,
    /// Its bytes do not count, and its file is to be deleted if it is there.
    Void,
}

impl Closing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unverified => "unverified",
            Self::Clean => "clean",
            Self::Adopted => "adopted",
            Self::Void => "void",
        }
    }
}

/// How the name of an adopted segment's file ends.
const ADOPTED: &str = ".adopted";

/// A row of `segments`.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) position: i64,
    pub(super) path: StorePath,
    /// Bytes of the upload before it.
    pub(super) start: u64,
    /// `None` exactly while it is open or unverified.
    pub(super) length: Option<u64>,
    /// What the client was told of it before its last writer began. A store that shows fewer bytes has lost some, or is
    /// another store.
    pub(super) kept: u64,
    pub(super) closing: Closing,
}

impl Segment {
    /// Where the file of this segment is.
    pub(super) fn path_of(owner: &UserId, upload: &UploadId, position: i64) -> Result<StorePath> {
        StorePath::parse(format!("staging/{owner}/{upload}-{position:05}"))
            .map_err(|error| Error::Internal(error.to_string()))
    }

    /// Where its file is moved before it is adopted. HDFS opens by name, so a request of the former writer that is only
    /// late finds nothing to append to; one that has the file open already is waited for.
    pub(super) fn adopted_path(&self) -> Result<StorePath> {
        let path = self.path.as_str();
        let path = if path.ends_with(ADOPTED) { path.to_owned() } else { format!("{path}{ADOPTED}") };
        StorePath::parse(path).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Everywhere its file can be. An adoption that was interrupted may have moved it already.
    pub(super) fn places(&self) -> Result<Vec<StorePath>> {
        let moved = if self.length.is_none() { Some(self.adopted_path()?) } else { None };
        Ok(std::iter::once(self.path.clone()).chain(moved).collect())
    }

    fn read(row: &AnyRow) -> Result<Self> {
        let path: String = row.try_get("path")?;
        let closing = match row.try_get("state")? {
            "unverified" => Closing::Unverified,
            "clean" => Closing::Clean,
            "adopted" => Closing::Adopted,
            "void" => Closing::Void,
            _ => Closing::Open,
        };
        Ok(Self {
            position: row.try_get("position")?,
            path: StorePath::parse(path).map_err(|error| Error::Internal(error.to_string()))?,
            start: from_sql(row.try_get("start")?),
            length: row.try_get::<Option<i64>, _>("length")?.map(from_sql),
            kept: from_sql(row.try_get("kept")?),
            closing,
        })
    }

    /// Of one upload, in order.
    pub(super) async fn load(connection: &mut AnyConnection, upload: &UploadId) -> Result<Vec<Self>> {
        let rows = sqlx::query(
            "SELECT position, path, start, length, kept, state FROM segments WHERE upload_id = $1 ORDER BY position",
        )
        .bind(upload.as_str())
        .fetch_all(connection)
        .await?;
        rows.iter().map(Self::read).collect()
    }

    /// Of all partial uploads of a final one, in the order of the file.
    pub(super) async fn load_of_final(connection: &mut AnyConnection, id: &UploadId) -> Result<Vec<Self>> {
        let rows = sqlx::query(
            "SELECT s.position, s.path, s.start, s.length, s.kept, s.state FROM segments s \
             JOIN uploads u ON u.id = s.upload_id WHERE u.final_id = $1 ORDER BY u.position, s.position",
        )
        .bind(id.as_str())
        .fetch_all(connection)
        .await?;
        rows.iter().map(Self::read).collect()
    }

    /// Writes a new one.
    pub(super) async fn insert(&self, tx: &mut Tx, upload: &UploadId) -> Result<()> {
        sqlx::query(
            "INSERT INTO segments (upload_id, position, path, start, length, state) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(upload.as_str())
        .bind(self.position)
        .bind(self.path.as_str())
        .bind(to_sql(self.start))
        .bind(self.length.map(to_sql))
        .bind(self.closing.as_str())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Writes where it is, how long, and how it was left.
    pub(super) async fn update(&self, tx: &mut Tx, upload: &UploadId) -> Result<()> {
        sqlx::query(
            "UPDATE segments SET path = $3, length = $4, kept = $5, state = $6 WHERE upload_id = $1 AND position = $2",
        )
        .bind(upload.as_str())
        .bind(self.position)
        .bind(self.path.as_str())
        .bind(self.length.map(to_sql))
        .bind(to_sql(self.kept))
        .bind(self.closing.as_str())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// Bytes in closed segments.
pub(super) fn total(segments: &[Segment]) -> u64 {
    segments.iter().filter_map(|segment| segment.length).sum()
}
