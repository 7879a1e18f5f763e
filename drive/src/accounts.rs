//! Accounts: making one, signing in, the first administrator, API tokens.

pub(crate) mod avatar;
mod captcha;
mod change;
mod ending;
pub(crate) mod guessing;
pub(crate) mod invitations;
mod lookalike;
pub(crate) mod password;
mod profile;
mod setup;
mod strength;
mod tokens;

use domain::{Email, Field, Login, NewPassword, NodeId, Reason, Role, UserId, Username};
use sqlx::Row;
use sqlx::any::AnyRow;

pub use captcha::{CaptchaAnswer, Challenge, Solved};
pub use change::PasswordChange;
use guessing::SignInTries;
pub use strength::{Strength, Weakness};
pub use tokens::{Access, NewToken, TokenInfo};

use crate::actor::{role_of, role_text};
use crate::audit::{self, Entry};
use crate::database::{Tx, errors, to_sql};
use crate::nodes::{self, NewNode, parse};
use crate::{Actor, Client, Drive, Error, Result, random};

/// Who wants an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What they want to be called.
    pub username: Username,
    /// Where mail reaches them.
    pub email: Email,
    /// What they sign in with.
    pub password: NewPassword,
}

impl Drive {
    /// Makes an account with an empty drive, where anybody may and no captcha is asked for.
    ///
    /// # Errors
    /// As [`register_with`](Self::register_with).
    pub async fn register(&self, account: NewAccount, client: &Client) -> Result<Actor> {
        self.register_with(account, "", None, client).await
    }

    /// Proves who somebody is, without a captcha.
    ///
    /// # Errors
    /// As [`sign_in_solved`](Self::sign_in_solved).
    pub async fn sign_in(&self, login: &Login, password: &str, client: &Client) -> Result<Actor> {
        self.sign_in_solved(login, password, None, client).await
    }

    /// Proves who somebody is. Takes the same time and answers the same whether the account does not exist or the
    /// password is wrong. After ten tries that went wrong within a quarter of an hour nobody is let in from this network
    /// under this login, with the right password neither, until that time is over. After a hundred from anywhere, it takes a
    /// solved captcha to be let in: strangers cannot keep the owner out.
    ///
    /// What it answers begins a session and nothing else: the person may have to change the password first, which
    /// [`session_actor`](Self::session_actor) says.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`]; [`Error::CaptchaRequired`]; [`Error::TooManyTries`]; [`Error::Forbidden`] when the
    /// account is locked, said only to who has the password.
    pub async fn sign_in_solved(
        &self,
        login: &Login,
        password: &str,
        solved: Option<Solved>,
        client: &Client,
    ) -> Result<Actor> {
        if solved.is_none() && self.sign_in_needs_captcha(login, client).await? {
            return Err(Error::CaptchaRequired);
        }
        let tries = SignInTries::of(login, client);
        self.take_sign_in(&tries, solved.is_some(), client).await?;
        let found = self.find_login(login).await?;
        let hash = found.as_ref().map(|row| row.try_get::<String, _>(4)).transpose()?;
        let right = self.passwords().verify(password, hash).await?;
        let user = found.as_ref().map(|row| parse::<UserId>(row.try_get(0)?)).transpose()?;
        let outcome = match found.filter(|_| right) {
            None => Err(Error::WrongCredentials),
            Some(row) if row.try_get::<Option<i64>, _>(3)?.is_some() => Err(Error::Forbidden),
            Some(row) => actor(&row),
        };
        // Written for unknown names as well: neither the log nor the time it takes tells them apart.
        let event = if outcome.is_ok() { "session.begin" } else { "session.refuse" };
        let mut tx = self.database().begin().await?;
        let entry = Entry { user: user.as_ref(), event, subject: None, client: Some(client) };
        audit::record(&mut tx, self.now(), &entry).await?;
        if right {
            tries.forget(&mut tx).await?;
        }
        tx.commit().await?;
        outcome
    }

    /// Passwords that this process verified against a hash since it started: what guessing costs the processors. Rises
    /// by one for every [`sign_in`](Self::sign_in) that is not one try too many, whether the account exists or not.
    #[must_use]
    pub fn passwords_verified(&self) -> u64 {
        self.passwords().verified()
    }

    /// The row of [`actor`], with `locked_at` (3) and `password_hash` (4).
    async fn find_login(&self, login: &Login) -> Result<Option<AnyRow>> {
        let (statement, key) = match login {
            Login::Username(key) => (
                "SELECT id, role, root_id, locked_at, password_hash, session_epoch FROM users WHERE username_key = $1",
                key,
            ),
            Login::Email(key) => (
                "SELECT id, role, root_id, locked_at, password_hash, session_epoch FROM users WHERE email_key = $1",
                key,
            ),
        };
        // PostgreSQL refuses NUL in a text, and nobody is called so.
        if key.contains('\0') {
            return Ok(None);
        }
        Ok(sqlx::query(statement).bind(key.as_str()).fetch_optional(self.database().read()).await?)
    }

    /// Writes the account and its root folder.
    pub(crate) async fn insert_account(
        &self,
        tx: &mut Tx,
        account: &NewAccount,
        password_hash: &str,
        role: Role,
        client: Option<&Client>,
    ) -> Result<Actor> {
        // Where both are taken the engines would blame different ones; the constraint below decides between two who ask
        // at once.
        let skeleton = lookalike::skeleton(&account.username);
        let namesake = sqlx::query("SELECT 1 FROM users WHERE username_key = $1 OR username_skeleton = $2")
            .bind(account.username.unique_key())
            .bind(&skeleton)
            .fetch_optional(&mut **tx)
            .await?;
        if namesake.is_some() {
            return Err(Error::invalid(Field::Username, Reason::Taken));
        }
        let now = self.now();
        let user = UserId::from_random(random::bits());
        let root = NodeId::from_random(random::bits());
        sqlx::query(
            "INSERT INTO users (id, username, username_key, email, email_key, password_hash, role, root_id, quota, \
             created_at, username_skeleton) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(user.as_str())
        .bind(account.username.as_str())
        .bind(account.username.unique_key())
        .bind(account.email.as_str())
        .bind(account.email.unique_key())
        .bind(password_hash)
        .bind(role_text(role))
        .bind(root.as_str())
        .bind(self.rules().default_quota.map(to_sql))
        .bind(now)
        .bind(&skeleton)
        .execute(&mut **tx)
        .await
        .map_err(taken)?;
        let node = NewNode {
            id: &root,
            owner: &user,
            parent: None,
            name: None,
            content: None,
            claimed_mime: None,
            modified_at: now,
        };
        nodes::write(tx, now, &node).await?;
        let entry =
            Entry { user: Some(&user), event: "account.create", subject: Some(user.as_str()), client };
        audit::record(tx, now, &entry).await?;
        Ok(Actor { user, role, root, epoch: 0 })
    }
}

/// Reads `id, role, root_id`, and `session_epoch` (5).
fn actor(row: &AnyRow) -> Result<Actor> {
    Ok(Actor {
        user: parse(row.try_get(0)?)?,
        role: role_of(row.try_get(1)?),
        root: parse(row.try_get(2)?)?,
        epoch: row.try_get(5)?,
    })
}

/// The account that a session or a token speaks for: found, not locked (3), and not to change its password first (4).
pub(crate) fn unlocked(row: Option<&AnyRow>) -> Result<Actor> {
    let row = row.ok_or(Error::SignInRequired)?;
    if row.try_get::<Option<i64>, _>(3)?.is_some() {
        return Err(Error::SignInRequired);
    }
    if row.try_get::<i64, _>(4)? != 0 {
        return Err(Error::MustChangePassword);
    }
    actor(row)
}

/// A violated constraint as the input that is to blame.
fn taken(error: sqlx::Error) -> Error {
    match errors::violated(&error) {
        Some("users_username_key" | "users_username_skeleton") => {
            Error::invalid(Field::Username, Reason::Taken)
        }
        Some("users_email_key") => Error::invalid(Field::Email, Reason::Taken),
        _ => error.into(),
    }
}
