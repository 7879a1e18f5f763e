//! How long what people wait for takes inside `drive`, with 100,000 entries in one folder and 1,000,000 in one drive:
//! `bench DATABASE_URL REPORT ENTRIES RUNS`. Writes the figures as JSON. `cargo xtask bench drive` calls it for each engine.
//!
//! A database that was filled once is used again.

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
#[expect(clippy::print_stderr, reason = "says what takes minutes")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, report, entries, runs] = arguments.as_slice() else {
        return Err("usage: bench DATABASE_URL REPORT ENTRIES RUNS".into());
    };
    let database = Database::connect(url).await?;
    database.migrate().await?;
    // No bytes are looked at.
    let store = Arc::new(storage::MemoryStore::new());
    let drive = Drive::open(database, store, Config::default()).await?;
    let actor = person(&drive).await?;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(url).await?;
    let begin = Instant::now();
    if fill::fill(&pool, &actor, entries.parse()?).await? {
        eprintln!("{entries} entries in {:.0} s", begin.elapsed().as_secs_f64());
    }
    let figures = measure::measure(&drive, &pool, &actor, runs.parse()?).await?;
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
