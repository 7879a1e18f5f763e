//! The log of what matters for security: who did what, from where. Never passwords, secrets or names of files. Strangers
//! can make it grow, by signing in wrongly, so it is kept for a time only.

use std::time::Duration;

use domain::UserId;

use crate::clock::millis;
use crate::database::Tx;
use crate::{Client, Drive, Result, random};

/// How long entries are kept: long enough to look into what is found out late.
const RETENTION: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// One entry.
pub(crate) struct Entry<'a> {
    /// Who did it, when known.
    pub(crate) user: Option<&'a UserId>,
    /// What, as `noun.verb`.
    pub(crate) event: &'static str,
    /// The id of what it was done to.
    pub(crate) subject: Option<&'a str>,
    /// From where.
    pub(crate) client: Option<&'a Client>,
}

/// Writes an entry as part of the change it tells of.
pub(crate) async fn record(tx: &mut Tx, at: i64, entry: &Entry<'_>) -> Result<()> {
    record_with(tx, at, entry, None).await
}

/// The same with a note: what it was before and is now, or what will not be known later.
pub(crate) async fn record_with(tx: &mut Tx, at: i64, entry: &Entry<'_>, note: Option<&str>) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (id, at, user_id, event, subject, address, detail, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(domain::TokenId::from_random(random::bits()).as_str())
    .bind(at)
    .bind(entry.user.map(UserId::as_str))
    .bind(entry.event)
    .bind(entry.subject)
    .bind(entry.client.and_then(Client::address_text))
    .bind(entry.client.and_then(Client::agent_text))
    .bind(note)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

impl Drive {
    /// Removes entries that are older than [`RETENTION`], and names that only they spoke of.
    pub(crate) async fn sweep_audit(&self) -> Result<()> {
        let names = "DELETE FROM former_users WHERE id IN \
             (SELECT id FROM former_users WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)";
        self.database().delete_in_batches(names, self.now() - millis(RETENTION)).await?;
        let delete =
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at, id LIMIT $2)";
        self.database().delete_in_batches(delete, self.now() - millis(RETENTION)).await
    }
}
