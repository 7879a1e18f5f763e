//! The first page of a folder of 100,000 files, timed inside the server by its own metrics, on both engines.

use std::process::Command;

use anyhow::{Context, Result};

use super::report::{Goal, Report};
use super::rig::Rig;
use super::timed::run;
use crate::{command, workspace};

const FILES: u32 = 100_000;
const REQUESTS: usize = 300;

/// Fills the root of the account and asks for its first page again and again, in every order.
///
/// # Errors
/// When the files cannot be made or a request fails.
pub(super) fn first_page(rig: &Rig, engine: &str, report: &mut Report) -> Result<()> {
    let mut seed = workspace::cargo();
    seed.args(["run", "--quiet", "--release", "--package", "hayloft-drive", "--example", "seed", "--"]);
    seed.args([rig.database(), "bench", &FILES.to_string()]);
    command::run(&mut seed)?;
    for sort in ["name", "-size", "modified"] {
        for _ in 0..REQUESTS / 3 {
            run(&mut rig.api(&format!("nodes/root/children?limit=100&sort={sort}")))?;
        }
    }
    let p95 = quantile(rig.metrics(), "/api/nodes/{id}/children", "0.95")?;
    let what = format!("first page of a folder of 100,000 files on {engine}, p95 inside the server");
    report.value(&what, "ms", p95 * 1000.0, Goal::Below(50.0));
    Ok(())
}

/// A quantile of the time that requests to a route took, in seconds, from the server's metrics.
fn quantile(metrics: &str, route: &str, quantile: &str) -> Result<f64> {
    let text = command::answer(Command::new("curl").args(["--silent", "--fail", "--noproxy", "*", metrics]))?;
    let marks = [format!("\"{route}\""), format!("quantile=\"{quantile}\"")];
    text.lines()
        .filter(|line| marks.iter().all(|mark| line.contains(mark)))
        .find_map(|line| line.rsplit_once(' ')?.1.parse().ok())
        .with_context(|| format!("{metrics} does not tell how long {route} took"))
}
