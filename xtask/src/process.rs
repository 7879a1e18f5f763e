//! Processes known by their id: are they alive, and how to end exactly them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

use crate::wait;

const PATIENCE: Duration = Duration::from_secs(20);

/// Whether `id` is a running process whose command line holds `mark`.
///
/// The mark guards against a number that the system gave to somebody else meanwhile. Where there is no `/proc` only
/// the number is judged. A zombie counts as ended.
pub(crate) fn is_running(id: u32, mark: &str) -> bool {
    if Path::new("/proc/self/cmdline").exists() {
        return std::fs::read(format!("/proc/{id}/cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).contains(mark));
    }
    pid(id).is_ok_and(|pid| test_kill_process(pid).is_ok())
}

/// Asks the process to end (SIGTERM), and after 20 s ends it (SIGKILL). Nothing happens if it is gone already.
///
/// # Errors
/// When the process may not be signalled or outlives even SIGKILL.
pub(crate) fn terminate(id: u32, mark: &str) -> Result<()> {
    if !is_running(id, mark) {
        return Ok(());
    }
    signal(id, Signal::TERM)?;
    let ended = || Ok((!is_running(id, mark)).then_some(()));
    if wait::until(PATIENCE, "a clean end", ended).is_ok() {
        return Ok(());
    }
    kill(id, mark)
}

/// Ends the process at once (SIGKILL) and waits until it is gone.
///
/// # Errors
/// As [`terminate`].
pub(crate) fn kill(id: u32, mark: &str) -> Result<()> {
    if !is_running(id, mark) {
        return Ok(());
    }
    signal(id, Signal::KILL)?;
    wait::until(PATIENCE, &format!("the end of process {id}"), || Ok((!is_running(id, mark)).then_some(())))
}

/// Ends every process of the group that `id` leads (SIGKILL). For a group of our own making, whose leader has not been
/// waited for yet: so the number cannot be somebody else's. One that is gone already is no error.
pub(crate) fn kill_group(id: u32) {
    if let Ok(pid) = pid(id) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

fn signal(id: u32, signal: Signal) -> Result<()> {
    match kill_process(pid(id)?, signal) {
        Err(error) if error != rustix::io::Errno::SRCH => {
            Err(error).with_context(|| format!("cannot end process {id}"))
        }
        _ => Ok(()),
    }
}

fn pid(id: u32) -> Result<Pid> {
    i32::try_from(id).ok().and_then(Pid::from_raw).with_context(|| format!("{id} is no process id"))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn ends_the_process_and_only_with_the_right_mark() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        // For a moment after the start the system shows an empty command line.
        wait::until(PATIENCE, "the start of cat", || Ok(is_running(child.id(), "cat").then_some(())))
            .unwrap();
        if Path::new("/proc/self/cmdline").exists() {
            terminate(child.id(), "some other program").unwrap();
            assert!(is_running(child.id(), "cat"), "a stranger's process must be left alone");
        }
        // A child is a zombie until somebody waits for it; a zombie counts as ended.
        terminate(child.id(), "cat").unwrap();
        assert!(!child.wait().unwrap().success());
    }
}
