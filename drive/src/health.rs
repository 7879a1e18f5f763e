//! Whether the two things a drive stands on work.

use std::time::Duration;

use crate::Drive;
use crate::error::Chain;

/// An answer later than this is no answer to a load balancer.
const DEADLINE: Duration = Duration::from_secs(3);

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
            let asked = sqlx::query("SELECT 1 FROM settings LIMIT 1").fetch_optional(self.database().read());
            match tokio::time::timeout(DEADLINE, asked).await {
                Ok(Ok(_)) => Ok(()),
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
}
