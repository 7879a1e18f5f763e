//! What needs Zip64: a file of more than 4 GiB, what comes after it, and more than 65,535 entries. The bytes are zeros that a
//! store makes up, and holes of a file where they are read.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use drive::{Config, Drive};
use futures::stream;
use storage::{
    BlobStore, BlobWriter, ByteStream, Entry, Health, MemoryStore, Overwrite, Piece, Result as Stored,
    StorePath, Usage,
};

use super::*;

/// Bytes of the large file.
const LARGE: u64 = (4 << 30) + 7;

/// Entries beside it.
const MANY: usize = 66_000;

/// A store in which every file is as many zeros as are asked for.
#[derive(Debug)]
struct Zeros(MemoryStore);

#[async_trait]
impl BlobStore for Zeros {
    fn scheme(&self) -> &'static str {
        self.0.scheme()
    }
    fn segment_limit(&self) -> u64 {
        self.0.segment_limit()
    }
    async fn create(&self, path: &StorePath) -> Stored<Box<dyn BlobWriter>> {
        self.0.create(path).await
    }
    async fn append(&self, path: &StorePath, expected: u64) -> Stored<Box<dyn BlobWriter>> {
        self.0.append(path, expected).await
    }
    async fn seal(&self, path: &StorePath) -> Stored<u64> {
        self.0.seal(path).await
    }
    async fn concat(&self, target: &StorePath, pieces: &[Piece]) -> Stored<()> {
        self.0.concat(target, pieces).await
    }
    async fn rename(&self, from: &StorePath, to: &StorePath, overwrite: Overwrite) -> Stored<()> {
        self.0.rename(from, to, overwrite).await
    }
    async fn read(&self, _: &StorePath, range: Range<u64>) -> Stored<ByteStream> {
        static FRAME: [u8; 1 << 20] = [0; 1 << 20];
        let frames = stream::iter((range.start..range.end).step_by(FRAME.len()).map(move |start| {
            let length = usize::try_from(range.end - start).expect("small").min(FRAME.len());
            Ok(Bytes::from_static(&FRAME[..length]))
        }));
        Ok(frames.boxed())
    }
    async fn stat(&self, path: &StorePath) -> Stored<Entry> {
        self.0.stat(path).await
    }
    async fn list(&self, directory: &StorePath) -> Stored<Vec<Entry>> {
        self.0.list(directory).await
    }
    async fn delete(&self, path: &StorePath) -> Stored<bool> {
        self.0.delete(path).await
    }
    async fn health(&self) -> Health {
        self.0.health().await
    }
    async fn usage(&self) -> Stored<Usage> {
        self.0.usage().await
    }
}

/// Rows of files that share a blob of so many bytes.
async fn insert(world: &World, owner: &Actor, parent: &Node, count: usize, size: u64) {
    let blob = if size == LARGE { "c" } else { "e" }.repeat(25) + "a";
    let size = i64::try_from(size).expect("a size");
    sqlx::query("INSERT INTO blobs (id, size, refs, created_at) VALUES ($1, $2, $3, 0)")
        .bind(&blob)
        .bind(size)
        .bind(i64::try_from(count).expect("a count"))
        .execute(&world.sql)
        .await
        .expect("a blob");
    let mut tx = world.sql.begin().await.expect("begin");
    for number in 0..count {
        let id = domain::NodeId::from_random(rand::random());
        let (text, size) = (format!("{size} {number:05}"), size);
        sqlx::query(
            "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, created_at) \
             VALUES ($1, $2, $3, 1, $4, $4, $4, $5, $6, 0, 0)",
        )
        .bind(id.as_str())
        .bind(owner.user.as_str())
        .bind(parent.id.as_str())
        .bind(text)
        .bind(&blob)
        .bind(size)
        .execute(&mut *tx)
        .await
        .expect("a node");
    }
    tx.commit().await.expect("commit");
}

/// Writes what is no zero, and leaves holes for the rest.
async fn sparse(archive: Archive) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    let (mut length, mut bytes) = (0, Box::pin(archive.into_bytes()));
    while let Some(frame) = bytes.next().await {
        let frame = frame.expect("bytes");
        if frame.iter().any(|byte| *byte != 0) {
            file.seek(SeekFrom::Start(length)).expect("seek");
            file.write_all(&frame).expect("write");
        }
        length += frame.len() as u64;
    }
    file
}

on_both_engines! {
    async fn beyond_four_gibibytes_and_65535_entries(world: World) {
        let owner = world.user("lin_wei").await;
        let first = folder(&world, &owner, &owner.root, "first").await;
        let second = folder(&world, &owner, &owner.root, "second").await;
        insert(&world, &owner, &first, 1, LARGE).await;
        insert(&world, &owner, &second, MANY, 3).await;
        let store = Arc::new(Zeros(world.store.clone()));
        let drive = Drive::open_at(world.database.clone(), store, Config::default(), world.clock.clone()).await.expect("a drive");
        let archive = drive.open_archive(&owner, &[first.id, second.id]).await.expect("an archive");
        let file = sparse(archive).await;
        assert!(file.metadata().expect("metadata").len() > LARGE);
        tokio::task::spawn_blocking(move || {
            let mut zip = zip::ZipArchive::new(file).expect("a zip");
            assert_eq!(zip.len(), MANY + 3);
            for (path, size) in [(format!("first/{LARGE} 00000"), LARGE), ("second/3 00000".to_owned(), 3), (format!("second/3 {}", MANY - 1), 3)] {
                let mut entry = zip.by_name(&path).expect("an entry");
                assert_eq!(entry.size(), size);
                // The checksum is looked at when all is read.
                assert_eq!(std::io::copy(&mut entry, &mut std::io::sink()).expect("the right checksum"), size);
            }
        })
        .await
        .expect("read");
    }
}
