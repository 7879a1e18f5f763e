//! `state.json`: all that anybody needs to reach a running cluster and to disturb it on purpose.
//!
//! Tests get its path in `HAYLOFT_TEST_HDFS_STATE`. To kill a DataNode, read the number in its `pid_file` (`pid` is the
//! one of the first start) and send SIGKILL; to start it again, run `start`, which writes the new number into `pid_file`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::daemon::Daemon;
use super::probe;
use crate::{command, wait};

/// A cluster as it was started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// `webhdfs://hdfs@127.0.0.1:PORT/hayloft`, for `HAYLOFT_STORE_URL`.
    pub(crate) store_url: String,
    /// `127.0.0.1:PORT` of the NameNode's RPC, for native clients.
    pub(crate) rpc: String,
    /// How many copies of each block.
    pub(crate) replication: usize,
    /// Hadoop's `hdfs dfsadmin`: append arguments such as `-safemode`, `enter`.
    pub(crate) dfsadmin: Vec<String>,
    /// Hadoop's `hdfs dfs`: append arguments such as `-ls`, `/`.
    pub(crate) dfs: Vec<String>,
    /// The NameNode.
    pub(crate) namenode: Daemon,
    /// The DataNodes, in order.
    pub(crate) datanodes: Vec<Daemon>,
    /// Every port of the cluster, so that the next start can take the same.
    pub(crate) ports: Vec<u16>,
}

impl State {
    /// Where a cluster in `folder` keeps its state.
    pub(crate) fn path(folder: &Path) -> PathBuf {
        folder.join("state.json")
    }

    /// Reads the state of the cluster in `folder`.
    ///
    /// # Errors
    /// When there never was one.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = Self::path(folder);
        let text = fs::read_to_string(&path).with_context(|| {
            format!("no cluster in {} (start one: cargo xtask hdfs start)", folder.display())
        })?;
        serde_json::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        fs::write(Self::path(folder), serde_json::to_string_pretty(self)?)?;
        Ok(())
    }

    /// The NameNode first, then the DataNodes.
    pub(crate) fn daemons(&self) -> impl DoubleEndedIterator<Item = &Daemon> {
        std::iter::once(&self.namenode).chain(&self.datanodes)
    }

    /// The DataNode of that number, counted from 1.
    ///
    /// # Errors
    /// When there are not so many.
    pub(crate) fn datanode(&self, number: usize) -> Result<&Daemon> {
        number
            .checked_sub(1)
            .and_then(|index| self.datanodes.get(index))
            .with_context(|| format!("there are DataNodes 1 to {}", self.datanodes.len()))
    }

    /// A command that runs `hdfs dfsadmin` as the superuser.
    ///
    /// # Errors
    /// When the state names no program.
    pub(crate) fn dfsadmin(&self, arguments: &[&str]) -> Result<Command> {
        let (program, first) = self.dfsadmin.split_first().context("state.json names no dfsadmin")?;
        let mut command = Command::new(program);
        command.args(first).args(arguments);
        Ok(command)
    }

    /// Ends every process of the cluster, DataNodes first.
    ///
    /// # Errors
    /// The first process that could not be ended; the others are still ended.
    pub(crate) fn stop(&self) -> Result<()> {
        let results: Vec<Result<()>> = self.daemons().rev().map(Daemon::stop).collect();
        results.into_iter().collect()
    }

    /// Brings a cluster that tests have disturbed back: starts what is down, leaves safe mode, waits until ready.
    ///
    /// # Errors
    /// When it does not come back.
    pub(crate) fn mend(&self) -> Result<()> {
        let mut disturbed = false;
        for daemon in self.daemons().filter(|daemon| !daemon.is_running()) {
            daemon.start()?;
            disturbed = true;
        }
        if disturbed || !self.is_ready() {
            if self.wait_until_ready().is_ok() {
                return Ok(());
            }
            command::answer(&mut self.dfsadmin(&["-safemode", "leave"])?)?;
        }
        self.wait_until_ready()
    }

    /// Waits until a directory can be made and every DataNode is live and has joined.
    ///
    /// # Errors
    /// When a daemon ended instead, with the last lines of its log, or nothing happened within 90 s.
    pub(crate) fn wait_until_ready(&self) -> Result<()> {
        wait::until(Duration::from_secs(90), "HDFS getting ready", || {
            if self.is_ready() {
                return Ok(Some(()));
            }
            if let Some(ended) = self.daemons().find(|daemon| !daemon.is_running()) {
                bail!("{} ended: {}", ended.name, ended.last_words());
            }
            Ok(None)
        })
    }

    fn is_ready(&self) -> bool {
        let http = &self.namenode.http;
        probe::can_make_directories(http)
            && probe::live_datanodes(http) == Some(self.datanodes.len())
            && self.datanodes.iter().all(|datanode| probe::has_joined(&datanode.http))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_cluster_says_how_to_start_one() {
        let error = State::read(Path::new("/nonexistent")).unwrap_err();
        assert!(error.to_string().contains("cargo xtask hdfs start"), "{error}");
    }
}
