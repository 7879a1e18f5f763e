//! Tests of `app` compiled to wasm: in Node, or, where a test file says `run_in_browser`, in headless Chromium.
//!
//! xtask is itself the runner that cargo calls for each compiled test, with wasm-bindgen's runner as a library: no
//! `wasm-bindgen-test-runner` has to be installed. Wasm tests are `#[wasm_bindgen_test]` in the sources of `app` and in
//! `app/tests/wasm*.rs`; its other integration tests belong to the host.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::host::count;
use super::outcome::Outcome;
use crate::prerequisites::{self, Need};
use crate::{command, workspace};

/// What is compiled to wasm.
pub(super) const SELECTION: [&str; 6] =
    ["--package", "hayloft-app", "--features", "hayloft-app/hydrate", "--target", "wasm32-unknown-unknown"];

/// Chromium's flags for tests: no sandbox, since containers have none to offer; nothing that calls out by itself.
pub(super) const CHROMIUM_FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Builds and runs the tests.
///
/// # Errors
/// When they do not compile, or there are none.
pub(super) fn run() -> Result<Outcome> {
    let mut cargo = workspace::cargo();
    let runner = env::current_exe()?;
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", format!("{} wasm-test-runner", runner.display()));
    if wants_browser()? {
        use_chromium(&mut cargo)?;
    }
    let targets = targets()?;
    let mut build = workspace::cargo();
    command::cargo(build.args(["test", "--no-run"]).args(SELECTION).args(&targets), |_| {})?;
    // No `--quiet`: cargo would hand it on to the runner, which does not know it.
    let total = count(cargo.arg("test").args(SELECTION).args(&targets))?;
    ensure!(!total.is_empty(), "no tests ran");
    Ok(total)
}

/// The runner of one compiled test; `arguments` are cargo's: the file, then the test program's own.
///
/// # Errors
/// When the tests fail.
pub(crate) fn run_compiled(arguments: Vec<String>) -> Result<()> {
    let name = "wasm-bindgen-test-runner".to_owned();
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::iter::once(name).chain(arguments))
}

/// Cargo's arguments for what there is to test.
///
/// # Errors
/// When the folder of tests cannot be read.
pub(super) fn targets() -> Result<Vec<&'static str>> {
    let mut arguments = vec!["--lib"];
    if test_files()?
        .iter()
        .any(|file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("wasm")))
    {
        arguments.extend(["--test", "wasm*"]);
    }
    Ok(arguments)
}

fn test_files() -> Result<Vec<PathBuf>> {
    Ok(workspace::files_below(&workspace::root().join("app/tests"))?)
}

/// Only then is a driver needed.
fn wants_browser() -> Result<bool> {
    let mut files = workspace::files_below(&workspace::root().join("app/src"))?;
    files.extend(test_files()?);
    Ok(files.iter().any(|file| fs::read_to_string(file).is_ok_and(|text| text.contains("run_in_browser"))))
}

fn use_chromium(cargo: &mut Command) -> Result<()> {
    prerequisites::ensure(&[Need::Chromium, Need::ChromeDriver])?;
    let capabilities = json!({
        "goog:chromeOptions": { "binary": prerequisites::chromium(), "args": CHROMIUM_FLAGS }
    });
    let file = workspace::target().join("webdriver.json");
    fs::write(&file, capabilities.to_string())?;
    cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file);
    cargo.env("CHROMEDRIVER", command::find("chromedriver").context("chromedriver is missing")?);
    Ok(())
}
