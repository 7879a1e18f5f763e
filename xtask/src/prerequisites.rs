//! What the machine must have. Missing things are installed where that is ours to do (`rustup target add`, and apt
//! when we are root on Debian); everything else is named in one line with the command that installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{command, workspace};

/// Something a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// `cc`, for the C in SQLite and ring.
    CCompiler,
    /// OpenSSL's headers, through `pkg-config`: the webhdfs crate links to the system's library.
    OpenSsl,
    /// rustfmt and clippy.
    Lints,
    /// The standard library for wasm32-unknown-unknown.
    WasmTarget,
    /// A JDK or JRE, 17 or newer.
    Java,
    /// Maven, which fetches Hadoop.
    Maven,
    /// Node.js 20 or newer, with npm.
    Node,
    /// `initdb` and `postgres`.
    Postgres,
    /// Chromium or Chrome.
    Chromium,
    /// The driver through which wasm tests run in Chromium.
    ChromeDriver,
    /// The client on both sides of the benchmark, and one that follows the links of shares.
    Curl,
    /// Another one.
    Wget,
    /// What stands before several instances, and the benchmark's ruler for local files; with `openssl` for a certificate.
    Nginx,
    /// What the scripts in `deploy/backup` call.
    BackupTools,
    /// `systemd-analyze`, which reads the unit.
    Systemd,
    /// Reads the zips that we make.
    Unzip,
}

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::CCompiler => command::find("cc").is_some(),
            Self::OpenSsl => succeeds(Command::new("pkg-config").args(["--exists", "openssl"])),
            Self::Lints => has_component("rustfmt") && has_component("clippy"),
            Self::WasmTarget => has_wasm_target(),
            Self::Java => major_version("java", "-version").is_some_and(|version| version >= 17),
            Self::Maven => command::find("mvn").is_some(),
            Self::Node => {
                major_version("node", "--version").is_some_and(|version| version >= 20)
                    && command::find("npm").is_some()
            }
            Self::Postgres => postgres_program("initdb").is_some() && postgres_program("postgres").is_some(),
            Self::Chromium => chromium().is_some(),
            Self::ChromeDriver => command::find("chromedriver").is_some(),
            Self::Curl => command::find("curl").is_some(),
            Self::Wget => command::find("wget").is_some(),
            Self::Nginx => nginx().is_some() && command::find("openssl").is_some(),
            Self::BackupTools => {
                ["rsync", "sqlite3", "pg_dump"].iter().all(|name| command::find(name).is_some())
            }
            Self::Systemd => command::find("systemd-analyze").is_some(),
            Self::Unzip => command::find("unzip").is_some(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::CCompiler => "a C compiler",
            Self::OpenSsl => "OpenSSL's headers (through pkg-config)",
            Self::Lints => "rustfmt and clippy",
            Self::WasmTarget => "Rust's wasm32-unknown-unknown target",
            Self::Java => "Java 17 or newer",
            Self::Maven => "Maven",
            Self::Node => "Node.js 20 or newer with npm",
            Self::Postgres => "PostgreSQL's server",
            Self::Chromium => "Chromium",
            Self::ChromeDriver => "Chromium's driver",
            Self::Curl => "curl",
            Self::Wget => "wget",
            Self::Nginx => "nginx with openssl",
            Self::BackupTools => "rsync, sqlite3 and pg_dump",
            Self::Systemd => "systemd",
            Self::Unzip => "unzip",
        }
    }

    fn apt_packages(self) -> &'static [&'static str] {
        match self {
            Self::CCompiler => &["build-essential"],
            Self::OpenSsl => &["libssl-dev", "pkg-config"],
            Self::Lints | Self::WasmTarget => &[],
            Self::Java => java_packages(),
            Self::Maven => &["maven"],
            Self::Node => &["nodejs", "npm"],
            Self::Postgres => &["postgresql"],
            Self::Chromium => &["chromium"],
            Self::ChromeDriver => &["chromium-driver"],
            Self::Curl => &["curl"],
            Self::Wget => &["wget"],
            Self::Nginx => &["nginx-light", "openssl"],
            Self::BackupTools => &["rsync", "sqlite3", "postgresql-client"],
            Self::Systemd => &["systemd"],
            Self::Unzip => &["unzip"],
        }
    }

    fn rustup_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Lints => &["component", "add", "rustfmt", "clippy"],
            Self::WasmTarget => &["target", "add", "wasm32-unknown-unknown"],
            _ => &[],
        }
    }

    fn advice(self) -> String {
        let (name, rustup, packages) = (self.name(), self.rustup_arguments(), self.apt_packages().join(" "));
        match self {
            _ if !rustup.is_empty() => format!("missing: {name}; run `rustup {}`", rustup.join(" ")),
            // Debian 12 has an older one.
            Self::Node => format!(
                "missing: {name}; install it from https://nodejs.org (Debian 13: `sudo apt-get install -y {packages}`)"
            ),
            _ => format!("missing: {name}; run `sudo apt-get install -y {packages}` (Debian's packages)"),
        }
    }
}

/// Makes sure that all of `needs` are there. What fails on the way is a warning: whether it matters, and what to do about
/// it, the lines at the end say.
///
/// # Errors
/// One line for each that is missing and could not be installed, with the command that installs it.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_met()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        let arguments = need.rustup_arguments();
        if !arguments.is_empty() && command::find("rustup").is_some() {
            attempt(Command::new("rustup").args(arguments).current_dir(workspace::root()));
        }
    }
    let wants_packages = |need: &&Need| need.rustup_arguments().is_empty();
    if missing.iter().any(|need| wants_packages(&need)) && is_root() && command::find("apt-get").is_some() {
        // Without the network it fails, and packages that are in the cache can be installed all the same.
        attempt(Command::new("apt-get").args(["update", "-qq"]));
        // One need at a time: apt installs all packages of a call or none.
        for need in missing.iter().filter(wants_packages) {
            let packages = need.apt_packages();
            println!("installing {}", packages.join(" "));
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            attempt(apt.args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages));
        }
    }
    let advice: Vec<String> =
        missing.iter().filter(|need| !need.is_met()).map(|need| need.advice()).collect();
    if !advice.is_empty() {
        bail!("{}", advice.join("\n"));
    }
    Ok(())
}

fn attempt(command: &mut Command) {
    if let Err(error) = command::run(command) {
        eprintln!("warning: {error:#}");
    }
}

/// Debian's default where that is new enough, since each release has other versions beside it.
fn java_packages() -> &'static [&'static str] {
    const DEFAULT: &str = "default-jdk-headless";
    let policy = command::answer(Command::new("apt-cache").args(["policy", DEFAULT])).unwrap_or_default();
    if default_java(&policy).is_some_and(|version| version >= 17) {
        &[DEFAULT]
    } else {
        &["openjdk-17-jdk-headless"]
    }
}

/// The Java of the package that `apt-cache policy` would install: its version is `2:1.21-76` for Java 21.
fn default_java(policy: &str) -> Option<u32> {
    let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate:"))?;
    first_number(candidate.split_once(":1.")?.1)
}

/// Whether we may install packages and must not run PostgreSQL ourselves.
pub(crate) fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// Chromium or Chrome on PATH.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome", "chrome"].into_iter().find_map(command::find)
}

/// nginx on PATH, else where Debian keeps it for root alone.
pub(crate) fn nginx() -> Option<PathBuf> {
    command::find("nginx")
        .or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|program| program.is_file()))
}

/// A server program of PostgreSQL: on PATH, else where Debian keeps the newest version.
pub(crate) fn postgres_program(name: &str) -> Option<PathBuf> {
    command::find(name).or_else(|| {
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin").join(name)))
            })
            .filter(|(_, program)| program.is_file())
            .collect();
        versions.sort();
        versions.pop().map(|(_, program)| program)
    })
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn has_component(name: &str) -> bool {
    succeeds(workspace::cargo().args([name.trim_start_matches("rust"), "--version"]))
}

/// Asked of rustc itself, so that a toolchain without rustup counts too.
fn has_wasm_target() -> bool {
    command::answer(Command::new("rustc").current_dir(workspace::root()).args([
        "--print",
        "target-libdir",
        "--target",
        "wasm32-unknown-unknown",
    ]))
    .is_ok_and(|folder| Path::new(&folder).is_dir())
}

/// The first number in what a program says of its version (`v20.1.0`, `openjdk version "17.0.15"`).
fn major_version(program: &str, flag: &str) -> Option<u32> {
    let output = Command::new(program).arg(flag).output().ok()?;
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    first_number(&text)
}

fn first_number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|character: char| !character.is_ascii_digit());
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(first_number("v20.20.2\n"), Some(20));
        assert_eq!(first_number("openjdk version \"17.0.15\" 2025-04-15"), Some(17));
        assert_eq!(first_number("no number"), None);
    }

    #[test]
    fn javas_package_tells_which_java_it_is() {
        let policy =
            |candidate| format!("default-jdk-headless:\n  Installed: (none)\n  Candidate: {candidate}\n");
        assert_eq!(default_java(&policy("2:1.17-74")), Some(17));
        assert_eq!(default_java(&policy("2:1.21-76+exp1")), Some(21));
        assert_eq!(default_java(&policy("(none)")), None);
        assert_eq!(default_java(""), None);
    }

    #[test]
    fn every_advice_holds_a_command() {
        for need in [
            Need::CCompiler,
            Need::OpenSsl,
            Need::Lints,
            Need::WasmTarget,
            Need::Java,
            Need::Maven,
            Need::Node,
            Need::Postgres,
            Need::Chromium,
            Need::Unzip,
            Need::Wget,
            Need::ChromeDriver,
            Need::Curl,
            Need::Nginx,
            Need::BackupTools,
            Need::Systemd,
        ] {
            let advice = need.advice();
            assert!(advice.contains("install") || advice.contains("rustup"), "{advice}");
            assert!(!advice.contains('\n'), "one line: {advice}");
        }
    }
}
