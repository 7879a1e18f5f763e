//! Password hashes: argon2id, off the async threads, a few at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::NewPassword;
use tokio::sync::Semaphore;

use crate::{Error, Result, random};

/// The first choice of OWASP's password storage cheat sheet for argon2id (m = 19 MiB, t = 2, p = 1).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Bytes of the longest password that is looked at: four times the 256 characters that an account can have.
const LONGEST: usize = 1024;

/// Hashes and verifies.
pub(crate) struct Passwords {
    /// As many at once as there are processors: more would only take 19 MiB each and be slower.
    permits: Arc<Semaphore>,
    /// Of work beside them, which anybody may ask for: one at a time, so that who signs in never waits for it.
    aside: Arc<Semaphore>,
    /// Verified against when there is no such account.
    nobody: String,
    /// Passwords that were verified against a hash since the start.
    verified: AtomicU64,
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let permits = Arc::new(Semaphore::new(processors));
        let nobody = off_thread("hashing a password", &permits, || hash(&random::secret())).await?;
        let aside = Arc::new(Semaphore::new(1));
        Ok(Self { permits, aside, nobody, verified: AtomicU64::new(0) })
    }

    /// The text to store for a new password.
    pub(crate) async fn hash(&self, password: &NewPassword) -> Result<String> {
        let password = password.clone();
        off_thread("hashing a password", &self.permits, move || hash(password.expose())).await
    }

    /// Whether the password is the one of `stored`; with `None`, takes the same time and says no.
    pub(crate) async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool> {
        let known = stored.is_some() && password.len() <= LONGEST;
        let stored = stored.filter(|_| known).unwrap_or_else(|| self.nobody.clone());
        let password = if known { password.to_owned() } else { String::new() };
        let right =
            off_thread("verifying a password", &self.permits, move || verify(&password, &stored)).await?;
        self.verified.fetch_add(1, Ordering::Relaxed);
        Ok(right && known)
    }

    /// Other work that costs a processor as much: estimates, and drawing for who has not signed in.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        off_thread("an estimate or a captcha", &self.aside, work).await
    }

    /// See [`Drive::passwords_verified`](crate::Drive::passwords_verified).
    pub(crate) fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }
}

/// Runs on the blocking pool. The permit goes along, so that callers who go away do not make room for more work.
pub(super) async fn off_thread<T: Send + 'static>(
    what: &'static str,
    permits: &Arc<Semaphore>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let permit =
        Arc::clone(permits).acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))?;
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    })
    .await
    .map_err(|error| Error::Internal(format!("{what}: {error}")))?
}

fn hash(password: &str) -> Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(argon2.hash_password(password.as_bytes()).map_err(internal)?.to_string())
}

fn verify(password: &str, stored: &str) -> Result<bool> {
    use argon2::password_hash::Error as Outcome;
    let stored = PasswordHash::new(stored).map_err(internal)?;
    // The parameters are those of the stored hash, so that they can be raised later.
    match Argon2::default().verify_password(password.as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(Outcome::PasswordInvalid) => Ok(false),
        Err(error) => Err(internal(error)),
    }
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let passwords = Passwords::new().await.expect("argon2");
        let chosen = NewPassword::parse("correct horse battery").expect("a good one");
        let stored = passwords.hash(&chosen).await.expect("hash");
        // What stands in for an unknown account costs as much as a real one.
        for hash in [&stored, &passwords.nobody] {
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        }
        assert_ne!(stored, passwords.hash(&chosen).await.expect("hash"), "salted");
        let verify = async |password: &str, stored: Option<&str>| {
            passwords.verify(password, stored.map(str::to_owned)).await.expect("verify")
        };
        assert!(verify("correct horse battery", Some(&stored)).await);
        assert!(!verify("correct horse batterx", Some(&stored)).await);
        assert!(!verify("", Some(&stored)).await);
        assert!(!verify(&"x".repeat(1 << 20), Some(&stored)).await);
        assert!(!verify("correct horse battery", None).await);
        assert_eq!(passwords.verified(), 5);
        assert!(passwords.verify("x", Some("not a hash".to_owned())).await.is_err());
    }
}
