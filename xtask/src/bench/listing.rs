//! The first page of a folder of 100,000 files, timed inside the server by its own log, on both engines.

use anyhow::{Result, ensure};

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
    seed.args(["run", "--quiet", "--release", "--package", "hayloft-drive", "--example", "bench"]);
    seed.args(workspace::anonymous()).args(["--", "fill", rig.database(), "bench", &FILES.to_string()]);
    command::run(&mut seed)?;
    for sort in ["name", "-size", "modified"] {
        for _ in 0..REQUESTS / 3 {
            run(&mut rig.api(&format!("nodes/root/children?limit=100&sort={sort}")))?;
        }
    }
    let p95 = quantile(rig.answer_times("/api/nodes/{id}/children")?, 0.95)?;
    let what = format!("first page of a folder of 100,000 files on {engine}, p95 inside the server");
    report.value(&what, "ms", p95, Goal::Below(50.0));
    Ok(())
}

/// The smallest value that is not below this share of them.
fn quantile(mut values: Vec<f64>, share: f64) -> Result<f64> {
    ensure!(values.len() >= REQUESTS, "the log names {} of {REQUESTS} requests", values.len());
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of a few hundred"
    )]
    let rank = (values.len() as f64 * share).ceil() as usize;
    Ok(values[rank.clamp(1, values.len()) - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p95_is_the_value_that_five_in_a_hundred_exceed() {
        let values: Vec<f64> = (1..=300).rev().map(f64::from).collect();
        assert!((quantile(values, 0.95).unwrap() - 285.0).abs() < f64::EPSILON);
        assert!(quantile(vec![1.0], 0.95).is_err());
    }
}
