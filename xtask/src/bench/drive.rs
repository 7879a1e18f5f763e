//! What people do in a drive of 1,000,000 entries, timed inside `drive` by its example `bench`, on each engine. The databases stay
//! in `target/bench/drive`: filling them takes minutes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::postgres::Postgres;
use crate::{command, workspace};

/// One use case on one engine, as the example tells it; milliseconds.
#[derive(Deserialize, Serialize)]
struct Figure {
    what: String,
    p50: f64,
    p95: f64,
    goal: f64,
}

#[derive(Serialize)]
struct Report {
    entries: u64,
    sqlite: Vec<Figure>,
    postgres: Vec<Figure>,
}

/// Measures both engines, prints the table, and writes `target/bench/drive.json` and `drive.md`.
///
/// # Errors
/// When a database cannot be filled or a use case fails.
pub(super) fn bench(quick: bool) -> Result<()> {
    let (entries, runs) = if quick { (110_000, 40) } else { (1_000_000, 300) };
    let bench = workspace::target().join("bench");
    let folder = bench.join("drive").join(entries.to_string());
    fs::create_dir_all(&folder)?;
    let sqlite = format!("sqlite:{}", folder.join("hayloft.db").display());
    let sqlite = measure(&sqlite, &folder.join("sqlite.json"), entries, runs)?;
    let server = Postgres::kept(&folder.join("postgres"))?;
    let postgres = measure(server.url(), &folder.join("postgres.json"), entries, runs)?;
    let report = Report { entries, sqlite, postgres };
    println!("\n{}", report.table());
    fs::write(bench.join("drive.json"), serde_json::to_string_pretty(&report)?)?;
    fs::write(bench.join("drive.md"), report.table())?;
    Ok(())
}

fn measure(database: &str, report: &Path, entries: u64, runs: u32) -> Result<Vec<Figure>> {
    let mut example = workspace::cargo();
    example.args(["run", "--quiet", "--release", "--package", "hayloft-drive", "--example", "bench"]);
    example.args(workspace::anonymous()).args(["--", "measure", database]).arg(report);
    example.args([entries.to_string(), runs.to_string()]);
    command::run(&mut example)?;
    let text = fs::read_to_string(report).with_context(|| report.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}

impl Report {
    fn table(&self) -> String {
        let mut text = String::from(
            "| what | SQLite p50 | p95 | PostgreSQL p50 | p95 | goal (p95) | met |\n|---|---|---|---|---|---|---|\n",
        );
        for (sqlite, postgres) in self.sqlite.iter().zip(&self.postgres) {
            let met = if sqlite.p95.max(postgres.p95) < sqlite.goal { "yes" } else { "no" };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | < {} ms | {met} |",
                sqlite.what, sqlite.p50, sqlite.p95, postgres.p50, postgres.p95, sqlite.goal
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_on_both_engines_or_not_at_all() {
        let figure = |p95| Figure { what: "rename".to_owned(), p50: 1.0, p95, goal: 50.0 };
        let report =
            |one, other| Report { entries: 1, sqlite: vec![figure(one)], postgres: vec![figure(other)] };
        assert!(
            report(2.0, 49.9)
                .table()
                .contains("| rename | 1.0 ms | 2.0 ms | 1.0 ms | 49.9 ms | < 50 ms | yes |")
        );
        assert!(report(50.0, 1.0).table().contains("| no |"));
    }
}
