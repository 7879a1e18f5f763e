//! The database behind one interface: a pool on SQLite or PostgreSQL, one set of SQL for both.
//!
//! Rules of that SQL: `$1` placeholders, flags are SMALLINT 0/1, times are BIGINT unix milliseconds, sums are cast to
//! BIGINT, and `EXISTS` is never selected (its type differs). Every change runs in a [`Tx`]; the first statement of a
//! change to somebody's drive locks their row of `users` (`quota::lock`), which puts the changes of one person in a row.
//! So a check at the start of a transaction still holds at its end, on both engines.

mod connect;
pub(crate) mod errors;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Row, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use connect::ConnectError;

use crate::{Error, Result};

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// A connected database. Clones share the pool.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
    engine: Engine,
    /// SQLite has one writer. Waiting here is fair and costs nothing; its own waiting is a poll that can starve.
    turn: Arc<Semaphore>,
}

/// Why the tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Another release wrote to it.
    #[error("the database was made by another release of Hayloft ({0}); start that one or a newer one")]
    Release(String),
    /// A statement failed.
    #[error("the database could not be brought up to date: {0}")]
    Failed(#[from] sqlx::Error),
}

impl From<sqlx::migrate::MigrateError> for MigrateError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as Cause;
        match error {
            Cause::Execute(error) | Cause::ExecuteMigration(error, _) => Self::Failed(error),
            other => Self::Release(other.to_string()),
        }
    }
}

impl Database {
    /// Deletes what is too old, a batch in each transaction, so that nobody waits long. The statement takes the age limit
    /// in unix milliseconds as `$1` and the size of a batch as `$2`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database); the batches before stay deleted.
    pub(crate) async fn delete_in_batches(&self, statement: &'static str, limit: i64) -> Result<()> {
        const BATCH: i64 = 1000;
        loop {
            let mut tx = self.begin().await?;
            let deleted = sqlx::query(statement).bind(limit).bind(BATCH).execute(&mut *tx).await?;
            tx.commit().await?;
            if deleted.rows_affected() < BATCH.unsigned_abs() {
                return Ok(());
            }
        }
    }

    /// Connects to `sqlite:path` (the file and its directory are made) or `postgres://…`, and waits at most 10 s for it.
    ///
    /// # Errors
    /// [`ConnectError`], one sentence that says what is wrong and how to mend it.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let (pool, engine) = connect::connect(url).await?;
        Ok(Self { pool, engine, turn: Arc::new(Semaphore::new(1)) })
    }

    /// Whether there is something to connect to: the file of a SQLite database. A server is asked by connecting.
    #[must_use]
    pub fn is_there(url: &str) -> bool {
        connect::file_of(url).is_none_or(|path| path.is_file())
    }

    /// Where the database of this URL is, for people: the file, or host and name. Without user and password.
    #[must_use]
    pub fn shown(url: &str) -> String {
        connect::shown(url)
    }

    /// Brings the tables up to date, and what is derived from what they hold. Several instances may call it at once.
    ///
    /// # Errors
    /// [`MigrateError`]; what was done before the failing migration stays.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        self.migrate_tables().await?;
        let derived = async {
            self.fill_skeletons().await?;
            crate::nodes::register::catch_up(self).await
        };
        derived.await.map_err(|error| match error {
            Error::Database(error) => MigrateError::Failed(error),
            other => MigrateError::Release(other.to_string()),
        })
    }

    async fn migrate_tables(&self) -> Result<(), MigrateError> {
        // On PostgreSQL sqlx holds a lock meanwhile. SQLite has none to offer: of two that begin together, one fails at
        // what the other has just done, and looks again.
        for _ in 0..4 {
            match self.migrator().run(&self.pool).await.map_err(MigrateError::from) {
                Err(MigrateError::Failed(error)) if self.engine == Engine::Sqlite => {
                    tracing::debug!(%error, "another process may be migrating; looking again");
                }
                outcome => return outcome,
            }
        }
        Ok(self.migrator().run(&self.pool).await?)
    }

    /// Whether [`migrate`](Self::migrate) would change something, or fail because another release wrote here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn needs_migration(&self) -> Result<bool, MigrateError> {
        let applied = match sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&self.pool)
            .await
        {
            Ok(rows) => rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<i64>>>()?,
            Err(error) if errors::is_missing_table(&error) => return Ok(true),
            Err(error) => return Err(error.into()),
        };
        Ok(self.migrator().iter().map(|migration| migration.version).ne(applied))
    }

    /// Which database it is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Closes all connections; what uses the database afterwards fails.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// For single reads. Two reads that must agree go into one statement or one [`Tx`].
    pub(crate) const fn read(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a change.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        match self.engine {
            Engine::Sqlite => {
                let turn = tokio::time::timeout(connect::ACQUIRE, Arc::clone(&self.turn).acquire_owned())
                    .await
                    .map_err(|_| sqlx::Error::PoolTimedOut)?
                    .map_err(|_| sqlx::Error::PoolClosed)?;
                // IMMEDIATE takes the write lock now: a transaction that reads first and writes later would fail instead
                // of wait when somebody else wrote in between.
                Ok(Tx { inner: self.pool.begin_with("BEGIN IMMEDIATE").await?, _turn: Some(turn) })
            }
            Engine::Postgres => Ok(Tx { inner: self.pool.begin().await?, _turn: None }),
        }
    }

    const fn migrator(&self) -> &'static Migrator {
        match self.engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        }
    }
}

/// A write transaction. Dropped without [`commit`](Self::commit), it never happened.
pub(crate) struct Tx {
    inner: Transaction<'static, Any>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// Makes it last. After an error the outcome is unknown.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

impl Deref for Tx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

/// Runs a whole transaction again, up to three times in all, when it failed only because of others (deadlock, busy file).
/// The closure begins and commits a transaction of its own each time.
pub(crate) async fn retrying<T, F>(mut attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 0..2 {
        match attempt().await {
            Err(Error::Database(error)) if errors::is_retryable(&error) => {
                tracing::debug!(%error, "a transaction runs again");
            }
            outcome => return outcome,
        }
    }
    attempt().await
}

/// Bytes as SQL keeps them. Lengths above 8 EiB are not met; they saturate.
pub(crate) fn to_sql(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Bytes as SQL gave them.
pub(crate) fn from_sql(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn on_a_file(directory: &tempfile::TempDir) -> Database {
        let url = format!("sqlite:{}", directory.path().join("test.db").display());
        let database = Database::connect(&url).await.expect("connect");
        database.migrate().await.expect("migrate");
        database
    }

    async fn write(database: &Database, bytes: usize) -> Result<()> {
        let mut tx = database.begin().await?;
        sqlx::query("INSERT INTO settings (name, value) VALUES ('test', $1) ON CONFLICT (name) DO UPDATE SET value = $1")
            .bind("x".repeat(bytes))
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn a_full_disk_fails_a_change_and_not_those_after_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let database = on_a_file(&directory).await;
        // The limit is each connection's own.
        let mut connections = vec![];
        for _ in 0..database.read().options().get_max_connections() {
            let mut connection = database.read().acquire().await.expect("a connection");
            sqlx::query("PRAGMA max_page_count = 1")
                .execute(&mut *connection)
                .await
                .expect("as large as it is");
            connections.push(connection);
        }
        drop(connections);
        let error = write(&database, 1_000_000).await.expect_err("no room");
        assert_eq!(error.to_app_error(), domain::AppError::StoreFull, "{error:?}");
        for _ in 0..20 {
            write(&database, 1).await.expect("room enough");
        }
    }

    #[tokio::test]
    async fn a_connection_that_rolled_back_by_itself_is_not_used_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let database = on_a_file(&directory).await;
        for _ in 0..20 {
            let mut tx = database.begin().await.expect("begin");
            sqlx::query("ROLLBACK").execute(&mut *tx).await.expect("as SQLite does by itself");
            drop(tx);
            write(&database, 1).await.expect("another one");
        }
    }

    #[tokio::test]
    async fn whoever_waits_too_long_for_the_one_writer_is_told() {
        let directory = tempfile::tempdir().expect("a directory");
        let database = on_a_file(&directory).await;
        let held = Arc::clone(&database.turn).acquire_owned().await.expect("the turn");
        tokio::time::pause();
        let error = database.begin().await.map(drop).expect_err("somebody else's turn");
        tokio::time::resume();
        assert!(matches!(error, Error::Database(sqlx::Error::PoolTimedOut)), "{error:?}");
        drop(held);
        write(&database, 1).await.expect("one's turn");
    }
}
