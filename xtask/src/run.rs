//! `cargo xtask run`: what a newcomer sees first, so everything is built as it is given out.

use anyhow::Result;
use clap::Args;

use crate::hdfs;
use crate::prerequisites::{self, Need};
use crate::server::{self, Setup};
use crate::site::{self, Profile};

#[derive(Args)]
pub(crate) struct Options {
    /// Keep the bytes in a local real HDFS, started for it (data below ./data/hdfs).
    #[arg(long)]
    hdfs: bool,
    /// Where to listen; the default is 127.0.0.1:3000, or HAYLOFT_LISTEN.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

/// Builds and starts; returns when the server ends. The server itself prints its address and, at the very first start,
/// the link that creates the first administrator.
///
/// # Errors
/// When something is missing, does not compile or does not start.
pub(crate) fn run(options: &Options) -> Result<()> {
    prerequisites::ensure(&[Need::CCompiler, Need::OpenSsl, Need::WasmTarget])?;
    if options.hdfs {
        // What is missing for it should be known before minutes of building.
        hdfs::jars()?;
    }
    println!("building the site");
    let site = site::build(Profile::Release)?;
    println!("building the server");
    let binary = server::build(Profile::Release)?;
    let setup = Setup::new(options.listen.clone(), options.hdfs)?;
    setup.start(&binary, &site)?.wait()
}
