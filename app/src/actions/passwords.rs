//! Passwords: changing one's own, and setting somebody else's as an administrator.

use domain::UserId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::flash::Done;

/// Changes the password of who asks and signs them out everywhere else.
///
/// # Errors
/// Sign in first, another old password, too many tries, or a refused input.
#[server(prefix = "/form", endpoint = "change-password")]
pub async fn change_password(old: String, password: String, again: String) -> Result<Done, Failure> {
    crate::server::change_own(old, &password, &again).await
}

/// What the script is answered that asks while somebody types a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "the script that asks is not of the wasm"))]
pub struct StrengthAnswer {
    /// 0 to 4.
    pub score: u8,
    /// The same in words.
    pub text: String,
}

/// How hard a password is to guess, for who is choosing one. It goes nowhere but into the answer.
///
/// # Errors
/// When the service is not there.
#[server(prefix = "/form", endpoint = "strength")]
pub async fn strength(password: String, username: String, email: String) -> Result<StrengthAnswer, Failure> {
    crate::server::strength_of(&password, &username, &email).await
}

/// Sets the password of an account, which its owner has to change at the next sign-in.
///
/// # Errors
/// A refused input; forbidden for one's own; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "set-password")]
pub async fn set_password(id: UserId, password: String, again: String) -> Result<Done, Failure> {
    crate::server::set_of(&id, &password, &again).await
}
