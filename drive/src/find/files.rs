//! The files of a whole drive, of one category or all, the newest or the largest first.
//!
//! There is an index for each order, by category. All files are those of every category, merged: reading five short runs
//! costs less than two more indexes on every node.

use domain::{Category, Field, Found, NodeId, Page, Reason};
use sqlx::AnyConnection;

use super::{Candidate, Filling, select_candidate};
use crate::nodes::register::category_number;
use crate::nodes::{Cursor, Value, check_limit};
use crate::{Actor, Drive, Error, Result};

/// Which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FilesSort {
    /// What came or changed last first.
    #[default]
    Recent,
    /// The most bytes first.
    Largest,
}

/// Which files.
#[derive(Clone, Debug, Default)]
pub struct FilesQuery {
    /// Of one category; `None`: all.
    pub category: Option<Category>,
    /// In which order.
    pub sort: FilesSort,
    /// `next` of the page before; `None` for the first page.
    pub after: Option<String>,
}

/// The statement of the first page and of those after a cursor. `$1` owner, `$2` category, `$3` limit, `$4` and `$5` the
/// cursor's value and id.
macro_rules! pages {
    ($column:literal) => {
        [
            pages!(@ $column, ""),
            pages!(@ $column, concat!("AND (n.", $column, ", n.id) < ($4, $5) ")),
        ]
    };
    (@ $column:literal, $from:expr) => {
        select_candidate!(
            $column,
            "WHERE n.owner_id = $1 AND n.category = $2 AND n.trashed_at IS NULL ",
            $from,
            "ORDER BY n.", $column, " DESC, n.id DESC LIMIT $3"
        )
    };
}

pub(super) const fn statements(sort: FilesSort) -> [&'static str; 2] {
    match sort {
        FilesSort::Recent => pages!("arrived_at"),
        FilesSort::Largest => pages!("size"),
    }
}

/// Most rows that are read at once.
const MOST_AT_ONCE: usize = 1_000;

impl Drive {
    /// The files of a person, wherever they are in the drive. `limit` is 1 to 1000.
    ///
    /// A page may have fewer items, or none, and yet a next one: when very many files in the trash were passed over.
    ///
    /// # Errors
    /// `Invalid { Limit }`, `Invalid { Cursor }`.
    pub async fn files(&self, actor: &Actor, query: &FilesQuery, limit: u32) -> Result<Page<Found>> {
        let limit = check_limit(limit)?;
        let list = format!("files of {} {:?} {:?}", actor.user, query.category, query.sort);
        let mut after = match query.after.as_deref().map(|text| Cursor::decode(text, &list)).transpose()? {
            None => None,
            Some(Cursor { value: Value::Number(by), id, .. }) => Some((by, id)),
            Some(_) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
        };
        let all = Category::ALL;
        let categories = query.category.as_ref().map_or(&all[..], std::slice::from_ref);
        let mut filling = Filling::new(actor, limit);
        let mut connection = self.database().read().acquire().await?;
        let mut wanted = limit + 1;
        loop {
            let candidates =
                next(&mut connection, actor, (categories, query.sort), after.as_ref(), wanted).await?;
            let is_end = candidates.len() < wanted;
            after = candidates.last().map(|candidate| (candidate.by, candidate.node.id.clone()));
            let goes_on = !filling.take(&mut connection, candidates).await?;
            if goes_on || is_end {
                return Ok(filling.page(&list, goes_on));
            }
            wanted = (wanted * 4).clamp(limit + 1, MOST_AT_ONCE.max(limit + 1));
        }
    }
}

/// The next ones of all these categories together, in order, at most so many.
async fn next(
    connection: &mut AnyConnection,
    actor: &Actor,
    (categories, sort): (&[Category], FilesSort),
    after: Option<&(i64, NodeId)>,
    wanted: usize,
) -> Result<Vec<Candidate>> {
    let [first, beyond] = statements(sort);
    let mut candidates = Vec::new();
    for category in categories {
        let query = sqlx::query(if after.is_some() { beyond } else { first })
            .bind(actor.user.as_str())
            .bind(category_number(*category))
            .bind(i64::try_from(wanted).unwrap_or(i64::MAX));
        let query = match after {
            Some((by, id)) => query.bind(*by).bind(id.as_str()),
            None => query,
        };
        for row in query.fetch_all(&mut *connection).await? {
            candidates.push(Candidate::of(&row)?);
        }
    }
    candidates.sort_by(|a, b| (b.by, &b.node.id).cmp(&(a.by, &a.node.id)));
    candidates.truncate(wanted);
    Ok(candidates)
}
