//! `cargo xtask`: everything a developer or an operator runs from a checkout.
//!
//! One module per command, and a few below them for what several commands need. It builds, starts, measures and packs
//! the other crates from outside; it never links them, so a broken crate cannot keep its own tests from running.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its user")]

mod bench;
mod command;
#[cfg(test)]
mod deploy;
mod dev;
mod dist;
mod exit;
mod hdfs;
mod leptos;
mod ports;
mod postgres;
mod prerequisites;
mod process;
mod run;
mod server;
mod site;
mod test;
mod wait;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Build, run, test and pack Hayloft.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything optimised and start it on SQLite and a local directory below ./data.
    Run(run::Options),
    /// Build fast, start, and rebuild and restart on every change.
    Dev(dev::Options),
    /// Run every test, or the named parts.
    Test(test::Options),
    /// A real HDFS on this machine: NameNode and DataNodes as processes of their own.
    Hdfs(hdfs::Options),
    /// Measure a release build against `curl` to WebHDFS and against nginx.
    Bench(bench::Options),
    /// Pack the release: binary, site, licences, as a folder and as a .tar.gz with its SHA-256.
    Dist,
    /// Run one compiled wasm test; cargo calls this, see `test wasm`.
    #[command(hide = true)]
    WasmTestRunner {
        /// The test and its arguments, as cargo passes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match exit::install().and_then(|()| run_command(Arguments::parse().command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_command(command: Command) -> Result<ExitCode> {
    match command {
        // Its last line is the sum, so a failure has nothing to add.
        Command::Test(options) if !test::test(&options) => return Ok(ExitCode::FAILURE),
        Command::Test(_) => {}
        Command::Run(options) => run::run(&options)?,
        Command::Dev(options) => dev::dev(&options)?,
        Command::Hdfs(options) => hdfs::command(&options)?,
        Command::Bench(options) => bench::bench(&options)?,
        Command::Dist => dist::dist()?,
        Command::WasmTestRunner { arguments } => test::wasm::run_compiled(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
