//! Memory stays bounded whatever the size of a file: half a gibibyte goes in and comes out, and the process grows by
//! a small part of it. One test in a process of its own, since the measure is the whole process.
#![expect(clippy::print_stdout, reason = "the figures are worth reading also when they are fine")]

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use storage::{BlobStore, StorePath};

const MIB: u64 = 1024 * 1024;
const SIZE: u64 = 512 * MIB;
/// What writing and reading may add to the resident memory at its peak.
const ALLOWED: u64 = 24 * MIB;

/// The highest resident memory since the last reset, in bytes (Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("reset of VmHWM");
}

async fn write(store: &dyn BlobStore, at: &StorePath, size: u64) {
    let mut writer = store.create(at).await.expect("create");
    for count in 0..size / MIB {
        // Fresh memory for every frame, as it comes from a socket.
        writer.write(Bytes::from(vec![count as u8; MIB as usize])).await.expect("write");
    }
    assert_eq!(writer.finish().await.expect("finish"), size);
}

async fn read(store: &dyn BlobStore, at: &StorePath, size: u64) {
    let mut stream = store.read(at, 0..u64::MAX).await.expect("read");
    let mut position = 0;
    while let Some(frame) = stream.try_next().await.expect("frame") {
        for (offset, byte) in frame.iter().enumerate().step_by(4096) {
            assert_eq!(*byte, ((position + offset as u64) / MIB) as u8);
        }
        position += frame.len() as u64;
    }
    assert_eq!(position, size);
}

async fn check(store: &dyn BlobStore) {
    let path = |name: &str| StorePath::parse(name).expect("path");
    // Connections, threads and allocator arenas exist after this.
    write(store, &path("bound/warm"), 16 * MIB).await;
    read(store, &path("bound/warm"), 16 * MIB).await;
    reset_peak();
    let before = peak();
    write(store, &path("bound/large"), SIZE).await;
    let written = peak();
    read(store, &path("bound/large"), SIZE).await;
    let read = peak();
    store.delete(&path("bound")).await.expect("delete");
    let grown = [written, read].map(|peak| peak.saturating_sub(before) / MIB);
    println!(
        "{}: from {} MiB, writing added {} MiB, both {} MiB",
        store.scheme(),
        before / MIB,
        grown[0],
        grown[1]
    );
    assert!(written - before.min(written) <= ALLOWED, "writing added {} MiB", grown[0]);
    assert!(read - before.min(read) <= ALLOWED, "reading added {} MiB", grown[1]);
}

#[test]
fn half_a_gibibyte_passes_through_a_small_process() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    let runtime = runtime.expect("runtime");
    runtime.block_on(async {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("tempdir");
        check(&storage::LocalStore::open(directory.path()).await.expect("store")).await;
        let url = std::env::var("HAYLOFT_TEST_HDFS").expect(
            "HAYLOFT_TEST_HDFS is not set; run the storage tests by `cargo xtask test storage`, which starts a real HDFS",
        );
        let url = format!("{url}/memory-{:016x}", rand::random::<u64>());
        check(&*storage::open(&url).await.expect("store")).await;
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
}
