//! How full the cluster is.

use reqwest::Method;
use serde::Deserialize;

use super::rest::Operation;
use super::{Cluster, monitoring};
use crate::{ErrorKind, Result, Usage};

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "FsStatus")]
    status: Numbers,
}

#[derive(Deserialize)]
struct Numbers {
    capacity: u64,
    used: u64,
    remaining: u64,
}

/// See [`BlobStore::usage`](crate::BlobStore::usage). GETSTATUS came with Hadoop 3.4; of older clusters the monitoring is
/// asked. Space quotas of the base directory are not looked at: asking for them walks the tree where none is set.
pub(super) async fn usage(cluster: &Cluster) -> Result<Usage> {
    match cluster.rest.json("/", &Operation::new(Method::GET, "GETSTATUS")).await {
        Ok(Status { status }) => {
            Ok(Usage { capacity: status.capacity, used: status.used, available: status.remaining })
        }
        Err(error) if error.kind() == ErrorKind::Invalid => monitoring::look(cluster).await?.usage(),
        Err(error) => Err(error),
    }
}
