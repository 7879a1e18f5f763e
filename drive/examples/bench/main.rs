//! Databases filled with files that have no bytes behind them, for measuring; to be thrown away afterwards.
//!
//! - `bench fill DATABASE_URL USERNAME COUNT`: so many files in the root of an account.
//! - `bench measure DATABASE_URL REPORT ENTRIES RUNS`: how long what people wait for takes inside `drive`, with 100,000 entries
//!   in one folder and so many in one drive. Writes the figures as JSON. `cargo xtask bench drive` calls it for each engine. A
//!   database that was filled once is used again.

mod fill;
mod measure;

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use domain::{Email, Login, NewPassword, Username};
use drive::{Actor, Client, Config, Database, Drive, NewAccount};

const NAME: &str = "bench";
const PASSWORD: &str = "measure twice, cut once";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", url, username, count] => files(url, username, count.parse()?).await,
        ["measure", url, report, entries, runs] => {
            figures(url, report, entries.parse()?, runs.parse()?).await
        }
        _ => Err("usage: bench fill DATABASE_URL USERNAME COUNT\n       \
                  bench measure DATABASE_URL REPORT ENTRIES RUNS"
            .into()),
    }
}

async fn files(url: &str, username: &str, count: u64) -> Result<(), Box<dyn Error>> {
    sqlx::any::install_default_drivers();
    fill::root(&sqlx::AnyPool::connect(url).await?, username, count).await
}

#[expect(clippy::print_stderr, reason = "says what takes minutes")]
async fn figures(url: &str, report: &str, entries: u64, runs: usize) -> Result<(), Box<dyn Error>> {
    let database = Database::connect(url).await?;
    database.migrate().await?;
    // No bytes are looked at.
    let store = Arc::new(storage::MemoryStore::new());
    let drive = Drive::open(database, store, Config::default()).await?;
    let actor = person(&drive).await?;
    let pool = sqlx::AnyPool::connect(url).await?;
    let begin = Instant::now();
    if fill::tree(&pool, &actor, entries).await? {
        eprintln!("{entries} entries in {:.0} s", begin.elapsed().as_secs_f64());
    }
    // What is derived from names is entered as after an update from a release that did not have it.
    let begin = Instant::now();
    drive.database().migrate().await?;
    eprintln!("their names entered in {:.0} s", begin.elapsed().as_secs_f64());
    fill::settle(&pool).await?;
    let figures = measure::measure(&drive, &pool, &actor, runs).await?;
    std::fs::write(report, serde_json::to_string_pretty(&figures)?)?;
    drive.database().close().await;
    Ok(())
}

/// Whose drive it is: an administrator, so that their pages can be measured as well.
async fn person(drive: &Drive) -> Result<Actor, Box<dyn Error>> {
    let refused = |reason| format!("{reason:?}");
    if let Ok(actor) = drive.sign_in(&Login::parse(NAME), PASSWORD, &Client::default()).await {
        return Ok(actor);
    }
    let account = NewAccount {
        username: Username::parse(NAME).map_err(refused)?,
        email: Email::parse("bench@example.org").map_err(refused)?,
        password: NewPassword::parse(PASSWORD).map_err(refused)?,
    };
    Ok(drive.create_administrator(account).await?)
}
