//! Bytes into HDFS: one PUT or POST to a DataNode whose chunked body is fed through a bounded channel.
//!
//! The transfer runs in a task of its own. A transfer that breaks off leaves a closed, shorter file that looks complete,
//! so nothing is believed until the length was compared.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{Body, Method};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use super::exception::Failure;
use super::rest::{Operation, refusal};
use super::{BLOCK, Cluster};
use crate::joining::{check_length, taken};
use crate::{BlobWriter, Error, ErrorKind, Overwrite, Result, StorePath};

/// Larger frames are cut, so that the channel's depth bounds memory.
const FRAME: usize = 256 * 1024;
/// Frames between the caller and the socket: 2 MiB at most, which is what hides the cluster's pauses.
const DEPTH: usize = 8;
/// DataNodes that are tried before the failure is the caller's.
const ATTEMPTS: usize = 3;
/// How long `abort` waits for the DataNode to let go before it removes the file under its hands.
const ABORT_PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct HdfsWriter {
    cluster: Arc<Cluster>,
    path: StorePath,
    frames: Option<mpsc::Sender<Bytes>>,
    transfer: Option<JoinHandle<Result<(), Broken>>>,
    created: bool,
    /// The length the file must have when everything taken so far has arrived, in bytes.
    expected: u64,
}

/// How a transfer failed.
enum Broken {
    /// The cluster said why.
    Refused(Error),
    /// The connection broke. A DataNode that refuses in the middle of a body closes it, and the reason may be lost.
    Silent(Error),
}

/// The receiving end, shared by the attempts: a DataNode that is not reached has not taken anything.
struct Frames {
    receiver: Mutex<mpsc::Receiver<Bytes>>,
    taken: AtomicBool,
}

impl HdfsWriter {
    /// Begins a file that must not exist.
    pub(super) async fn create(cluster: Arc<Cluster>, path: StorePath) -> Result<Self> {
        let absolute = cluster.absolute(&path);
        // Blocks of our size whatever the cluster's default, and bytes that only our user reads.
        let operation = Operation::new(Method::PUT, "CREATE")
            .with("overwrite", "false")
            .with("blocksize", BLOCK.to_string())
            .with("permission", "600");
        // The DataNode would find out, but only after bytes have flowed.
        let (existing, location) =
            tokio::join!(cluster.entry(&path), cluster.rest.locate(&absolute, &operation, &[]));
        match existing {
            Ok(_) => return Err(taken(&path, Overwrite::Never)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(Self::begin(cluster, path, operation, location?, None))
    }

    /// Goes on at the end of a file that was closed with `expected` bytes.
    pub(super) async fn append(cluster: Arc<Cluster>, path: StorePath, expected: u64) -> Result<Self> {
        let operation = Operation::new(Method::POST, "APPEND");
        let absolute = cluster.absolute(&path);
        let (state, location) =
            tokio::join!(cluster.state(&path), cluster.rest.locate(&absolute, &operation, &[]));
        let state = state?;
        if state.open {
            return Err(Error::new(ErrorKind::Busy, "another writer holds the file").at(&path));
        }
        check_length(&path, state.length, expected)?;
        Ok(Self::begin(cluster, path, operation, location?, Some(expected)))
    }

    fn begin(
        cluster: Arc<Cluster>,
        path: StorePath,
        operation: Operation,
        location: Url,
        appended_to: Option<u64>,
    ) -> Self {
        let (frames, receiver) = mpsc::channel(DEPTH);
        let body = Arc::new(Frames { receiver: Mutex::new(receiver), taken: AtomicBool::new(false) });
        let absolute = cluster.absolute(&path);
        let transfer = tokio::spawn(transfer(Arc::clone(&cluster), absolute, operation, location, body));
        Self {
            cluster,
            path,
            frames: Some(frames),
            transfer: Some(transfer),
            created: appended_to.is_none(),
            expected: appended_to.unwrap_or(0),
        }
    }

    /// Waits for the end of the transfer, which has failed or was told to end.
    async fn end(&mut self, patience: Duration) -> Result<(), Broken> {
        self.frames = None;
        let Some(transfer) = self.transfer.as_mut() else {
            return Err(Broken::Refused(Error::new(
                ErrorKind::Unavailable,
                "the transfer has failed before",
            )));
        };
        let ended = timeout(patience, transfer).await;
        let late = self.transfer.take().filter(|_| ended.is_err());
        match ended {
            // Somebody is writing a file of this name: taken, whether it is closed yet or not.
            Ok(Ok(Err(Broken::Refused(error)))) if self.created && error.kind() == ErrorKind::Busy => {
                Err(Broken::Refused(taken(&self.path, Overwrite::Never).caused_by(error)))
            }
            Ok(Ok(ended)) => ended,
            Ok(Err(panic)) => {
                let detail = "the transfer task ended";
                Err(Broken::Refused(Error::new(ErrorKind::Unavailable, detail).caused_by(panic)))
            }
            Err(_) => {
                late.inspect(JoinHandle::abort);
                let detail = format!("the DataNode did not answer within {patience:?}");
                Err(Broken::Refused(Error::new(ErrorKind::Timeout, detail)))
            }
        }
    }

    /// The same, with the reason looked for where the connection just broke.
    async fn end_explained(&mut self) -> Result<()> {
        let error = match self.end(self.cluster.deadlines().idle).await {
            Ok(()) => return Ok(()),
            Err(Broken::Refused(error)) => error,
            Err(Broken::Silent(error)) => self.explain(error).await,
        };
        Err(error.at(&self.path))
    }

    /// Looks for the reason of a broken connection by writing one byte beside the file: safe mode, a full quota and
    /// missing rights refuse that too, and so small a body is always answered.
    async fn explain(&self, error: Error) -> Error {
        let beside = format!("{}.probe", self.cluster.absolute(&self.path));
        let operation = Operation::new(Method::PUT, "CREATE")
            .with("overwrite", "true")
            .with("blocksize", BLOCK.to_string())
            .with("permission", "600");
        let probe = async {
            let url = self.cluster.rest.locate(&beside, &operation, &[]).await?;
            let request = self.cluster.rest.http().put(url).body("x");
            let response = request.send().await.map_err(|error| Failure::unreachable(error).error)?;
            if response.status().is_success() {
                return Ok(());
            }
            Err(refusal(response, self.cluster.deadlines().control).await)
        };
        let outcome = timeout(self.cluster.deadlines().control, probe).await;
        // A quota is only met at the first block, when the empty file is there already.
        self.cluster.control.delete(beside).await.ok();
        match outcome {
            Ok(Err(reason)) if reason.kind() != ErrorKind::Unavailable => reason.caused_by(error),
            _ => error,
        }
    }
}

#[async_trait]
impl BlobWriter for HdfsWriter {
    async fn write(&mut self, mut bytes: Bytes) -> Result<()> {
        while !bytes.is_empty() {
            let frame = bytes.split_to(bytes.len().min(FRAME));
            let length = frame.len() as u64;
            let idle = self.cluster.deadlines().idle;
            let sent = match &self.frames {
                Some(frames) => timeout(idle, frames.send(frame)).await,
                None => {
                    return Err(Error::new(ErrorKind::Unavailable, "the writer has failed").at(&self.path));
                }
            };
            match sent {
                Ok(Ok(())) => self.expected += length,
                // The receiver is only gone when the transfer has ended.
                Ok(Err(_)) => {
                    self.end_explained().await?;
                    let detail = "the DataNode ended the transfer before its end";
                    return Err(Error::new(ErrorKind::Corrupt, detail).at(&self.path));
                }
                Err(_) => {
                    self.frames = None;
                    let detail = format!("the DataNode took nothing for {idle:?}");
                    return Err(Error::new(ErrorKind::Timeout, detail).at(&self.path));
                }
            }
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<u64> {
        self.end_explained().await?;
        let length = self.cluster.entry(&self.path).await?.length;
        if length != self.expected {
            let detail = format!("{} bytes were sent, the file has {length}", self.expected);
            return Err(Error::new(ErrorKind::Corrupt, detail).at(&self.path));
        }
        Ok(length)
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        // Ended in good order and only then removed: a broken connection could make the file after its removal.
        let ended = self.end(ABORT_PATIENCE).await;
        if !self.created {
            return Ok(());
        }
        if let Err(Broken::Refused(error)) = ended
            && error.kind() == ErrorKind::AlreadyExists
        {
            // Somebody else's file.
            return Ok(());
        }
        self.cluster
            .control
            .delete(self.cluster.absolute(&self.path))
            .await
            .map_err(|error| error.at(&self.path))?;
        Ok(())
    }
}

/// A transfer that nobody waits for breaks off: the end of its body would be taken for the end of the file, and a
/// DataNode that does not answer would hold it for ever.
impl Drop for HdfsWriter {
    fn drop(&mut self) {
        if let Some(transfer) = &self.transfer {
            transfer.abort();
        }
    }
}

/// Sends the body to a DataNode, and to another one as long as none of it was taken.
async fn transfer(
    cluster: Arc<Cluster>,
    absolute: String,
    operation: Operation,
    mut location: Url,
    frames: Arc<Frames>,
) -> Result<(), Broken> {
    let mut excluded = Vec::new();
    loop {
        let body = Body::wrap_stream(Frames::stream(&frames));
        let request = cluster.rest.http().request(operation.method.clone(), location.clone()).body(body);
        match request.send().await {
            Ok(response) if response.status().is_success() => return Ok(()),
            Ok(response) => {
                return Err(Broken::Refused(refusal(response, cluster.deadlines().control).await));
            }
            Err(error) if error.is_connect() && !frames.taken.load(Ordering::Relaxed) => {
                excluded.push(cluster.rest.exclusion(&location).await);
                if excluded.len() >= ATTEMPTS {
                    return Err(Broken::Silent(Failure::unreachable(error).error));
                }
                let next = cluster.rest.locate(&absolute, &operation, &excluded).await;
                location = next.map_err(Broken::Refused)?;
            }
            Err(error) => return Err(Broken::Silent(Failure::unreachable(error).error)),
        }
    }
}

impl Frames {
    fn stream(this: &Arc<Self>) -> impl futures::Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        let frames = Arc::clone(this);
        futures::stream::poll_fn(move |context| {
            let mut receiver = frames.receiver.lock().unwrap_or_else(PoisonError::into_inner);
            let polled = receiver.poll_recv(context);
            if polled.is_ready() {
                frames.taken.store(true, Ordering::Relaxed);
            }
            polled.map(|frame| frame.map(Ok))
        })
    }
}
