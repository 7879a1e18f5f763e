//! What administrators do: look after accounts, see how the whole is, read the log. To everybody else none of it exists:
//! they get [`Error::NotFound`], as for any address that leads nowhere.

mod accounts;
mod delete;
mod details;
mod invitations;
mod log;
mod overview;
mod password;
mod settings;
#[cfg(test)]
mod tests;

use domain::{Role, UserId};

use crate::database::Tx;
use crate::{Actor, Error, Result};

pub use accounts::{Deletion, UserEntry, UserQuery, UserSort};
pub use details::UserDetails;
pub use invitations::{InvitationEntry, NewInvitation};
pub use log::{LogEntry, LogQuery};
pub use overview::{Machines, Overview};

/// Whether the actor may look. Who changes something is asked again by [`lock`], inside the change.
///
/// # Errors
/// [`Error::NotFound`] unless they are an administrator.
fn check(actor: &Actor) -> Result<()> {
    if actor.role == Role::Administrator { Ok(()) } else { Err(Error::NotFound) }
}

/// Makes sure that the actor is an administrator until the transaction ends, so that of two who lock or demote each other at
/// the same time one stays.
///
/// # Errors
/// [`Error::NotFound`] unless they are one, and not locked.
pub(crate) async fn lock(tx: &mut Tx, actor: &Actor) -> Result<()> {
    check(actor)?;
    // An UPDATE that changes nothing, because SQLite knows no `FOR UPDATE`.
    let locked = sqlx::query(
        "UPDATE users SET role = role WHERE id = $1 AND role = 'administrator' AND locked_at IS NULL",
    )
    .bind(actor.user.as_str())
    .execute(&mut **tx)
    .await?;
    if locked.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// The same for a change to an account other than the actor's own.
///
/// # Errors
/// [`Error::Forbidden`] for the actor's own: whoever locks or demotes themselves could be the last.
async fn lock_for(tx: &mut Tx, actor: &Actor, user: &UserId) -> Result<()> {
    lock(tx, actor).await?;
    if actor.user == *user { Err(Error::Forbidden) } else { Ok(()) }
}
