//! The accounts of the site: a list with search, and what may be changed about each.

use domain::{ByteSize, Field, Page, Reason, Role, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{check, lock, lock_for};
use crate::actor::{role_of, role_text};
use crate::audit::{self, Entry};
use crate::database::{from_sql, retrying, to_sql};
use crate::nodes::{Cursor, Value, check_limit, cut, parse};
use crate::{Actor, Client, Drive, Error, NewAccount, Result, sessions};

/// An account as administrators see it. Of its files they see how much they are, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEntry {
    /// Its identifier.
    pub id: UserId,
    /// The user name.
    pub username: String,
    /// The mail address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Bytes of their files, versions and trash.
    pub used: u64,
    /// Bytes they may use; `None` is no limit.
    pub quota: Option<u64>,
    /// Since when they are locked out, unix milliseconds.
    pub locked_at: Option<i64>,
    /// Why.
    pub locked_reason: Option<String>,
    /// Since when they have the account, unix milliseconds.
    pub created_at: i64,
    /// When one of their sessions was last used, unix milliseconds; `None` when they have none.
    pub seen_at: Option<i64>,
    /// How far it is gone, when it is being deleted.
    pub deletion: Option<Deletion>,
}

/// How far the deletion of an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Since when, unix milliseconds.
    pub since: i64,
    /// Bytes it used then; [`UserEntry::used`] are left of them.
    pub used: u64,
}

/// In which order accounts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserSort {
    /// By user name.
    #[default]
    Name,
    /// Those who use most first.
    Used,
    /// The newest first.
    Created,
}

/// What part of the list of accounts is wanted.
#[derive(Clone, Debug, Default)]
pub struct UserQuery {
    /// A part of user name or mail address, in any case; empty for all.
    pub search: String,
    /// In which order.
    pub sort: UserSort,
    /// `next` of the page before; `None` for the first page.
    pub after: Option<String>,
    /// 1 to 1000.
    pub limit: u32,
}

/// The columns of [`entry`].
macro_rules! columns {
    () => {
        "SELECT u.id, u.username, u.email, u.role, u.used, u.quota, u.locked_at, u.locked_reason, u.created_at, \
         (SELECT MAX(s.seen_at) FROM sessions s WHERE s.user_id = u.id), LOWER(u.username), u.deleted_at, u.deleted_used \
         FROM users u "
    };
}

/// The statement of the first page and of those after a cursor. `$1` pattern, `$2` limit, `$3` and `$4` the cursor.
macro_rules! pages {
    ($column:literal, $beyond:literal, $order:literal) => {
        [
            pages!(@ $column, "", $order),
            pages!(@ $column, concat!("AND (", $column, ", u.id) ", $beyond, " ($3, $4) "), $order),
        ]
    };
    (@ $column:literal, $from:expr, $order:literal) => {
        concat!(
            columns!(),
            "WHERE (LOWER(u.username) LIKE $1 ESCAPE '!' OR u.email_key LIKE $1 ESCAPE '!') ",
            $from,
            "ORDER BY ", $column, " ", $order, ", u.id ", $order, " LIMIT $2"
        )
    };
}

pub(super) const fn statements(sort: UserSort) -> [&'static str; 2] {
    match sort {
        UserSort::Name => pages!("LOWER(u.username)", ">", "ASC"),
        UserSort::Used => pages!("u.used", "<", "DESC"),
        UserSort::Created => pages!("u.created_at", "<", "DESC"),
    }
}

/// What the log says of a change to an account.
pub(super) struct Change<'a> {
    event: &'static str,
    user: &'a UserId,
    note: Option<&'a str>,
}

impl<'a> Change<'a> {
    pub(super) fn new(event: &'static str, user: &'a UserId) -> Self {
        Self { event, user, note: None }
    }
}

impl Drive {
    /// The accounts whose user name or mail address holds a text.
    ///
    /// # Errors
    /// [`Error::NotFound`] for who is no administrator; `Invalid { Limit | Cursor }`.
    pub async fn users(&self, actor: &Actor, query: &UserQuery) -> Result<Page<UserEntry>> {
        check(actor)?;
        let limit = check_limit(query.limit)?;
        let search: String = query.search.trim().to_lowercase().chars().filter(|c| !c.is_control()).collect();
        let list = format!("users {:?} {search}", query.sort);
        let after = query.after.as_deref().map(|text| Cursor::decode(text, &list)).transpose()?;
        let [first, beyond] = statements(query.sort);
        let statement = sqlx::query(if after.is_some() { beyond } else { first })
            .bind(pattern(&search))
            .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let statement = match (&after, query.sort) {
            (None, _) => statement,
            (Some(Cursor { value: Value::Text(text), id, .. }), UserSort::Name) => {
                statement.bind(text.as_str()).bind(id.as_str())
            }
            (Some(Cursor { value: Value::Number(number), id, .. }), UserSort::Used | UserSort::Created) => {
                statement.bind(*number).bind(id.as_str())
            }
            (Some(_), _) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
        };
        let rows = statement.fetch_all(self.database().read()).await?;
        let (kept, next) = cut(&rows, limit, |row| Ok(position(row, query.sort)?.encode(&list)))?;
        Ok(Page { items: kept.iter().map(entry).collect::<Result<_>>()?, next })
    }

    /// One account.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, and for who is no administrator.
    pub async fn user(&self, actor: &Actor, user: &UserId) -> Result<UserEntry> {
        check(actor)?;
        let row = sqlx::query(concat!(columns!(), "WHERE u.id = $1"))
            .bind(user.as_str())
            .fetch_optional(self.database().read())
            .await?
            .ok_or(Error::NotFound)?;
        entry(&row)
    }

    /// Makes an account for somebody, whether or not strangers may register. Its password must be changed at the first sign-in.
    ///
    /// # Errors
    /// `Invalid { Username | Email, Taken }`; [`Error::NotFound`] for who is no administrator.
    pub async fn create_account(
        &self,
        actor: &Actor,
        account: &NewAccount,
        client: &Client,
    ) -> Result<UserId> {
        check(actor)?;
        let hash = self.hash_for(account).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock(&mut tx, actor).await?;
            let made = self.insert_account(&mut tx, account, &hash, Role::User, None).await?;
            // Who made it knows the password.
            sqlx::query("UPDATE users SET must_change = 1 WHERE id = $1")
                .bind(made.user.as_str())
                .execute(&mut *tx)
                .await?;
            self.recorded(tx, 1, actor, Change::new("account.create", &made.user), client).await?;
            Ok(made.user)
        })
        .await
    }

    /// Sets how many bytes an account may use; `None` is no limit. Below what is used nothing is deleted, and nothing more
    /// fits.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such account, and for who is no administrator.
    pub async fn set_quota(
        &self,
        actor: &Actor,
        user: &UserId,
        quota: Option<u64>,
        client: &Client,
    ) -> Result<()> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock(&mut tx, actor).await?;
            let changed = sqlx::query("UPDATE users SET quota = $2 WHERE id = $1")
                .bind(user.as_str())
                .bind(quota.map(to_sql))
                .execute(&mut *tx)
                .await?;
            let note = quota.map_or_else(|| "∞".to_owned(), |bytes| ByteSize(bytes).to_string());
            let change = Change { note: Some(&note), ..Change::new("account.quota", user) };
            self.recorded(tx, changed.rows_affected(), actor, change, client).await
        })
        .await
    }

    /// Makes an account that of an administrator or of a user.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for the actor's own, so that an administrator is left; [`Error::NotFound`] as above.
    pub async fn set_role(&self, actor: &Actor, user: &UserId, role: Role, client: &Client) -> Result<()> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock_for(&mut tx, actor, user).await?;
            let changed = sqlx::query("UPDATE users SET role = $2 WHERE id = $1 AND deleted_at IS NULL")
                .bind(user.as_str())
                .bind(role_text(role))
                .execute(&mut *tx)
                .await?;
            let event = match role {
                Role::Administrator => "account.promote",
                Role::User => "account.demote",
            };
            self.recorded(tx, changed.rows_affected(), actor, Change::new(event, user), client).await
        })
        .await
    }

    /// Locks an account: its sessions and tokens stop working with the next request, its files stay. `reason` is shown to
    /// administrators.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for the actor's own; [`Error::NotFound`] as above.
    pub async fn lock_account(
        &self,
        actor: &Actor,
        user: &UserId,
        reason: &str,
        client: &Client,
    ) -> Result<()> {
        let reason: String = reason.trim().chars().filter(|c| !c.is_control()).take(500).collect();
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock_for(&mut tx, actor, user).await?;
            let locked = sqlx::query(
                "UPDATE users SET locked_at = COALESCE(locked_at, $2), locked_reason = $3 WHERE id = $1",
            )
            .bind(user.as_str())
            .bind(self.now())
            .bind(&reason)
            .execute(&mut *tx)
            .await?;
            sessions::end_all(&mut tx, user, None).await?;
            // The account forgets it when it is unlocked.
            let change = Change { note: Some(&reason), ..Change::new("account.lock", user) };
            self.recorded(tx, locked.rows_affected(), actor, change, client).await
        })
        .await
    }

    /// Lets a locked account sign in again.
    ///
    /// # Errors
    /// [`Error::NotFound`] as above, and for one that is being deleted.
    pub async fn unlock_account(&self, actor: &Actor, user: &UserId, client: &Client) -> Result<()> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock(&mut tx, actor).await?;
            let unlocked =
                sqlx::query(
                    "UPDATE users SET locked_at = NULL, locked_reason = NULL WHERE id = $1 AND deleted_at IS NULL",
                )
                    .bind(user.as_str())
                    .execute(&mut *tx)
                    .await?;
            self.recorded(tx, unlocked.rows_affected(), actor, Change::new("account.unlock", user), client).await
        })
        .await
    }

    /// Ends a change to an account with its entry in the log, if there was such an account.
    pub(super) async fn recorded(
        &self,
        mut tx: crate::database::Tx,
        changed: u64,
        actor: &Actor,
        change: Change<'_>,
        client: &Client,
    ) -> Result<()> {
        if changed == 0 {
            return Err(Error::NotFound);
        }
        let (user, subject) = (Some(&actor.user), Some(change.user.as_str()));
        let entry = Entry { user, event: change.event, subject, client: Some(client) };
        audit::record_with(&mut tx, self.now(), &entry, change.note.filter(|note| !note.is_empty())).await?;
        tx.commit().await
    }
}

/// Matches what holds the text, whatever signs of LIKE are in it.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn entry(row: &AnyRow) -> Result<UserEntry> {
    Ok(UserEntry {
        id: parse(row.try_get(0)?)?,
        username: row.try_get(1)?,
        email: row.try_get(2)?,
        role: role_of(row.try_get(3)?),
        used: from_sql(row.try_get(4)?),
        quota: row.try_get::<Option<i64>, _>(5)?.map(from_sql),
        locked_at: row.try_get(6)?,
        locked_reason: row.try_get(7)?,
        created_at: row.try_get(8)?,
        seen_at: row.try_get(9)?,
        deletion: deletion(row)?,
    })
}

fn deletion(row: &AnyRow) -> Result<Option<Deletion>> {
    let since: Option<i64> = row.try_get(11)?;
    let used: Option<i64> = row.try_get(12)?;
    Ok(since.map(|since| Deletion { since, used: from_sql(used.unwrap_or(0)) }))
}

fn position(row: &AnyRow, sort: UserSort) -> Result<Cursor> {
    let value = match sort {
        UserSort::Name => Value::Text(row.try_get(10)?),
        UserSort::Used => Value::Number(row.try_get(4)?),
        UserSort::Created => Value::Number(row.try_get(8)?),
    };
    // Identifiers are alike; a cursor does not care whose.
    Ok(Cursor { section: 0, value, id: parse(row.try_get(0)?)? })
}
