//! Rows of `uploads`, read and written. The states and what they mean are here; who may go from one to the
//! next is decided where it happens.

use domain::{BlobId, NodeId, UploadId, UploadKind, UploadMetadata, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

pub(super) use super::segment::{Closing, Segment, total};

use super::UploadStatus;
use crate::database::from_sql;
use crate::nodes::parse;
use crate::{Error, Result};

/// `SELECT` or `RETURNING` list of what [`Upload::read`] reads.
macro_rules! columns {
    () => {
        "id, owner_id, kind, state, length, received, metadata, parsed, reserved, frontier, final_id, blob_id, blake3, \
         node_id, raw_parts, epoch, idle_epoch, lease_until, expires_at"
    };
}
pub(super) use columns;

/// How far an upload is. Written before the work that it names, so that after a crash the work is done (again).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Takes bytes. A partial upload stays here until its final one is done.
    Uploading,
    /// All bytes are there: pieces are counted, the hash is compared, the blob's id is chosen.
    Sealing,
    /// The pieces are being made into one file, whose length is then verified.
    Concat,
    /// That file is being moved to where blobs are, and then becomes a node.
    Rename,
    /// The node exists.
    Done,
    /// The bytes were not those that were claimed, and were discarded.
    Failed,
    /// Cancelled or expired.
    Gone,
}

impl State {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Sealing => "sealing",
            Self::Concat => "concat",
            Self::Rename => "rename",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Gone => "gone",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        use State::{Concat, Done, Failed, Gone, Rename, Sealing, Uploading};
        [Uploading, Sealing, Concat, Rename, Done, Failed, Gone]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::Internal(format!("the database holds an upload in state {text:?}")))
    }

    /// On the way from the last byte to the node.
    pub(super) const fn is_publishing(self) -> bool {
        matches!(self, Self::Sealing | Self::Concat | Self::Rename)
    }

    /// Ended without a node.
    pub(super) const fn is_over(self) -> bool {
        matches!(self, Self::Failed | Self::Gone)
    }
}

pub(super) const fn kind_text(kind: UploadKind) -> &'static str {
    match kind {
        UploadKind::Whole => "whole",
        UploadKind::Partial => "partial",
        UploadKind::Final => "final",
    }
}

fn kind_of(text: &str) -> Result<UploadKind> {
    match text {
        "whole" => Ok(UploadKind::Whole),
        "partial" => Ok(UploadKind::Partial),
        "final" => Ok(UploadKind::Final),
        other => Err(Error::Internal(format!("the database holds an upload of kind {other:?}"))),
    }
}

/// A row of `uploads`.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) id: UploadId,
    pub(super) owner: UserId,
    pub(super) kind: UploadKind,
    pub(super) state: State,
    pub(super) length: Option<u64>,
    pub(super) received: u64,
    pub(super) raw_metadata: String,
    pub(super) metadata: UploadMetadata,
    pub(super) reserved: u64,
    pub(super) frontier: Option<Vec<u8>>,
    pub(super) final_id: Option<UploadId>,
    pub(super) blob: Option<BlobId>,
    pub(super) blake3: Option<String>,
    pub(super) node: Option<NodeId>,
    pub(super) raw_parts: Option<String>,
    pub(super) epoch: i64,
    pub(super) idle_epoch: i64,
    pub(super) lease_until: i64,
    pub(super) expires_at: i64,
}

impl Upload {
    /// Reads a row of [`columns!`].
    pub(super) fn read(row: &AnyRow) -> Result<Self> {
        let parsed: &str = row.try_get("parsed")?;
        Ok(Self {
            id: parse(row.try_get("id")?)?,
            owner: parse(row.try_get("owner_id")?)?,
            kind: kind_of(row.try_get("kind")?)?,
            state: State::parse(row.try_get("state")?)?,
            length: row.try_get::<Option<i64>, _>("length")?.map(from_sql),
            received: from_sql(row.try_get("received")?),
            raw_metadata: row.try_get("metadata")?,
            metadata: serde_json::from_str(parsed)
                .map_err(|error| Error::Internal(format!("the database holds odd metadata: {error}")))?,
            reserved: from_sql(row.try_get("reserved")?),
            frontier: row.try_get("frontier")?,
            final_id: row.try_get::<Option<&str>, _>("final_id")?.map(parse).transpose()?,
            blob: row.try_get::<Option<&str>, _>("blob_id")?.map(parse).transpose()?,
            blake3: row.try_get("blake3")?,
            node: row.try_get::<Option<&str>, _>("node_id")?.map(parse).transpose()?,
            raw_parts: row.try_get("raw_parts")?,
            epoch: row.try_get("epoch")?,
            idle_epoch: row.try_get("idle_epoch")?,
            lease_until: row.try_get("lease_until")?,
            expires_at: row.try_get("expires_at")?,
        })
    }

    /// Somebody else's and unknown ones are not found alike.
    pub(super) async fn load(connection: &mut AnyConnection, owner: &UserId, id: &UploadId) -> Result<Self> {
        let row =
            sqlx::query(concat!("SELECT ", columns!(), " FROM uploads WHERE id = $1 AND owner_id = $2"))
                .bind(id.as_str())
                .bind(owner.as_str())
                .fetch_optional(connection)
                .await?;
        row.as_ref().map(Self::read).transpose()?.ok_or(Error::NotFound)
    }

    /// Whether nobody holds it, as far as the database knows.
    pub(super) const fn is_idle(&self) -> bool {
        self.idle_epoch >= self.epoch
    }

    /// What the client is told when `offset` bytes have lasted.
    pub(super) fn status(&self, offset: u64, parts: Vec<UploadId>) -> UploadStatus {
        UploadStatus {
            id: self.id.clone(),
            kind: self.kind,
            offset,
            length: self.length,
            raw_metadata: self.raw_metadata.clone(),
            parts,
            raw_parts: self.raw_parts.clone(),
            expires: (self.state != State::Done).then_some(self.expires_at),
            node: self.node.clone(),
        }
    }
}
