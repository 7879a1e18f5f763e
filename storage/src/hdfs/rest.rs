//! Our own WebHDFS client: what the `webhdfs` crate has no call for, and the two steps before bytes flow.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::Deadlines;
use super::address::Address;
use super::exception::Failure;
use crate::{Error, ErrorKind, Result};

/// How long a TCP connection may take: short enough that a dead node is passed over within a control call.
const CONNECT: Duration = Duration::from_secs(5);

/// One operation on one path; an adapter mirrors its protocol.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) name: &'static str,
    pub(super) params: Vec<(&'static str, String)>,
}

impl Operation {
    pub(super) fn new(method: Method, name: &'static str) -> Self {
        Self { method, name, params: Vec::new() }
    }

    pub(super) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.params.push((key, value.into()));
        self
    }
}

/// The client and what it knows of the cluster.
#[derive(Debug)]
pub(super) struct Rest {
    pub(super) address: Address,
    pub(super) deadlines: Deadlines,
    http: Client,
    active: Arc<AtomicUsize>,
}

#[derive(Deserialize)]
struct Located {
    #[serde(rename = "Location")]
    location: String,
}

/// What the NameNode tells its monitoring.
#[derive(Deserialize)]
struct NameNodeInfo {
    beans: [Bean; 1],
}

#[derive(Deserialize)]
struct Bean {
    /// A JSON text inside of JSON.
    #[serde(rename = "LiveNodes")]
    live_nodes: String,
}

/// One DataNode; its key is its name and data port.
#[derive(Deserialize)]
struct LiveNode {
    #[serde(rename = "infoAddr")]
    web: String,
    #[serde(rename = "xferaddr")]
    data: String,
}

impl Rest {
    pub(super) fn new(address: Address, active: Arc<AtomicUsize>, deadlines: Deadlines) -> Result<Self> {
        // Redirects name DataNodes and are followed by hand; a proxy of the environment has no business in a cluster.
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            // reqwest's own 30 seconds end a connection that only waits for the cluster to mend itself.
            .tcp_user_timeout(deadlines.idle)
            .build()
            .map_err(|error| Error::new(ErrorKind::Invalid, "no HTTP client").caused_by(error))?;
        Ok(Self { address, deadlines, http, active })
    }

    pub(super) fn http(&self) -> &Client {
        &self.http
    }

    /// A call to the NameNode whose answer is JSON.
    pub(super) async fn json<T: DeserializeOwned>(&self, path: &str, operation: &Operation) -> Result<T> {
        let body = self.call(path, operation).await?;
        serde_json::from_slice(&body).map_err(|error| {
            let detail = format!("{} was not answered as WebHDFS does", operation.name);
            Error::new(ErrorKind::Invalid, detail).caused_by(error)
        })
    }

    /// A call to the NameNode; the other one is asked when this one is on standby or was not reached.
    pub(super) async fn call(&self, path: &str, operation: &Operation) -> Result<Bytes> {
        let namenodes = self.address.namenodes.len();
        let mut namenode = self.active.load(Ordering::Relaxed);
        for _ in 1..namenodes {
            match self.call_one(namenode, path, operation).await {
                Err(failure) if failure.elsewhere => namenode = (namenode + 1) % namenodes,
                other => return other.map_err(|failure| failure.error),
            }
        }
        self.call_one(namenode, path, operation).await.map_err(|failure| failure.error)
    }

    async fn call_one(&self, namenode: usize, path: &str, operation: &Operation) -> Result<Bytes, Failure> {
        let url = self.url(namenode, path, operation)?;
        let share = self.deadlines.control / u32::try_from(self.address.namenodes.len()).unwrap_or(1).max(1);
        let request = self.http.request(operation.method.clone(), url).timeout(share);
        let response = request.send().await.map_err(|error| not_sent(error, operation))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| not_sent(error, operation))?;
        if !status.is_success() {
            let failure = Failure::refused(status.as_u16(), &body);
            if !failure.elsewhere {
                self.active.store(namenode, Ordering::Relaxed);
            }
            return Err(failure);
        }
        self.active.store(namenode, Ordering::Relaxed);
        Ok(body)
    }

    /// Asks the NameNode which DataNode takes or gives the bytes.
    pub(super) async fn locate(&self, path: &str, operation: &Operation, excluded: &[String]) -> Result<Url> {
        let mut operation = operation.clone().with("noredirect", "true");
        if !excluded.is_empty() {
            operation = operation.with("excludedatanodes", excluded.join(","));
        }
        let Located { location } = self.json(path, &operation).await?;
        Url::parse(&location).map_err(|error| {
            Error::new(ErrorKind::Invalid, "the NameNode names a DataNode that is no URL").caused_by(error)
        })
    }

    /// How the NameNode wants a DataNode named that it shall not choose again: by the address of its *data* port, while
    /// redirects name its web port. Only the NameNode's list of nodes knows both; without it the host alone has to do,
    /// which is right wherever a host runs one DataNode.
    pub(super) async fn exclusion(&self, node: &Url) -> String {
        let host = node.host_str().unwrap_or_default();
        let nodes = self.live_nodes().await.unwrap_or_default();
        let same = |(name, live): &(&String, &LiveNode)| {
            let of_host = name.split(':').next() == Some(host) || live.web.split(':').next() == Some(host);
            of_host && live.web.rsplit(':').next() == node.port().map(|port| port.to_string()).as_deref()
        };
        nodes.iter().find(same).map_or_else(|| host.to_owned(), |(_, live)| live.data.clone())
    }

    async fn live_nodes(&self) -> Option<HashMap<String, LiveNode>> {
        let active = self.active.load(Ordering::Relaxed);
        let info = self.monitoring(active, "Hadoop:service=NameNode,name=NameNodeInfo").await.ok()?;
        let NameNodeInfo { beans: [bean] } = info;
        serde_json::from_str(&bean.live_nodes).ok()
    }

    /// The places of the NameNodes, beginning with the one that answered last.
    pub(super) fn namenodes_in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        let (first, count) = (self.active.load(Ordering::Relaxed), self.address.namenodes.len());
        (0..count).map(move |turn| (first + turn) % count)
    }

    /// What a NameNode tells its monitoring of the beans that match; the deadline of a look at its health is shared by
    /// all NameNodes.
    pub(super) async fn monitoring<T: DeserializeOwned>(&self, namenode: usize, beans: &str) -> Result<T> {
        let unreachable = |error| {
            Error::new(ErrorKind::Unavailable, "the NameNode's /jmx is not answered").caused_by(error)
        };
        let host = self.address.namenodes.get(namenode).map(ToString::to_string).unwrap_or_default();
        let share = self.deadlines.health / u32::try_from(self.address.namenodes.len()).unwrap_or(1).max(1);
        let url = format!("http://{host}/jmx?qry={beans}");
        let answer = self.http.get(url).timeout(share).send().await.map_err(unreachable)?;
        let body = answer.bytes().await.map_err(unreachable)?;
        serde_json::from_slice(&body).map_err(|error| {
            Error::new(ErrorKind::Invalid, "/jmx was not answered as a NameNode does").caused_by(error)
        })
    }

    fn url(&self, namenode: usize, path: &str, operation: &Operation) -> Result<Url> {
        let wrong = || Error::new(ErrorKind::Invalid, "the address of the NameNode makes no URL");
        let host = self.address.namenodes.get(namenode).ok_or_else(wrong)?;
        let mut url =
            Url::parse(&format!("http://{host}/webhdfs/v1")).map_err(|error| wrong().caused_by(error))?;
        url.path_segments_mut()
            .map_err(|()| wrong())?
            .extend(path.split('/').filter(|part| !part.is_empty()));
        url.query_pairs_mut()
            .append_pair("op", operation.name)
            .append_pair("user.name", &self.address.user)
            .extend_pairs(operation.params.iter().map(|(key, value)| (*key, value.as_str())));
        Ok(url)
    }
}

/// The body of a refusal. It is small; a larger one is cut by not being read further.
pub(super) async fn refusal(mut response: Response, deadline: Duration) -> Error {
    const ENOUGH: usize = 64 * 1024;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let read = async {
        while body.len() < ENOUGH {
            match response.chunk().await {
                Ok(Some(part)) => body.extend_from_slice(&part),
                // A refusal without its words is still a refusal.
                Ok(None) | Err(_) => break,
            }
        }
    };
    if tokio::time::timeout(deadline, read).await.is_err() {
        return Error::new(ErrorKind::Timeout, format!("HTTP status {status}, and no explanation in time"));
    }
    Failure::refused(status, &body).error
}

/// A call that got no answer. What cannot be repeated is only sent to the other NameNode when this one never got it.
fn not_sent(error: reqwest::Error, operation: &Operation) -> Failure {
    let harmless =
        operation.method == Method::GET || operation.params.iter().any(|(key, _)| *key == "noredirect");
    let elsewhere = harmless || error.is_connect();
    if error.is_timeout() && !error.is_connect() {
        let late = Error::new(ErrorKind::Timeout, format!("{} was not answered in time", operation.name));
        return Failure { error: late.caused_by(error), elsewhere };
    }
    Failure { elsewhere, ..Failure::unreachable(error) }
}
