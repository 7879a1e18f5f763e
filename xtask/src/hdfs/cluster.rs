//! Starting a cluster, and stopping it when its owner is done.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::config::{self, Java, Settings};
use super::daemon::Daemon;
use super::state::State;
use super::{Layout, jars};
use crate::exit::OnExit;
use crate::{command, ports};

const NAMENODE: &str = "org.apache.hadoop.hdfs.server.namenode.NameNode";
const DATANODE: &str = "org.apache.hadoop.hdfs.server.datanode.DataNode";
const DFS: &str = "org.apache.hadoop.fs.FsShell";
const DFSADMIN: &str = "org.apache.hadoop.hdfs.tools.DFSAdmin";

/// A running cluster. Dropping it stops its processes; the data stays in its folder.
pub(crate) struct Cluster {
    state: State,
    folder: PathBuf,
    stop: Option<OnExit>,
}

impl Cluster {
    /// Starts a cluster, or joins the one that runs in this folder, and waits until it takes writes (8 s here).
    ///
    /// # Errors
    /// When Java or Maven is missing, or the daemons do not get ready.
    pub(crate) fn start(layout: &Layout) -> Result<Self> {
        fs::create_dir_all(&layout.dir).with_context(|| format!("cannot make {}", layout.dir.display()))?;
        let folder = layout.dir.canonicalize()?;
        let previous = State::read(&folder).ok();
        if let Some(state) = &previous
            && state.daemons().all(Daemon::is_running)
        {
            state.wait_until_ready()?;
            return Ok(Self::owned(state.clone(), folder));
        }
        if let Some(state) = &previous {
            state.stop()?;
        }
        let jars = jars::folder()?;
        let mut state = prepare(layout, &folder, &jars, previous.as_ref())?;
        format_once(&folder, &jars)?;
        let mut cluster = Self::owned(state.clone(), folder);
        state.namenode.pid = state.namenode.start()?;
        for datanode in &mut state.datanodes {
            datanode.pid = datanode.start()?;
        }
        state.write(&cluster.folder)?;
        state.wait_until_ready()?;
        cluster.state = state;
        Ok(cluster)
    }

    fn owned(state: State, folder: PathBuf) -> Self {
        let stopped = state.clone();
        let stop = OnExit::new(move || {
            if let Err(error) = stopped.stop() {
                eprintln!("HDFS did not stop cleanly: {error:#}");
            }
        });
        Self { state, folder, stop: Some(stop) }
    }

    /// How to reach the cluster and its parts.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// The path of `state.json`, for tests.
    pub(crate) fn state_path(&self) -> PathBuf {
        State::path(&self.folder)
    }

    /// Gives the cluster up without stopping it; `cargo xtask hdfs stop` does that later.
    pub(crate) fn leave_running(mut self) {
        if let Some(stop) = self.stop.take() {
            stop.forget();
        }
    }
}

/// Chooses ports, and writes configuration and scripts.
fn prepare(layout: &Layout, folder: &Path, jars: &Path, previous: Option<&State>) -> Result<State> {
    let count = 2 + 3 * layout.datanodes;
    // The same ports as last time where possible, so that a store URL somebody wrote down keeps working.
    let ports = match previous.map(|state| &state.ports) {
        Some(known) if known.len() == count && ports::all_free(known) => known.clone(),
        _ => ports::free(count)?,
    };
    let (namenode_ports, datanode_ports) = ports.split_at(2);
    let (rpc, http) = (namenode_ports[0], namenode_ports[1]);
    config::write(&Settings { folder, rpc, http, replication: layout.replication })?;
    let namenode = daemon(folder, jars, "namenode", NAMENODE, 384, http, &[])?;
    let mut datanodes = Vec::new();
    for (index, ports) in datanode_ports.chunks_exact(3).enumerate() {
        let name = format!("datanode-{}", index + 1);
        let arguments = [
            format!("-Ddfs.datanode.data.dir=file://{}/data/{name}", folder.display()),
            format!("-Ddfs.datanode.address=127.0.0.1:{}", ports[0]),
            format!("-Ddfs.datanode.ipc.address=127.0.0.1:{}", ports[1]),
            format!("-Ddfs.datanode.http.address=127.0.0.1:{}", ports[2]),
        ];
        datanodes.push(daemon(folder, jars, &name, DATANODE, 320, ports[2], &arguments)?);
    }
    let tool = |name: &str, class: &str| -> Result<Vec<String>> {
        let script = folder.join(format!("run/{name}.sh"));
        let words = Java { folder, jars, class, heap: 128 }.words(&[], &[]);
        fs::write(&script, config::tool_script(&words))?;
        Ok(vec!["/bin/sh".to_owned(), script.display().to_string()])
    };
    Ok(State {
        store_url: format!("webhdfs://hdfs@127.0.0.1:{http}/hayloft"),
        rpc: format!("127.0.0.1:{rpc}"),
        replication: layout.replication,
        dfsadmin: tool("dfsadmin", DFSADMIN)?,
        dfs: tool("dfs", DFS)?,
        namenode,
        datanodes,
        ports,
    })
}

fn daemon(
    folder: &Path,
    jars: &Path,
    name: &str,
    class: &str,
    heap: u16,
    http: u16,
    arguments: &[String],
) -> Result<Daemon> {
    let pid_file = folder.join(format!("run/{name}.pid"));
    let log = folder.join(format!("logs/{name}.log"));
    let script = folder.join(format!("run/{name}.sh"));
    let words = Java { folder, jars, class, heap }.words(&[config::marked(&pid_file)], arguments);
    fs::write(&script, config::daemon_script(&words, &pid_file, &log))?;
    Ok(Daemon {
        name: name.to_owned(),
        http: format!("127.0.0.1:{http}"),
        pid: 0,
        pid_file,
        start: vec!["/bin/sh".to_owned(), script.display().to_string()],
        log,
    })
}

/// A NameNode needs an empty file system to begin with.
fn format_once(folder: &Path, jars: &Path) -> Result<()> {
    if folder.join("data/name/current/VERSION").exists() {
        return Ok(());
    }
    let words = Java { folder, jars, class: NAMENODE, heap: 128 }
        .words(&[], &["-format".to_owned(), "-nonInteractive".to_owned()]);
    let (program, arguments) = words.split_first().context("no java")?;
    let mut format = Command::new(program);
    command::answer(format.args(arguments).env("HADOOP_USER_NAME", "hdfs"))
        .context("the NameNode cannot format its folder")?;
    Ok(())
}
