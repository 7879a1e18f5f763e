//! Bytes out of HDFS: OPEN with offset and length, streamed as the DataNode sends it.
//!
//! When a DataNode dies in the middle, another one is asked for the rest; the caller sees a pause. A body that ends
//! early is never the end of the stream.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use reqwest::{Method, Response};
use tokio::time::timeout;
use url::Url;

use super::Cluster;
use super::exception::Failure;
use super::rest::{Operation, refusal};
use crate::joining::missing;
use crate::{ByteStream, EntryKind, Error, ErrorKind, Result, StorePath};

/// DataNodes asked in a row without a byte from any of them.
const ATTEMPTS: usize = 3;

/// A read under way.
struct Reader {
    cluster: Arc<Cluster>,
    path: StorePath,
    /// The next byte to deliver.
    position: u64,
    /// The end of the range, clamped to the file.
    end: u64,
    body: Option<Response>,
    /// The DataNode that sends the body.
    node: Option<Url>,
    /// Those that failed since the last byte, as the NameNode names them.
    excluded: Vec<String>,
    /// Failures since the last byte.
    failures: usize,
}

/// Opens the range; see [`BlobStore::read`](crate::BlobStore::read).
pub(super) async fn read(cluster: Arc<Cluster>, path: StorePath, range: Range<u64>) -> Result<ByteStream> {
    let empty = futures::stream::empty().boxed();
    if range.is_empty() {
        file_length(&cluster, &path).await?;
        return Ok(empty);
    }
    let mut reader = Reader {
        cluster,
        path,
        position: range.start,
        end: range.end,
        body: None,
        node: None,
        excluded: Vec::new(),
        failures: 0,
    };
    match reader.open().await {
        Ok(()) => {}
        // HDFS refuses an offset at or behind the end. Asking afterwards saves a call before every other read.
        Err(error) if !error.is_retryable() && error.kind() != ErrorKind::Invalid => return Err(error),
        Err(error) => {
            let length = file_length(&reader.cluster, &reader.path).await?;
            if range.start >= length {
                return Ok(empty);
            }
            reader.end = range.end.min(length);
            reader.recover(error).await?;
        }
    }
    Ok(reader.stream())
}

async fn file_length(cluster: &Cluster, path: &StorePath) -> Result<u64> {
    let entry = cluster.entry(path).await?;
    if entry.kind == EntryKind::Directory { Err(missing(path)) } else { Ok(entry.length) }
}

impl Reader {
    /// Asks a DataNode for the bytes from the position on.
    async fn open(&mut self) -> Result<()> {
        let rest = &self.cluster.rest;
        let mut operation = Operation::new(Method::GET, "OPEN").with("offset", self.position.to_string());
        let wanted = self.end - self.position;
        if i64::try_from(self.end).is_ok() {
            operation = operation.with("length", wanted.to_string());
        }
        let path = self.cluster.absolute(&self.path);
        let url = match rest.locate(&path, &operation, &self.excluded).await {
            // Nobody else has the bytes; the node may just have dropped a connection.
            Err(error) if error.kind() == ErrorKind::Unavailable && !self.excluded.is_empty() => {
                self.excluded.clear();
                rest.locate(&path, &operation, &[]).await?
            }
            other => other?,
        };
        self.node = Some(url.clone());
        let idle = self.cluster.deadlines().idle;
        let response = match timeout(idle, rest.http().get(url).send()).await {
            Ok(sent) => sent.map_err(|error| Failure::unreachable(error).error)?,
            Err(_) => return Err(Error::new(ErrorKind::Timeout, "the DataNode does not answer")),
        };
        if !response.status().is_success() {
            return Err(refusal(response, self.cluster.deadlines().control).await);
        }
        // The DataNode clamps the range to the file and says so here.
        let available = match response.content_length() {
            Some(length) => length,
            None => file_length(&self.cluster, &self.path).await?.saturating_sub(self.position),
        };
        if available < wanted {
            self.end = self.position + available;
        }
        self.body = Some(response);
        Ok(())
    }

    /// Goes on with another DataNode after `error`, or gives it back when enough were tried or it is final.
    async fn recover(&mut self, mut error: Error) -> Result<()> {
        loop {
            self.body = None;
            let broken =
                matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Corrupt);
            if !broken || self.failures >= ATTEMPTS {
                return Err(error);
            }
            self.failures += 1;
            if let Some(node) = self.node.take() {
                let excluded = self.cluster.rest.exclusion(&node).await;
                tracing::warn!(node = excluded, %error, "a DataNode failed during a read; asking another one");
                self.excluded.push(excluded);
            }
            let end = self.end;
            match self.open().await {
                // The file cannot have become shorter: blobs are immutable.
                Ok(()) if self.end < end && end != u64::MAX => {
                    error = Error::new(
                        ErrorKind::Corrupt,
                        format!("the file ends at {} instead of {end}", self.end),
                    );
                    self.end = end;
                }
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
        }
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        while self.position < self.end {
            let idle = self.cluster.deadlines().idle;
            let frame = match self.body.as_mut() {
                Some(body) => timeout(idle, body.chunk()).await,
                None => return Err(Error::new(ErrorKind::Unavailable, "no DataNode sends")),
            };
            let error = match frame {
                Ok(Ok(Some(mut frame))) => {
                    let left = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
                    frame.truncate(left);
                    self.position += frame.len() as u64;
                    self.excluded.clear();
                    self.failures = 0;
                    if frame.is_empty() {
                        continue;
                    }
                    return Ok(Some(frame));
                }
                Ok(Ok(None)) => Error::new(ErrorKind::Unavailable, "the DataNode ended before the range did"),
                Ok(Err(error)) => Failure::unreachable(error).error,
                Err(_) => Error::new(ErrorKind::Timeout, format!("the DataNode sent nothing for {idle:?}")),
            };
            self.recover(error).await?;
        }
        Ok(None)
    }

    fn stream(self) -> ByteStream {
        let frames = futures::stream::unfold(Some(self), |reader| async move {
            let mut reader = reader?;
            match reader.next().await {
                Ok(Some(frame)) => Some((Ok(frame), Some(reader))),
                Ok(None) => None,
                Err(error) => Some((Err(error.at(&reader.path)), None)),
            }
        });
        frames.boxed()
    }
}
