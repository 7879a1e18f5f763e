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
    use crate::server::{Context, answer_account, language_of_request, new_account};
    use crate::{Flash, Form, Typed};
    let language = language_of_request();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let account = new_account(&username, &email, &password, &again)?;
        let made = context.drive.create_account(actor, &account, &context.client).await;
        let id = made?;
        let flash = Flash::AccountChanged { name: account.username.to_string() };
        Ok(Done { next: Some(format!("/admin/users/{id}")), flash: Some(flash) })
    };
    let outcome = outcome.await;
    answer_account(Form::CreateAccount, Typed { username, email, ..Typed::default() }, language, outcome)
}

/// Sets how much an account may keep, written like `500MB` or `20GiB`; empty is no limit.
///
/// # Errors
/// A size that is none; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "set-quota")]
pub async fn set_quota(id: UserId, quota: String) -> Result<Done, Failure> {
    crate::server::change_account(&id.clone(), async |context, actor| {
        let size = crate::server::typed_quota(&quota)?;
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

/// Deletes an account with all that is in it. `confirmation` is its user name.
///
/// # Errors
/// Another name was typed; forbidden for one's own; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "delete-account")]
pub async fn delete_account(id: UserId, confirmation: String) -> Result<Done, Failure> {
    use crate::server::{Context, refuse};
    use crate::{Flash, Form, Typed};
    let language = crate::server::language_of_sender();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let deleted = context.drive.delete_account(actor, &id, &confirmation, &context.client).await;
        deleted.map_err(|error| error.to_app_error())?;
        let text = crate::sheets::deletion_begun(language, confirmation.trim());
        Ok(Done { next: Some("/admin/users".to_owned()), flash: Some(Flash::Said { text }) })
    };
    let outcome = outcome.await;
    // What had been typed travels in a cookie, which has an end.
    let typed = confirmation.chars().take(64).collect();
    refuse(Form::DeleteAccount, Typed { name: typed, ..Typed::default() }, outcome)
}

/// Signs an account out everywhere.
///
/// # Errors
/// Not found for who is no administrator.
#[server(prefix = "/form", endpoint = "end-sessions")]
pub async fn end_sessions(id: UserId) -> Result<Done, Failure> {
    crate::server::change_account(&id.clone(), async |context, actor| {
        let ended = context.drive.end_sessions(actor, &id, &context.client).await;
        ended.map_err(|error| error.to_app_error())
    })
    .await
}

/// Makes an invitation. `uses` is a number, `days` a number or `never`; `email` and `note` may be empty.
///
/// # Errors
/// A value that cannot be read; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "create-invitation")]
pub async fn create_invitation(
    uses: String,
    days: String,
    #[server(default)] email: String,
    #[server(default)] note: String,
) -> Result<Done, Failure> {
    use crate::server::{Context, refuse, typed_invitation};
    use crate::{Flash, Form, Typed};
    let language = crate::server::language_of_sender();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let new = typed_invitation(&uses, &days, &email, &note, context.drive.now())?;
        let made = context.drive.create_invitation(actor, &new, &context.client).await;
        made.map_err(|error| error.to_app_error())?;
        let text = crate::sheets::invitation_outcome(language, true);
        Ok(Done { next: Some("/admin/invitations".to_owned()), flash: Some(Flash::Said { text }) })
    };
    let outcome = outcome.await;
    // What had been typed travels in a cookie, which has an end.
    let short = |text: String, most| text.chars().take(most).collect();
    let typed = Typed {
        login: short(uses, 20),
        email: short(email, 254),
        name: short(note, 250),
        ..Typed::default()
    };
    refuse(Form::Invitation, typed, outcome)
}

/// Takes an invitation back.
///
/// # Errors
/// Not found for who is no administrator.
#[server(prefix = "/form", endpoint = "revoke-invitation")]
pub async fn revoke_invitation(id: String) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Context, reply};
    let language = crate::server::language_of_sender();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let id = id.parse().map_err(|_| domain::AppError::NotFound)?;
        let revoked = context.drive.revoke_invitation(actor, &id, &context.client).await;
        revoked.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::Said { text: crate::sheets::invitation_outcome(language, false) }))
    };
    reply(outcome.await)
}

/// Changes a setting of the site, or with `reset` goes back to what it was at the start. How `value` is written depends on
/// `name`.
///
/// # Errors
/// A value that cannot be read; not found for who is no administrator.
#[server(prefix = "/form", endpoint = "change-setting")]
pub async fn change_setting(
    name: String,
    #[server(default)] value: String,
    reset: Option<String>,
) -> Result<Done, Failure> {
    use crate::server::{Context, refuse, typed_setting};
    use crate::{Flash, Form, Typed};
    use domain::AppError;
    let language = crate::server::language_of_sender();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let setting = drive::SettingName::parse(&name).ok_or(AppError::NotFound)?;
        let changed = if reset.is_some() {
            context.drive.reset_setting(actor, setting, &context.client).await
        } else {
            context.drive.change_setting(actor, typed_setting(setting, &value)?, &context.client).await
        };
        changed.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::Said {
            text: crate::sheets::setting_outcome(language, setting, reset.is_some()),
        }))
    };
    // What had been typed travels in a cookie, which has an end.
    let typed = Some(value.clone()).filter(|value| value.len() <= 1500).unwrap_or_default();
    refuse(Form::Setting, Typed { name: typed, ..Typed::default() }, outcome.await)
}

/// Remembers in this browser that the announcement of this id was read.
///
/// # Errors
/// What is no id.
#[server(prefix = "/form", endpoint = "dismiss-announcement")]
pub async fn dismiss_announcement(id: String) -> Result<Done, Failure> {
    use crate::server::{Context, dismiss, reply};
    let outcome = Context::current().and_then(|context| {
        dismiss(&context, &id)?;
        Ok(Done::default())
    });
    reply(outcome)
}
