//! Formatting and clippy, warnings denied.
//!
//! `app` is linted twice, as the server sees it and as the browser does, and never in one cargo call: features unify.

use anyhow::Result;

use super::outcome::Outcome;
use crate::{command, workspace};

/// A named step.
type Pass = (&'static str, fn() -> Result<Outcome>);

/// Clippy's passes.
pub(super) const PASSES: [Pass; 3] = [("server", server), ("xtask", xtask), ("browser", browser)];

/// `cargo fmt --check`.
pub(super) fn formatting() -> Result<Outcome> {
    command::cargo(workspace::cargo().args(["fmt", "--all", "--", "--check"]), |line| println!("{line}"))?;
    Ok(Outcome::success())
}

fn server() -> Result<Outcome> {
    let mut arguments = super::host::SELECTION.to_vec();
    arguments.push("--all-targets");
    clippy(&arguments)
}

fn xtask() -> Result<Outcome> {
    clippy(&["--package", "xtask", "--all-targets"])
}

fn browser() -> Result<Outcome> {
    let mut arguments = super::wasm::SELECTION.to_vec();
    arguments.extend(["--package", "hayloft-frontend"]);
    arguments.extend(super::wasm::targets()?);
    clippy(&arguments)
}

fn clippy(arguments: &[&str]) -> Result<Outcome> {
    let mut cargo = workspace::cargo();
    cargo.arg("clippy").args(arguments).args(["--", "--deny", "warnings"]);
    command::cargo(&mut cargo, |_| {})?;
    Ok(Outcome::success())
}
