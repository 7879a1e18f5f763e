//! For those who run it: health, metrics, the files of the site, and the program's commands.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use axum::body::Body;

use crate::support::{PASSWORD, Service};

#[tokio::test]
async fn alive_and_ready() {
    let service = Service::start().await;
    assert_eq!(service.guest().get("/health/live").await.status, 200);
    let answer = service.guest().get("/health/ready").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "database: ok\nstore: ok\n"));
    service.store.faults().outage(storage::ErrorKind::Unavailable);
    let again = service.guest().get("/health/ready").await;
    assert_eq!(again.body, answer.body, "anybody may ask, so it is looked up once in a second");
    service.clock.advance(Duration::from_secs(1));
    let answer = service.guest().get("/health/ready").await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.text().contains("database: ok\nstore: "), "{}", answer.text());
    assert_eq!(service.guest().get("/health/live").await.status, 200, "a restart would not help");
}

#[tokio::test]
async fn metrics_by_token_only() {
    let service = Service::start().await;
    assert_eq!(service.guest().get("/metrics").await.status, 404, "no token is configured");
    let settings = server::Settings {
        metrics_token: Some("0123456789abcdef".to_owned()),
        ..server::Settings::default()
    };
    let service = Service::with(drive::Config::default(), settings).await;
    let user = service.user("lin_wei").await;
    let node = user.file("a.txt", "hello").await;
    user.get(&format!("/api/nodes/{node}/content")).await;
    assert_eq!(service.guest().get("/metrics").await.status, 401);
    assert_eq!(user.get("/metrics").await.status, 401, "a person's token is none");
    let token = [("authorization", "Bearer 0123456789abcdef")];
    let answer = service.guest().send("GET", "/metrics", &token, Body::empty()).await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    for line in [
        "hayloft_requests_total{method=\"GET\",route=\"/api/nodes/{id}/content\",status=\"200\"}",
        "hayloft_received_bytes_total",
        "hayloft_sent_bytes_total",
        "hayloft_running_uploads",
        "hayloft_request_duration_seconds_bucket",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains(&node), "labels name no node");
}

#[tokio::test]
async fn files_of_the_site_are_sent_compressed_and_kept() {
    let service = Service::start().await;
    for (accepted, encoding, body) in
        [("br, gzip", Some("br"), "brotli"), ("gzip", Some("gzip"), "gzip"), ("identity", None, "plain")]
    {
        let headers = [("accept-encoding", accepted)];
        let answer = service.guest().send("GET", "/pkg/hayloft.1a2b.js", &headers, Body::empty()).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, body));
        assert_eq!(
            answer.headers.get("content-encoding").map(|value| value.to_str().expect("ASCII")),
            encoding
        );
        assert!(answer.header("content-type").contains("javascript"), "{}", answer.header("content-type"));
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
    let wasm = service.guest().get("/pkg/hayloft.3c4d.wasm").await;
    assert_eq!(wasm.header("content-type"), "application/wasm");
    let icon = service.guest().get("/favicon.svg").await;
    assert_eq!((icon.status, icon.header("cache-control")), (200, "no-cache"));
    for path in [
        "/pkg/nothing.js",
        "/pkg/../hash.txt",
        "/pkg/%2e%2e/%2e%2e/test.db",
        "/../test.db",
        "/%2e%2e/test.db",
    ] {
        let answer = service.guest().get(path).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains("SQLite"), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_page_says_so() {
    let service = Service::start().await;
    let answer = service.guest().get("/nowhere").await;
    assert_eq!(answer.status, 404);
    assert!(answer.header("content-type").starts_with("text/html"));
    let answer = service.guest().send("PUT", "/nowhere", &[], Body::empty()).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
}

fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hayloft"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HAYLOFT_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("HAYLOFT_DATA", directory).current_dir(directory);
    command
}

fn run(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = program(directory, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    child.stdin.take().expect("stdin").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("an end")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn accounts_and_tokens_by_command() {
    let directory = tempfile::tempdir().expect("a directory");
    let create =
        ["admin", "create", "--username", "admin_lin", "--email", "a@example.org", "--password-stdin"];
    let output = run(directory.path(), &create, &format!("{PASSWORD}\n"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = directory.path().join("hayloft.db").display().to_string();
    assert!(text(&output.stderr).contains(&file), "says where: {}", text(&output.stderr));
    let output = run(directory.path(), &["token", "create", "--user", "admin_lin"], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(&file), "{}", text(&output.stderr));
    let token = text(&output.stdout).strip_suffix('\n').expect("a line");
    assert!(
        token.starts_with("hlt_") && token.len() > 40 && !token.contains(char::is_whitespace),
        "{token:?}"
    );

    let output = run(directory.path(), &create, &format!("{PASSWORD}\n"));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("the user name is taken"), "{}", text(&output.stderr));
    let output = run(directory.path(), &["token", "create", "--user", "nobody_here"], "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(text(&output.stderr).contains("no such user"), "{}", text(&output.stderr));
}

#[test]
fn a_token_of_a_database_that_is_not_there_makes_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = run(directory.path(), &["token", "create", "--user", "admin_lin"], "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let error = text(&output.stderr);
    assert!(error.contains("there is no database at") && error.contains("HAYLOFT_DATA"), "{error}");
    assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 0, "nothing was made");
}

#[test]
fn the_doctor_changes_no_database_of_another_release() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("hayloft.db"), "").expect("the oldest release there is");
    let doctor = || run(directory.path(), &["doctor"], "");
    for _ in 0..2 {
        let output = doctor();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("`hayloft migrate`"), "{}", text(&output.stderr));
    }
    assert!(run(directory.path(), &["migrate"], "").status.success());
    let output = doctor();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_directory_may_have_any_name() {
    let directory = tempfile::tempdir().expect("a directory");
    let odd = directory.path().join("50%25? yes#1");
    std::fs::create_dir(&odd).expect("a directory");
    let output = run(&odd, &["migrate"], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(odd.join("hayloft.db").is_file());
}

#[test]
fn what_is_wrong_ends_the_start_with_one_sentence() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir_all(directory.path().join("site/pkg")).expect("a site");
    std::fs::write(directory.path().join("file"), "in the way").expect("a file");
    let site = ["serve", "--site", "site", "--listen", "127.0.0.1:0"];
    for (extra, word) in [
        (&["--max-file-size", "5 apples"][..], "HAYLOFT_MAX_FILE_SIZE"),
        (&["--database-url", "sqlite:file/x/hayloft.db"], "database"),
        (&["--database-url", "postgres://nobody:secret-word@127.0.0.1:1/x"], "database"),
        (&["--store-url", "webhdfs://nobody@127.0.0.1:1/x"], "HAYLOFT_STORE_URL"),
        (&["--site", "nowhere"], "HAYLOFT_SITE"),
        // A file where the data directory should be: nothing can be written there, not even by root.
        (&["--data", "file"], "directory"),
    ] {
        let mut arguments = if word == "HAYLOFT_SITE" { vec!["serve"] } else { site.to_vec() };
        arguments.extend_from_slice(extra);
        let output = run(directory.path(), &arguments, "");
        assert_eq!(output.status.code(), Some(1), "{extra:?}");
        let error = text(&output.stderr);
        let sentences: Vec<_> = error.lines().filter(|line| line.starts_with("hayloft: ")).collect();
        assert_eq!(sentences.len(), 1, "{extra:?}: {error}");
        assert!(sentences[0].contains(word), "{extra:?}: {error}");
        assert!(!error.contains("panicked") && !error.contains("secret-word"), "{error}");
    }
}

/// A process of ours that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn fetch(address: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn the_program_starts_says_where_and_ends_when_told() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir_all(directory.path().join("site/pkg")).expect("a site");
    let arguments = ["serve", "--site", "site", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"];
    let told = std::os::unix::net::UnixDatagram::bind(directory.path().join("notify")).expect("a socket");
    told.set_read_timeout(Some(Duration::from_secs(20))).expect("a deadline");
    let mut serve = program(directory.path(), &arguments);
    serve.env("NOTIFY_SOCKET", directory.path().join("notify")).stdout(Stdio::piped());
    let child = serve.spawn().expect("the program");
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().expect("stdout")).lines();
    let mut line = || lines.next().expect("a line").expect("text");
    let first = line();
    let address = first.split("http://").nth(1).expect("an address").to_owned();
    assert!(line().contains("no administrator yet"));
    let link = line().trim().to_owned();
    assert!(link.starts_with(&format!("http://{address}/setup/")), "{link}");

    let metrics = line().split("http://").nth(1).expect("an address").trim_end_matches("/metrics").to_owned();

    let mut word = [0; 64];
    let length = told.recv(&mut word).expect("systemd is told when it is ready");
    assert_eq!(text(&word[..length]), "READY=1\n");

    let answer = fetch(&address, "/health/ready").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = fetch(&metrics, "/metrics").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("hayloft_requests_total"), "{answer}");
    assert!(fetch(&metrics, "/").await.starts_with("HTTP/1.1 404"), "that and nothing else");
    assert!(fetch(&address, "/metrics").await.starts_with("HTTP/1.1 404"), "and not where everybody is");

    // A second one where the first listens, for both of its listeners.
    for option in ["--listen", "--metrics-listen"] {
        let other = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(other.path().join("site/pkg")).expect("a site");
        let mut arguments = vec!["serve", "--site", "site"];
        if option != "--listen" {
            arguments.extend(["--listen", "127.0.0.1:0"]);
        }
        arguments.extend([option, &address]);
        let output = run(other.path(), &arguments, "");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains(&address) && error.contains(option), "{error}");
    }

    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
    let status =
        tokio::task::spawn_blocking(move || running.0.wait().expect("an end")).await.expect("joined");
    assert!(status.success(), "an orderly end: {status}");
    let length = told.recv(&mut word).expect("and when it ends");
    assert_eq!(text(&word[..length]), "STOPPING=1\n");
}
