//! What a tus client does, and what a test wants to know afterwards.

use bytes::Bytes;
use domain::{Conflict, Node, NodeId, UploadId, UploadMetadata};
use drive::{Actor, BodyError, Drive, Error, NewUpload, NewUploadKind, UploadStatus, Write};
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use crate::world::{World, name};

/// Bytes that differ everywhere.
pub(crate) fn data(length: usize) -> Bytes {
    (0..length as u64).map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

pub(crate) fn hash(data: &[u8]) -> String {
    blake3::hash(data).to_hex().to_string()
}

/// A file to be, of a known length or not.
pub(crate) fn whole(file: &str, length: impl Into<Option<u64>>) -> NewUpload {
    let metadata = UploadMetadata { name: Some(name(file)), ..UploadMetadata::default() };
    NewUpload {
        kind: NewUploadKind::Whole,
        length: length.into(),
        metadata,
        raw_metadata: format!("filename {file}"),
    }
}

/// The same under `Conflict::Fail`.
pub(crate) fn whole_or_fail(file: &str, length: u64) -> NewUpload {
    let new = whole(file, length);
    NewUpload { metadata: UploadMetadata { conflict: Conflict::Fail, ..new.metadata.clone() }, ..new }
}

/// A part that lies at `offset` in its file.
pub(crate) fn partial(length: u64, offset: impl Into<Option<u64>>) -> NewUpload {
    let metadata = UploadMetadata { part_offset: offset.into(), ..UploadMetadata::default() };
    NewUpload { kind: NewUploadKind::Partial, length: Some(length), metadata, raw_metadata: String::new() }
}

pub(crate) fn made_of(file: &str, parts: &[UploadId]) -> NewUpload {
    let raw = format!("final;{}", parts.iter().map(UploadId::as_str).collect::<Vec<_>>().join(" "));
    NewUpload { kind: NewUploadKind::Final { parts: parts.to_vec(), raw }, length: None, ..whole(file, None) }
}

/// A body in frames of this many bytes.
pub(crate) fn body(
    data: &Bytes,
    frame: usize,
) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + use<> {
    let mut rest = data.clone();
    let mut frames = Vec::new();
    while !rest.is_empty() {
        frames.push(Ok(rest.split_to(frame.min(rest.len()))));
    }
    stream::iter(frames)
}

/// A body that breaks off after these bytes.
pub(crate) fn broken(data: &Bytes) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + use<> {
    body(data, 10_000).chain(stream::iter([Err(BodyError::new("connection reset"))]))
}

/// A body that a test feeds; dropping the sender ends it.
pub(crate) fn fed()
-> (mpsc::Sender<Result<Bytes, BodyError>>, impl Stream<Item = Result<Bytes, BodyError>> + Send + use<>) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) }))
}

pub(crate) fn at(offset: u64) -> Write {
    Write { offset, ..Write::default() }
}

/// One client on one instance.
#[derive(Clone)]
pub(crate) struct Tus {
    pub(crate) drive: Drive,
    pub(crate) actor: Actor,
}

impl Tus {
    pub(crate) async fn new(world: &World, user: &str) -> Self {
        Self { drive: world.drive.clone(), actor: world.user(user).await }
    }

    /// The same person on another instance.
    pub(crate) fn on(&self, drive: &Drive) -> Self {
        Self { drive: drive.clone(), actor: self.actor.clone() }
    }

    pub(crate) async fn post(&self, new: NewUpload) -> drive::Result<UploadStatus> {
        self.drive.begin_upload(&self.actor, new).await
    }

    pub(crate) async fn begin(&self, new: NewUpload) -> UploadId {
        self.post(new).await.expect("begin").id
    }

    pub(crate) async fn patch(
        &self,
        id: &UploadId,
        offset: u64,
        bytes: &Bytes,
    ) -> drive::Result<UploadStatus> {
        let write = Write { content_length: Some(bytes.len() as u64), ..at(offset) };
        self.drive.write_upload(&self.actor, id, write, body(bytes, 50_000)).await
    }

    pub(crate) async fn head(&self, id: &UploadId) -> drive::Result<UploadStatus> {
        self.drive.inspect_upload(&self.actor, id).await
    }

    pub(crate) async fn offset(&self, id: &UploadId) -> u64 {
        self.head(id).await.expect("inspect").offset
    }

    /// Asks and goes on until the file is there, as a client does that nobody discourages.
    pub(crate) async fn push_through(&self, id: &UploadId, data: &Bytes) -> NodeId {
        for _ in 0..40 {
            let Ok(status) = self.head(id).await else { continue };
            if let Some(node) = status.node {
                return node;
            }
            let rest = data.slice(status.offset as usize..);
            if let Ok(UploadStatus { node: Some(node), .. }) = self.patch(id, status.offset, &rest).await {
                return node;
            }
        }
        panic!("the upload does not come to an end: {:?}", self.head(id).await)
    }

    pub(crate) async fn node(&self, id: &NodeId) -> Node {
        self.drive.node(&self.actor, id).await.expect("node")
    }

    pub(crate) async fn content(&self, id: &NodeId) -> Vec<u8> {
        let content = self.drive.open_content(&self.actor, id).await.expect("open");
        let mut frames = content.read(0..content.size).await.expect("read");
        let mut bytes = Vec::new();
        while let Some(frame) = frames.next().await {
            bytes.extend_from_slice(&frame.expect("frame"));
        }
        bytes
    }

    /// The file holds these bytes, under their hash.
    pub(crate) async fn assert_file(&self, id: &NodeId, data: &[u8]) {
        let node = self.node(id).await;
        assert_eq!(node.size, data.len() as u64);
        assert_eq!(node.blake3, Some(hash(data)));
        assert!(self.content(id).await == data, "the content differs");
    }
}

/// Everything is in its place and nothing is left over: so many blobs, and these bytes charged.
pub(crate) async fn assert_tidy(world: &World, blobs: usize, bytes: usize) {
    let files = world.store.files();
    let staged: Vec<_> = files.iter().filter(|(path, _)| path.as_str().starts_with("staging/")).collect();
    assert!(staged.is_empty(), "left in staging: {staged:?}");
    assert_eq!(files.len(), blobs, "{files:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM blobs").await, blobs as i64);
    assert_eq!(world.number("SELECT COUNT(*) FROM segments").await, 0);
    assert_eq!(world.number("SELECT CAST(SUM(reserved) AS BIGINT) FROM users").await, 0);
    assert_eq!(world.number("SELECT CAST(SUM(reserved) AS BIGINT) FROM uploads").await, 0);
    assert_eq!(world.number("SELECT CAST(SUM(used) AS BIGINT) FROM users").await, bytes as i64);
}

/// Bytes in staging.
pub(crate) fn staged(world: &World) -> u64 {
    let files = world.store.files();
    files.iter().filter(|(path, _)| path.as_str().starts_with("staging/")).map(|(_, length)| length).sum()
}

/// The outcome is this error.
macro_rules! assert_refused {
    ($outcome:expr, $pattern:pat) => {
        match $outcome {
            Err($pattern) => {}
            other => panic!("expected {}, got {other:?}", stringify!($pattern)),
        }
    };
}
pub(crate) use assert_refused;

pub(crate) fn is_length(error: &Error) -> bool {
    matches!(error, Error::Invalid { field: domain::Field::Length, reason: domain::Reason::Contradiction })
}
