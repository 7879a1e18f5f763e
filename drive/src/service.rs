//! The service: a database, a store, and what the operator decided.

use std::fmt;
use std::sync::Arc;

use storage::BlobStore;

use crate::accounts::password::Passwords;
use crate::upload::Uploads;
use crate::{Clock, Config, Database, Result};

/// Every use case is a method of this. Clones share one service.
#[derive(Clone)]
pub struct Drive(Arc<Inner>);

struct Inner {
    database: Database,
    store: Arc<dyn BlobStore>,
    config: Config,
    clock: Clock,
    passwords: Passwords,
    uploads: Uploads,
}

impl Drive {
    /// Puts the parts together. Does not migrate: the operator decides when.
    ///
    /// # Errors
    /// None today; opening may come to check the store.
    pub async fn open(database: Database, store: Arc<dyn BlobStore>, config: Config) -> Result<Self> {
        Self::open_at(database, store, config, Clock::system()).await
    }

    /// The same with a clock that a test can move.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_at(
        database: Database,
        store: Arc<dyn BlobStore>,
        config: Config,
        clock: Clock,
    ) -> Result<Self> {
        let passwords = Passwords::new().await?;
        Ok(Self(Arc::new(Inner { database, store, config, clock, passwords, uploads: Uploads::default() })))
    }

    /// The metadata.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The bytes.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn BlobStore> {
        &self.0.store
    }

    /// What the operator decided.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The time, in unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// What this process keeps of uploads.
    pub(crate) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }
}

impl fmt::Debug for Drive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drive")
            .field("database", &self.0.database.engine())
            .field("store", &self.0.store.scheme())
            .finish_non_exhaustive()
    }
}
