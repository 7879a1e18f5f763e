//! Finding out that nobody writes a file any more.
//!
//! A writer whose connection broke is noticed by its DataNode at once, which closes the file; usually one question is
//! enough. A DataNode that died with the file open keeps its lease for a minute (HDFS's soft limit); after that an
//! APPEND of nothing makes the NameNode recover the file. Before that nobody can tell it from a living writer.

use std::time::Duration;

use reqwest::Method;
use tokio::time::{Instant, sleep, timeout};

use super::Cluster;
use super::exception::Failure;
use super::rest::{Operation, refusal};
use crate::{Error, ErrorKind, Result, StorePath};

/// The first pause between two looks; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// From this pause on, the file is also asked for by appending nothing.
const TAKE_OVER: Duration = Duration::from_millis(500);

/// See [`BlobStore::seal`](crate::BlobStore::seal).
pub(super) async fn seal(cluster: &Cluster, path: &StorePath) -> Result<u64> {
    let deadline = Instant::now() + cluster.deadlines().seal;
    let mut pause = FIRST_PAUSE;
    loop {
        let state = cluster.state(path).await?;
        if !state.open {
            return Ok(state.length);
        }
        if Instant::now() + pause > deadline {
            return Err(Error::new(ErrorKind::Busy, "a writer still holds the file").at(path));
        }
        if pause >= TAKE_OVER {
            match append_nothing(cluster, path).await {
                Ok(()) => continue,
                // Whether the file is there is for the block locations to say, which are asked again.
                Err(error) if error.is_retryable() || error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error.at(path)),
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(TAKE_OVER);
    }
}

/// Opens the file for appending and closes it. Fails as `Busy` while a lease is younger than a minute; after that the
/// first call begins the recovery and a later one succeeds.
async fn append_nothing(cluster: &Cluster, path: &StorePath) -> Result<()> {
    let operation = Operation::new(Method::POST, "APPEND");
    let url = cluster.rest.locate(&cluster.absolute(path), &operation, &[]).await?;
    let request = cluster.rest.http().post(url).body("").send();
    match timeout(cluster.deadlines().control, request).await {
        Err(_) => Err(Error::new(ErrorKind::Timeout, "an APPEND was not answered in time")),
        Ok(Err(error)) => Err(Failure::unreachable(error).error),
        Ok(Ok(response)) if response.status().is_success() => Ok(()),
        Ok(Ok(response)) => Err(refusal(response, cluster.deadlines().control).await),
    }
}
