//! `cargo xtask dev`: build fast, and again after every change. The browser is reloaded by hand.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use notify::{EventKind, RecursiveMode, Watcher};

use crate::prerequisites::{self, Need};
use crate::server::{self, Running, Setup};
use crate::site::{self, Profile, Site};
use crate::workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// Keep the bytes in a local real HDFS, started for it (data below ./data/hdfs).
    #[arg(long)]
    hdfs: bool,
    /// Where to listen; the default is 127.0.0.1:3000, or HAYLOFT_LISTEN.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

const WATCHED: [&str; 9] =
    ["app", "domain", "drive", "frontend", "migrations", "public", "server", "storage", "style"];

/// Files beside them that a build reads.
const WATCHED_FILES: [&str; 3] = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"];

/// Editors write several files for one save.
const QUIET: Duration = Duration::from_millis(300);

/// Builds, starts, and goes on until Ctrl-C. A build that fails leaves the old server running.
///
/// # Errors
/// When something is missing, or the folders cannot be watched; never because of the code being worked on.
pub(crate) fn dev(options: &Options) -> Result<()> {
    prerequisites::ensure(&[Need::CCompiler, Need::OpenSsl, Need::WasmTarget])?;
    let setup = Setup::new(options.listen.clone(), options.hdfs)?;
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_))
        {
            // The receiver is gone only while we end.
            let _ = event.paths.into_iter().try_for_each(|path| sender.send(path));
        }
    })?;
    for folder in WATCHED {
        let path = workspace::root().join(folder);
        watcher.watch(&path, RecursiveMode::Recursive).with_context(|| format!("cannot watch {folder}"))?;
    }
    for file in WATCHED_FILES {
        let path = workspace::root().join(file);
        watcher.watch(&path, RecursiveMode::NonRecursive).with_context(|| format!("cannot watch {file}"))?;
    }
    let mut server: Option<Running> = None;
    loop {
        match build() {
            Ok((site, binary)) => {
                // The old one must be gone before the new one wants its port and its database.
                drop(server.take());
                server = Some(setup.start(&binary, &site)?);
            }
            Err(error) => eprintln!("error: {error:#}"),
        }
        wait_for_change(&changes)?;
        if let Some(running) = &mut server
            && !running.is_alive()?
        {
            server = None;
        }
    }
}

fn build() -> Result<(Site, PathBuf)> {
    Ok((site::build(Profile::Dev)?, server::build(Profile::Dev)?))
}

/// Waits for a change that matters, and then until nothing changed for a moment.
fn wait_for_change(changes: &Receiver<PathBuf>) -> Result<()> {
    loop {
        if matters(&changes.recv().context("nobody watches any more")?) {
            break;
        }
    }
    while changes.recv_timeout(QUIET).is_ok() {}
    Ok(())
}

/// Not what editors and tools leave beside the sources.
fn matters(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    !(name.starts_with('.') || name.starts_with('#') || name.ends_with('~') || name.ends_with(".swp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editors_own_files_do_not_matter() {
        assert!(matters(Path::new("app/src/lib.rs")));
        assert!(matters(Path::new("style/main.css")));
        for name in ["app/src/.lib.rs.swp", "app/src/lib.rs~", "app/src/#lib.rs#", "app/src/4913.swp"] {
            assert!(!matters(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn many_events_are_one_change() {
        let (sender, changes) = mpsc::channel();
        for name in [".lib.rs.swp", "lib.rs", "lib.rs", "view.rs"] {
            sender.send(PathBuf::from(name)).unwrap();
        }
        wait_for_change(&changes).unwrap();
        assert!(changes.try_recv().is_err());
    }
}
