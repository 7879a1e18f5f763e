//! The log of what matters for security, as administrators read it.

use domain::{Field, Page, Reason};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::check;
use crate::nodes::{Cursor, Value, check_limit, cut, parse};
use crate::{Actor, Drive, Error, Result};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// When, unix milliseconds.
    pub at: i64,
    /// The user name of who did it, when known.
    pub username: Option<String>,
    /// What, as `noun.verb`.
    pub event: String,
    /// What it was done to: the user name where it is an account, else an id or a name.
    pub subject: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// With which program.
    pub agent: Option<String>,
    /// What it was before and is now, where that is told.
    pub note: Option<String>,
}

/// What part of the log is wanted, the newest first.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// The noun of the event (`session`, `account`, …); empty for all.
    pub noun: String,
    /// A user name, of who did it or of whom it was done to; empty for all.
    pub username: String,
    /// `next` of the page before; `None` for the first page.
    pub after: Option<String>,
    /// 1 to 1000.
    pub limit: u32,
}

/// `$1` pattern of the event, `$2` user name in lower case or empty, `$3` limit, `$4` and `$5` the cursor.
macro_rules! page {
    ($from:literal) => {
        concat!(
            "SELECT a.id, a.at, COALESCE(u.username, fu.username), a.event, COALESCE(s.username, fs.username, a.subject), \
             a.address, a.detail, a.note FROM audit a \
             LEFT JOIN users u ON u.id = a.user_id LEFT JOIN former_users fu ON fu.id = a.user_id \
             LEFT JOIN users s ON s.id = a.subject LEFT JOIN former_users fs ON fs.id = a.subject \
             WHERE a.event LIKE $1 AND ($2 = '' OR LOWER(u.username) = $2 OR LOWER(s.username) = $2 \
             OR LOWER(fu.username) = $2 OR LOWER(fs.username) = $2) ",
            $from,
            "ORDER BY a.at DESC, a.id DESC LIMIT $3"
        )
    };
}

impl Drive {
    /// The log, the newest entries first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for who is no administrator; `Invalid { Limit | Cursor }`.
    pub async fn log(&self, actor: &Actor, query: &LogQuery) -> Result<Page<LogEntry>> {
        check(actor)?;
        let limit = check_limit(query.limit)?;
        // Nouns are ours and lower case; what else is typed finds nothing.
        let noun: String = query.noun.chars().filter(char::is_ascii_lowercase).collect();
        let pattern = if query.noun.is_empty() { "%".to_owned() } else { format!("{noun}.%") };
        let username: String =
            query.username.trim().to_lowercase().chars().filter(|c| !c.is_control()).collect();
        let list = format!("log {pattern} {username}");
        let after = query.after.as_deref().map(|text| Cursor::decode(text, &list)).transpose()?;
        let statement = if after.is_some() { page!("AND (a.at, a.id) < ($4, $5) ") } else { page!("") };
        let statement = sqlx::query(statement)
            .bind(pattern)
            .bind(username)
            .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let statement = match &after {
            None => statement,
            Some(Cursor { value: Value::Number(at), id, .. }) => statement.bind(*at).bind(id.as_str()),
            Some(_) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
        };
        let rows = statement.fetch_all(self.database().read()).await?;
        let (kept, next) = cut(&rows, limit, |row| Ok(position(row)?.encode(&list)))?;
        Ok(Page { items: kept.iter().map(entry).collect::<Result<_>>()?, next })
    }
}

fn position(row: &AnyRow) -> Result<Cursor> {
    Ok(Cursor { section: 0, value: Value::Number(row.try_get(1)?), id: parse(row.try_get(0)?)? })
}

fn entry(row: &AnyRow) -> Result<LogEntry> {
    Ok(LogEntry {
        at: row.try_get(1)?,
        username: row.try_get(2)?,
        event: row.try_get(3)?,
        subject: row.try_get(4)?,
        address: row.try_get(5)?,
        agent: row.try_get(6)?,
        note: row.try_get(7)?,
    })
}
