//! The commands of the program: read the command line, run one, and end with a sentence when it cannot be done.

mod account;
mod doctor;
mod serve;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use crate::config::{AdminCommand, Cli, Command, Refusal, TokenCommand, parse};
use crate::{start, telemetry};

/// Leptos renders pages in several tasks that wait for one another; fewer workers can stand still.
const LEAST_WORKERS: usize = 4;

/// Runs the program with these arguments, the program's name first. A failure is one sentence on the standard error and
/// the exit code 1.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(Refusal::Answer(answer)) => {
            // Nobody reads when this fails.
            let _ = answer.print();
            return if answer.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
        Err(Refusal::Wrong(sentence)) => return fail(&sentence),
    };
    telemetry::install(&cli.log);
    let workers = std::thread::available_parallelism().map_or(LEAST_WORKERS, usize::from).max(LEAST_WORKERS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(format!("no threads can be started: {error}; raise the limit of processes")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&sentence),
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    match cli.command {
        Command::Serve(options) => Box::pin(serve::serve(*options)).await,
        Command::Admin(AdminCommand::Create(options)) => {
            Box::pin(account::create_administrator(options)).await
        }
        Command::Token(TokenCommand::Create(options)) => Box::pin(account::create_token(options)).await,
        Command::Doctor(options) => Box::pin(doctor::doctor(options)).await,
        Command::Migrate(options) => start::migrated(&options).await.map(drop),
    }
}

/// Text for the standard output: answers that a person or a script asked for.
fn say(text: &str) {
    // Nobody reads when this fails.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let _ = std::io::stdout().flush();
}

fn fail(sentence: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "hayloft: {sentence}");
    ExitCode::FAILURE
}
