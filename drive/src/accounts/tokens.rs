//! API tokens: `hlt_` and 256 random bits; the table holds their hash. A token may read, or read and write, and may end by
//! itself.

use domain::{Field, Login, Reason, TokenId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::unlocked;
use crate::audit::{self, Entry};
use crate::database::retrying;
use crate::nodes::parse;
use crate::{Actor, Client, Drive, Error, Result, quota, random};

/// What a token begins with, so that a leaked one is recognised for what it is.
const PREFIX: &str = "hlt_";

/// Characters of the longest name of a token.
const LONGEST_NAME: usize = 100;

/// Tokens of one account: enough for a program each, and a list that needs no pages.
const MOST: i64 = 100;

/// `used_at` is for people; writing it at every request would be a write for every read.
const USED_EVERY_MS: i64 = 60_000;

/// What a token is good for, and what a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// To look, list and download.
    Read,
    /// To change anything as well.
    Write,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What tells the person's tokens apart.
    pub name: String,
    /// What it is good for.
    pub access: Access,
    /// When it ends, unix milliseconds; `None`: never.
    pub expires: Option<i64>,
}

impl NewToken {
    /// One that may read and write and does not end.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), access: Access::Write, expires: None }
    }
}

/// A token as its owner sees it. The secret is not in it: nobody has that but who was told it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// What [`Drive::revoke_token`] takes.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub access: Access,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds of the last request, to the minute; `None`: never used.
    pub used_at: Option<i64>,
    /// Unix milliseconds; `None`: it does not end.
    pub expires_at: Option<i64>,
}

impl Drive {
    /// Makes a token for a person, as the operator asks on the command line, and answers its secret, which cannot be had
    /// again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such account; the others of [`create_own_token`](Self::create_own_token).
    pub async fn create_token_for(&self, login: &Login, token: &NewToken) -> Result<String> {
        let row = self.find_login(login).await?.ok_or(Error::NotFound)?;
        self.insert_token(&parse(row.try_get(0)?)?, token, None).await
    }

    /// A token of this name that may do everything and does not end.
    ///
    /// # Errors
    /// As [`create_token_for`](Self::create_token_for).
    pub async fn create_token(&self, login: &Login, name: &str) -> Result<String> {
        self.create_token_for(login, &NewToken::named(name)).await
    }

    /// Makes a token for who asks and answers its secret, which cannot be had again.
    ///
    /// # Errors
    /// `Invalid { Name }`; `Invalid { Expiry, Malformed }` for a time that is over; `Invalid { Limit, TooLong }` when
    /// there are a hundred already.
    pub async fn create_own_token(&self, actor: &Actor, token: &NewToken, client: &Client) -> Result<String> {
        self.insert_token(&actor.user, token, Some(client)).await
    }

    async fn insert_token(&self, user: &UserId, token: &NewToken, client: Option<&Client>) -> Result<String> {
        let name = checked(&token.name)?;
        if token.expires.is_some_and(|expires| expires <= self.now()) {
            return Err(Error::invalid(Field::Expiry, Reason::Malformed));
        }
        let secret = format!("{PREFIX}{}", random::secret());
        let (id, now) = (TokenId::from_random(random::bits()), self.now());
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            quota::lock(&mut tx, user).await?;
            let row = sqlx::query("SELECT COUNT(*) FROM tokens WHERE user_id = $1")
                .bind(user.as_str())
                .fetch_one(&mut *tx)
                .await?;
            if row.try_get::<i64, _>(0)? >= MOST {
                return Err(Error::invalid(Field::Limit, Reason::TooLong { limit: MOST.unsigned_abs() }));
            }
            sqlx::query(
                "INSERT INTO tokens (id, user_id, name, secret_hash, writes, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id.as_str())
            .bind(user.as_str())
            .bind(name)
            .bind(random::hash_of_secret(&secret))
            .bind(i64::from(token.access == Access::Write))
            .bind(now)
            .bind(token.expires)
            .execute(&mut *tx)
            .await?;
            let entry = Entry { user: Some(user), event: "token.create", subject: Some(id.as_str()), client };
            audit::record(&mut tx, now, &entry).await?;
            tx.commit().await
        })
        .await?;
        Ok(secret)
    }

    /// The actor's tokens, the newest first; those that ended as well, until they are revoked.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tokens_of(&self, actor: &Actor) -> Result<Vec<TokenInfo>> {
        let rows = sqlx::query(
            "SELECT id, name, writes, created_at, used_at, expires_at FROM tokens WHERE user_id = $1 \
             ORDER BY created_at DESC, id LIMIT $2",
        )
        .bind(actor.user.as_str())
        .bind(MOST)
        .fetch_all(self.database().read())
        .await?;
        rows.iter().map(info).collect()
    }

    /// Ends one of the actor's tokens, with the next request that brings it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not one of theirs.
    pub async fn revoke_token(&self, actor: &Actor, token: &TokenId, client: &Client) -> Result<()> {
        let mut tx = self.database().begin().await?;
        let ended = sqlx::query("DELETE FROM tokens WHERE id = $1 AND user_id = $2")
            .bind(token.as_str())
            .bind(actor.user.as_str())
            .execute(&mut *tx)
            .await?;
        if ended.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        let entry = Entry {
            user: Some(&actor.user),
            event: "token.revoke",
            subject: Some(token.as_str()),
            client: Some(client),
        };
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await
    }

    /// Who a token speaks for, in a request that needs this access.
    ///
    /// # Errors
    /// [`Error::SignInRequired`] when it is unknown or expired, or its account is locked;
    /// [`Error::MustChangePassword`]; [`Error::ReadOnlyToken`] when it may not do that.
    pub async fn token_actor(&self, secret: &str, needed: Access) -> Result<Actor> {
        let (hash, now) = (random::hash_of_secret(secret), self.now());
        let row = sqlx::query(
            "SELECT u.id, u.role, u.root_id, u.locked_at, u.must_change, u.session_epoch, COALESCE(t.used_at, 0), t.writes \
             FROM tokens t JOIN users u ON u.id = t.user_id \
             WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)",
        )
        .bind(&hash)
        .bind(now)
        .fetch_optional(self.database().read())
        .await?;
        let actor = unlocked(row.as_ref())?;
        let Some(row) = row else { return Err(Error::SignInRequired) };
        if access(&row, 7)? < needed {
            return Err(Error::ReadOnlyToken);
        }
        if row.try_get::<i64, _>(6)? < now - USED_EVERY_MS {
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

/// A name that can be shown in a list.
fn checked(name: &str) -> Result<&str> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::invalid(Field::Name, Reason::Empty)),
        count if count > LONGEST_NAME => {
            Err(Error::invalid(Field::Name, Reason::TooLong { limit: LONGEST_NAME as u64 }))
        }
        _ if name.contains(char::is_control) => Err(Error::invalid(Field::Name, Reason::ControlCharacter)),
        _ => Ok(name),
    }
}

fn access(row: &AnyRow, column: usize) -> Result<Access> {
    Ok(if row.try_get::<i64, _>(column)? == 0 { Access::Read } else { Access::Write })
}

fn info(row: &AnyRow) -> Result<TokenInfo> {
    Ok(TokenInfo {
        id: parse(row.try_get(0)?)?,
        name: row.try_get(1)?,
        access: access(row, 2)?,
        created_at: row.try_get(3)?,
        used_at: row.try_get(4)?,
        expires_at: row.try_get(5)?,
    })
}
