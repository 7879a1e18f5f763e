//! The faults of the reference store: other crates' tests are only as good as these.

use storage::{BlobStore, ErrorKind, MemoryStore, Operation, Overwrite, When};

use crate::bytes_of::{assert_same, get, kind, path, pattern, pieces, put, try_get, try_put, write_all};

#[tokio::test]
async fn failures_come_before_or_after_the_work() {
    let store = MemoryStore::new();
    let faults = store.faults();
    let (one, two) = (path("a/one"), path("a/two"));
    put(&store, &one, &pattern(1, 10)).await;
    faults.fail(Operation::Rename, 2, ErrorKind::Unavailable, When::Before);
    faults.fail(Operation::Rename, 1, ErrorKind::Timeout, When::After);
    for _ in 0..2 {
        let failed = store.rename(&one, &two, Overwrite::Never).await;
        assert_eq!(kind(failed, "before"), ErrorKind::Unavailable);
        assert!(store.stat(&one).await.is_ok(), "nothing happened");
    }
    assert_eq!(kind(store.rename(&one, &two, Overwrite::Never).await, "after"), ErrorKind::Timeout);
    assert!(store.stat(&two).await.is_ok(), "it happened, the answer was lost");
    store.rename(&two, &one, Overwrite::Never).await.expect("the orders are used up");
    assert_eq!(faults.calls(Operation::Rename), 4);
}

#[tokio::test]
async fn an_outage_lasts_until_it_is_mended() {
    let store = MemoryStore::new();
    put(&store, &path("a/b"), &pattern(1, 10)).await;
    store.faults().outage(ErrorKind::SafeMode);
    assert_eq!(kind(try_put(&store, &path("a/c"), &pattern(1, 1)).await, "a write"), ErrorKind::SafeMode);
    assert_eq!(get(&store, &path("a/b")).await.len(), 10, "safe mode reads");
    let health = store.health().await;
    assert!(health.readable && !health.writable && !health.detail.is_empty(), "{health:?}");
    store.faults().outage(ErrorKind::Unavailable);
    assert_eq!(kind(store.stat(&path("a/b")).await, "a stat"), ErrorKind::Unavailable);
    store.faults().mend();
    put(&store, &path("a/c"), &pattern(1, 1)).await;
}

#[tokio::test]
async fn writes_and_reads_break_off_where_they_should() {
    let store = MemoryStore::new();
    let (at, bytes) = (path("a/b"), pattern(2, 300_000));
    store.faults().break_writes_after(123_456);
    let mut writer = store.create(&at).await.expect("create");
    let broken = write_all(&mut *writer, &bytes, 10_000).await;
    assert_eq!(kind(broken, "writing on"), ErrorKind::Unavailable);
    drop(writer);
    assert_eq!(store.seal(&at).await.expect("seal"), 123_456);
    assert_same(&get(&store, &at).await, &bytes[..123_456], "what was taken");
    store.faults().break_reads_after(100_000);
    assert_eq!(kind(try_get(&store, &at, 0..u64::MAX).await, "reading on"), ErrorKind::Unavailable);
    store.faults().mend();
    assert_eq!(get(&store, &at).await.len(), 123_456);
}

#[tokio::test]
async fn a_concatenation_stopped_anywhere_is_completed_by_the_same_call() {
    for stop in 1..=4 {
        let store = MemoryStore::new();
        let (pieces, bytes) = pieces(&store, "u", &[10, 20, 30, 40]).await;
        let target = path("u/whole");
        store.faults().interrupt_concat_after(stop);
        assert_eq!(kind(store.concat(&target, &pieces).await, "interrupted"), ErrorKind::Unavailable);
        assert_eq!(store.files().len(), 5 - stop, "pieces left when stopped after {stop}");
        store.concat(&target, &pieces).await.expect("the same call");
        assert_same(&get(&store, &target).await, &bytes, "the whole");
        assert_eq!(store.files(), [(target, 100)]);
    }
}

#[tokio::test]
async fn a_held_call_waits_for_its_release() {
    let store = MemoryStore::new();
    let mut held = store.faults().hold(Operation::Create);
    let creating = tokio::spawn({
        let store = store.clone();
        async move { try_put(&store, &path("a/b"), &pattern(1, 10)).await }
    });
    held.reached().await;
    assert_eq!(kind(store.stat(&path("a/b")).await, "stat while it is held"), ErrorKind::NotFound);
    held.release();
    assert_eq!(creating.await.expect("task").expect("created"), 10);
}
