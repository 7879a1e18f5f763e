//! `cargo xtask test`: every check there is, in parts that can be chosen.
//!
//! Nothing is skipped silently: what a part needs is installed or named, a part that finds no tests fails, and a test
//! that was ignored is counted in the table. A part that fails does not stop the others. The last line is
//! `N passed, N failed` and nothing else.
//!
//! Tests find their surroundings in the environment, and fail where it is missing:
//!
//! | variable | what | parts |
//! |---|---|---|
//! | `HAYLOFT_TEST_POSTGRES` | URL of a superuser on a throw-away PostgreSQL; make your own database | drive, server, e2e |
//! | `HAYLOFT_TEST_HDFS` | store URL of a real HDFS: 3 DataNodes, 2 copies; work below a path of your own | storage, drive, e2e |
//! | `HAYLOFT_TEST_HDFS_STATE` | path of its `state.json`, see `hdfs::State` | storage, drive, e2e |
//! | `HAYLOFT_TEST_BIN`, `HAYLOFT_TEST_SITE` | binary of the server, and the site for its `HAYLOFT_SITE` | e2e |
//! | `HAYLOFT_TEST_CHROMIUM`, `HAYLOFT_TEST_NGINX` | paths of Chromium and nginx | e2e |

pub(crate) mod browser;
mod host;
mod lints;
mod outcome;
mod services;
pub(crate) mod wasm;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::prerequisites::{self, Need};
use host::Host;
use outcome::Outcome;
use services::Services;

/// Longer than any one test program may take.
const LIMIT: Duration = Duration::from_secs(15 * 60);

#[derive(Args)]
pub(crate) struct Options {
    /// Which parts to run; all of them if none is named.
    parts: Vec<Part>,
}

/// A part of the tests, in the order they run: quick answers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Part {
    /// Formatting.
    Fmt,
    /// Clippy with warnings denied: server side, xtask, and browser side.
    Clippy,
    /// Unit tests of domain, app and xtask, and the examples in documentation.
    Unit,
    /// The storage contract in memory, on a local directory and on a real HDFS.
    Storage,
    /// Use cases on SQLite and on a real PostgreSQL.
    Drive,
    /// Integration tests through the real router.
    Server,
    /// Tests of app that run as wasm.
    Wasm,
    /// The size of the wasm.
    Budget,
    /// Playwright in a real Chromium, on the site as it is given out and a real HDFS.
    E2e,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{self:?}").to_lowercase())
    }
}

impl Part {
    fn needs(self) -> &'static [Need] {
        match self {
            Self::Fmt => &[Need::Lints],
            Self::Clippy => &[Need::CCompiler, Need::OpenSsl, Need::Lints, Need::WasmTarget],
            Self::Unit => &[Need::CCompiler, Need::OpenSsl, Need::Postgres, Need::Nginx, Need::Systemd],
            Self::Server => &[Need::CCompiler, Need::OpenSsl, Need::Postgres],
            Self::Storage => &[Need::CCompiler, Need::OpenSsl, Need::Java, Need::Maven],
            Self::Drive => &[Need::CCompiler, Need::OpenSsl, Need::Java, Need::Maven, Need::Postgres],
            Self::Wasm => {
                &[Need::CCompiler, Need::WasmTarget, Need::Node, Need::Chromium, Need::ChromeDriver]
            }
            Self::Budget => &[Need::CCompiler, Need::WasmTarget],
            Self::E2e => &[
                Need::CCompiler,
                Need::OpenSsl,
                Need::WasmTarget,
                Need::Java,
                Need::Maven,
                Need::Postgres,
                Need::Node,
                Need::Chromium,
                Need::Nginx,
                Need::BackupTools,
                Need::Unzip,
                Need::Curl,
                Need::Wget,
            ],
        }
    }
}

/// One line of the table at the end.
struct Row {
    name: String,
    outcome: Outcome,
    took: Duration,
}

/// Runs the chosen parts, sums up in the last line, and answers whether everything passed.
pub(crate) fn test(options: &Options) -> bool {
    let mut parts =
        if options.parts.is_empty() { Part::value_variants().to_vec() } else { options.parts.clone() };
    parts.sort();
    parts.dedup();
    let rows = run(&parts);
    let mut total = Outcome::default();
    println!();
    for Row { name, outcome, took } in &rows {
        println!("{name:<18} {outcome:<36} {:>6.1} s", took.as_secs_f64());
        total += *outcome;
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    total.is_success()
}

fn run(parts: &[Part]) -> Vec<Row> {
    let mut rows = Vec::new();
    // Installing is not our own time, and what cannot be installed should be known before the first build.
    let (ready, unready): (Vec<_>, Vec<_>) = parts
        .iter()
        .map(|part| (*part, prerequisites::ensure(part.needs())))
        .partition(|(_, met)| met.is_ok());
    for (part, met) in unready {
        timed(&mut rows, &part.to_string(), || met.and_then(|()| bail!("unmet")));
    }
    let mut services = Services::default();
    let mut host = Host::new(ready.iter().map(|(part, _)| *part));
    for (part, _) in ready {
        println!("\n=== {part}");
        let name = part.to_string();
        match part {
            Part::Fmt => timed(&mut rows, &name, lints::formatting),
            Part::Clippy => {
                for (pass, lint) in lints::PASSES {
                    timed(&mut rows, &format!("{name} {pass}"), lint);
                }
            }
            Part::Unit | Part::Storage | Part::Drive | Part::Server => {
                if host.must_build() {
                    timed(&mut rows, "build of tests", || host.build());
                }
                timed(&mut rows, &name, || host.run(part, &services.environment(part)?));
                if part == Part::Unit {
                    timed(&mut rows, "unit: examples", || host.examples());
                }
            }
            Part::Wasm => timed(&mut rows, &name, wasm::run),
            Part::Budget => timed(&mut rows, &name, browser::budget),
            Part::E2e => {
                let mut built = None;
                timed(&mut rows, "build for e2e", || {
                    built = Some(browser::build()?);
                    Ok(Outcome::default())
                });
                if let Some(built) = built {
                    timed(&mut rows, &name, || browser::run(&built, &services.environment(part)?));
                }
            }
        }
    }
    rows
}

/// An error counts as one failure.
fn timed(rows: &mut Vec<Row>, name: &str, part: impl FnOnce() -> Result<Outcome>) {
    let start = Instant::now();
    let outcome = part().unwrap_or_else(|error| {
        eprintln!("error: {name}: {error:#}");
        Outcome::failure()
    });
    rows.push(Row { name: name.to_owned(), outcome, took: start.elapsed() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_failure() {
        let mut rows = Vec::new();
        timed(&mut rows, "part", || bail!("no such thing"));
        assert_eq!(rows[0].outcome, Outcome::failure());
    }

    #[test]
    fn parts_are_named_in_lower_case() {
        assert_eq!(Part::E2e.to_string(), "e2e");
        assert_eq!(format!("{:<6}|", Part::Fmt), "fmt   |");
    }
}
