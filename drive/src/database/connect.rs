//! From a URL to a pool, with one sentence for whatever is wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};

use super::Engine;
use crate::error::Chain;

/// How long a request waits for a free connection, or a start for the server.
pub(super) const ACQUIRE: Duration = Duration::from_secs(10);

/// Readers beside the one writer; more only contend for the same file.
const SQLITE_CONNECTIONS: u32 = 8;

/// PostgreSQL allows 100 by default; this leaves room for several instances.
const POSTGRES_CONNECTIONS: u32 = 16;

/// WAL lets readers and the writer work side by side; FULL makes a commit survive the loss of power, as an acknowledged
/// upload must. SQLite has no deadline of a statement; `busy_timeout` bounds the only thing it waits for.
const SQLITE_SESSION: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                              PRAGMA foreign_keys = ON;";

/// Deadlines: a statement that runs longer is not one of ours gone slow but one gone wrong.
const POSTGRES_SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
                                SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on;";

/// Why there is no database, in one sentence for the person who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is not one.
    #[error(
        "the database URL is wrong ({0}): write sqlite:/var/lib/hayloft/hayloft.db or postgres://user:password@host:5432/database"
    )]
    Url(String),
    /// The directory of the SQLite file cannot be made or written.
    #[error(
        "the database file {path} cannot be used: {cause}; choose a directory that this user may write to"
    )]
    Directory {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The server does not answer, or refuses.
    #[error(
        "the database at {place} cannot be reached: {cause}; check that it runs and that user, password and database name are right"
    )]
    Unreachable {
        /// Host, port and database, without the password.
        place: String,
        /// What it said.
        cause: String,
    },
}

pub(super) async fn connect(url: &str) -> Result<(AnyPool, Engine), ConnectError> {
    sqlx::any::install_default_drivers();
    match url.split_once(':') {
        Some(("sqlite", _)) => Ok((sqlite(url).await?, Engine::Sqlite)),
        Some(("postgres" | "postgresql", _)) => Ok((postgres(url).await?, Engine::Postgres)),
        Some((scheme, _)) => Err(ConnectError::Url(format!("{scheme}: is not a database Hayloft knows"))),
        None => Err(ConnectError::Url("it has no scheme".to_owned())),
    }
}

/// The file that the URL of a SQLite database names, in absolute form; `None` where it names none.
pub(super) fn file_of(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let name = rest.split_once('?').map_or(rest, |(name, _)| name);
    let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
    // In memory every connection of a pool would have an empty database of its own.
    if name == ":memory:" {
        return None;
    }
    std::path::absolute(name).ok()
}

async fn sqlite(url: &str) -> Result<AnyPool, ConnectError> {
    let path = file_of(url).ok_or_else(|| ConnectError::Url("it names no file".to_owned()))?;
    let unusable = |path: &Path, cause: String| ConnectError::Directory { path: path.to_owned(), cause };
    if let Some(directory) = path.parent() {
        tokio::fs::create_dir_all(directory).await.map_err(|error| unusable(&path, error.to_string()))?;
    }
    private_file(&path).await.map_err(|error| unusable(&path, error.to_string()))?;
    let encoded = utf8_percent_encode(&path.to_string_lossy(), NON_ALPHANUMERIC).to_string();
    let options = format!("sqlite:{encoded}?mode=rwc")
        .parse::<AnyConnectOptions>()
        .map_err(|error| ConnectError::Url(error.to_string()))?;
    let pool = AnyPoolOptions::new()
        .max_connections(SQLITE_CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .after_connect(|connection, _| Box::pin(prepare(connection, SQLITE_SESSION)))
        .after_release(|connection, _| Box::pin(is_out_of_transaction(connection)))
        .connect_with(options)
        .await
        .map_err(|error| unusable(&path, error.to_string()))?;
    // A file that can be opened may still be read-only; better to hear of it now than at the first upload.
    let writable = async { pool.begin_with("BEGIN IMMEDIATE").await?.rollback().await };
    writable.await.map_err(|error| unusable(&path, error.to_string()))?;
    Ok(pool)
}

/// Makes the file if it is not there, for this user alone, since it holds password hashes. SQLite makes its log beside it
/// with the same permissions.
async fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await.map(drop)
}

/// Host, port and database: all of a URL that may be shown.
fn place_of(options: &AnyConnectOptions) -> String {
    let url = &options.database_url;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}{}", url.host_str().unwrap_or("localhost"), url.path())
}

/// Where the database of this URL is, without what could be a secret.
pub(super) fn shown(url: &str) -> String {
    match file_of(url) {
        Some(path) => path.display().to_string(),
        None => url
            .parse::<AnyConnectOptions>()
            .map_or_else(|_| "an unreadable URL".to_owned(), |options| place_of(&options)),
    }
}

async fn postgres(url: &str) -> Result<AnyPool, ConnectError> {
    let options = url.parse::<AnyConnectOptions>().map_err(|error| ConnectError::Url(error.to_string()))?;
    let place = place_of(&options);
    // A pool would try again until its deadline and then tell of the deadline; one connection tells the cause.
    let probe = async { options.connect().await?.close().await };
    let cause = match tokio::time::timeout(ACQUIRE, probe).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(Chain(&error).to_string()),
        Err(_) => Some(format!("no answer in {} s", ACQUIRE.as_secs())),
    };
    if let Some(cause) = cause {
        return Err(ConnectError::Unreachable { place, cause });
    }
    Ok(AnyPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .after_connect(|connection, _| Box::pin(prepare(connection, POSTGRES_SESSION)))
        .connect_lazy_with(options))
}

/// Whether a connection may go back to the pool. After some errors, a full disk above all, SQLite rolls back by itself;
/// sqlx's own ROLLBACK then fails, it goes on believing in the transaction, and no other could ever begin on this connection.
async fn is_out_of_transaction(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    // A transaction that was dropped is rolled back behind the caller's back; this waits for it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn prepare(connection: &mut AnyConnection, statements: &'static str) -> sqlx::Result<()> {
    connection.execute(statements).await.map(drop)
}
