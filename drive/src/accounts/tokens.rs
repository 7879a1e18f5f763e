//! API tokens: `hlt_` and 256 random bits; the table holds their hash.

use domain::{Field, Login, Reason, TokenId, UserId};
use sqlx::Row;

use super::unlocked;
use crate::audit::{self, Entry};
use crate::nodes::parse;
use crate::{Actor, Drive, Error, Result, random};

/// What a token begins with, so that a leaked one is recognised for what it is.
const PREFIX: &str = "hlt_";

/// Characters of the longest name of a token.
const LONGEST_NAME: usize = 100;

/// `used_at` is for people; writing it at every request would be a write for every read.
const USED_EVERY_MS: i64 = 60_000;

impl Drive {
    /// Makes a token for a person and answers its secret, which cannot be had again. `name` tells the person's tokens
    /// apart.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such account; `Invalid { Name }`.
    pub async fn create_token(&self, username: &Login, name: &str) -> Result<String> {
        let name = name.trim();
        match name.chars().count() {
            0 => return Err(Error::invalid(Field::Name, Reason::Empty)),
            count if count > LONGEST_NAME => {
                return Err(Error::invalid(Field::Name, Reason::TooLong { limit: LONGEST_NAME as u64 }));
            }
            _ if name.contains(char::is_control) => {
                return Err(Error::invalid(Field::Name, Reason::ControlCharacter));
            }
            _ => {}
        }
        let row = self.find_login(username).await?.ok_or(Error::NotFound)?;
        let user: UserId = parse(row.try_get(0)?)?;
        let secret = format!("{PREFIX}{}", random::secret());
        let (id, now) = (TokenId::from_random(random::bits()), self.now());
        let mut tx = self.database().begin().await?;
        sqlx::query(
            "INSERT INTO tokens (id, user_id, name, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(user.as_str())
        .bind(name)
        .bind(random::hash_of_secret(&secret))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let entry =
            Entry { user: Some(&user), event: "token.create", subject: Some(id.as_str()), client: None };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Who a token speaks for.
    ///
    /// # Errors
    /// [`Error::SignInRequired`] when it is unknown or expired, or its account is locked.
    pub async fn token_actor(&self, secret: &str) -> Result<Actor> {
        let (hash, now) = (random::hash_of_secret(secret), self.now());
        let row = sqlx::query(
            "SELECT u.id, u.role, u.root_id, u.locked_at, COALESCE(t.used_at, 0), t.id FROM tokens t \
             JOIN users u ON u.id = t.user_id \
             WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)",
        )
        .bind(&hash)
        .bind(now)
        .fetch_optional(self.database().read())
        .await?;
        let actor = unlocked(row.as_ref())?;
        if let Some(row) = row
            && row.try_get::<i64, _>(4)? < now - USED_EVERY_MS
        {
            let mut tx = self.database().begin().await?;
            sqlx::query("UPDATE tokens SET used_at = $2 WHERE secret_hash = $1")
                .bind(&hash)
                .bind(now)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(actor)
    }
}
