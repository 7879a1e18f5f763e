//! HDFS over WebHDFS: names by the `webhdfs` crate, bytes by a streaming client of our own.
//!
//! Everything acts as one service user; who may see what is decided above, in SQL. It refuses to believe answers about
//! CONCAT and RENAME, lengths it has not seen, and redirects it did not ask for.

mod address;
mod cluster;
mod concat;
mod control;
mod exception;
mod monitoring;
mod read;
mod rest;
mod seal;
mod usage;
mod write;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use self::address::Address;
use self::cluster::Cluster;
use self::control::ControlPlane;
use self::rest::Rest;
use crate::joining::{check_rename, check_request};
use crate::{
    BlobStore, BlobWriter, ByteStream, ClusterState, Entry, ErrorKind, Health, Overwrite, Piece, Result,
    StorePath, Usage,
};

/// Bytes of a block, whatever the cluster's default: a part that the browser sends is one, so concatenated files have no
/// small blocks.
const BLOCK: u64 = 128 * 1024 * 1024;

/// Bytes in one segment: whole blocks. To close a segment and begin the next costs a stream some 30 ms, a twentieth of
/// its time if each were one block; the first copies of its blocks are all on one DataNode, so it is not larger still.
const SEGMENT: u64 = 8 * BLOCK;

/// How long calls may take.
#[derive(Clone, Debug)]
pub struct Deadlines {
    /// A call to the NameNode, both NameNodes together.
    pub control: Duration,
    /// A transfer of bytes without any progress. HDFS needs 65 to 75 seconds to replace a DataNode that fell silent in
    /// the middle of a file, and nothing moves meanwhile.
    pub idle: Duration,
    /// [`BlobStore::seal`] while a writer holds the file.
    pub seal: Duration,
    /// [`BlobStore::health`].
    pub health: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            control: Duration::from_secs(30),
            idle: Duration::from_secs(90),
            seal: Duration::from_secs(10),
            health: Duration::from_secs(5),
        }
    }
}

/// A store in HDFS. Clones share the connections.
#[derive(Clone, Debug)]
pub struct HdfsStore {
    cluster: Arc<Cluster>,
}

impl HdfsStore {
    /// Prepares the clients for `webhdfs://user@host:port/base?alt=host:port`; nothing is sent yet.
    ///
    /// # Errors
    /// `Invalid` with a sentence that says what is wrong with the URL.
    pub fn open(url: &Url, deadlines: Deadlines) -> Result<Self> {
        let address = Address::parse(url)?;
        let active = Arc::new(AtomicUsize::new(0));
        let control = ControlPlane::start(&address, Arc::clone(&active), deadlines.control)?;
        let rest = Rest::new(address, active, deadlines)?;
        Ok(Self { cluster: Arc::new(Cluster { rest, control }) })
    }
}

#[async_trait]
impl BlobStore for HdfsStore {
    fn scheme(&self) -> &'static str {
        "webhdfs"
    }

    fn segment_limit(&self) -> u64 {
        SEGMENT
    }

    async fn create(&self, path: &StorePath) -> Result<Box<dyn BlobWriter>> {
        Ok(Box::new(write::HdfsWriter::create(Arc::clone(&self.cluster), path.clone()).await?))
    }

    async fn append(&self, path: &StorePath, expected: u64) -> Result<Box<dyn BlobWriter>> {
        Ok(Box::new(write::HdfsWriter::append(Arc::clone(&self.cluster), path.clone(), expected).await?))
    }

    async fn seal(&self, path: &StorePath) -> Result<u64> {
        seal::seal(&self.cluster, path).await
    }

    async fn concat(&self, target: &StorePath, pieces: &[Piece]) -> Result<()> {
        check_request(target, pieces)?;
        concat::concat(&self.cluster, target, pieces).await
    }

    async fn rename(&self, from: &StorePath, to: &StorePath, overwrite: Overwrite) -> Result<()> {
        check_rename(from, to)?;
        concat::rename(&self.cluster, from, to, overwrite).await
    }

    async fn read(&self, path: &StorePath, range: Range<u64>) -> Result<ByteStream> {
        let read = read::read(Arc::clone(&self.cluster), path.clone(), range).await;
        read.map_err(|error| error.at(path))
    }

    async fn stat(&self, path: &StorePath) -> Result<Entry> {
        self.cluster.entry(path).await
    }

    async fn list(&self, directory: &StorePath) -> Result<Vec<Entry>> {
        concat::list(&self.cluster, directory).await
    }

    async fn delete(&self, path: &StorePath) -> Result<bool> {
        self.cluster.control.delete(self.cluster.absolute(path)).await.map_err(|error| error.at(path))
    }

    async fn health(&self) -> Health {
        // Making a directory that exists writes nothing, and is refused by whatever refuses writes.
        let base = self.cluster.rest.address.absolute(None);
        match self.cluster.control.mkdirs(base, self.cluster.deadlines().health).await {
            Ok(()) => Health { writable: true, readable: true, detail: String::new() },
            Err(error) => {
                let readable = matches!(error.kind(), ErrorKind::SafeMode | ErrorKind::Full);
                Health { writable: false, readable, detail: error.to_string() }
            }
        }
    }

    async fn usage(&self) -> Result<Usage> {
        usage::usage(&self.cluster).await
    }

    async fn cluster(&self) -> Result<Option<ClusterState>> {
        Ok(Some(monitoring::look(&self.cluster).await?.state()?))
    }
}
