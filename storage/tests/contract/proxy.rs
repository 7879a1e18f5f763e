//! A cluster with a bad network: a NameNode whose answers get lost and DataNodes whose connections break.
//!
//! Answers of the NameNode name DataNodes, so they are rewritten to name proxies of the DataNodes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::cluster::Cluster;

/// How the NameNode's answers fare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    Arrive,
    /// The calls of this operation are carried out, and their answers are lost.
    LostFor(&'static str),
    /// It says that it is on standby.
    Standby,
    /// It takes every call and never says anything.
    Silent,
    /// It says that the calls of this operation succeeded and does nothing.
    Pretended(&'static str),
}

#[derive(Clone)]
pub(crate) struct BadNetwork(Arc<Network>);

struct Network {
    namenode: String,
    datanodes: HashMap<String, String>,
    answers: Mutex<Answers>,
    /// What each connection to a DataNode carries before it breaks, in bytes.
    upload: AtomicU64,
    download: AtomicU64,
    connections: AtomicU64,
    /// Those that have not ended.
    open: AtomicU64,
    /// DataNodes take connections, and then neither bytes nor leave.
    silent: AtomicBool,
    /// A download that was carried as far as it may be falls silent instead of breaking.
    hushed: AtomicBool,
    calls: AtomicU64,
    /// Which DataNode was connected to last, by its place in the state.
    last: AtomicUsize,
}

impl BadNetwork {
    /// Starts the proxies; the URL leads through them to a directory of its own.
    pub(crate) async fn new<Turn>(cluster: &Cluster<Turn>) -> (Self, Url) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let mut url = cluster.fresh_url("proxied");
        url.set_port(Some(listener.local_addr().expect("address").port())).expect("port");
        let mut datanodes = HashMap::new();
        let mut listeners = Vec::new();
        for datanode in &cluster.state.datanodes {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
            datanodes.insert(datanode.http.clone(), listener.local_addr().expect("address").to_string());
            listeners.push((listener, datanode.http.clone()));
        }
        let network = Arc::new(Network {
            namenode: cluster.namenode(),
            datanodes,
            answers: Mutex::new(Answers::Arrive),
            upload: AtomicU64::new(u64::MAX),
            download: AtomicU64::new(u64::MAX),
            connections: AtomicU64::new(0),
            open: AtomicU64::new(0),
            silent: AtomicBool::new(false),
            hushed: AtomicBool::new(false),
            calls: AtomicU64::new(0),
            last: AtomicUsize::new(usize::MAX),
        });
        for (index, (listener, target)) in listeners.into_iter().enumerate() {
            tokio::spawn(serve_datanode(Arc::clone(&network), listener, target, index));
        }
        tokio::spawn(serve_namenode(Arc::clone(&network), listener));
        (Self(network), url)
    }

    pub(crate) fn answers(&self, answers: Answers) {
        *self.0.answers.lock().expect("lock") = answers;
    }

    pub(crate) fn break_uploads_after(&self, bytes: u64) {
        self.0.upload.store(bytes, Ordering::SeqCst);
    }

    pub(crate) fn break_downloads_after(&self, bytes: u64) {
        self.0.download.store(bytes, Ordering::SeqCst);
    }

    /// From now on a connection carries so many bytes of a download, and then nothing more, and stays.
    pub(crate) fn hush_downloads_after(&self, bytes: u64) {
        self.0.hushed.store(true, Ordering::SeqCst);
        self.break_downloads_after(bytes);
    }

    /// Connections to DataNodes so far.
    pub(crate) fn connections(&self) -> u64 {
        self.0.connections.load(Ordering::SeqCst)
    }

    /// Connections to DataNodes that have not ended.
    pub(crate) fn open_connections(&self) -> u64 {
        self.0.open.load(Ordering::SeqCst)
    }

    /// From now on DataNodes take connections, and never answer.
    pub(crate) fn silence_datanodes(&self) {
        self.0.silent.store(true, Ordering::SeqCst);
    }

    /// The DataNode, by its place in the state, that was connected to last.
    pub(crate) fn last_datanode(&self) -> usize {
        self.0.last.load(Ordering::SeqCst)
    }

    /// Calls to the NameNode so far.
    pub(crate) fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::SeqCst)
    }
}

async fn serve_datanode(network: Arc<Network>, listener: TcpListener, target: String, index: usize) {
    while let Ok((client, _)) = listener.accept().await {
        network.connections.fetch_add(1, Ordering::SeqCst);
        network.last.store(index, Ordering::SeqCst);
        network.open.fetch_add(1, Ordering::SeqCst);
        let (network, target) = (Arc::clone(&network), target.clone());
        tokio::spawn(async move {
            carry(&network, client, target).await;
            network.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// One connection to a DataNode, to its end.
async fn carry(network: &Network, client: TcpStream, target: String) {
    let (mut from_client, mut to_client) = client.into_split();
    if network.silent.load(Ordering::SeqCst) {
        copy(&mut from_client, &mut tokio::io::sink()).await.ok();
        return;
    }
    let Ok(server) = TcpStream::connect(target).await else { return };
    let upload = network.upload.load(Ordering::SeqCst);
    let download = network.download.load(Ordering::SeqCst);
    let (from_server, mut to_server) = server.into_split();
    let mut up = from_client.take(upload);
    let mut down = from_server.take(download);
    // Whichever is used up first breaks both; a body that just ends goes on to the answer.
    tokio::select! {
        _ = async { copy(&mut up, &mut to_server).await.ok(); if up.limit() > 0 { std::future::pending().await } } => {}
        _ = async {
            copy(&mut down, &mut to_client).await.ok();
            if down.limit() == 0 && network.hushed.load(Ordering::SeqCst) { std::future::pending().await }
        } => {}
    }
}

async fn serve_namenode(network: Arc<Network>, listener: TcpListener) {
    while let Ok((client, _)) = listener.accept().await {
        let network = Arc::clone(&network);
        tokio::spawn(async move { answer(&network, client).await });
    }
}

/// One request per connection; control calls have no body.
async fn answer(network: &Network, mut client: TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    network.calls.fetch_add(1, Ordering::SeqCst);
    let head = String::from_utf8(head).ok()?;
    let mut words = head.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let answers = *network.answers.lock().expect("lock");
    let (status, body) = match answers {
        Answers::Standby => (403, r#"{"RemoteException":{"exception":"StandbyException","javaClassName":"org.apache.hadoop.ipc.StandbyException","message":"Operation category READ is not supported in state standby"}}"#.to_owned()),
        Answers::Silent => {
            // Until the client gives up.
            client.read_u8().await.ok();
            return None;
        }
        Answers::Pretended(operation) if target.contains(&format!("op={operation}")) => (200, String::new()),
        _ => forward(network, method, target).await?,
    };
    if matches!(answers, Answers::LostFor(operation) if target.contains(&format!("op={operation}"))) {
        return None;
    }
    let kind = if body.is_empty() { "application/octet-stream" } else { "application/json" };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.ok()?;
    client.write_all(body.as_bytes()).await.ok()?;
    client.shutdown().await.ok()
}

async fn forward(network: &Network, method: &str, target: &str) -> Option<(u16, String)> {
    let http = reqwest::Client::builder().no_proxy().build().ok()?;
    let method = reqwest::Method::from_bytes(method.as_bytes()).ok()?;
    let answer = http.request(method, format!("http://{}{target}", network.namenode)).send().await.ok()?;
    let status = answer.status().as_u16();
    let body = answer.text().await.ok()?;
    // In redirects and in the list of live nodes.
    let renamed =
        network.datanodes.iter().fold(body, |body, (node, proxy)| body.replace(node.as_str(), proxy));
    Some((status, renamed))
}
