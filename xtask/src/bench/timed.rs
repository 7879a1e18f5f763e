//! `curl` with a stopwatch: the same client on both sides of a comparison.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail, ensure};

/// Longer than any transfer here takes; a benchmark that hangs is worth nothing.
const LIMIT_SECONDS: &str = "600";

/// A `curl` that fails on HTTP errors, sends nothing to standard output and never uses a proxy.
pub(super) fn curl() -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", LIMIT_SECONDS]);
    command.args(["--output", "/dev/null"]).stdin(Stdio::null());
    command
}

/// How long `work` took, in seconds.
///
/// # Errors
/// Those of `work`.
pub(super) fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

/// Runs one.
///
/// # Errors
/// When the transfer fails; curl's message is part of it.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    ensure!(output.status.success(), "curl: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// Runs all of them at once.
///
/// # Errors
/// When one fails; the others are waited for.
pub(super) fn run_together(commands: Vec<Command>) -> Result<()> {
    let mut failures = Vec::new();
    let children: Vec<_> =
        commands.into_iter().map(|mut command| command.stderr(Stdio::piped()).spawn()).collect();
    for child in children {
        let output = child?.wait_with_output()?;
        if !output.status.success() {
            failures.push(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
    }
    if !failures.is_empty() {
        bail!("{} of the transfers failed: {}", failures.len(), failures[0]);
    }
    Ok(())
}

/// `curl` straight to WebHDFS, the two steps a client makes: ask the NameNode where, then move the bytes.
pub(super) struct WebHdfs<'a> {
    base: &'a str,
}

impl<'a> WebHdfs<'a> {
    /// For a store URL `webhdfs://USER@HOST:PORT/BASE`.
    pub(super) fn new(store: &'a str) -> Self {
        Self { base: store }
    }

    /// Of a path below the base.
    fn address(&self, path: &str, query: &str) -> Result<String> {
        let parts = self.base.trim_start_matches("webhdfs://").split_once('@');
        let parts =
            parts.and_then(|(user, rest)| rest.split_once('/').map(|(host, base)| (user, host, base)));
        let Some((user, host, base)) = parts else { bail!("no user, host and path in {}", self.base) };
        Ok(format!("http://{host}/webhdfs/v1/{base}/{path}?user.name={user}&{query}"))
    }

    fn location(&self, method: &str, name: &str, query: &str) -> Result<String> {
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--fail", "--noproxy", "*", "--request", method])
            .arg(self.address(&format!("ruler/{name}"), &format!("{query}&noredirect=true"))?)
            .output()?;
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        answer["Location"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| anyhow::anyhow!("WebHDFS named no DataNode"))
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When the transfer fails.
    pub(super) fn put(&self, name: &str, file: &Path) -> Result<()> {
        // The block size is the one Hayloft asks for, so that both sides write the same blocks.
        let location = self.location("PUT", name, "op=CREATE&overwrite=true&blocksize=134217728")?;
        run(curl().arg("--upload-file").arg(file).arg(location))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When the transfer fails.
    pub(super) fn get(&self, name: &str) -> Result<()> {
        let location = self.location("GET", name, "op=OPEN")?;
        run(curl().arg(location))
    }

    /// Removes everything below a path, so that the next measurement finds room.
    ///
    /// # Errors
    /// When WebHDFS refuses.
    pub(super) fn remove(&self, path: &str) -> Result<()> {
        run(curl().args(["--request", "DELETE"]).arg(self.address(path, "op=DELETE&recursive=true")?))
    }
}
