//! What Lighthouse says of sign-in, drive and share page of a release build. Unlike the other figures these are scores from 0 to
//! 100, the same way on every machine, so they are written straight into `docs/performance.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::prerequisites::{self, Need};
use crate::site::{self, Profile};
use crate::test::browser::install_packages;
use crate::{command, server, workspace};

/// What every page is to reach in each category.
const GOAL: u8 = 95;

const BEGIN: &str = "<!-- written by `cargo xtask bench lighthouse` -->\n";
const END: &str = "<!-- end -->\n";

/// A page as one kind of device sees it.
#[derive(Deserialize)]
struct Figure {
    page: String,
    device: String,
    scores: Scores,
    findings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Scores {
    performance: u8,
    accessibility: u8,
    best_practices: u8,
}

impl Scores {
    fn is_good(&self) -> bool {
        [self.performance, self.accessibility, self.best_practices].into_iter().all(|score| score >= GOAL)
    }
}

/// Builds, runs Lighthouse in the system's Chromium, prints and writes the table.
///
/// # Errors
/// When something is missing, or Lighthouse does not come to an end.
pub(super) fn measure() -> Result<()> {
    prerequisites::ensure(&[Need::CCompiler, Need::OpenSsl, Need::WasmTarget, Need::Node, Need::Chromium])?;
    let site = site::build(Profile::Release)?;
    let binary = server::build(Profile::Release)?;
    let folder = workspace::root().join("end2end");
    install_packages(&folder)?;
    let report = workspace::target().join("bench/lighthouse.json");
    fs::create_dir_all(report.parent().context("a folder")?)?;
    let mut playwright = Command::new("npx");
    playwright.current_dir(&folder).args(["--no-install", "playwright", "test"]);
    playwright.args(["--config", "lighthouse.config.ts"]);
    playwright.env("HAYLOFT_TEST_BIN", binary).env("HAYLOFT_TEST_SITE", &site.root);
    playwright.env("HAYLOFT_TEST_CHROMIUM", prerequisites::chromium().context("Chromium is missing")?);
    playwright.env("HAYLOFT_TEST_LIGHTHOUSE", &report);
    command::run(&mut playwright)?;
    let figures: Vec<Figure> = serde_json::from_str(&fs::read_to_string(&report)?)?;
    let table = table(&figures);
    println!("\n{table}");
    write(&workspace::root().join("docs/performance.md"), &table)
}

fn table(figures: &[Figure]) -> String {
    let mut text = format!(
        "| page | device | performance | accessibility | best practices | all ≥ {GOAL} | what costs most |\n|---|---|---|---|---|---|---|\n"
    );
    for Figure { page, device, scores, findings } in figures {
        let met = if scores.is_good() { "yes" } else { "no" };
        let Scores { performance, accessibility, best_practices } = scores;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {page} | {device} | {performance} | {accessibility} | {best_practices} | {met} | {} |",
            findings.join("; ").replace('|', "\\|")
        );
    }
    text
}

/// Puts the table between its marks.
fn write(path: &Path, table: &str) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let (before, rest) = text.split_once(BEGIN).context("docs/performance.md has no place for it")?;
    let (_, after) = rest.split_once(END).context("docs/performance.md has no end of its place")?;
    ensure!(!after.contains(BEGIN), "docs/performance.md has two places for it");
    Ok(fs::write(path, format!("{before}{BEGIN}{table}{END}{after}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_one_before() {
        let json = r#"[{"page":"drive","device":"phone","scores":{"performance":96,"accessibility":100,"best-practices":94},
            "findings":["a|b"]}]"#;
        let figures: Vec<Figure> = serde_json::from_str(json).unwrap();
        let table = table(&figures);
        assert!(table.ends_with("| drive | phone | 96 | 100 | 94 | no | a\\|b |\n"), "{table}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("performance.md");
        fs::write(&path, format!("a\n{BEGIN}old\n{END}b\n")).unwrap();
        write(&path, &table).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("a\n{BEGIN}{table}{END}b\n"));
        fs::write(&path, "a\n").unwrap();
        assert!(write(&path, &table).is_err());
    }

    #[test]
    fn there_is_a_place_in_the_document() {
        let text = fs::read_to_string(workspace::root().join("docs/performance.md")).unwrap();
        assert!(text.split_once(BEGIN).is_some_and(|(_, rest)| rest.contains(END)));
    }
}
