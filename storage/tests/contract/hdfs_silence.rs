//! Nodes that take what is sent and never say a word: nothing waits for them longer than its deadline.

use std::time::Duration;

use storage::{Deadlines, ErrorKind, HdfsStore};

use crate::bytes_of::{MIB, assert_same, eventually, get, kind, path, pattern, pieces, put};
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
    assert_eq!(kind(store.stat(&path("a")).await, "stat"), ErrorKind::Timeout);
    assert_eq!(kind(store.create(&path("a")).await.map(drop), "create"), ErrorKind::Timeout);
    assert_eq!(kind(store.append(&path("a"), 1).await.map(drop), "append"), ErrorKind::Timeout);
    assert_eq!(kind(store.seal(&path("a")).await, "seal"), ErrorKind::Timeout);
    assert_eq!(kind(store.read(&path("a"), 0..1).await.map(drop), "read"), ErrorKind::Timeout);
    assert_eq!(kind(store.delete(&path("a")).await, "delete"), ErrorKind::Timeout);
    assert!(!store.health().await.readable);
    assert_eq!(kind(store.cluster().await, "cluster"), ErrorKind::Unavailable);
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
