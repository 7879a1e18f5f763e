//! What administrators change: accounts of others.

use domain::UserId;
use leptos::prelude::*;

use crate::Failure;
use crate::flash::Done;

/// Makes an account for somebody.
///
/// # Errors
/// A refused input; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "create-account")]
pub async fn create_account(
    username: String,
    email: String,
    password: String,
    again: String,
) -> Result<Done, Failure> {
    use crate::server::{Context, new_account, refuse};
    use crate::{Flash, Form, Typed};
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let account = new_account(&username, &email, &password, &again)?;
        let made = context.drive.create_account(actor, &account, &context.client).await;
        let id = made.map_err(|error| error.to_app_error())?;
        let flash = Flash::AccountChanged { name: account.username.to_string() };
        Ok(Done { next: Some(format!("/admin/users/{id}")), flash: Some(flash) })
    };
    let outcome = outcome.await;
    refuse(Form::CreateAccount, Typed { username, email, ..Typed::default() }, outcome)
}

/// Sets how much an account may keep, written like `500MB` or `20GiB`; empty is no limit.
///
/// # Errors
/// A size that is none; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "set-quota")]
pub async fn set_quota(id: UserId, quota: String) -> Result<Done, Failure> {
    use domain::{AppError, ByteSize, Field, Reason};
    crate::server::change_account(&id.clone(), async |context, actor| {
        let text = quota.trim();
        let size = if text.is_empty() {
            None
        } else {
            let ByteSize(bytes) =
                text.parse().map_err(|_| AppError::invalid(Field::Quota, Reason::Malformed))?;
            // The database keeps sizes as signed numbers.
            let kept = i64::try_from(bytes).is_ok().then_some(bytes);
            Some(kept.ok_or(AppError::invalid(Field::Quota, Reason::Malformed))?)
        };
        let set = context.drive.set_quota(actor, &id, size, &context.client).await;
        set.map_err(|error| error.to_app_error())
    })
    .await
}

/// Makes an account that of an administrator (`administrator`) or of a user (anything else).
///
/// # Errors
/// Forbidden for one's own; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "set-role")]
pub async fn set_role(id: UserId, role: String) -> Result<Done, Failure> {
    crate::server::change_account(&id.clone(), async |context, actor| {
        let role = if role == "administrator" { domain::Role::Administrator } else { domain::Role::User };
        let set = context.drive.set_role(actor, &id, role, &context.client).await;
        set.map_err(|error| error.to_app_error())
    })
    .await
}

/// Locks an account and ends its sessions.
///
/// # Errors
/// Forbidden for one's own; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "lock-account")]
pub async fn lock_account(id: UserId, reason: String) -> Result<Done, Failure> {
    crate::server::change_account(&id.clone(), async |context, actor| {
        let locked = context.drive.lock_account(actor, &id, &reason, &context.client).await;
        locked.map_err(|error| error.to_app_error())
    })
    .await
}

/// Lets a locked account sign in again.
///
/// # Errors
/// Not found for who is no administrator.
#[server(prefix = "/form", endpoint = "unlock-account")]
pub async fn unlock_account(id: UserId) -> Result<Done, Failure> {
    crate::server::change_account(&id.clone(), async |context, actor| {
        let unlocked = context.drive.unlock_account(actor, &id, &context.client).await;
        unlocked.map_err(|error| error.to_app_error())
    })
    .await
}
