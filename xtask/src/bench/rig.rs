//! A release server that is measured: started on a free port, with an account and a token for `curl`.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::timed::{curl, run};
use crate::exit::OnExit;
use crate::{command, ports, process, wait};

const PASSWORD: &str = "measure twice, cut once";

/// A running server and how to speak to it.
pub(super) struct Rig {
    child: Child,
    origin: String,
    log: PathBuf,
    token: String,
    database: String,
    _stop: OnExit,
}

impl Rig {
    /// Starts `hayloft serve` with its data below `data`; store and database are below it too unless named.
    ///
    /// # Errors
    /// When it does not get ready within 30 s.
    pub(super) fn start(
        binary: &Path,
        site: &Path,
        data: &Path,
        store: Option<&str>,
        database: Option<&str>,
    ) -> Result<Self> {
        fs::create_dir_all(data)?;
        let database =
            database.map_or_else(|| format!("sqlite:{}", data.join("hayloft.db").display()), str::to_owned);
        let port = ports::free(1)?[0];
        let base = |arguments: &[&str]| {
            let mut command = Command::new(binary);
            command.args(arguments).env("HAYLOFT_DATA", data).env("HAYLOFT_DATABASE_URL", &database);
            command.env("HAYLOFT_SITE", site);
            command.env("HAYLOFT_LOG", "warn,server::observe=info").env("HAYLOFT_LOG_FORMAT", "json");
            // A store of its own below the cluster's: no two servers share one.
            if let (Some(store), Some(name)) = (store, data.file_name()) {
                command.env("HAYLOFT_STORE_URL", format!("{store}/{}", name.to_string_lossy()));
            }
            command
        };
        command::answer(&mut base(&["migrate"]))?;
        let mut admin = base(&[
            "admin",
            "create",
            "--username",
            "bench",
            "--email",
            "bench@localhost",
            "--password-stdin",
        ]);
        say(&mut admin, PASSWORD)?;
        let token = command::answer(&mut base(&["token", "create", "--user", "bench"]))?;
        let (listen, log) = (format!("127.0.0.1:{port}"), data.join("serve.log"));
        let mut serve = base(&["serve"]);
        serve.env("HAYLOFT_LISTEN", &listen).stdout(Stdio::null()).stderr(File::create(&log)?);
        let child = serve.spawn().context("cannot start the server")?;
        let (id, mark) = (child.id(), binary.display().to_string());
        let stop = OnExit::new(move || {
            if let Err(error) = process::terminate(id, &mark) {
                eprintln!("the server did not stop: {error:#}");
            }
        });
        let rig = Self { child, origin: format!("http://{listen}"), log, token, database, _stop: stop };
        wait::until(Duration::from_secs(30), "the server's start", || {
            Ok(run(curl().arg(format!("{}/health/ready", rig.origin))).ok())
        })?;
        Ok(rig)
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its database URL.
    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// Milliseconds that each request to a route took until the head of its answer, as the server's log tells.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(super) fn answer_times(&self, route: &str) -> Result<Vec<f64>> {
        let log = fs::read_to_string(&self.log)?;
        let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        Ok(lines
            .filter(|line| line["span"]["route"] == route)
            .filter_map(|line| line["milliseconds"].as_f64())
            .collect())
    }

    /// `curl` as the account, to a path below `/api`.
    pub(super) fn api(&self, path: &str) -> Command {
        let mut command = curl();
        command.args(["--header", &format!("Authorization: Bearer {}", self.token)]);
        command.arg(format!("{}/api/{path}", self.origin));
        command
    }

    /// Begins a tus upload; answers its path below `/api`.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn begin(&self, length: u64, headers: &[&str]) -> Result<String> {
        let mut command = self.tus("uploads", "POST");
        command.args(["--header", &format!("Upload-Length: {length}")]);
        self.header_of(command, headers, "location").map(|location| {
            location.rsplit_once("/api/").map_or(location.clone(), |(_, path)| path.to_owned())
        })
    }

    /// Sends a whole file as the upload's bytes.
    pub(super) fn patch(&self, upload: &str, file: &Path) -> Command {
        let mut command = self.tus(upload, "PATCH");
        command.args([
            "--header",
            "Upload-Offset: 0",
            "--header",
            "Content-Type: application/offset+octet-stream",
        ]);
        command.arg("--upload-file").arg(file);
        command
    }

    /// Makes a file of finished partial uploads; answers its node.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn concatenate(&self, parts: &[String], name: &str) -> Result<String> {
        let list: Vec<String> = parts.iter().map(|part| format!("/api/{part}")).collect();
        let concat = format!("Upload-Concat: final;{}", list.join(" "));
        let metadata = format!("Upload-Metadata: filename {}", data_encoding::BASE64.encode(name.as_bytes()));
        self.header_of(self.tus("uploads", "POST"), &[&concat, &metadata], "hayloft-node")
    }

    /// Uploads a file in one stream; answers its node.
    ///
    /// # Errors
    /// When the transfer fails.
    pub(super) fn upload(&self, file: &Path, name: &str) -> Result<String> {
        let length = file.metadata()?.len();
        let metadata = format!("Upload-Metadata: filename {}", data_encoding::BASE64.encode(name.as_bytes()));
        let upload = self.begin(length, &[&metadata])?;
        self.header_of(self.patch(&upload, file), &[], "hayloft-node")
    }

    /// Removes a node to the trash.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn trash(&self, node: &str) -> Result<()> {
        run(self.api(&format!("nodes/{node}")).args(["--request", "DELETE"]))
    }

    fn tus(&self, path: &str, method: &str) -> Command {
        let mut command = self.api(path);
        command.args(["--request", method, "--header", "Tus-Resumable: 1.0.0"]);
        command
    }

    fn header_of(&self, mut command: Command, headers: &[&str], wanted: &str) -> Result<String> {
        for header in headers {
            command.args(["--header", header]);
        }
        let output = command.args(["--dump-header", "-"]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{}: {text}", String::from_utf8_lossy(&output.stderr).trim());
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
            .with_context(|| format!("no {wanted} in the answer: {text}"))
    }
}

impl Drop for Rig {
    /// What the server warned of belongs to the figures.
    fn drop(&mut self) {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        for line in log.lines().filter(|line| !line.contains("\"level\":\"INFO\"")) {
            eprintln!("{line}");
        }
    }
}

fn say(command: &mut Command, line: &str) -> Result<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    child.stdin.take().context("no standard input")?.write_all(format!("{line}\n").as_bytes())?;
    ensure!(child.wait()?.success(), "the administrator could not be created");
    Ok(())
}
