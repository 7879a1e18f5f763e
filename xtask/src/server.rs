//! The server: building it, and running it from the checkout.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context, Result};

use crate::exit::OnExit;
use crate::site::{Profile, Site};
use crate::{command, hdfs, leptos, process, workspace};

/// Compiles the server and answers where the binary is.
///
/// # Errors
/// When it does not compile.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--package", "hayloft", "--bin", "hayloft"]);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            cargo.arg("--release").args(workspace::anonymous());
            "release"
        }
    };
    command::cargo(&mut cargo, |_| {})?;
    Ok(workspace::target().join(folder).join("hayloft"))
}

/// How the server is set up when it runs from a checkout.
pub(crate) struct Setup {
    listen: Option<String>,
    data: PathBuf,
    cluster: Option<hdfs::Cluster>,
}

impl Setup {
    /// Data below `./data` (or `HAYLOFT_DATA`), on a local HDFS below it if asked for.
    ///
    /// # Errors
    /// When HDFS does not start.
    pub(crate) fn new(listen: Option<String>, with_hdfs: bool) -> Result<Self> {
        let data = env::var_os("HAYLOFT_DATA").map_or_else(|| workspace::root().join("data"), PathBuf::from);
        let cluster = if with_hdfs {
            println!("starting HDFS");
            let layout = hdfs::Layout { dir: data.join("hdfs"), datanodes: 3, replication: 2 };
            Some(hdfs::Cluster::start(&layout)?)
        } else {
            None
        };
        Ok(Self { listen, data, cluster })
    }

    /// Starts the server; whatever else the environment says in `HAYLOFT_…` reaches it.
    ///
    /// # Errors
    /// When the binary cannot be started.
    pub(crate) fn start(&self, binary: &Path, site: &Site) -> Result<Running> {
        let mut command = Command::new(binary);
        command.arg("serve").current_dir(workspace::root()).env("HAYLOFT_SITE", &site.root);
        command.env("HAYLOFT_DATA", &self.data);
        if let Some(listen) = &self.listen {
            command.env("HAYLOFT_LISTEN", listen);
        } else if env::var_os("HAYLOFT_LISTEN").is_none() {
            command.env("HAYLOFT_LISTEN", leptos::ADDRESS);
        }
        if let Some(cluster) = &self.cluster {
            command.env("HAYLOFT_STORE_URL", &cluster.state().store_url);
        }
        let child = command.spawn().with_context(|| format!("cannot start {}", binary.display()))?;
        Ok(Running::new(child, binary))
    }
}

/// A running server; dropping it asks it to end and waits.
pub(crate) struct Running {
    child: Child,
    stop: Option<OnExit>,
}

impl Running {
    fn new(child: Child, binary: &Path) -> Self {
        let (id, mark) = (child.id(), binary.display().to_string());
        let stop = OnExit::new(move || {
            if let Err(error) = process::terminate(id, &mark) {
                eprintln!("the server did not stop: {error:#}");
            }
        });
        Self { child, stop: Some(stop) }
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn is_alive(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When it ended with a failure; what failed it has said itself.
    pub(crate) fn wait(&mut self) -> Result<()> {
        let status = self.child.wait()?;
        crate::exit::wait_for_interrupt();
        anyhow::ensure!(status.success(), "the server ended ({status})");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Takes note of the end, so that no zombie stays; it has ended already.
        let _ = self.child.wait();
    }
}
