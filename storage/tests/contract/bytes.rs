//! Bytes to write and to compare, and how the cases write and read them.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use storage::{BlobStore, BlobWriter, ErrorKind, Piece, Result, StorePath};

pub(crate) const MIB: usize = 1024 * 1024;

pub(crate) fn path(text: &str) -> StorePath {
    StorePath::parse(text).expect("a store path")
}

/// Bytes that look random and are the same for the same seed.
pub(crate) fn pattern(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = BytesMut::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes.freeze()
}

pub(crate) async fn write_all(writer: &mut dyn BlobWriter, bytes: &Bytes, frame: usize) -> Result<()> {
    for start in (0..bytes.len()).step_by(frame.max(1)) {
        writer.write(bytes.slice(start..(start + frame).min(bytes.len()))).await?;
    }
    Ok(())
}

pub(crate) async fn try_put(store: &dyn BlobStore, at: &StorePath, bytes: &Bytes) -> Result<u64> {
    let mut writer = store.create(at).await?;
    write_all(&mut *writer, bytes, 100_000).await?;
    writer.finish().await
}

/// Writes a whole file that must not exist.
pub(crate) async fn put(store: &dyn BlobStore, at: &StorePath, bytes: &Bytes) {
    let length = try_put(store, at, bytes).await.unwrap_or_else(|error| panic!("put {at}: {error:?}"));
    assert_eq!(length, bytes.len() as u64, "finish tells the length of {at}");
}

pub(crate) async fn try_get(store: &dyn BlobStore, at: &StorePath, range: Range<u64>) -> Result<Bytes> {
    let mut stream = store.read(at, range).await?;
    let mut bytes = BytesMut::new();
    while let Some(frame) = stream.try_next().await? {
        assert!(!frame.is_empty() && frame.len() <= 4 * MIB, "a frame of {} bytes", frame.len());
        bytes.extend_from_slice(&frame);
    }
    Ok(bytes.freeze())
}

pub(crate) async fn get(store: &dyn BlobStore, at: &StorePath) -> Bytes {
    try_get(store, at, 0..u64::MAX).await.unwrap_or_else(|error| panic!("get {at}: {error:?}"))
}

/// Compares without printing megabytes.
#[track_caller]
pub(crate) fn assert_same(one: &[u8], other: &[u8], what: &str) {
    assert_eq!(one.len(), other.len(), "lengths of {what}");
    if let Some(at) = one.iter().zip(other).position(|(a, b)| a != b) {
        panic!("{what} differ from byte {at} on");
    }
}

/// Writes files `<directory>/0000` … and answers them as pieces, with the bytes of all.
pub(crate) async fn pieces(store: &dyn BlobStore, directory: &str, lengths: &[usize]) -> (Vec<Piece>, Bytes) {
    use futures::StreamExt;
    let all: Vec<_> = lengths
        .iter()
        .enumerate()
        .map(|(index, length)| (path(&format!("{directory}/{index:04}")), pattern(index as u64 + 1, *length)))
        .collect();
    futures::stream::iter(&all).for_each_concurrent(8, |(at, bytes)| put(store, at, bytes)).await;
    let whole = all.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let pieces = all.into_iter().map(|(path, bytes)| Piece { path, length: bytes.len() as u64 }).collect();
    (pieces, whole)
}

#[track_caller]
pub(crate) fn kind<T>(result: Result<T>, what: &str) -> ErrorKind {
    match result {
        Ok(_) => panic!("{what} succeeded"),
        Err(error) => error.kind(),
    }
}

/// Looks again and again, without pausing longer than a blink, until `look` is true.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, look: impl Fn() -> F) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
    let looking = async {
        while !look().await {
            ticks.tick().await;
        }
    };
    // A Java process starts slowly on a machine that is busy.
    let patience = std::time::Duration::from_secs(120);
    tokio::time::timeout(patience, looking).await.unwrap_or_else(|_| panic!("never happened: {what}"));
}
