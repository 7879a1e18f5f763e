//! The bytes of a file, to be read.

use std::ops::Range;
use std::sync::Arc;

use domain::{BlobId, Node, NodeId, NodeKind, UserId};
use futures::StreamExt;
use sqlx::{AnyConnection, Row};
use storage::{BlobStore, ByteStream, StorePath};

use crate::nodes::{live, parse};
use crate::{Actor, Drive, Error, Result, blobs};

/// A file that may be read by whoever holds this. It stays readable for hours after the file is purged.
#[derive(Clone, Debug)]
pub struct Content {
    /// The file.
    pub node: Node,
    /// Differs whenever the bytes differ, and stays while they do: the blob's id. Not their BLAKE3, which large files get
    /// some time after they can be read.
    pub etag: String,
    /// When these bytes were stored, unix milliseconds.
    pub stored: i64,
    /// Bytes.
    pub size: u64,
    path: StorePath,
    store: Arc<dyn BlobStore>,
}

impl Drive {
    /// Opens a file to read.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a folder.
    pub async fn open_content(&self, actor: &Actor, id: &NodeId) -> Result<Content> {
        let mut connection = self.database().read().acquire().await?;
        let node = live(&mut connection, &actor.user, id).await?;
        self.content_of(&mut connection, &actor.user, node).await
    }

    /// The content of a node that may be read by whoever asks.
    pub(crate) async fn content_of(
        &self,
        connection: &mut AnyConnection,
        owner: &UserId,
        node: Node,
    ) -> Result<Content> {
        if node.kind != NodeKind::File {
            return Err(Error::NotFound);
        }
        // One statement for what must agree: between the look at the node and here the file may have been replaced.
        let row = sqlx::query(
            "SELECT b.id, b.size, b.blake3, b.created_at FROM nodes n JOIN blobs b ON b.id = n.blob_id \
             WHERE n.id = $1 AND n.owner_id = $2",
        )
        .bind(node.id.as_str())
        .bind(owner.as_str())
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound)?;
        let blob: BlobId = parse(row.try_get(0)?)?;
        let size = crate::database::from_sql(row.try_get(1)?);
        let blake3: Option<String> = row.try_get(2)?;
        Ok(Content {
            node: Node { size, blake3, ..node },
            etag: blob.to_string(),
            stored: row.try_get(3)?,
            size,
            path: blobs::path(&blob)?,
            store: Arc::clone(self.store()),
        })
    }
}

impl Content {
    /// Where the bytes are, and how many.
    pub(crate) fn into_parts(self) -> (StorePath, u64) {
        (self.path, self.size)
    }

    /// The bytes of a range, end exclusive, clamped to the file.
    ///
    /// # Errors
    /// [`Error::Store`]; a store that fails later ends the stream with its error.
    pub async fn read(&self, range: Range<u64>) -> Result<ByteStream> {
        let range = range.start..range.end.min(self.size);
        if range.is_empty() {
            return Ok(futures::stream::empty().boxed());
        }
        Ok(self.store.read(&self.path, range).await?)
    }
}
