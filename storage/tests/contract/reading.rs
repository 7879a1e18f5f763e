//! Ranges, and what is not there.

use storage::{ErrorKind, Overwrite};

use crate::Store;
use crate::bytes_of::{MIB, assert_same, get, kind, path, pattern, pieces, put, try_get};

/// Every pair of these is a range, in order or not, inside the file or not.
async fn check_ranges(store: &Store, at: &storage::StorePath, bytes: &[u8], edges: &[u64]) {
    for start in edges {
        for end in edges {
            let length = bytes.len() as u64;
            let expected =
                &bytes[start.min(end).min(&length).to_owned() as usize..*end.min(&length) as usize];
            let expected = if start < end { expected } else { &[] };
            let found = try_get(&**store, at, *start..*end).await;
            let found = found.unwrap_or_else(|error| panic!("{start}..{end}: {error:?}"));
            assert_same(&found, expected, &format!("range {start}..{end}"));
        }
    }
}

pub(crate) async fn every_edge_of_a_range(store: Store) {
    let (at, bytes) = (path("blobs/aa/ranges"), pattern(20, 2 * MIB + 17));
    put(&*store, &at, &bytes).await;
    let length = bytes.len() as u64;
    check_ranges(&store, &at, &bytes, &[0, 1, length - 1, length, length + 1, u64::MAX]).await;
    check_ranges(&store, &at, &bytes, &[65_535, 65_537, MIB as u64]).await;
}

pub(crate) async fn ranges_across_pieces(store: Store) {
    let (pieces, bytes) = pieces(&*store, "staging/r", &[5, 700_001, 1, 3, 600_000]).await;
    let at = path("staging/r/whole");
    store.concat(&at, &pieces).await.expect("concat");
    let length = bytes.len() as u64;
    check_ranges(&store, &at, &bytes, &[0, 4, 5, 6, 700_005, 700_006, 700_007, 700_009, length, u64::MAX])
        .await;
}

pub(crate) async fn a_read_outlives_a_rename(store: Store) {
    use futures::TryStreamExt;
    let (from, to, bytes) = (path("staging/moving"), path("blobs/bb/moved"), pattern(21, 200_000));
    put(&*store, &from, &bytes).await;
    let stream = store.read(&from, 0..u64::MAX).await.expect("read");
    store.rename(&from, &to, Overwrite::Never).await.expect("rename");
    let read: Vec<_> = stream.try_collect().await.expect("the rest");
    assert_same(&read.concat(), &bytes, "what was being read");
    assert_same(&get(&*store, &to).await, &bytes, "what was moved");
}

pub(crate) async fn what_is_missing_is_not_found(store: Store) {
    let missing = path("nowhere/at/all");
    assert_eq!(kind(store.stat(&missing).await, "stat"), ErrorKind::NotFound);
    assert_eq!(kind(store.read(&missing, 0..1).await.map(drop), "read"), ErrorKind::NotFound);
    assert_eq!(kind(store.read(&missing, 0..0).await.map(drop), "an empty read"), ErrorKind::NotFound);
    assert_eq!(kind(store.append(&missing, 0).await.map(drop), "append"), ErrorKind::NotFound);
    assert_eq!(kind(store.seal(&missing).await, "seal"), ErrorKind::NotFound);
    assert_eq!(
        kind(store.rename(&missing, &path("x/y"), Overwrite::Replace).await, "rename"),
        ErrorKind::NotFound
    );
    assert!(!store.delete(&missing).await.expect("delete"));
    put(&*store, &path("somewhere/file"), &pattern(22, 10)).await;
    let directory = path("somewhere");
    assert_eq!(
        kind(store.read(&directory, 0..1).await.map(drop), "reading a directory"),
        ErrorKind::NotFound
    );
    assert_eq!(kind(store.read(&directory, 5..5).await.map(drop), "the same, empty"), ErrorKind::NotFound);
    assert_eq!(kind(store.append(&directory, 0).await.map(drop), "appending to it"), ErrorKind::NotFound);
    assert_eq!(kind(store.seal(&directory).await, "sealing it"), ErrorKind::NotFound);
}
