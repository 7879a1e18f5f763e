//! Resident memory of the server, as Linux keeps its high-water mark.

use std::fs;

use anyhow::{Context, Result};

use super::Sizes;
use super::bytes::{Files, slowly};
use super::report::{Goal, Report};
use super::rig::Rig;
use super::series::median;
use super::timed::run;

const MIB: f64 = (1 << 20) as f64;

/// What a large upload and download need above what a small one needs.
///
/// # Errors
/// When a transfer fails.
pub(super) fn transfers(rig: &Rig, files: &Files, sizes: Sizes, report: &mut Report) -> Result<()> {
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..sizes.runs {
        small.push(both_ways(rig, files, 10 << 20)?);
        large.push(both_ways(rig, files, sizes.large)?);
    }
    let (small, large) = (median(&small), median(&large));
    report.value("resident memory during 10 MiB up and down", "MiB", small / MIB, Goal::None);
    report.value("resident memory during a large file up and down", "MiB", large / MIB, Goal::None);
    report.value("the difference", "MiB", (large - small) / MIB, Goal::AtMost(32.0));
    Ok(())
}

fn both_ways(rig: &Rig, files: &Files, length: u64) -> Result<f64> {
    let file = files.sparse(length)?;
    forget_peak(rig)?;
    let node = rig.upload(&file, &format!("memory {length}"))?;
    run(&mut rig.api(&format!("nodes/{node}/content")))?;
    let peak = peak(rig)?;
    rig.trash(&node)?;
    Ok(peak)
}

/// 64 slow uploads at once.
///
/// # Errors
/// When a transfer fails.
pub(super) fn slow_uploads(rig: &Rig, files: &Files, report: &mut Report) -> Result<()> {
    let file = files.sparse(2 << 20)?;
    forget_peak(rig)?;
    slowly(rig, &file, 64, 256 << 10)?;
    report.value(
        "resident memory during 64 slow uploads at once",
        "MiB",
        peak(rig)? / MIB,
        Goal::Below(150.0),
    );
    Ok(())
}

/// Starts the high-water mark again at what is resident now (`man 5 proc`: clear_refs).
fn forget_peak(rig: &Rig) -> Result<()> {
    fs::write(format!("/proc/{}/clear_refs", rig.id()), "5")
        .context("cannot reset the memory's high-water mark")
}

fn peak(rig: &Rig) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", rig.id()))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .context("no VmHWM in /proc")?
        .parse()?;
    Ok(kilobytes * 1024.0)
}
