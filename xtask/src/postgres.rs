//! A PostgreSQL of our own for one test run: fresh, on a free port, gone afterwards.
//!
//! It is not safe for data: fsync is off and anybody on this machine may connect.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::exit::OnExit;
use crate::prerequisites::{is_root, postgres_program};
use crate::{command, ports, process, wait};

/// A running PostgreSQL; dropping it stops the server and removes its data.
pub(crate) struct Postgres {
    url: String,
    // Dropped in this order: first the server ends, then its folder goes.
    _stop: OnExit,
    _folder: Option<TempDir>,
}

impl Postgres {
    /// Makes a database cluster and starts a server on it.
    ///
    /// The folder lies in the system's temporary directory, because an unprivileged user must be able to reach it when
    /// root runs the tests, and a checkout below /root is closed to others.
    ///
    /// # Errors
    /// When the programs are missing or the server does not accept connections within 30 s.
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hayloft-postgres-").tempdir()?;
        let (url, stop) = Self::start_in(folder.path())?;
        Ok(Self { url, _stop: stop, _folder: Some(folder) })
    }

    /// The same with data that stay in this folder, and are used again when they are there already. Where the folder is closed to
    /// the user that the server runs as, they do not stay.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) fn kept(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        if is_root() {
            let account = Account::unprivileged()?;
            chown(folder, Some(account.user), Some(account.group))?;
            let mut look = Command::new("test");
            look.arg("-x").arg(folder).uid(account.user).gid(account.group);
            if !look.status()?.success() {
                return Self::start();
            }
        }
        let (url, stop) = Self::start_in(folder)?;
        Ok(Self { url, _stop: stop, _folder: None })
    }

    fn start_in(folder: &Path) -> Result<(String, OnExit)> {
        let account = if is_root() { Some(Account::unprivileged()?) } else { None };
        if let Some(account) = &account {
            chown(folder, Some(account.user), Some(account.group))?;
        }
        let data = folder.join("data");
        if !data.join("PG_VERSION").is_file() {
            let mut initdb = program("initdb", account.as_ref())?;
            initdb.current_dir(folder).arg("--pgdata").arg(&data).args([
                "--username=hayloft",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]);
            command::answer(&mut initdb)?;
        }
        let port = ports::free(1)?.into_iter().next().context("no port")?;
        let log = folder.join("log");
        let mut server = program("postgres", account.as_ref())?;
        server.current_dir(folder).arg("-D").arg(&data).arg("-k").arg(folder);
        server.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in ["fsync=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB"] {
            server.args(["-c", setting]);
        }
        let output = std::fs::File::create(&log)?;
        server.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
        let mut child = server.spawn().context("cannot start postgres")?;
        let id = child.id();
        let (ended, end) = mpsc::channel();
        std::thread::spawn(move || ended.send(child.wait()));
        let mark = data.to_string_lossy().into_owned();
        let stop = OnExit::new(move || stop(id, &mark));
        wait::until(Duration::from_secs(30), "PostgreSQL's start", || {
            let said = std::fs::read_to_string(&log)?;
            if said.contains("ready to accept connections") {
                return Ok(Some(()));
            }
            if end.try_recv().is_ok() {
                bail!("postgres ended at once: {}", said.trim());
            }
            Ok(None)
        })?;
        let url = format!("postgres://hayloft@127.0.0.1:{port}/postgres");
        Ok((url, stop))
    }

    /// `postgres://hayloft@127.0.0.1:PORT/postgres`, of a superuser who may create databases.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave, as SIGTERM would.
fn stop(id: u32, mark: &str) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw)
        && process::is_running(id, mark)
    {
        let asked = kill_process(pid, Signal::INT).is_ok();
        let gone = || Ok((!process::is_running(id, mark)).then_some(()));
        if !asked || wait::until(Duration::from_secs(10), "PostgreSQL's end", gone).is_err() {
            let _ = process::kill(id, mark).inspect_err(|error| eprintln!("{error:#}"));
        }
    }
}

/// Whom PostgreSQL runs as when root starts it, since it refuses root itself.
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    fn unprivileged() -> Result<Self> {
        let id = |flag: &str, name: &str| -> Result<u32> {
            Ok(command::answer(Command::new("id").args([flag, name]))?.parse()?)
        };
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some(Self { user: id("-u", name).ok()?, group: id("-g", name).ok()? }))
            .context("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`")
    }
}

fn program(name: &str, account: Option<&Account>) -> Result<Command> {
    let path = postgres_program(name)
        .with_context(|| format!("{name} is missing: sudo apt-get install -y postgresql"))?;
    // Debian's link on PATH would make the program look for its libraries and time zones beside the link.
    let mut command = Command::new(Path::new(&path).canonicalize()?);
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
    command.env("LC_ALL", "C");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn starts_listens_and_leaves_nothing_behind() {
        let postgres = Postgres::start().unwrap();
        let address = postgres.url().split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
        let folder = postgres._folder.as_ref().unwrap().path().to_path_buf();
        TcpStream::connect(&address).unwrap();
        drop(postgres);
        assert!(TcpStream::connect(&address).is_err());
        assert!(!folder.exists());
    }
}
