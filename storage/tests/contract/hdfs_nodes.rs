//! DataNodes that die. Blocks have two copies in the test cluster, so nothing that was stored may be lost.

use std::time::Duration;

use futures::TryStreamExt;
use storage::{BlobStore, ErrorKind, Result, StorePath};

use crate::Store;
use crate::bytes_of::{MIB, assert_same, eventually, get, path, pattern, put};
use crate::cluster::{Cluster, alone, open};
use crate::proxy::BadNetwork;

async fn restart<Turn>(cluster: &Cluster<Turn>, index: usize) {
    cluster.state.datanodes[index].start();
    eventually("the DataNode is back", || cluster.state.datanodes[index].has_joined()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_outlives_the_datanode_that_sends_it() {
    let cluster = alone().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (at, bytes) = (path("blobs/aa/big"), pattern(1, 48 * MIB));
    put(&*store, &at, &bytes).await;
    let mut stream = store.read(&at, 0..u64::MAX).await.expect("read");
    let mut read = stream.try_next().await.expect("the first frame").expect("a frame").to_vec();
    let sender = network.last_datanode();
    let before = network.connections();
    cluster.state.datanodes[sender].kill().await;
    let rest = async {
        while let Some(frame) = stream.try_next().await? {
            read.extend_from_slice(&frame);
        }
        Ok::<_, storage::Error>(())
    };
    let outcome = rest.await;
    restart(&cluster, sender).await;
    outcome.expect("the rest, from another DataNode");
    assert_same(&read, &bytes, "a download in the face of death");
    assert!(network.connections() > before, "another DataNode was asked");
}

/// Writes 48 MiB, kills a DataNode after 32, which is more than all buffers on the way hold, and answers what `finish`
/// or the failed write said. `choose` gets the DataNode that takes the upload.
async fn upload_while_dying<Turn>(
    cluster: &Cluster<Turn>,
    store: &Store,
    network: &BadNetwork,
    at: &StorePath,
    choose: impl Fn(usize) -> usize,
) -> (usize, Result<u64>) {
    let bytes = pattern(2, 48 * MIB);
    let mut writer = store.create(at).await.expect("create");
    let mut killed = usize::MAX;
    for (count, start) in (0..bytes.len()).step_by(MIB).enumerate() {
        if count == 32 {
            killed = choose(network.last_datanode());
            cluster.state.datanodes[killed].kill().await;
        }
        if let Err(error) = writer.write(bytes.slice(start..start + MIB)).await {
            return (killed, Err(error));
        }
    }
    (killed, writer.finish().await)
}

/// A dead DataNode keeps its lease for a minute; until then nobody can tell it from a slow one.
async fn sealed(store: &dyn BlobStore, at: &StorePath) -> u64 {
    let sealing = async {
        loop {
            match store.seal(at).await {
                Ok(length) => return length,
                Err(error) => assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(150), sealing).await.expect("the lease is given up")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_outlives_a_datanode_it_does_not_talk_to() {
    let cluster = alone().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let at = path("staging/second");
    let other = |taking: usize| (taking + 1) % cluster.state.datanodes.len();
    let (killed, outcome) = upload_while_dying(&cluster, &store, &network, &at, other).await;
    let back = get(&*store, &at).await;
    restart(&cluster, killed).await;
    assert_eq!(outcome.expect("HDFS goes on with the other copy"), 48 * MIB as u64);
    assert_same(&back, &pattern(2, 48 * MIB), "what was uploaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_an_upload_whose_datanode_died_are_adopted() {
    let cluster = alone().await;
    let (network, url) = BadNetwork::new(&cluster).await;
    let store = open(&url);
    let (at, bytes) = (path("staging/first"), pattern(2, 48 * MIB));
    let (killed, outcome) = upload_while_dying(&cluster, &store, &network, &at, |taking| taking).await;
    let error = outcome.expect_err("the connection broke");
    assert!(error.is_retryable(), "{error:?}");
    // It stays dead, and is met as such: the proxies take connections for it.
    let mut direct = cluster.url.clone();
    direct.set_path(url.path());
    let store = open(&direct);
    let length = sealed(&*store, &at).await;
    assert!(length > 0 && length <= bytes.len() as u64, "{length}");
    assert_same(&get(&*store, &at).await, &bytes[..length as usize], "what arrived");
    let mut writer = store.append(&at, length).await.expect("append");
    writer.write(bytes.slice(length as usize..)).await.expect("the rest");
    assert_eq!(writer.finish().await.expect("finish"), bytes.len() as u64);
    assert_same(&get(&*store, &at).await, &bytes, "the resumed upload");
    restart(&cluster, killed).await;
}
