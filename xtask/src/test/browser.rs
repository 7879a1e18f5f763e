//! What the browser gets: the size of the wasm, and Playwright against the site as it is given out.
//!
//! The specs start and kill the server themselves; they get the binary, the site, the database and the HDFS.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};

use super::host::SELECTION;
use super::outcome::Outcome;
use super::services::Environment;
use crate::site::{self, Profile, Site};
use crate::{command, prerequisites, workspace};

/// What a visitor may have to load before a page is alive. The goal is 250,000; this is the ceiling until it is reached,
/// and it only goes down (docs/adr/0009).
const BUDGET: u64 = 305_000;

/// Longer than all of the browser tests may take.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Checks the compressed size of the wasm.
///
/// # Errors
/// When the site cannot be built or the wasm is too large.
pub(super) fn budget() -> Result<Outcome> {
    let site = site::build(Profile::Release)?;
    let size = fs::metadata(site.wasm.with_extension("wasm.br"))?.len();
    println!("{size} bytes of wasm after brotli; the budget is {BUDGET}");
    ensure!(size <= BUDGET, "the wasm is {} bytes over its budget", size - BUDGET);
    Ok(Outcome::success())
}

/// What the specs are run against.
pub(super) struct Built {
    site: Site,
    binary: PathBuf,
}

/// Builds the site as it is given out, and the server as its own tests have it: optimised it takes as long to compile as all
/// tests together take to run, and does the same.
///
/// # Errors
/// When they do not compile.
pub(super) fn build() -> Result<Built> {
    let mut cargo = workspace::cargo();
    command::cargo(cargo.args(["build", "--bin", "hayloft"]).args(SELECTION), |_| {})?;
    Ok(Built { site: site::build(Profile::Release)?, binary: workspace::target().join("debug/hayloft") })
}

/// Runs every spec.
///
/// # Errors
/// When the packages cannot be installed, or Playwright gives no report.
pub(super) fn run(built: &Built, environment: &Environment) -> Result<Outcome> {
    let folder = workspace::root().join("end2end");
    install_packages(&folder)?;
    let report = workspace::target().join("end2end.json");
    let mut playwright = Command::new("npx");
    playwright.current_dir(&folder).args(["--no-install", "playwright", "test", "--reporter=list,json"]);
    // The second name is the one of older versions.
    playwright.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report).env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    playwright.env("HAYLOFT_TEST_BIN", &built.binary).env("HAYLOFT_TEST_SITE", &built.site.root);
    playwright.env("HAYLOFT_TEST_CHROMIUM", prerequisites::chromium().context("Chromium is missing")?);
    playwright.env("HAYLOFT_TEST_NGINX", prerequisites::nginx().context("nginx is missing")?);
    playwright.envs(environment.iter().map(|(key, value)| (key, value)));
    match fs::remove_file(&report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let status = command::watch(&mut playwright, LIMIT, |_| {})?;
    let text =
        fs::read_to_string(&report).with_context(|| format!("Playwright left no report ({status})"))?;
    let mut outcome = Outcome::of_playwright(&text)?;
    ensure!(!outcome.is_empty(), "no tests ran");
    if !status.success() && outcome.is_success() {
        outcome += Outcome::failure();
    }
    Ok(outcome)
}

/// `npm ci`, unless what is installed is newer than the lock file.
///
/// # Errors
/// When npm cannot fetch them.
pub(crate) fn install_packages(folder: &Path) -> Result<()> {
    let changed = |name: &str| fs::metadata(folder.join(name)).and_then(|file| file.modified());
    let lock = changed("package-lock.json").context("end2end/package-lock.json is missing")?;
    if changed("node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    // The tests run in the system's Chromium; Playwright's own need not be fetched.
    command::run(npm.arg("ci").current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}
