//! Whether the two things a drive stands on work.

use std::time::Duration;

use crate::error::Chain;
use crate::{Drive, Result};

/// An answer later than this is no answer to a load balancer.
const DEADLINE: Duration = Duration::from_secs(3);

/// The row that is written to see whether it can be; its value is when, in unix milliseconds.
const SETTING: &str = "health";

/// How the parts are.
#[derive(Clone, Debug)]
pub struct Health {
    /// `Err` says, for the person who operates it, why the database cannot be used.
    pub database: Result<(), String>,
    /// The blob store.
    pub store: storage::Health,
}

impl Health {
    /// Both work.
    #[must_use]
    pub const fn is_well(&self) -> bool {
        self.database.is_ok() && self.store.readable && self.store.writable
    }
}

impl Drive {
    /// Looks at the database and the store; answers within a few seconds and never fails.
    pub async fn health(&self) -> Health {
        let database = async {
            match tokio::time::timeout(DEADLINE, self.database_takes_a_change()).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(Chain(&error).to_string()),
                Err(_) => Err("the database does not answer in time".to_owned()),
            }
        };
        let store = async {
            tokio::time::timeout(DEADLINE, self.store().health()).await.unwrap_or_else(|_| storage::Health {
                writable: false,
                readable: false,
                detail: "the store does not answer in time".to_owned(),
            })
        };
        let (database, store) = tokio::join!(database, store);
        Health { database, store }
    }

    /// Reading proves little: a full disk and a server that became a standby still answer.
    async fn database_takes_a_change(&self) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        )
        .bind(SETTING)
        .bind(self.now().to_string())
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }
}
