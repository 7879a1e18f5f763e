//! What is written for operators names variables and metrics that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::Cli;

/// Of the tests and of the pictures, not of the program.
const OTHERS: [&str; 2] = ["HAYLOFT_TEST_", "HAYLOFT_SCREENSHOTS"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every text for operators, with its path.
fn texts() -> Vec<(PathBuf, String)> {
    let mut waiting = vec![root().join("README.md"), root().join("docs"), root().join("deploy")];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder");
            waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
    assert!(found.iter().any(|(path, _)| path.ends_with("hayloft.env")), "deploy is read");
    found
}

/// The words that begin so.
fn words<'a>(text: &'a str, prefix: &str, is_letter: impl Fn(char) -> bool) -> BTreeSet<&'a str> {
    text.match_indices(prefix)
        .map(|(start, _)| {
            let rest = &text[start..];
            let end = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

fn variables() -> BTreeSet<String> {
    fn collect(command: &clap::Command, found: &mut BTreeSet<String>) {
        let names = command.get_arguments().filter_map(clap::Arg::get_env);
        found.extend(names.map(|name| name.to_string_lossy().into_owned()));
        command.get_subcommands().for_each(|command| collect(command, found));
    }
    let mut found = BTreeSet::new();
    collect(&Cli::command(), &mut found);
    found
}

#[test]
fn every_variable_that_is_named_can_be_set() {
    let known = variables();
    for (path, text) in texts() {
        let is_letter = |letter: char| letter == '_' || letter.is_ascii_uppercase();
        for name in words(&text, "HAYLOFT_", is_letter) {
            // `HAYLOFT_…` speaks of all of them.
            let is_other = name == "HAYLOFT_" || OTHERS.iter().any(|other| name.starts_with(other));
            assert!(is_other || known.contains(name), "{} names {name}, which is no option", path.display());
        }
    }
}

#[test]
fn the_readme_names_every_option_of_the_server() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let command = Cli::command();
    let serve = command.find_subcommand("serve").expect("serve");
    for argument in serve.get_arguments() {
        if let Some(name) = argument.get_env().and_then(std::ffi::OsStr::to_str) {
            assert!(readme.contains(&format!("`{name}`")), "README.md says nothing of {name}");
        }
    }
}

#[test]
fn every_metric_that_is_watched_is_counted() {
    let mut seen = 0;
    for (path, text) in texts() {
        for name in words(&text, "hayloft_", |letter| letter == '_' || letter.is_ascii_lowercase()) {
            // The name of a cookie, a password or a role in an example is none.
            const ENDS: [&str; 13] = [
                "_total",
                "_seconds",
                "_bucket",
                "_count",
                "_sum",
                "_uploads",
                "_bytes",
                "_up",
                "_datanodes",
                "_mode",
                "_blocks",
                "_items",
                "_files",
            ];
            if !ENDS.iter().any(|end| name.ends_with(end)) {
                continue;
            }
            let base =
                ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(crate::metrics::NAMES.contains(&base), "{}: {name} is not counted", path.display());
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}
