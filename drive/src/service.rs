//! The service: a database, a store, and what the operator decided.

use std::fmt;
use std::sync::Arc;

use storage::BlobStore;
use tokio::sync::Notify;

use crate::accounts::avatar::Painter;
use crate::accounts::password::Passwords;
use crate::site::{InForce, Rules};
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
    painter: Painter,
    uploads: Uploads,
    rules: InForce,
    endings: Notify,
}

impl Drive {
    /// Puts the parts together and reads what administrators decided. Does not migrate: the operator decides when.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
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
        let rules = InForce::new(Rules::of(&config));
        let uploads = Uploads::default();
        let drive = Self(Arc::new(Inner {
            database,
            store,
            config,
            clock,
            passwords,
            painter: Painter::default(),
            uploads,
            rules,
            endings: Notify::new(),
        }));
        drive.refresh_rules().await?;
        Ok(drive)
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

    /// What the operator decided at the start. What administrators changed since is in [`rules`](Self::rules).
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

    pub(crate) fn painter(&self) -> &Painter {
        &self.0.painter
    }

    pub(crate) fn rules_in_force(&self) -> &InForce {
        &self.0.rules
    }

    /// Where the background of this process waits for accounts to be deleted.
    pub(crate) fn endings(&self) -> &Notify {
        &self.0.endings
    }

    /// Lets the deletion of an account begin now.
    pub(crate) fn wake_endings(&self) {
        self.0.endings.notify_one();
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
