//! Using an invitation: what whoever has its link sees, and an account made with it.

use domain::{Field, InvitationCode, InvitationState, InvitationView, Reason, Registration, Role};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{NewAccount, Solved};
use crate::audit::{self, Entry};
use crate::database::{Tx, retrying};
use crate::{Actor, Client, Drive, Error, Result};

/// What is asked of an invitation.
struct Found {
    id: String,
    view: InvitationView,
}

/// A code as somebody passed it on.
fn typed(code: &str) -> Option<InvitationCode> {
    code.trim().to_ascii_lowercase().parse().ok()
}

impl Drive {
    /// The invitation at the end of a link; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn invitation(&self, code: &str) -> Result<Option<InvitationView>> {
        let Some(code) = typed(code) else { return Ok(None) };
        let found = self.find_invitation(&mut *self.database().read().acquire().await?, &code).await?;
        Ok(found.map(|found| found.view))
    }

    /// Makes an account with an empty drive, with an invitation where that is asked for. Account and use of the invitation are one transaction: of
    /// many who take the last use at the same time, one gets an account. Where anybody may register, the code is not looked
    /// at.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when registration is closed; [`Error::CaptchaRequired`]; `Invalid { Username | Email, Taken }`;
    /// [`Error::WeakPassword`]; `Invalid { Invitation }`: `Empty` without one, `Unknown`, or `Expired` when it was used
    /// up, expired or was revoked; `Invalid { Email, Contradiction }` when it is for another address.
    pub async fn register_with(
        &self,
        account: NewAccount,
        code: &str,
        solved: Option<Solved>,
        client: &Client,
    ) -> Result<Actor> {
        let registration = self.rules().registration;
        if registration != Registration::Closed && self.config().captcha && solved.is_none() {
            return Err(Error::CaptchaRequired);
        }
        let code = match registration {
            Registration::Closed => return Err(Error::Forbidden),
            Registration::Open => None,
            Registration::Invitation => Some(self.check_invitation(&account, code).await?),
        };
        let hash = self.hash_for(&account).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            let taken = match &code {
                Some(code) => Some(self.take_invitation(&mut tx, &account, code).await?),
                None => None,
            };
            let actor = self.insert_account(&mut tx, &account, &hash, Role::User, Some(client)).await?;
            if let Some(invitation) = &taken {
                let entry = Entry {
                    user: Some(&actor.user),
                    event: "invitation.use",
                    subject: Some(invitation),
                    client: Some(client),
                };
                audit::record(&mut tx, self.now(), &entry).await?;
            }
            tx.commit().await?;
            Ok(actor)
        })
        .await
    }

    /// Refuses what cannot end well before a password is hashed.
    async fn check_invitation(&self, account: &NewAccount, code: &str) -> Result<InvitationCode> {
        if code.trim().is_empty() {
            return Err(Error::invalid(Field::Invitation, Reason::Empty));
        }
        let unknown = || Error::invalid(Field::Invitation, Reason::Unknown);
        let code = typed(code).ok_or_else(unknown)?;
        let found = self.find_invitation(&mut *self.database().read().acquire().await?, &code).await?;
        refusal(found.as_ref(), account).map_or(Ok(code), Err)
    }

    /// One use of it; answers its id.
    async fn take_invitation(
        &self,
        tx: &mut Tx,
        account: &NewAccount,
        code: &InvitationCode,
    ) -> Result<String> {
        let taken = sqlx::query(
            "UPDATE invitations SET uses = uses + 1 WHERE code = $1 AND revoked_at IS NULL AND uses < max_uses \
             AND (expires_at IS NULL OR expires_at > $2) AND (email_key IS NULL OR email_key = $3) RETURNING id",
        )
        .bind(code.as_str())
        .bind(self.now())
        .bind(account.email.unique_key())
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(row) = taken {
            return Ok(row.try_get(0)?);
        }
        let found = self.find_invitation(tx, code).await?;
        // Somebody else took the last use since it was looked at.
        Err(refusal(found.as_ref(), account).unwrap_or(Error::Busy))
    }

    async fn find_invitation(
        &self,
        connection: &mut AnyConnection,
        code: &InvitationCode,
    ) -> Result<Option<Found>> {
        let row = sqlx::query(
            "SELECT id, revoked_at, expires_at, uses, max_uses, email_key FROM invitations WHERE code = $1",
        )
        .bind(code.as_str())
        .fetch_optional(connection)
        .await?;
        row.map(|row| {
            let view = InvitationView { state: state(&row, self.now())?, email: row.try_get(5)? };
            Ok(Found { id: row.try_get(0)?, view })
        })
        .transpose()
    }
}

/// Why no account can be made with it, if none can.
fn refusal(found: Option<&Found>, account: &NewAccount) -> Option<Error> {
    let refused = |field, reason| Some(Error::invalid(field, reason));
    match found {
        None => refused(Field::Invitation, Reason::Unknown),
        Some(found) if found.view.state != InvitationState::Open => {
            tracing::debug!(invitation = found.id, state = ?found.view.state, "an invitation was refused");
            refused(Field::Invitation, Reason::Expired)
        }
        Some(Found { view: InvitationView { email: Some(email), .. }, .. })
            if *email != account.email.unique_key() =>
        {
            refused(Field::Email, Reason::Contradiction)
        }
        Some(_) => None,
    }
}

/// Of a row that begins with `id, revoked_at, expires_at, uses, max_uses`.
pub(crate) fn state(row: &AnyRow, now: i64) -> Result<InvitationState> {
    let (revoked, expires): (Option<i64>, Option<i64>) = (row.try_get(1)?, row.try_get(2)?);
    let (uses, most): (i64, i64) = (row.try_get(3)?, row.try_get(4)?);
    Ok(if revoked.is_some() {
        InvitationState::Revoked
    } else if uses >= most {
        InvitationState::UsedUp
    } else if expires.is_some_and(|at| at <= now) {
        InvitationState::Expired
    } else {
        InvitationState::Open
    })
}
