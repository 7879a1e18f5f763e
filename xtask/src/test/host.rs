//! Tests that run on this machine's own target.
//!
//! One cargo call builds the test programs of every chosen part, because each other selection of packages has other
//! features for the shared dependencies and would compile them once more. The programs are then run one by one, part
//! by part, each with its own environment. A single part builds just its packages, as `cargo test -p` does.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::outcome::Outcome;
use super::services::Environment;
use super::{LIMIT, Part};
use crate::{command, workspace};

/// Every package of the server's side; `app` as the server sees it.
pub(super) const SELECTION: [&str; 12] = [
    "--package",
    "hayloft-domain",
    "--package",
    "hayloft-storage",
    "--package",
    "hayloft-drive",
    "--package",
    "hayloft-app",
    "--package",
    "hayloft",
    "--features",
    "hayloft-app/ssr",
];

/// The test programs of the chosen parts.
pub(super) struct Host {
    parts: Vec<Part>,
    programs: Option<Vec<Program>>,
}

/// One compiled test program.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    package: String,
    target: String,
    folder: PathBuf,
    executable: PathBuf,
}

impl Host {
    pub(super) fn new(parts: impl Iterator<Item = Part>) -> Self {
        let is_host = |part: &Part| !packages(*part).is_empty();
        Self { parts: parts.filter(is_host).collect(), programs: None }
    }

    /// Whether nobody has tried to build yet.
    pub(super) fn must_build(&self) -> bool {
        self.programs.is_none()
    }

    /// Compiles the test programs; counts nothing.
    ///
    /// # Errors
    /// When something does not compile. What does can still be run.
    pub(super) fn build(&mut self) -> Result<Outcome> {
        let programs = self.programs.insert(Vec::new());
        let mut result = compile(&selection(&self.parts), programs);
        if self.parts.contains(&Part::Unit) {
            // Apart from the others, so that its dependencies stay those that xtask itself was built with.
            result = result.and(compile(&["--package", "xtask"], programs));
        }
        result.map(|()| Outcome::default())
    }

    /// Runs the part's programs.
    ///
    /// # Errors
    /// When there is no test to run: they did not compile, or nobody wrote one.
    pub(super) fn run(&self, part: Part, environment: &Environment) -> Result<Outcome> {
        let packages = packages(part);
        let mut total = Outcome::default();
        for program in self.programs.iter().flatten().filter(|one| packages.contains(&one.package.as_str())) {
            println!("--- {} {}", program.package, program.target);
            let mut command = Command::new(&program.executable);
            command.arg("--quiet").current_dir(&program.folder);
            // Cargo sets it for the tests it runs itself.
            command.env("CARGO_MANIFEST_DIR", &program.folder);
            command.envs(environment.iter().map(|(key, value)| (key, value)));
            total += count(&mut command)?;
        }
        ensure!(!total.is_empty(), "no tests ran");
        Ok(total)
    }

    /// Runs the examples in the documentation of every chosen package.
    ///
    /// # Errors
    /// When cargo cannot be started.
    pub(super) fn examples(&self) -> Result<Outcome> {
        let mut cargo = workspace::cargo();
        count(cargo.args(["test", "--quiet", "--doc"]).args(selection(&self.parts)))
    }
}

/// Runs one program of tests. Ending badly without saying how many failed counts as one failure.
pub(super) fn count(command: &mut Command) -> Result<Outcome> {
    let mut total = Outcome::default();
    let status = command::watch(command, LIMIT, |line| {
        if let Some(outcome) = Outcome::of_line(line) {
            total += outcome;
        }
    })?;
    if !status.success() && total.is_success() {
        eprintln!("error: ended with {status}");
        total += Outcome::failure();
    }
    Ok(total)
}

fn packages(part: Part) -> &'static [&'static str] {
    match part {
        Part::Unit => &["hayloft-domain", "hayloft-app", "xtask"],
        Part::Storage => &["hayloft-storage"],
        Part::Drive => &["hayloft-drive"],
        Part::Server => &["hayloft"],
        Part::Fmt | Part::Clippy | Part::Wasm | Part::Budget | Part::E2e => &[],
    }
}

/// Cargo's arguments for the packages of these parts; of all parts together they are [`SELECTION`].
fn selection(parts: &[Part]) -> Vec<&'static str> {
    let packages = parts.iter().flat_map(|part| packages(*part)).filter(|package| **package != "xtask");
    let mut arguments: Vec<_> = packages.flat_map(|package| ["--package", *package]).collect();
    if parts.contains(&Part::Unit) {
        arguments.extend(["--features", "hayloft-app/ssr"]);
    }
    arguments
}

/// Adds the programs to `found`, also when some of them do not compile.
fn compile(selection: &[&str], found: &mut Vec<Program>) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--no-run", "--no-fail-fast", "--message-format", "json-render-diagnostics"]);
    let result = command::cargo(cargo.args(selection), |line| found.extend(program_of(line)));
    found.sort_by(|one, other| (&one.package, &one.target).cmp(&(&other.package, &other.target)));
    result
}

/// Reads one line of cargo's messages; most are not about a test program.
fn program_of(line: &str) -> Option<Program> {
    #[derive(Deserialize)]
    struct Artifact {
        manifest_path: PathBuf,
        target: Target,
        profile: Profile,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    #[derive(Deserialize)]
    struct Profile {
        test: bool,
    }
    let artifact: Artifact = serde_json::from_str(line).ok()?;
    let folder = artifact.manifest_path.parent()?.to_path_buf();
    let executable = artifact.executable.filter(|_| artifact.profile.test)?;
    let package = package_name(&artifact.manifest_path).ok()?;
    Some(Program { package, target: artifact.target.name, folder, executable })
}

fn package_name(manifest: &PathBuf) -> Result<String> {
    let manifest: toml::Table = std::fs::read_to_string(manifest)?.parse()?;
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    Ok(name.context("a package without a name")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_test_program_among_cargos_messages() {
        let root = workspace::root().display();
        let line = format!(
            r#"{{"reason":"compiler-artifact","package_id":"path+file:///x","manifest_path":"{root}/storage/Cargo.toml",
            "target":{{"kind":["test"],"name":"contract"}},"profile":{{"test":true}},"executable":"/t/contract-1"}}"#
        );
        let program = program_of(&line).unwrap();
        assert_eq!((program.package.as_str(), program.target.as_str()), ("hayloft-storage", "contract"));
        assert_eq!(program_of(&line.replace(r#""test":true"#, r#""test":false"#)), None);
        assert_eq!(program_of(r#"{"reason":"build-finished","success":true}"#), None);
    }

    #[test]
    fn a_program_that_crashes_is_a_failure() {
        assert_eq!(count(&mut Command::new("false")).unwrap(), Outcome::failure());
    }

    #[test]
    fn summaries_are_added_up() {
        let mut command = Command::new("printf");
        command.arg("test result: ok. 2 passed; 0 failed; 0 ignored\ntest result: ok. 3 passed; 0 failed; 1 ignored\n");
        assert_eq!(count(&mut command).unwrap(), Outcome { passed: 5, failed: 0, skipped: 1 });
    }

    #[test]
    fn all_parts_together_are_what_clippy_looks_at() {
        let all = [Part::Unit, Part::Storage, Part::Drive, Part::Server];
        let sorted = |arguments: &[&str]| {
            let mut arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
            arguments.sort();
            arguments
        };
        assert_eq!(sorted(&selection(&all)), sorted(&SELECTION));
    }

    #[test]
    fn a_single_part_builds_just_its_package() {
        assert_eq!(selection(&[Part::Drive]), ["--package", "hayloft-drive"]);
    }
}
