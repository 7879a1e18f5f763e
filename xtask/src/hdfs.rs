//! A real HDFS on this machine, without Docker and without an installation: Hadoop's jars from Maven Central, one
//! NameNode and some DataNodes as processes of their own, everything on the loopback address and on free ports.
//!
//! It is made for developing and testing: one copy of the metadata, small heaps, no security. Tests, `run --hdfs` and
//! the benchmark use [`Cluster`]; people use `cargo xtask hdfs`. A folder belongs to one cluster:
//!
//! | below the folder | what |
//! |---|---|
//! | `state.json` | [`State`]: the store URL, and how to find, end and start each daemon |
//! | `conf/` | `core-site.xml`, `hdfs-site.xml`, `log4j.properties`, written at every start |
//! | `run/<daemon>.{sh,pid}` | the script that starts the daemon, and the process id it wrote |
//! | `run/dfsadmin.sh` | Hadoop's `hdfs dfsadmin` for this cluster |
//! | `logs/<daemon>.log` | what the daemon says |
//! | `data/` | the NameNode's image and the DataNodes' blocks; kept between starts |

pub(crate) mod cluster;
mod config;
mod daemon;
mod jars;
mod probe;
mod state;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};

pub(crate) use cluster::Cluster;
pub(crate) use jars::folder as jars;
pub(crate) use state::State;

use crate::{command, workspace};

/// How a cluster is laid out.
#[derive(Args, Clone, Debug)]
pub(crate) struct Layout {
    /// The cluster's folder; what is in it is used again.
    #[arg(long, default_value_os_t = default_folder())]
    pub(crate) dir: PathBuf,
    /// How many DataNodes.
    #[arg(long, default_value_t = 3)]
    pub(crate) datanodes: usize,
    /// How many copies of each block.
    #[arg(long, default_value_t = 2)]
    pub(crate) replication: usize,
}

/// The developer's own cluster, unless `--dir` names another.
pub(crate) fn default_folder() -> PathBuf {
    workspace::target().join("hdfs/dev")
}

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start the cluster and print its store URL; does nothing if it runs.
    Start(Layout),
    /// Stop exactly the cluster's own processes; the data stays.
    Stop(Folder),
    /// Say what runs and where.
    Status(Folder),
    /// End one DataNode at once (SIGKILL), counted from 1.
    KillDatanode(Numbered),
    /// Start one DataNode again and wait until the NameNode sees it.
    StartDatanode(Numbered),
    /// Enter or leave safe mode, in which the NameNode refuses every change.
    Safemode {
        /// What to do.
        change: Safemode,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Args)]
struct Folder {
    /// The cluster's folder.
    #[arg(long, default_value_os_t = default_folder())]
    dir: PathBuf,
}

#[derive(Args)]
struct Numbered {
    /// Which DataNode: 1, 2, …
    number: usize,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Clone, Copy, ValueEnum)]
enum Safemode {
    Enter,
    Leave,
}

/// `cargo xtask hdfs …`.
///
/// # Errors
/// When the cluster cannot be started, or the folder holds none.
pub(crate) fn command(options: &Options) -> Result<()> {
    match &options.action {
        Action::Start(layout) => {
            let cluster = Cluster::start(layout)?;
            println!("{}", cluster.state().store_url);
            cluster.leave_running();
        }
        Action::Stop(folder) => {
            let state = State::read(&folder.dir)?;
            state.stop()?;
            println!("stopped");
        }
        Action::Status(folder) => status(&State::read(&folder.dir)?)?,
        Action::KillDatanode(numbered) => {
            State::read(&numbered.folder.dir)?.datanode(numbered.number)?.kill()?;
        }
        Action::StartDatanode(numbered) => {
            let state = State::read(&numbered.folder.dir)?;
            state.datanode(numbered.number)?.start()?;
            state.wait_until_ready()?;
        }
        Action::Safemode { change, folder } => {
            let state = State::read(&folder.dir)?;
            let word = match change {
                Safemode::Enter => "enter",
                Safemode::Leave => "leave",
            };
            println!("{}", command::answer(&mut state.dfsadmin(&["-safemode", word])?)?);
        }
    }
    Ok(())
}

fn status(state: &State) -> Result<()> {
    let mut down = Vec::new();
    for daemon in state.daemons() {
        let running = daemon.is_running();
        println!(
            "{:<11} {:<7} http://{}  {}",
            daemon.name,
            if running { "running" } else { "down" },
            daemon.http,
            daemon.log.display()
        );
        if !running {
            down.push(daemon.name.clone());
        }
    }
    if !down.is_empty() {
        bail!("not running: {}", down.join(", "));
    }
    let live = probe::live_datanodes(&state.namenode.http).context("the NameNode does not answer")?;
    println!("{live} DataNodes live\n{}", state.store_url);
    Ok(())
}
