//! Many files into one.

use storage::{EntryKind, ErrorKind, Overwrite, Piece};

use crate::Store;
use crate::bytes_of::{assert_same, get, kind, path, pattern, pieces, put};

pub(crate) async fn pieces_become_one_file(store: Store) {
    let (pieces, bytes) = pieces(&*store, "staging/c", &[400_000, 1, 65_536, 300_001]).await;
    let target = path("staging/c/whole");
    store.concat(&target, &pieces).await.expect("concat");
    let left = store.list(&path("staging/c")).await.expect("list");
    assert_eq!(left.len(), 1, "the pieces are gone: {left:?}");
    assert_eq!((left[0].kind, left[0].length), (EntryKind::File, bytes.len() as u64));
    assert_eq!(store.seal(&target).await.expect("seal"), bytes.len() as u64);
    assert_same(&get(&*store, &target).await, &bytes, "the pieces in order");
    let (one, alone) = pieces_of_one(&store).await;
    assert_same(&get(&*store, &one).await, &alone, "a concatenation of one");
}

async fn pieces_of_one(store: &Store) -> (storage::StorePath, bytes::Bytes) {
    let (only, bytes) = pieces(&**store, "staging/one", &[77]).await;
    let target = path("staging/one/whole");
    store.concat(&target, &only).await.expect("concat of one");
    (target, bytes)
}

pub(crate) async fn five_hundred_pieces_become_one_file(store: Store) {
    let lengths: Vec<usize> = (0..500).map(|n| 1 + (n * 37) % 600).collect();
    let (pieces, bytes) = pieces(&*store, "staging/c500", &lengths).await;
    let target = path("staging/c500/whole");
    store.concat(&target, &pieces).await.expect("concat");
    assert_eq!(store.list(&path("staging/c500")).await.expect("list").len(), 1);
    assert_same(&get(&*store, &target).await, &bytes, "five hundred pieces");
}

pub(crate) async fn a_repeated_concatenation_is_fine(store: Store) {
    let (pieces, bytes) = pieces(&*store, "staging/again", &[100, 200, 300]).await;
    let target = path("staging/again/whole");
    let calls = futures::future::join_all((0..3).map(|_| store.concat(&target, &pieces))).await;
    assert!(calls.iter().all(Result::is_ok), "three callers at once: {calls:?}");
    store.concat(&target, &pieces).await.expect("once more, for the answer was lost");
    assert_same(&get(&*store, &target).await, &bytes, "the pieces");
    let blob = path("blobs/cc/again");
    store.rename(&target, &blob, Overwrite::Never).await.expect("rename");
    let late = store.concat(&target, &pieces).await;
    assert_eq!(kind(late, "a repetition after the file moved on"), ErrorKind::NotFound);
    assert_same(&get(&*store, &blob).await, &bytes, "what moved on");
}

pub(crate) async fn a_concatenation_that_cannot_be_changes_nothing(store: Store) {
    let (pieces, _) = pieces(&*store, "staging/bad", &[100, 200, 300]).await;
    let target = path("staging/bad/whole");
    let mut wrong = pieces.clone();
    wrong[1].length = 201;
    assert_eq!(kind(store.concat(&target, &wrong).await, "a wrong length"), ErrorKind::Corrupt);
    let mut missing = pieces.clone();
    missing.push(Piece { path: path("staging/bad/0009"), length: 1 });
    assert_eq!(kind(store.concat(&target, &missing).await, "a missing piece"), ErrorKind::NotFound);
    let mut first = pieces.clone();
    first[0].path = path("staging/bad/0009");
    assert_eq!(kind(store.concat(&target, &first).await, "a missing first piece"), ErrorKind::NotFound);
    assert_eq!(kind(store.concat(&target, &[]).await, "no pieces"), ErrorKind::Invalid);
    assert_eq!(kind(store.concat(&pieces[0].path, &pieces).await, "onto a piece"), ErrorKind::Invalid);
    put(&*store, &target, &pattern(30, 599)).await;
    assert_eq!(
        kind(store.concat(&target, &pieces).await, "a target of another length"),
        ErrorKind::AlreadyExists
    );
    let mut lengths: Vec<_> =
        store.list(&path("staging/bad")).await.expect("list").iter().map(|entry| entry.length).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [100, 200, 300, 599], "nothing has changed");
}

pub(crate) async fn concatenated_files_are_files_like_others(store: Store) {
    let target = path("staging/f/whole");
    let (first, old) = pieces(&*store, "staging/f", &[1000, 2000]).await;
    store.concat(&target, &first).await.expect("concat");
    let blob = path("blobs/dd/blob");
    store.rename(&target, &blob, Overwrite::Never).await.expect("rename");
    let (second, new) = pieces(&*store, "staging/f", &[10, 20, 30]).await;
    store.concat(&target, &second).await.expect("the same names once more");
    assert_same(&get(&*store, &blob).await, &old, "the first file");
    let refused = store.rename(&target, &blob, Overwrite::Never).await;
    assert_eq!(kind(refused, "rename onto it"), ErrorKind::AlreadyExists);
    store.rename(&target, &blob, Overwrite::Replace).await.expect("replace one by another");
    assert_same(&get(&*store, &blob).await, &new, "the second file");
    let plain = path("staging/f/plain");
    put(&*store, &plain, &old).await;
    store.rename(&plain, &blob, Overwrite::Replace).await.expect("replace it by a plain file");
    assert_same(&get(&*store, &blob).await, &old, "the plain file");
    let (third, newest) = pieces(&*store, "staging/f", &[7, 8]).await;
    store.concat(&target, &third).await.expect("concat");
    store.rename(&target, &blob, Overwrite::Replace).await.expect("and a plain file by it");
    assert_same(&get(&*store, &blob).await, &newest, "the third file");
    assert!(store.delete(&blob).await.expect("delete"));
    assert_eq!(kind(store.stat(&blob).await, "stat"), ErrorKind::NotFound);
    assert!(!store.delete(&blob).await.expect("delete"));
}
