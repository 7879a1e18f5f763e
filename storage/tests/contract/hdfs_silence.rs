//! Nodes that take what is sent and never say a word: nothing waits for them longer than its deadline.

use std::time::Duration;

use storage::{Deadlines, ErrorKind, HdfsStore, Overwrite, Piece};

use crate::bytes_of::{MIB, assert_same, eventually, get, kind, path, pattern, pieces, put, try_get};
use crate::cluster::{open, share};
use crate::hdfs::with_first;
use crate::proxy::{Answers, BadNetwork};

/// Short ones, for every one of them is waited for.
fn impatient() -> Deadlines {
    let short = Duration::from_secs(2);
    Deadlines { control: short, idle: short, seal: short, health: short }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namenode_that_says_nothing_is_a_timeout() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    network.answers(Answers::Silent);
    let store: crate::Store = std::sync::Arc::new(HdfsStore::open(&url, impatient()).expect("open"));
    let (a, b) = (path("a"), path("b"));
    let pieces = [Piece { path: path("u/0"), length: 1 }, Piece { path: path("u/1"), length: 1 }];
    let whole = path("u/whole");
    // Side by side, for each of them waits.
    let changes = async {
        tokio::join!(
            async { kind(store.create(&a).await.map(drop), "create") },
            async { kind(store.append(&a, 1).await.map(drop), "append") },
            async { kind(store.seal(&a).await, "seal") },
            async { kind(store.delete(&a).await, "delete") },
            async { kind(store.rename(&a, &b, Overwrite::Never).await, "rename") },
            async { kind(store.concat(&whole, &pieces).await, "concat") },
        )
    };
    let questions = async {
        tokio::join!(
            async { kind(store.stat(&a).await, "stat") },
            async { kind(store.read(&a, 0..1).await.map(drop), "read") },
            async { kind(store.list(&a).await, "list") },
            async { kind(store.usage().await, "usage") },
        )
    };
    let (changes, questions, health, cluster) =
        tokio::join!(changes, questions, store.health(), store.cluster());
    let late = ErrorKind::Timeout;
    assert_eq!(changes, (late, late, late, late, late, late));
    assert_eq!(questions, (late, late, late, late));
    assert!(!health.readable);
    assert_eq!(kind(cluster, "cluster"), ErrorKind::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_namenode_is_asked_when_the_first_says_nothing() {
    let cluster = share().await;
    let (network, proxied) = BadNetwork::new(&cluster).await;
    network.answers(Answers::Silent);
    let mut url = with_first(&cluster.url, &format!("127.0.0.1:{}", proxied.port().expect("port")));
    url.set_path(proxied.path());
    let deadlines = Deadlines { control: Duration::from_secs(6), ..impatient() };
    let store: crate::Store = std::sync::Arc::new(HdfsStore::open(&url, deadlines).expect("open"));
    let bytes = pattern(1, 1000);
    put(&*store, &path("a/b"), &bytes).await;
    assert!(network.calls() >= 1, "the first was asked");
    assert_same(&get(&*store, &path("a/b")).await, &bytes, "by the other NameNode");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_datanode_that_says_nothing_is_a_timeout() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    network.silence_datanodes();
    let store: crate::Store = std::sync::Arc::new(HdfsStore::open(&url, impatient()).expect("open"));
    let mut writer = store.create(&path("a")).await.expect("create");
    writer.write(pattern(2, MIB)).await.expect("write");
    assert_eq!(kind(writer.finish().await, "finish"), ErrorKind::Timeout);
    eventually("the transfer is given up", || async { network.open_connections() == 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_when_its_datanode_falls_silent() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store: crate::Store = std::sync::Arc::new(HdfsStore::open(&url, impatient()).expect("open"));
    let (at, bytes) = (path("a"), pattern(4, 5 * MIB));
    put(&*store, &at, &bytes).await;
    let before = network.connections();
    network.hush_downloads_after(2 * MIB as u64);
    assert_same(&get(&*store, &at).await, &bytes, "a download with two silences");
    assert!(network.connections() - before >= 3, "each connection carried 2 MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_from_datanodes_that_say_nothing_is_a_timeout() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store: crate::Store = std::sync::Arc::new(HdfsStore::open(&url, impatient()).expect("open"));
    let (at, bytes) = (path("a"), pattern(5, MIB));
    put(&*store, &at, &bytes).await;
    network.silence_datanodes();
    assert_eq!(kind(try_get(&*store, &at, 0..u64::MAX).await, "read"), ErrorKind::Timeout);
    eventually("every transfer is given up", || async { network.open_connections() == 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_writer_leaves_no_transfer_behind() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    network.silence_datanodes();
    let store = open(&url);
    let mut writer = store.create(&path("a")).await.expect("create");
    writer.write(pattern(3, MIB)).await.expect("write");
    eventually("the transfer has begun", || async { network.open_connections() == 1 }).await;
    drop(writer);
    eventually("the transfer is given up", || async { network.open_connections() == 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namenode_that_agrees_and_does_nothing_is_not_asked_for_ever() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (pieces, _) = pieces(&*store, "u", &[100, 200]).await;
    // The answer of a RENAME is the first that is believed when it is good.
    network.answers(Answers::Pretended("RENAME"));
    let (only, target) = (&pieces[..1], path("u/whole"));
    let concat = tokio::time::timeout(Duration::from_secs(60), store.concat(&target, only));
    assert_eq!(kind(concat.await.expect("it ends"), "concat"), ErrorKind::Unavailable);
}
