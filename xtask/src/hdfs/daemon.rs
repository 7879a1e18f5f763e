//! One Java process of the cluster.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{process, wait};

/// Where a daemon is, and how to start it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Daemon {
    /// `namenode`, `datanode-1`, …
    pub(crate) name: String,
    /// `127.0.0.1:PORT` of its HTTP server.
    pub(crate) http: String,
    /// The process id of the cluster's start; after a restart by hand only `pid_file` is right.
    pub(crate) pid: u32,
    /// Holds the process id of the latest start.
    pub(crate) pid_file: PathBuf,
    /// The command that starts it; it runs in the foreground until it is ended.
    pub(crate) start: Vec<String>,
    /// What it says.
    pub(crate) log: PathBuf,
}

impl Daemon {
    /// Starts the process unless it runs, and answers its id; readiness is the cluster's affair.
    ///
    /// It gets a process group of its own, so that Ctrl-C reaches the server first and us, who then stop it.
    ///
    /// # Errors
    /// When it does not come to life.
    pub(crate) fn start(&self) -> Result<u32> {
        if let Some(pid) = self.running_pid() {
            return Ok(pid);
        }
        let (program, arguments) = self.start.split_first().context("state.json names no start command")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}; see {}", self.name, self.log.display()))?;
        let pid = child.id();
        // Somebody has to take note of its end, or it stays a zombie for as long as we live.
        std::thread::spawn(move || child.wait());
        wait::until(Duration::from_secs(10), &format!("the start of {}", self.name), || {
            Ok(self.running_pid().filter(|running| *running == pid))
        })
        .with_context(|| self.last_words())
    }

    /// Whether it runs now.
    pub(crate) fn is_running(&self) -> bool {
        self.running_pid().is_some()
    }

    /// Ends it cleanly.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub(crate) fn stop(&self) -> Result<()> {
        self.running_pid().map_or(Ok(()), |pid| process::terminate(pid, &self.mark()))
    }

    /// Ends it at once, as a power cut would.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub(crate) fn kill(&self) -> Result<()> {
        self.running_pid().map_or(Ok(()), |pid| process::kill(pid, &self.mark()))
    }

    /// The last lines of its log.
    pub(crate) fn last_words(&self) -> String {
        let mut text = String::new();
        let read = OpenOptions::new().read(true).open(&self.log).and_then(|mut log| {
            let length = log.metadata()?.len();
            log.seek(SeekFrom::Start(length.saturating_sub(3000)))?;
            log.read_to_string(&mut text)
        });
        match read {
            Ok(_) => format!("{} says:\n{text}", self.log.display()),
            Err(error) => format!("{} cannot be read: {error}", self.log.display()),
        }
    }

    /// What its command line holds and no other process' does; see `config::script`.
    pub(super) fn mark(&self) -> String {
        mark(&self.pid_file.to_string_lossy())
    }

    fn running_pid(&self) -> Option<u32> {
        let pid = fs::read_to_string(&self.pid_file).ok()?.trim().parse().ok()?;
        process::is_running(pid, &self.mark()).then_some(pid)
    }
}

/// The Java property that tells one daemon's process from every other.
pub(super) fn mark(pid_file: &str) -> String {
    format!("-Dhayloft.daemon={pid_file}")
}
