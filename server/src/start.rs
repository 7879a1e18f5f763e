//! From options to a drive: the database and the store are opened, and what is wrong with them is said in one sentence.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use drive::{Database, Drive};
use storage::BlobStore;

use crate::config::{DatabaseOptions, StoreOptions};

/// What becomes of a database that is not there, or is of an older release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It is made, and brought up to date.
    Made,
    /// It is an error: a command that looks after a running installation must not change it under its servers.
    Refused,
}

/// The database, brought up to date.
///
/// # Errors
/// A sentence.
pub(crate) async fn migrated(options: &DatabaseOptions) -> Result<Database, String> {
    let database = Database::connect(&options.url()).await.map_err(|error| error.to_string())?;
    database.migrate().await.map_err(|error| error.to_string())?;
    Ok(database)
}

/// The store, after it took a small file and gave it back.
///
/// # Errors
/// A sentence.
pub(crate) async fn working_store(options: &StoreOptions, data: &Path) -> Result<Arc<dyn BlobStore>, String> {
    let store = opened_store(options, data).await?;
    match storage::probe(&*store).await {
        Ok(()) => Ok(store),
        // A cluster that is starting leaves safe mode by itself; until then files can be read.
        Err(error) if error.kind() == storage::ErrorKind::SafeMode => {
            tracing::warn!(%error, "the store is in safe mode: uploads wait until it is left");
            Ok(store)
        }
        // Reading and deleting need no room, and only by deleting do people make some.
        Err(error) if error.kind() == storage::ErrorKind::Full => {
            tracing::warn!(%error, "the store is full: uploads are refused until there is room");
            Ok(store)
        }
        Err(error) => Err(format!(
            "the blob store {} cannot be used: {error}; check that it runs and that --store-url (HAYLOFT_STORE_URL) is right",
            shown(options, data)
        )),
    }
}

/// The drive of a command that only touches accounts. Says which database that is, since a command in another directory
/// than the server's has another one.
///
/// # Errors
/// A sentence.
pub(crate) async fn drive(
    database: &DatabaseOptions,
    store: &StoreOptions,
    absent: Absent,
) -> Result<Drive, String> {
    let url = database.url();
    let place = Database::shown(&url);
    if absent == Absent::Refused && !Database::is_there(&url) {
        return Err(format!("there is no database at {place}; set HAYLOFT_DATA or HAYLOFT_DATABASE_URL"));
    }
    // The command does its work whether anybody reads this or not.
    let _ = writeln!(std::io::stderr(), "hayloft: the database is {place}");
    let opened = opened_store(store, &database.data).await?;
    let connected = match absent {
        Absent::Made => migrated(database).await?,
        Absent::Refused => current(&url).await?,
    };
    join(connected, opened, store).await
}

/// The database, if it is up to date.
async fn current(url: &str) -> Result<Database, String> {
    let database = Database::connect(url).await.map_err(|error| error.to_string())?;
    if database.needs_migration().await.map_err(|error| error.to_string())? {
        return Err(format!(
            "the database {} is not of this release; `hayloft migrate` brings it up to date, and so does the server when it starts",
            Database::shown(url)
        ));
    }
    Ok(database)
}

/// Database and store, with what the options say of them.
///
/// # Errors
/// A sentence.
pub(crate) async fn join(
    database: Database,
    store: Arc<dyn BlobStore>,
    options: &StoreOptions,
) -> Result<Drive, String> {
    Drive::open(database, store, options.drive()).await.map_err(|error| error.to_app_error().to_string())
}

async fn opened_store(options: &StoreOptions, data: &Path) -> Result<Arc<dyn BlobStore>, String> {
    let url = options.url(data)?;
    storage::open(url.as_str()).await.map_err(|error| {
        let shown = shown(options, data);
        format!("the blob store {shown} cannot be opened: {error}; set --store-url (HAYLOFT_STORE_URL)")
    })
}

/// The URL without what could be a secret.
fn shown(options: &StoreOptions, data: &Path) -> String {
    let Ok(mut url) = options.url(data) else { return String::new() };
    if url.password().is_some() && url.set_password(Some("…")).is_err() {
        return url.scheme().to_owned();
    }
    url.to_string()
}
