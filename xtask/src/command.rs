//! Running other programs: plainly, for their answer, or with their output read as it comes.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, bail};

use crate::{exit, process};

const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// Runs the command with our own input and output.
///
/// # Errors
/// When it cannot be started or ends with a failure; the command is named.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    exit::wait_for_interrupt();
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs the command and answers what it wrote to its standard output, without surrounding white space.
///
/// # Errors
/// As [`run`]; what it wrote to its standard error is part of the message.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}): {}", name(command), output.status, reason.trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Runs cargo with its progress condensed: warnings and errors pass, the hundreds of `Compiling …` lines become a
/// count every 20 s. Each line of its standard output goes to `on_line`. When we are told to end, so are cargo and its
/// compilers.
///
/// # Errors
/// When cargo cannot be started or fails.
pub(crate) fn cargo(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let id = child.id();
    let stop = exit::OnExit::new(move || process::kill_group(id));
    let errors = child.stderr.take().context("no standard error")?;
    let condenser = thread::spawn(move || condense(errors));
    for line in BufReader::new(child.stdout.take().context("no standard output")?).lines() {
        on_line(&line?);
    }
    let status = child.wait()?;
    stop.forget();
    condenser.join().map_err(|_| anyhow::anyhow!("reading cargo's messages failed"))?;
    exit::wait_for_interrupt();
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

fn condense(errors: impl Read) {
    let mut crates = 0_usize;
    let mut spoke = Instant::now();
    for line in BufReader::new(errors).lines().map_while(std::result::Result::ok) {
        if !is_progress(&line) {
            eprintln!("{line}");
            continue;
        }
        crates += 1;
        if spoke.elapsed() >= SIGN_OF_LIFE {
            eprintln!("    … {crates} steps, now {}", line.trim());
            spoke = Instant::now();
        }
    }
}

fn is_progress(line: &str) -> bool {
    const VERBS: [&str; 9] = [
        "Compiling",
        "Checking",
        "Downloading",
        "Downloaded",
        "Blocking",
        "Updating",
        "Locking",
        "Adding",
        "Documenting",
    ];
    line.split_whitespace().next().is_some_and(|verb| VERBS.contains(&verb)) && line.starts_with(' ')
}

/// Runs a test program, shows every line of its standard output and hands it to `on_line`. After `limit`, and when we are
/// told to end, the program is killed with everything it started, so that a test that hangs fails instead of stopping
/// the whole run: what npx or cargo start would keep the output open.
///
/// # Errors
/// When the program cannot be started, its output is not text, or the limit passed.
pub(crate) fn watch(
    command: &mut Command,
    limit: Duration,
    mut on_line: impl FnMut(&str),
) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let id = child.id();
    let stop = exit::OnExit::new(move || process::kill_group(id));
    let output = child.stdout.take().context("no standard output")?;
    let (ended, end) = mpsc::channel::<()>();
    let watchman = thread::spawn(move || {
        let late = end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
        if late {
            process::kill_group(id);
        }
        late
    });
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        on_line(&line);
    }
    let status = child.wait()?;
    stop.forget();
    drop(ended);
    exit::wait_for_interrupt();
    if watchman.join().unwrap_or(false) {
        bail!("{} did not end within {} s and was killed", name(command), limit.as_secs());
    }
    Ok(status)
}

/// The program of that name on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn name(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    words.truncate(8);
    format!("`{}`", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cargos_progress_is_condensed() {
        assert!(is_progress("   Compiling serde v1.0.0"));
        assert!(is_progress("    Checking hayloft v0.1.0 (/somewhere)"));
        assert!(!is_progress("warning: unused variable"));
        assert!(!is_progress("    Finished `dev` profile in 3s"));
        assert!(!is_progress("Compiling is fun, said the test"));
    }

    #[test]
    fn a_program_that_hangs_is_killed() {
        let error = watch(Command::new("tail").args(["-f", "/dev/null"]), Duration::from_millis(50), |_| {})
            .unwrap_err();
        assert!(error.to_string().contains("did not end"), "{error}");
    }

    #[test]
    fn what_a_hanging_program_started_is_killed_too() {
        // The shell waits for a child that holds the output open; only the end of both ends the reading.
        let mut command = Command::new("sh");
        command.args(["-c", "tail -f /dev/null & wait"]);
        let error = watch(&mut command, Duration::from_millis(50), |_| {}).unwrap_err();
        assert!(error.to_string().contains("did not end"), "{error}");
    }

    #[test]
    fn lines_arrive_in_order() {
        let mut lines = Vec::new();
        let mut command = Command::new("printf");
        command.arg("one\ntwo\n");
        let status =
            watch(&mut command, Duration::from_secs(10), |line| lines.push(line.to_owned())).unwrap();
        assert!(status.success());
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(&mut Command::new("false")).unwrap_err();
        assert!(error.to_string().starts_with("`false` failed"), "{error}");
    }
}
