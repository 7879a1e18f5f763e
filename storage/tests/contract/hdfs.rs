//! What only HDFS has to prove: bad networks, safe mode, rights, quotas, two NameNodes.

use reqwest::Method;
use storage::{ErrorKind, Overwrite};
use tokio::net::TcpSocket;
use url::Url;

use crate::bytes_of::{
    MIB, assert_same, eventually, get, kind, path, pattern, pieces, put, try_get, try_put, write_all,
};
use crate::cluster::{alone, open, share};
use crate::proxy::{Answers, BadNetwork};

fn decoded(url: &Url) -> String {
    percent_encoding::percent_decode_str(url.path()).decode_utf8().expect("UTF-8").into_owned()
}

/// An address that refuses every connection for as long as the socket lives: it is bound and does not listen.
fn nobody() -> (TcpSocket, std::net::SocketAddr) {
    let socket = TcpSocket::new_v4().expect("socket");
    socket.bind((std::net::Ipv4Addr::LOCALHOST, 0).into()).expect("bind");
    let address = socket.local_addr().expect("address");
    (socket, address)
}

/// The same store with another NameNode first.
pub(crate) fn with_first(url: &Url, namenode: &str) -> Url {
    let mut changed = url.clone();
    let alternative = format!("{}:{}", url.host_str().expect("host"), url.port().expect("port"));
    let (_, port) = namenode.rsplit_once(':').expect("host:port");
    changed.set_port(port.parse().ok()).expect("port");
    changed.query_pairs_mut().append_pair("alt", &alternative);
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_connection_breaks_leaves_a_prefix() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (at, bytes) = (path("staging/broken"), pattern(1, 12 * MIB));
    network.break_uploads_after(3 * MIB as u64);
    let mut writer = store.create(&at).await.expect("create");
    let broken = match write_all(&mut *writer, &bytes, 100_000).await {
        Ok(()) => writer.finish().await.map(drop),
        Err(error) => {
            assert!(writer.write(bytes.slice(..1)).await.is_err(), "a broken writer stays broken");
            Err(error)
        }
    };
    assert_eq!(kind(broken, "a broken upload"), ErrorKind::Unavailable);
    network.break_uploads_after(u64::MAX);
    let length = store.seal(&at).await.expect("seal");
    assert!(length > 0 && length <= 3 * MIB as u64, "{length}");
    assert_same(&get(&*store, &at).await, &bytes[..length as usize], "the prefix");
    let mut writer = store.append(&at, length).await.expect("append");
    write_all(&mut *writer, &bytes.slice(length as usize..), 100_000).await.expect("the rest");
    assert_eq!(writer.finish().await.expect("finish"), bytes.len() as u64);
    assert_same(&get(&*store, &at).await, &bytes, "the resumed upload");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_can_be_aborted() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    network.break_uploads_after(MIB as u64);
    let at = path("staging/gone");
    let mut writer = store.create(&at).await.expect("create");
    write_all(&mut *writer, &pattern(1, 12 * MIB), 100_000).await.expect_err("it breaks");
    writer.abort().await.expect("abort");
    assert_eq!(kind(store.stat(&at).await, "stat"), ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_after_broken_connections() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (at, bytes) = (path("blobs/aa/big"), pattern(2, 9 * MIB));
    put(&*store, &at, &bytes).await;
    let before = network.connections();
    network.break_downloads_after(2 * MIB as u64);
    assert_same(&get(&*store, &at).await, &bytes, "a download in five pieces");
    assert!(network.connections() - before >= 5, "each connection carried 2 MiB");
    let middle = try_get(&*store, &at, 1_000_000..8_000_000).await.expect("a range");
    assert_same(&middle, &bytes[1_000_000..8_000_000], "a range in pieces");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_with_the_same_datanode_when_only_that_one_has_the_bytes() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (at, bytes) = (path("blobs/aa/single"), pattern(2, 5 * MIB));
    put(&*store, &at, &bytes).await;
    let file = format!("{}/{at}", decoded(&url));
    cluster.call(Method::PUT, &file, "op=SETREPLICATION&replication=1").await;
    eventually("one copy is left", || async {
        let answer = cluster.call(Method::GET, &file, "op=GETFILEBLOCKLOCATIONS").await;
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("json");
        answer["BlockLocations"]["BlockLocation"][0]["names"].as_array().is_some_and(|names| names.len() == 1)
    })
    .await;
    network.break_downloads_after(2 * MIB as u64);
    assert_same(&get(&*store, &at).await, &bytes, "a download in three pieces");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_gets_nowhere_ends_with_an_error() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (at, bytes) = (path("blobs/aa/big"), pattern(3, MIB));
    put(&*store, &at, &bytes).await;
    // Enough for the head of the answer, not for the body.
    network.break_downloads_after(150);
    assert_eq!(kind(try_get(&*store, &at, 0..u64::MAX).await, "no bytes at all"), ErrorKind::Unavailable);
    network.break_downloads_after(u64::MAX);
    assert_same(&get(&*store, &at).await, &bytes, "afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_of_the_namenode_are_judged_by_what_is_there() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (from, to, bytes) = (path("x/from"), path("x/to"), pattern(4, 1000));
    put(&*store, &from, &bytes).await;
    network.answers(Answers::LostFor("RENAME"));
    store.rename(&from, &to, Overwrite::Never).await.expect("renamed, although nobody said so");
    assert_same(&get(&*store, &to).await, &bytes, "the renamed file");
    network.answers(Answers::Arrive);
    let (pieces, whole) = pieces(&*store, "u", &[10, 20, 30]).await;
    let target = path("u/whole");
    network.answers(Answers::LostFor("CONCAT"));
    store.concat(&target, &pieces).await.expect("joined, although nobody said so");
    assert_same(&get(&*store, &target).await, &whole, "the joined file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concatenation_that_stopped_halfway_is_completed() {
    let cluster = share().await;
    let url = cluster.fresh_url("halfway");
    let store = open(&url);
    let base = decoded(&url);
    for done in 1..=4 {
        let (pieces, whole) = pieces(&*store, "u", &[100, 200, 300, 400]).await;
        if done > 1 {
            let swallowed = pieces[1..done].iter().map(|piece| format!("{base}/{}", piece.path));
            let query = format!("op=CONCAT&sources={}", swallowed.collect::<Vec<_>>().join(","));
            cluster.call(Method::POST, &format!("{base}/{}", pieces[0].path), &query).await;
        }
        let target = path("u/whole");
        store.concat(&target, &pieces).await.unwrap_or_else(|error| panic!("after {done}: {error:?}"));
        assert_same(&get(&*store, &target).await, &whole, "the whole");
        assert_eq!(store.list(&path("u")).await.expect("list").len(), 1);
        store.delete(&target).await.expect("delete");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concatenation_is_a_few_calls_and_moves_no_bytes() {
    let cluster = share().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (pieces, _) = pieces(&*store, "u", &[100; 30]).await;
    let (calls, connections) = (network.calls(), network.connections());
    store.concat(&path("u/whole"), &pieces).await.expect("concat");
    // CONCAT, RENAME, and a look before, between and after them.
    assert!(network.calls() - calls <= 6, "{} calls", network.calls() - calls);
    assert_eq!(network.connections(), connections, "no DataNode is asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_namenode_is_asked_when_the_first_is_dead() {
    let cluster = share().await;
    let (_port, nobody) = nobody();
    let store = open(&with_first(&cluster.fresh_url("alt"), &nobody.to_string()));
    let bytes = pattern(5, 200_000);
    put(&*store, &path("a/b"), &bytes).await;
    assert_same(&get(&*store, &path("a/b")).await, &bytes, "by the second NameNode");
    assert!(store.health().await.writable);
    assert_eq!(store.usage().await.expect("usage").capacity.min(1), 1);
    assert_eq!(store.cluster().await.expect("cluster").expect("of several").live_nodes, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_namenode_is_asked_when_the_first_is_on_standby_and_remembered() {
    let cluster = share().await;
    let (network, proxied) = BadNetwork::new(&cluster).await;
    network.answers(Answers::Standby);
    let mut url = with_first(&cluster.url, &format!("127.0.0.1:{}", proxied.port().expect("port")));
    url.set_path(proxied.path());
    let store = open(&url);
    let bytes = pattern(6, 1000);
    put(&*store, &path("a/b"), &bytes).await;
    let asked = network.calls();
    assert!(asked >= 1);
    assert_same(&get(&*store, &path("a/b")).await, &bytes, "by the active NameNode");
    store.rename(&path("a/b"), &path("a/c"), Overwrite::Never).await.expect("rename");
    assert_eq!(network.calls(), asked, "the one on standby is not asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_namenode_is_asked_again_when_the_remembered_one_becomes_standby() {
    let cluster = share().await;
    let (first, proxied) = BadNetwork::new(&cluster).await;
    let (second, url) = BadNetwork::new(&cluster).await;
    let store = open(&with_first(&url, &format!("127.0.0.1:{}", proxied.port().expect("port"))));
    let bytes = pattern(6, 1000);
    let mut at = path("a/0");
    put(&*store, &at, &bytes).await;
    // Both know the same cluster, and take turns in being active.
    for (turn, (standby, active)) in
        [(&first, &second), (&second, &first), (&first, &second)].iter().enumerate()
    {
        standby.answers(Answers::Standby);
        active.answers(Answers::Arrive);
        let asked = standby.calls();
        assert_same(&get(&*store, &at).await, &bytes, "by the one that is active now");
        assert_eq!(standby.calls(), asked + 1, "turn {turn}: the one that was remembered");
        let next = path(&format!("a/{}", turn + 1));
        store.rename(&at, &next, Overwrite::Never).await.expect("rename");
        at = next;
        assert_eq!(store.stat(&at).await.expect("stat").length, 1000, "and by the other client");
        assert_eq!(standby.calls(), asked + 1, "turn {turn}: it is not asked again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_to_ask_is_unavailable() {
    let (_port, nobody) = nobody();
    let store = open(&Url::parse(&format!("webhdfs://u@{nobody}/x")).expect("url"));
    assert_eq!(kind(store.stat(&path("a")).await, "stat"), ErrorKind::Unavailable);
    assert_eq!(kind(store.create(&path("a")).await.map(drop), "create"), ErrorKind::Unavailable);
    assert_eq!(kind(storage::probe(&*store).await, "probe"), ErrorKind::Unavailable);
    let health = store.health().await;
    assert!(!health.readable && health.detail.contains("refused"), "{health:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_rights_is_denied() {
    let cluster = share().await;
    let mut url = cluster.fresh_url("private");
    cluster.call(Method::PUT, &decoded(&url), "op=MKDIRS&permission=700").await;
    put(&*open(&url), &path("a/b"), &pattern(7, 10)).await;
    url.set_username("stranger").expect("user");
    let store = open(&url);
    assert_eq!(kind(try_put(&*store, &path("c"), &pattern(8, 3 * MIB)).await, "writing"), ErrorKind::Denied);
    assert_eq!(kind(try_get(&*store, &path("a/b"), 0..10).await, "reading"), ErrorKind::Denied);
    assert_eq!(kind(store.delete(&path("a/b")).await, "deleting"), ErrorKind::Denied);
    assert_eq!(
        kind(store.rename(&path("a/b"), &path("a/c"), Overwrite::Never).await, "renaming"),
        ErrorKind::Denied
    );
    // Its own directory it may not write, but may look at.
    cluster.call(Method::PUT, &decoded(&url), "op=SETPERMISSION&permission=755").await;
    assert_eq!(
        kind(try_put(&*store, &path("c"), &pattern(8, 3 * MIB)).await, "writing here"),
        ErrorKind::Denied
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_quota_is_full() {
    let cluster = share().await;
    for (quota, name) in [("namespacequota=3", "names"), ("storagespacequota=1000", "bytes")] {
        let url = cluster.fresh_url(name);
        let store = open(&url);
        cluster.call(Method::PUT, &decoded(&url), "op=MKDIRS").await;
        cluster.call(Method::PUT, &decoded(&url), &format!("op=SETQUOTA&{quota}")).await;
        for length in [10, 6 * MIB] {
            let at = path(&format!("directory/of/files/{length}"));
            let mut writer = store.create(&at).await.expect("the NameNode is not asked yet");
            let full = match write_all(&mut *writer, &pattern(9, length), 100_000).await {
                Ok(()) => writer.finish().await.map(drop),
                Err(error) => {
                    writer.abort().await.expect("abort");
                    Err(error)
                }
            };
            assert_eq!(kind(full, "writing"), ErrorKind::Full, "{name}, {length} bytes");
        }
        assert_eq!(kind(storage::probe(&*store).await, "the probe"), ErrorKind::Full, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn safe_mode_reads_and_does_not_write() {
    let cluster = alone().await;
    let store = cluster.store("safe");
    let (at, bytes) = (path("a/b"), pattern(10, 100_000));
    put(&*store, &at, &bytes).await;
    cluster.dfsadmin(&["-safemode", "enter"]).await;
    let small = try_put(&*store, &path("a/c"), &pattern(11, 10)).await;
    let large = try_put(&*store, &path("a/d"), &pattern(11, 6 * MIB)).await;
    let renamed = store.rename(&at, &path("a/e"), Overwrite::Never).await;
    let deleted = store.delete(&at).await;
    let read = try_get(&*store, &at, 0..u64::MAX).await;
    let health = store.health().await;
    let state = store.cluster().await;
    // Nothing is asserted before the cluster works again for the others.
    cluster.dfsadmin(&["-safemode", "leave"]).await;
    assert_eq!(kind(small, "a small write"), ErrorKind::SafeMode);
    assert_eq!(kind(large, "a large write"), ErrorKind::SafeMode);
    assert_eq!(kind(renamed, "a rename"), ErrorKind::SafeMode);
    assert_eq!(kind(deleted, "a deletion"), ErrorKind::SafeMode);
    assert_same(&read.expect("read"), &bytes, "what is read in safe mode");
    assert!(health.readable && !health.writable && health.detail.contains("safe mode"), "{health:?}");
    assert!(store.health().await.writable, "and out of it");
    let state = state.expect("state").expect("of several");
    assert!(state.safe_mode && state.live_nodes == 3, "{state:?}");
    assert!(!store.cluster().await.expect("state").expect("of several").safe_mode);
    put(&*store, &path("a/c"), &bytes).await;
}
