//! `cargo xtask bench`: how fast Hayloft is, as ratios to a ruler measured in the same run on the same machine.
//!
//! The rulers are `curl` straight to WebHDFS, and nginx with sendfile. Machines are noisy, so the two sides alternate
//! and medians are compared. It measures a release build; it never judges, since a figure on one machine is no test.

mod bytes;
mod drive;
mod lighthouse;
mod listing;
mod memory;
mod nginx;
mod report;
mod rig;
mod series;
mod timed;

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::hdfs::{Cluster, Layout};
use crate::postgres::Postgres;
use crate::prerequisites::{self, Need};
use crate::site::{self, Profile};
use crate::{server, workspace};

use report::Report;
use rig::Rig;
use timed::WebHdfs;

#[derive(Args)]
pub(crate) struct Options {
    /// A sixteenth of the sizes and three runs: shows that the benchmark works, not how fast Hayloft is.
    #[arg(long)]
    quick: bool,
    /// Alternating runs of each comparison; a median of fewer than five says little.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(5..), conflicts_with = "quick")]
    runs: u16,
    /// Measure only these; all of them when none is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Upload and download through Hayloft into HDFS against direct `curl`.
    Hdfs,
    /// Download from the local store against nginx.
    Local,
    /// From the last byte of a 4 GiB upload in parts to the published file.
    Finish,
    /// Resident memory of the server.
    Memory,
    /// The first page of a folder of 100,000 files.
    Listing,
    /// What Lighthouse says of the pages; goes into docs/performance.md.
    Lighthouse,
    /// What people do, inside `drive`, with 100,000 entries in one folder and 1,000,000 in one drive.
    Drive,
}

/// How much is moved.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    /// Bytes of the file that is compared with the ruler.
    file: u64,
    /// Bytes of the large file: finishing and memory.
    large: u64,
    /// Alternating runs.
    runs: usize,
}

impl Sizes {
    const fn is_quick(self) -> bool {
        self.file < 1 << 30
    }
}

/// Builds, starts a cluster, measures, prints a table and writes `target/bench/report.json` and `report.md`.
///
/// # Errors
/// When something is missing or a transfer fails; what was measured until then is printed.
pub(crate) fn bench(options: &Options) -> Result<()> {
    // It needs no cluster.
    if options.parts == [Part::Lighthouse] {
        return lighthouse::measure();
    }
    if options.parts == [Part::Drive] {
        // The only part that needs neither a server nor a cluster.
        prerequisites::ensure(&[Need::CCompiler, Need::OpenSsl, Need::Postgres])?;
        return drive::bench(options.quick);
    }
    prerequisites::ensure(&[
        Need::CCompiler,
        Need::OpenSsl,
        Need::WasmTarget,
        Need::Java,
        Need::Maven,
        Need::Postgres,
        Need::Curl,
        Need::Nginx,
    ])?;
    let sizes = if options.quick {
        Sizes { file: 64 << 20, large: 256 << 20, runs: 3 }
    } else {
        Sizes { file: 1 << 30, large: 4 << 30, runs: options.runs.into() }
    };
    let site = site::build(Profile::Release)?;
    let binary = server::build(Profile::Release)?;
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder)?;
    let scratch = tempfile::Builder::new().prefix("run-").tempdir_in(&folder)?;
    let cluster = Cluster::start(&Layout { dir: scratch.path().join("hdfs"), datanodes: 3, replication: 1 })?;
    let mut report = Report::default();
    let bench = Bench { binary, site: site.root, folder: scratch.path().to_path_buf(), cluster };
    let measured = measure(&options.parts, sizes, &bench, &mut report);
    report.print();
    report.write(&folder)?;
    measured
}

/// What every measurement starts from.
struct Bench {
    binary: PathBuf,
    site: PathBuf,
    folder: PathBuf,
    cluster: Cluster,
}

impl Bench {
    /// Measures a server of its own on HDFS and SQLite, and removes what it stored.
    fn on_hdfs(&self, name: &str, work: impl FnOnce(&Rig) -> Result<()>) -> Result<()> {
        work(&self.rig(name, Some(self.store()), None)?)?;
        WebHdfs::new(self.store()).remove(name)
    }

    fn rig(&self, name: &str, store: Option<&str>, database: Option<&str>) -> Result<Rig> {
        Rig::start(&self.binary, &self.site, &self.folder.join(name), store, database)
    }

    fn store(&self) -> &str {
        &self.cluster.state().store_url
    }
}

fn measure(wanted: &[Part], sizes: Sizes, bench: &Bench, report: &mut Report) -> Result<()> {
    let wanted = |part: Part| wanted.is_empty() || wanted.contains(&part);
    let files = bytes::Files::make(&bench.folder.join("files"), sizes)?;
    if wanted(Part::Hdfs) {
        bench.on_hdfs("hdfs", |rig| bytes::hdfs(rig, bench.store(), &files, sizes, report))?;
    }
    if wanted(Part::Local) {
        let scratch = bench.folder.join("nginx");
        nginx::local(&bench.rig("local", None, None)?, &scratch, &files, sizes, report)?;
    }
    if wanted(Part::Finish) {
        bench.on_hdfs("finish", |rig| bytes::finish(rig, &files, sizes, report))?;
    }
    if wanted(Part::Memory) {
        bench.on_hdfs("memory", |rig| memory::transfers(rig, &files, sizes, report))?;
        bench.on_hdfs("slow", |rig| memory::slow_uploads(rig, &files, report))?;
    }
    if wanted(Part::Listing) {
        listing::first_page(&bench.rig("listing-sqlite", None, None)?, "SQLite", report)?;
        let postgres = Postgres::start()?;
        listing::first_page(
            &bench.rig("listing-postgres", None, Some(postgres.url()))?,
            "PostgreSQL",
            report,
        )?;
    }
    if wanted(Part::Lighthouse) {
        lighthouse::measure()?;
    }
    if wanted(Part::Drive) {
        drive::bench(sizes.is_quick())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn a_median_is_of_five_runs_at_least() {
        let runs = |arguments: &[&str]| {
            let line = Line::try_parse_from([&["bench"], arguments].concat());
            line.ok().map(|line| line.options.runs)
        };
        assert_eq!(runs(&[]), Some(5));
        assert_eq!(runs(&["--quick"]), Some(5));
        assert_eq!(runs(&["--runs", "7"]), Some(7));
        assert_eq!(runs(&["--runs", "4"]), None);
        assert_eq!(runs(&["--quick", "--runs", "7"]), None, "it has runs of its own");
    }
}
