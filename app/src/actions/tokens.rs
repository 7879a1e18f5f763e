//! API tokens of who asks.

use domain::TokenId;
use leptos::prelude::*;

use crate::Failure;
use crate::flash::Done;

/// Makes a token; the page that comes next shows it once. `access` is `read` or `write`, `days` a number or `never`.
///
/// # Errors
/// Sign in first, or a refused input.
#[server(prefix = "/form", endpoint = "create-token")]
pub async fn create_token(name: String, access: String, days: String) -> Result<Done, Failure> {
    crate::server::create_token(name, &access, &days).await
}

/// Ends a token.
///
/// # Errors
/// Sign in first, or it is none of theirs.
#[server(prefix = "/form", endpoint = "revoke-token")]
pub async fn revoke_token(id: TokenId) -> Result<Done, Failure> {
    use crate::server::{Context, reply, revoked_token};
    let text = revoked_token();
    let outcome = async {
        let context = Context::current()?;
        let revoked = context.drive.revoke_token(context.actor()?, &id, &context.client).await;
        revoked.map_err(|error| error.to_app_error())?;
        Ok(Done::say(crate::Flash::Said { text }))
    };
    reply(outcome.await)
}
