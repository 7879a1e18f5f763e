//! What is in `deploy/` is accepted by the programs it is for. Whether it does what it should, the browser tests see: they run
//! behind the same nginx site (`end2end/tests/instances.spec.ts`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{prerequisites, workspace};

fn shipped(path: &str) -> String {
    let path = workspace::root().join("deploy").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Replaces what must be there, so that a file that was changed is not tested as something else.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in the file");
    text.replace(from, to)
}

fn accepts(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
    assert!(!said.contains("[warn]") && !said.contains("[emerg]"), "{said}");
}

/// A certificate for the site, which nginx wants to see before it accepts anything.
fn certificate(folder: &Path) {
    let (certificate, key) = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl
        .args(["-subj", "/CN=drive.example.org", "-days", "2", "-keyout"])
        .arg(key)
        .arg("-out")
        .arg(certificate);
    assert!(openssl.output().expect("openssl").status.success());
}

#[test]
fn nginx_accepts_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display();
    certificate(folder.path());
    let mut site = replaced(&shipped("nginx/hayloft.conf"), "/etc/hayloft/tls", &place.to_string());
    // Ports that everybody may try to listen on, and a machine without IPv6.
    for (from, to) in [
        ("listen 80;", "listen 127.0.0.1:28080;"),
        ("listen 443 ssl http2;", "listen 127.0.0.1:28443 ssl http2;"),
        ("listen [::]:80;", ""),
        ("listen [::]:443 ssl http2;", ""),
    ] {
        site = replaced(&site, from, to);
    }
    if has_http2_directive() {
        site = replaced(&site, " ssl http2;", " ssl; http2 on;");
    }
    fs::write(folder.path().join("site.conf"), site).unwrap();
    let configuration = folder.path().join("nginx.conf");
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
        .collect();
    let main = format!("pid {place}/pid;\nevents {{}}\nhttp {{\n{paths}include {place}/site.conf;\n}}\n");
    fs::write(&configuration, main).unwrap();
    let nginx = prerequisites::nginx().expect("nginx; `cargo xtask test unit` installs it");
    let mut test = Command::new(nginx);
    accepts(test.arg("-e").arg(folder.path().join("error.log")).arg("-t").arg("-c").arg(&configuration));
}

/// 1.25.1 moved HTTP/2 to a directive of its own and warns of the older form, which the shipped file uses for both.
fn has_http2_directive() -> bool {
    let nginx = prerequisites::nginx().expect("nginx");
    let output = Command::new(nginx).arg("-v").output().expect("a version");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let version = text.rsplit('/').next().unwrap_or_default();
    let mut numbers = version.split(|sign: char| !sign.is_ascii_digit()).map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
    (next(), next(), next()) >= (1, 25, 1)
}

/// The unit with a program that is on this machine.
fn unit() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hayloft@3000.service");
    fs::write(&path, replaced(&shipped("systemd/hayloft@.service"), "/opt/hayloft/hayloft", "/bin/true"))
        .unwrap();
    (folder, path)
}

#[test]
fn systemd_accepts_the_unit_and_finds_it_well_protected() {
    let (_folder, path) = unit();
    accepts(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path));
    // On systemd's scale, where 10 is a program with all rights; 1.2 when this was written.
    accepts(
        Command::new("systemd-analyze").args(["security", "--offline=true", "--threshold=15"]).arg(&path),
    );
}

#[test]
fn the_unit_gives_requests_the_time_that_the_program_takes() {
    let unit = shipped("systemd/hayloft@.service");
    // HAYLOFT_GRACE is an hour at most.
    assert!(unit.contains("TimeoutStopSec=65min"));
    assert!(shipped("container/compose.yaml").contains("stop_grace_period: 65m"));
}

#[test]
fn the_hadoop_settings_are_pairs_with_reasons() {
    for file in ["hadoop/core-site.xml", "hadoop/hdfs-site.xml"] {
        let text = shipped(file);
        let count = |tag: &str| text.matches(tag).count();
        assert!(count("<property>") > 0, "{file}");
        for tag in
            ["</property>", "<name>", "</name>", "<value>", "</value>", "<description>", "</description>"]
        {
            assert_eq!(count(tag), count("<property>"), "{tag} in {file}");
        }
    }
}
