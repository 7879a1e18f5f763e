//! The real cluster: where it is, whose turn it is, and how to disturb it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use storage::{Deadlines, HdfsStore};
use tokio::process::Command;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use url::Url;

use crate::Store;
use crate::bytes_of::eventually;

/// Most tests share the cluster; those that put it into safe mode or kill nodes have it for themselves.
static TURNS: RwLock<()> = RwLock::const_new(());

const ADVICE: &str = "run the storage tests by `cargo xtask test storage`, which starts a real HDFS for them";

pub(crate) struct Cluster<Turn> {
    pub(crate) url: Url,
    pub(crate) state: State,
    _turn: Turn,
}

/// What `cargo xtask hdfs` writes about its cluster.
#[derive(Deserialize)]
pub(crate) struct State {
    dfsadmin: Vec<String>,
    pub(crate) datanodes: Vec<Daemon>,
}

#[derive(Deserialize)]
pub(crate) struct Daemon {
    /// `127.0.0.1:PORT`
    pub(crate) http: String,
    pid_file: PathBuf,
    start: Vec<String>,
}

pub(crate) async fn share() -> Cluster<RwLockReadGuard<'static, ()>> {
    Cluster::new(TURNS.read().await)
}

pub(crate) async fn alone() -> Cluster<RwLockWriteGuard<'static, ()>> {
    let cluster = Cluster::new(TURNS.write().await);
    // A test that failed may have left a node dead; that must not fail the next one.
    for datanode in &cluster.state.datanodes {
        if !datanode.is_running() {
            datanode.start();
        }
        eventually("every DataNode has joined", || datanode.has_joined()).await;
    }
    cluster
}

/// Deadlines for tests: a living writer is believed after two seconds, a hanging transfer after ten.
pub(crate) fn deadlines() -> Deadlines {
    Deadlines { seal: Duration::from_secs(2), idle: Duration::from_secs(10), ..Deadlines::default() }
}

pub(crate) fn open(url: &Url) -> Store {
    Arc::new(HdfsStore::open(url, deadlines()).unwrap_or_else(|error| panic!("{url}: {error}")))
}

impl<Turn> Cluster<Turn> {
    fn new(turn: Turn) -> Self {
        let variable =
            |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; {ADVICE}"));
        let url = Url::parse(&variable("HAYLOFT_TEST_HDFS")).expect("HAYLOFT_TEST_HDFS is a URL");
        let state =
            std::fs::read(variable("HAYLOFT_TEST_HDFS_STATE")).expect("HAYLOFT_TEST_HDFS_STATE is a file");
        let state =
            serde_json::from_slice(&state).expect("HAYLOFT_TEST_HDFS_STATE is the state of a cluster");
        Self { url, state, _turn: turn }
    }

    /// The URL of a directory that nobody else uses.
    pub(crate) fn fresh_url(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        let unique = format!("{:016x}", rand::random::<u64>());
        url.path_segments_mut().expect("a base").extend([name, &unique]);
        url
    }

    /// A store in a directory that nobody else uses.
    pub(crate) fn store(&self, name: &str) -> Store {
        open(&self.fresh_url(name))
    }

    pub(crate) fn namenode(&self) -> String {
        format!("{}:{}", self.url.host_str().expect("host"), self.url.port().expect("port"))
    }

    /// A call as the superuser, for what no store offers.
    pub(crate) async fn call(&self, method: reqwest::Method, directory: &str, query: &str) -> String {
        let mut url = Url::parse(&format!("http://{}/webhdfs/v1", self.namenode())).expect("url");
        url.path_segments_mut().expect("a base").extend(directory.split('/').filter(|part| !part.is_empty()));
        url.set_query(Some(&format!("{query}&user.name={}", self.url.username())));
        let http = reqwest::Client::builder().no_proxy().build().expect("client");
        let answer = http.request(method, url).send().await.expect("the NameNode answers");
        let (status, body) = (answer.status(), answer.text().await.expect("body"));
        assert!(status.is_success(), "{query} on {directory}: {status} {body}");
        body
    }

    pub(crate) async fn dfsadmin(&self, arguments: &[&str]) {
        let (program, first) = self.state.dfsadmin.split_first().expect("a command");
        let status = Command::new(program).args(first).args(arguments).output().await.expect("dfsadmin");
        assert!(
            status.status.success(),
            "dfsadmin {arguments:?}: {}",
            String::from_utf8_lossy(&status.stderr)
        );
    }
}

impl Daemon {
    fn pid(&self) -> String {
        std::fs::read_to_string(&self.pid_file).expect("pid file").trim().to_owned()
    }

    /// Whether there is a process, and not just the rest of one.
    fn is_running(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        status.is_ok_and(|status| status.contains("java") && !status.contains("State:\tZ"))
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(&self) {
        let pid = self.pid();
        let killed = Command::new("kill").args(["-9", &pid]).status().await.expect("kill");
        assert!(killed.success(), "process {pid} could not be killed");
    }

    /// Starts it again; it outlives the test.
    pub(crate) fn start(&self) {
        let (program, arguments) = self.start.split_first().expect("a command");
        let null = std::process::Stdio::null;
        let mut command = Command::new(program);
        command.args(arguments).stdin(null()).stdout(null()).stderr(null());
        command.process_group(0).kill_on_drop(false).spawn().expect("start");
    }

    /// Whether it has shaken hands with the NameNode, whose own list of the living is some seconds old.
    pub(crate) async fn has_joined(&self) -> bool {
        let url = format!("http://{}/jmx?qry=Hadoop:service=DataNode,name=DataNodeInfo", self.http);
        let http = reqwest::Client::builder().no_proxy().build().expect("client");
        let Ok(answer) = http.get(url).send().await else { return false };
        // The state is in a JSON text inside a JSON string.
        answer.text().await.is_ok_and(|text| text.contains(r#"\"ActorState\":\"RUNNING\""#))
    }
}
