//! Invitations, as administrators make, list and revoke them. What becomes of the code is in `accounts::invitations`.

use domain::{Email, Field, InvitationCode, InvitationId, InvitationState, Page, Reason};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{check, lock};
use crate::accounts::invitations::state;
use crate::audit::{self, Entry};
use crate::database::{from_sql, retrying, to_sql};
use crate::nodes::{Cursor, Value, check_limit, cut, parse};
use crate::{Actor, Client, Drive, Error, Result, random};

/// Accounts that one invitation may make.
const MOST_USES: u64 = 10_000;

/// Characters of a note.
const LONGEST_NOTE: usize = 200;

/// What an invitation is to be.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// What it is for, seen by administrators only.
    pub note: String,
    /// The one mail address that may use it; `None`: any.
    pub email: Option<Email>,
    /// Accounts that may be made with it.
    pub uses: u64,
    /// Until when, unix milliseconds; `None`: for ever.
    pub expires: Option<i64>,
}

/// An invitation as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationEntry {
    /// Its identifier.
    pub id: InvitationId,
    /// The end of its link.
    pub code: InvitationCode,
    /// Whether it can be used.
    pub state: InvitationState,
    /// What it is for.
    pub note: String,
    /// The one mail address that may use it, in lower case; `None`: any.
    pub email: Option<String>,
    /// Accounts that were made with it.
    pub uses: u64,
    /// Accounts that may be.
    pub max_uses: u64,
    /// Until when, unix milliseconds; `None`: for ever.
    pub expires: Option<i64>,
    /// Since when there is it, unix milliseconds.
    pub created: i64,
    /// Who made it, if they are still there.
    pub created_by: Option<String>,
}

/// The columns of [`entry`]; those of `state` come first.
macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.revoked_at, i.expires_at, i.uses, i.max_uses, i.code, i.note, i.email_key, i.created_at, u.username \
             FROM invitations i LEFT JOIN users u ON u.id = i.created_by ",
            $rest
        )
    };
}

impl Drive {
    /// Makes an invitation under a new code of 128 random bits.
    ///
    /// # Errors
    /// `Invalid { Limit }` for no use or more than 10,000; `Invalid { Expiry, Expired }` for a time that is over; `Invalid {
    /// Name, TooLong }` for a longer note than 200 characters; [`Error::NotFound`] for who is no administrator.
    pub async fn create_invitation(
        &self,
        actor: &Actor,
        new: &NewInvitation,
        client: &Client,
    ) -> Result<InvitationId> {
        check(actor)?;
        let now = self.now();
        match new.uses {
            0 => return Err(Error::invalid(Field::Limit, Reason::Malformed)),
            1..=MOST_USES => {}
            _ => return Err(Error::invalid(Field::Limit, Reason::TooLong { limit: MOST_USES })),
        }
        if new.expires.is_some_and(|at| at <= now) {
            return Err(Error::invalid(Field::Expiry, Reason::Expired));
        }
        let note: String = new.note.trim().chars().filter(|c| !c.is_control()).collect();
        if note.chars().count() > LONGEST_NOTE {
            return Err(Error::invalid(Field::Name, Reason::TooLong { limit: LONGEST_NOTE as u64 }));
        }
        let id = InvitationId::from_random(random::bits());
        let code = InvitationCode::from_random(random::bits());
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock(&mut tx, actor).await?;
            sqlx::query(
                "INSERT INTO invitations (id, code, note, email_key, max_uses, created_at, created_by, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id.as_str())
            .bind(code.as_str())
            .bind(&note)
            .bind(new.email.as_ref().map(Email::unique_key))
            .bind(to_sql(new.uses))
            .bind(now)
            .bind(actor.user.as_str())
            .bind(new.expires)
            .execute(&mut *tx)
            .await?;
            self.record_invitation(tx, actor, "invitation.create", &id, client).await
        })
        .await?;
        Ok(id)
    }

    /// The invitations, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for who is no administrator; `Invalid { Limit | Cursor }`.
    pub async fn invitations(
        &self,
        actor: &Actor,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<InvitationEntry>> {
        const LIST: &str = "invitations";
        const FIRST: &str = columns!("ORDER BY i.created_at DESC, i.id DESC LIMIT $1");
        const BEYOND: &str =
            columns!("WHERE (i.created_at, i.id) < ($2, $3) ORDER BY i.created_at DESC, i.id DESC LIMIT $1");
        check(actor)?;
        let limit = check_limit(limit)?;
        let after = after.map(|text| Cursor::decode(text, LIST)).transpose()?;
        let statement = sqlx::query(if after.is_some() { BEYOND } else { FIRST })
            .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let statement = match &after {
            None => statement,
            Some(Cursor { value: Value::Number(at), id, .. }) => statement.bind(*at).bind(id.as_str()),
            Some(_) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
        };
        let rows = statement.fetch_all(self.database().read()).await?;
        let (kept, next) = cut(&rows, limit, |row| {
            let value = Value::Number(row.try_get(8)?);
            Ok(Cursor { section: 0, value, id: parse(row.try_get(0)?)? }.encode(LIST))
        })?;
        let now = self.now();
        Ok(Page { items: kept.iter().map(|row| entry(row, now)).collect::<Result<_>>()?, next })
    }

    /// Takes an invitation back. Accounts that were made with it stay. A second time does no harm.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such invitation, and for who is no administrator.
    pub async fn revoke_invitation(&self, actor: &Actor, id: &InvitationId, client: &Client) -> Result<()> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock(&mut tx, actor).await?;
            let revoked =
                sqlx::query("UPDATE invitations SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1")
                    .bind(id.as_str())
                    .bind(self.now())
                    .execute(&mut *tx)
                    .await?;
            if revoked.rows_affected() == 0 {
                return Err(Error::NotFound);
            }
            self.record_invitation(tx, actor, "invitation.revoke", id, client).await
        })
        .await
    }

    async fn record_invitation(
        &self,
        mut tx: crate::database::Tx,
        actor: &Actor,
        event: &'static str,
        id: &InvitationId,
        client: &Client,
    ) -> Result<()> {
        let entry =
            Entry { user: Some(&actor.user), event, subject: Some(id.as_str()), client: Some(client) };
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await
    }
}

fn entry(row: &AnyRow, now: i64) -> Result<InvitationEntry> {
    Ok(InvitationEntry {
        id: parse(row.try_get(0)?)?,
        state: state(row, now)?,
        expires: row.try_get(2)?,
        uses: from_sql(row.try_get(3)?),
        max_uses: from_sql(row.try_get(4)?),
        code: parse(row.try_get(5)?)?,
        note: row.try_get(6)?,
        email: row.try_get(7)?,
        created: row.try_get(8)?,
        created_by: row.try_get(9)?,
    })
}
