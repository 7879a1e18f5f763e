//! How often a secret that can be guessed may be tried: the password of a login, the code of a share. Kept in the database,
//! so that several instances count together; how much one address may try at all is the server's.
//!
//! A login is counted as it was typed, not by whose it is: an answer must not tell whether there is such an account, or
//! that a user name and a mail address are the same person's. It is counted strictly for each network and loosely from
//! everywhere, so that a stranger who knows somebody's name cannot keep them out. A network is counted by itself as well, to
//! ask it for a [captcha](super::captcha). A share is counted for each address, and all addresses together, so that many of them
//! guess no faster than a few.

use std::time::Duration;

use domain::{Login, ShareId, UserId};
use sqlx::Row;

use crate::audit::{self, Entry};
use crate::clock::millis;
use crate::database::Tx;
use crate::{Client, Drive, Error, Result, random};

/// Tries until one succeeds.
const TRIES: i64 = 10;

/// Tries at the code of one share, from all addresses together, that were not right. Of 923,521 codes of four characters
/// half are tried in five days, by fifty addresses and more that all show in the audit log.
const TRIES_FROM_ANYWHERE: i64 = 500;

/// Tries under one login from all networks together, until one succeeds. From then on a captcha is asked for that must be
/// solved; where there are none (an option), nobody is let in.
const TRIES_OF_LOGIN: i64 = 100;

/// Tries of one login, or of one network, after which a captcha is asked for.
const TRIES_WITHOUT_CAPTCHA: i64 = 3;

/// The time that they are counted in, and that it takes until there are as many again.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// What is guessed at.
pub(crate) struct Guess<'a> {
    /// What its row is called.
    key: String,
    /// How many tries there are.
    tries: i64,
    /// What the audit log says when they are used up.
    event: &'static str,
    subject: Option<&'a str>,
}

impl<'a> Guess<'a> {
    /// The password of a login, from one network. People type passwords where the user name belongs, so what was typed is
    /// not kept.
    fn password(login: &Login, client: &Client) -> Self {
        let key = random::hash_of_secret(&format!("here {} {}", client.network_text(), typed(login)));
        Self { key, tries: TRIES, event: "session.throttle", subject: None }
    }

    /// The password of a login, from anywhere.
    fn password_from_anywhere(login: &Login) -> Self {
        let key = random::hash_of_secret(&typed(login));
        Self { key, tries: TRIES_OF_LOGIN, event: "session.throttle", subject: None }
    }

    /// Any password, from one network. How many tries it has at all is the server's.
    fn any_password(client: &Client) -> Self {
        let key = random::hash_of_secret(&format!("network {}", client.network_text()));
        Self { key, tries: i64::MAX - 1, event: "session.throttle", subject: None }
    }

    /// The password of who is signed in, to change it.
    pub(crate) fn own_password(user: &'a UserId) -> Self {
        let key = random::hash_of_secret(&format!("own {user}"));
        Self { key, tries: TRIES, event: "session.throttle", subject: Some(user.as_str()) }
    }

    /// The code of a share, from one address.
    pub(crate) fn share_code(share: &'a ShareId, client: &Client) -> Self {
        let key = random::hash_of_secret(&format!("share {share} {}", client.network_text()));
        Self { key, tries: TRIES, event: "share.throttle", subject: Some(share.as_str()) }
    }

    /// The code of a share, from anywhere.
    pub(crate) fn share_code_from_anywhere(share: &'a ShareId) -> Self {
        let key = random::hash_of_secret(&format!("share {share}"));
        Self { key, tries: TRIES_FROM_ANYWHERE, event: "share.throttle", subject: Some(share.as_str()) }
    }

    /// Gives all tries back to who has the secret.
    pub(crate) async fn forget(&self, tx: &mut Tx) -> Result<()> {
        sqlx::query("DELETE FROM tries WHERE login = $1").bind(&self.key).execute(&mut **tx).await?;
        Ok(())
    }

    /// Gives one try back, which was right.
    pub(crate) async fn give_back(&self, tx: &mut Tx) -> Result<()> {
        sqlx::query("UPDATE tries SET count = count - 1 WHERE login = $1 AND count > 0")
            .bind(&self.key)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

/// A login as it is counted.
fn typed(login: &Login) -> String {
    match login {
        Login::Username(key) => format!("name {key}"),
        Login::Email(key) => format!("mail {key}"),
    }
}

/// A try that was taken: which it is, and since when they are counted, unix milliseconds.
struct Taken {
    number: i64,
    since: i64,
}

/// What a try to sign in is counted under.
pub(crate) struct SignInTries {
    here: Guess<'static>,
    anywhere: Guess<'static>,
    network: Guess<'static>,
}

impl SignInTries {
    /// Of this login and client.
    pub(crate) fn of(login: &Login, client: &Client) -> Self {
        Self {
            here: Guess::password(login, client),
            anywhere: Guess::password_from_anywhere(login),
            network: Guess::any_password(client),
        }
    }

    /// Gives all tries back to who has the password. The network gets one: whoever has an account of their own must not
    /// guess at others' without end. In the order in which they are counted, as each waits for whoever has its row.
    pub(crate) async fn forget(&self, tx: &mut Tx) -> Result<()> {
        self.here.forget(tx).await?;
        self.network.give_back(tx).await?;
        self.anywhere.forget(tx).await
    }
}

impl Drive {
    /// Whether [`sign_in_solved`](Self::sign_in_solved) takes a solved captcha, from this client and under this login. It
    /// does whether there is such an account or not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sign_in_needs_captcha(&self, login: &Login, client: &Client) -> Result<bool> {
        if !self.config().captcha {
            return Ok(false);
        }
        let tries = SignInTries::of(login, client);
        let row =
            sqlx::query("SELECT COALESCE(MAX(count), 0) FROM tries WHERE login IN ($1, $2) AND since > $3")
                .bind(tries.anywhere.key)
                .bind(tries.network.key)
                .bind(self.now() - millis(WINDOW))
                .fetch_one(self.database().read())
                .await?;
        Ok(row.try_get::<i64, _>(0)? >= TRIES_WITHOUT_CAPTCHA)
    }

    /// Takes a try to sign in. The number that it is decides whether a captcha is asked for: it is counted everywhere in one
    /// transaction, so that of many that come at once exactly as many are let through without. One that is refused for that
    /// is none.
    ///
    /// # Errors
    /// [`Error::CaptchaRequired`]; [`Error::TooManyTries`].
    pub(crate) async fn take_sign_in(
        &self,
        tries: &SignInTries,
        is_solved: bool,
        client: &Client,
    ) -> Result<()> {
        let mut tx = self.database().begin().await?;
        let here = self.count_try(&mut tx, &tries.here, client).await?;
        if let Err(refused) = self.check(&tries.here, &here) {
            // Not counted elsewhere, so that one network that has no tries left takes none from the others.
            tx.commit().await?;
            return Err(refused);
        }
        if !self.config().captcha {
            let anywhere = self.count_try(&mut tx, &tries.anywhere, client).await?;
            tx.commit().await?;
            return self.check(&tries.anywhere, &anywhere);
        }
        let network = self.count_try(&mut tx, &tries.network, client).await?;
        let anywhere = self.count_try(&mut tx, &tries.anywhere, client).await?;
        if !is_solved && network.number.max(anywhere.number) > TRIES_WITHOUT_CAPTCHA {
            // What was counted goes with the transaction.
            return Err(Error::CaptchaRequired);
        }
        tx.commit().await
    }

    /// Takes a try, before the secret is looked at: of many that come at once no more are let through.
    ///
    /// # Errors
    /// [`Error::TooManyTries`].
    pub(crate) async fn take_try(&self, guess: &Guess<'_>, client: &Client) -> Result<()> {
        let mut tx = self.database().begin().await?;
        let taken = self.count_try(&mut tx, guess, client).await?;
        tx.commit().await?;
        self.check(guess, &taken)
    }

    fn check(&self, guess: &Guess<'_>, taken: &Taken) -> Result<()> {
        if taken.number <= guess.tries {
            return Ok(());
        }
        let left = (taken.since + millis(WINDOW) - self.now()).max(0).unsigned_abs();
        Err(Error::TooManyTries { retry_after: left.div_ceil(1000).max(1) })
    }

    async fn count_try(&self, tx: &mut Tx, guess: &Guess<'_>, client: &Client) -> Result<Taken> {
        let now = self.now();
        let row = sqlx::query(
            "INSERT INTO tries (login, count, since) VALUES ($1, 1, $2) ON CONFLICT (login) DO UPDATE SET \
             count = CASE WHEN tries.since <= $3 THEN 1 ELSE tries.count + 1 END, \
             since = CASE WHEN tries.since <= $3 THEN $2 ELSE tries.since END RETURNING count, since",
        )
        .bind(&guess.key)
        .bind(now)
        .bind(now - millis(WINDOW))
        .fetch_one(&mut **tx)
        .await?;
        let taken = Taken { number: row.try_get(0)?, since: row.try_get(1)? };
        if taken.number == guess.tries + 1 {
            let entry =
                Entry { user: None, event: guess.event, subject: guess.subject, client: Some(client) };
            audit::record(tx, now, &entry).await?;
        }
        Ok(taken)
    }

    /// Forgets tries that count no more.
    pub(crate) async fn sweep_tries(&self) -> Result<()> {
        let delete = "DELETE FROM tries WHERE login IN (SELECT login FROM tries WHERE since <= $1 LIMIT $2)";
        self.database().delete_in_batches(delete, self.now() - millis(WINDOW)).await
    }
}
