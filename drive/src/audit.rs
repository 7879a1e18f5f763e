//! The log of what matters for security: who did what, from where. Never passwords, secrets or names of files.

use domain::UserId;

use crate::database::Tx;
use crate::{Client, Result, random};

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
    sqlx::query(
        "INSERT INTO audit (id, at, user_id, event, subject, address, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(domain::TokenId::from_random(random::bits()).as_str())
    .bind(at)
    .bind(entry.user.map(UserId::as_str))
    .bind(entry.event)
    .bind(entry.subject)
    .bind(entry.client.and_then(Client::address_text))
    .bind(entry.client.and_then(Client::agent_text))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
