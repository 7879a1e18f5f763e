//! Download from the local store, against nginx with sendfile on the same bytes.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Sizes;
use super::bytes::Files;
use super::report::{Goal, Report};
use super::rig::Rig;
use super::series::Series;
use super::timed::{curl, run, seconds};
use crate::{ports, prerequisites, process, wait};

/// Measures both.
///
/// # Errors
/// When nginx does not start or a transfer fails.
pub(super) fn local(
    rig: &Rig,
    scratch: &Path,
    files: &Files,
    sizes: Sizes,
    report: &mut Report,
) -> Result<()> {
    let nginx = Nginx::start(scratch, files.folder())?;
    let node = rig.upload(files.whole(), "local")?;
    let series = Series::measure(
        sizes.runs,
        || seconds(|| run(&mut rig.api(&format!("nodes/{node}/content")))),
        || seconds(|| run(curl().arg(format!("{}/whole", nginx.origin)))),
    )?;
    report.ratio("download from the local store", "nginx sendfile", &series, sizes.file, Goal::AtLeast(0.7));
    Ok(())
}

struct Nginx {
    child: Child,
    origin: String,
}

impl Nginx {
    fn start(scratch: &Path, root: &Path) -> Result<Self> {
        fs::create_dir_all(scratch)?;
        let port = ports::free(1)?[0];
        let configuration = scratch.join("nginx.conf");
        fs::write(&configuration, settings(scratch, root, port))?;
        let program = prerequisites::nginx().context("nginx is missing")?;
        let mut command = Command::new(program);
        command.arg("-e").arg(scratch.join("error.log")).arg("-c").arg(&configuration);
        let child = command.spawn().context("cannot start nginx")?;
        let nginx = Self { child, origin: format!("http://127.0.0.1:{port}") };
        wait::until(Duration::from_secs(10), "nginx's start", || {
            Ok(std::net::TcpStream::connect(("127.0.0.1", port)).ok())
        })?;
        Ok(nginx)
    }
}

fn settings(scratch: &Path, root: &Path, port: u16) -> String {
    let (scratch, root) = (scratch.display(), root.display());
    format!(
        "daemon off; master_process off; worker_processes 1; pid {scratch}/pid; user root;
events {{}}
http {{
    access_log off; sendfile on; tcp_nopush on;
    client_body_temp_path {scratch}; proxy_temp_path {scratch}; fastcgi_temp_path {scratch};
    uwsgi_temp_path {scratch}; scgi_temp_path {scratch};
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"
    )
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = process::terminate(self.child.id(), "nginx").inspect_err(|error| eprintln!("{error:#}"));
        let _ = self.child.wait();
    }
}
