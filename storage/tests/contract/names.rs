//! Renaming, listing, deleting, and the state of the whole.

use storage::{EntryKind, ErrorKind, Overwrite};

use crate::Store;
use crate::bytes_of::{assert_same, get, kind, path, pattern, pieces, put};

pub(crate) async fn renaming_moves(store: Store) {
    let (from, to, bytes) = (path("staging/a/old"), path("blobs/new/deep/er"), pattern(40, 5000));
    put(&*store, &from, &bytes).await;
    store.rename(&from, &to, Overwrite::Never).await.expect("into directories that are made for it");
    assert_eq!(kind(store.stat(&from).await, "stat of the source"), ErrorKind::NotFound);
    assert_same(&get(&*store, &to).await, &bytes, "the moved bytes");
    assert_eq!(kind(store.rename(&from, &to, Overwrite::Replace).await, "once more"), ErrorKind::NotFound);
    assert_eq!(kind(store.rename(&to, &to, Overwrite::Replace).await, "onto itself"), ErrorKind::Invalid);
    assert_same(&get(&*store, &to).await, &bytes, "the bytes after all that");
}

pub(crate) async fn renaming_refuses_or_replaces_what_is_there(store: Store) {
    let (one, two) = (path("x/one"), path("x/two"));
    let (first, second) = (pattern(41, 3000), pattern(42, 4000));
    put(&*store, &one, &first).await;
    put(&*store, &two, &second).await;
    assert_eq!(kind(store.rename(&one, &two, Overwrite::Never).await, "never"), ErrorKind::AlreadyExists);
    assert_same(&get(&*store, &one).await, &first, "the source after a refusal");
    assert_same(&get(&*store, &two).await, &second, "the target after a refusal");
    store.rename(&one, &two, Overwrite::Replace).await.expect("replace");
    assert_same(&get(&*store, &two).await, &first, "the new bytes");
    assert_eq!(kind(store.stat(&one).await, "stat"), ErrorKind::NotFound);
    put(&*store, &path("directory/inside"), &first).await;
    for overwrite in [Overwrite::Never, Overwrite::Replace] {
        let onto = store.rename(&two, &path("directory"), overwrite).await;
        assert_eq!(kind(onto, "onto a directory"), ErrorKind::AlreadyExists, "{overwrite:?}");
    }
    assert_same(&get(&*store, &two).await, &first, "the file that was not moved");
}

pub(crate) async fn a_directory_lists_what_is_in_it(store: Store) {
    put(&*store, &path("d/file"), &pattern(43, 10)).await;
    put(&*store, &path("d/sub/one"), &pattern(44, 20)).await;
    put(&*store, &path("d/sub/two"), &pattern(45, 30)).await;
    put(&*store, &path("dd/other"), &pattern(46, 40)).await;
    let mut entries = store.list(&path("d")).await.expect("list");
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let seen: Vec<_> = entries.iter().map(|entry| (entry.path.as_str(), entry.kind, entry.length)).collect();
    assert_eq!(seen, [("d/file", EntryKind::File, 10), ("d/sub", EntryKind::Directory, 0)]);
    assert_eq!(store.stat(&path("d/sub")).await.expect("stat").kind, EntryKind::Directory);
    assert_eq!(store.list(&path("nowhere")).await.expect("list"), []);
    assert_eq!(store.list(&path("d/file")).await.expect("a file holds nothing"), []);
}

pub(crate) async fn deleting_takes_everything_below(store: Store) {
    let (pieces, _) = pieces(&*store, "up/u", &[10, 20]).await;
    store.concat(&path("up/u/whole"), &pieces).await.expect("concat");
    put(&*store, &path("up/u/sub/file"), &pattern(47, 10)).await;
    put(&*store, &path("up/u2"), &pattern(48, 10)).await;
    assert!(store.delete(&path("up/u")).await.expect("delete"));
    assert_eq!(store.list(&path("up/u")).await.expect("list"), []);
    assert_eq!(kind(store.stat(&path("up/u/whole")).await, "stat"), ErrorKind::NotFound);
    assert_eq!(store.list(&path("up")).await.expect("list").len(), 1, "the neighbour stays");
    assert!(!store.delete(&path("up/u")).await.expect("delete"));
    put(&*store, &path("up/u/0000"), &pattern(49, 10)).await;
}

pub(crate) async fn the_store_is_well_and_proves_it(store: Store) {
    let health = store.health().await;
    assert!(health.writable && health.readable && health.detail.is_empty(), "{health:?}");
    let usage = store.usage().await.expect("usage");
    assert!(
        usage.capacity > 0 && usage.available <= usage.capacity && usage.used <= usage.capacity,
        "{usage:?}"
    );
    assert!(store.segment_limit() >= 1 << 20);
    storage::probe(&*store).await.expect("probe");
    assert_eq!(store.list(&path("staging")).await.expect("list"), [], "the probe leaves nothing");
}
