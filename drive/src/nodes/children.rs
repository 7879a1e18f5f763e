//! The list of a folder, page by page, by key and never by OFFSET: a page costs the same at the beginning and after
//! 99,000 entries, and entries that come or go meanwhile neither repeat nor hide others.
//!
//! Folders and files are read apart, each in the order of an index. So folders come first also when the order is
//! descending, which no single index scan could give.

use domain::{Direction, Field, Node, NodeId, Page, Reason, Sort, SortKey, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::cursor::{Cursor, Value, cut};
use super::{FILE, FOLDER, live_folder, parse, read};
use crate::{Actor, Drive, Error, Result};

/// The most items of one page.
const MOST: u32 = 1000;

/// What part of a folder's list is wanted.
#[derive(Clone, Debug)]
pub struct ListOptions {
    /// In which order. Folders come first in any, and by name where they are sorted by size or kind, having none.
    pub sort: Sort,
    /// `next` of the page before; `None` for the first page.
    pub after: Option<String>,
    /// 1 to 1000 items.
    pub limit: u32,
}

impl Default for ListOptions {
    fn default() -> Self {
        Self { sort: Sort::default(), after: None, limit: 100 }
    }
}

/// The statement of the first page and of those after a cursor. `$1` folder, `$2` owner, `$3` kind, `$4` limit, `$5` and
/// `$6` the cursor's value and id; by kind, whose files go by name, the category, `$6` the name's key and `$7` the id.
///
/// The owner is asked of the folder and not of every row: PostgreSQL takes two conditions for independent and would expect
/// a few rows where there are 100,000, which speaks for reading and sorting them all.
macro_rules! pages {
    (category, $beyond:literal, $order:literal) => {
        pages!(@ concat!("n.category ", $order, ", n.sort_key ", $order), "n.category, n.sort_key", $beyond, "$5, $6, $7", $order)
    };
    ($column:ident, $beyond:literal, $order:literal) => {
        pages!(@ concat!("n.", stringify!($column), " ", $order), concat!("n.", stringify!($column)), $beyond, "$5, $6", $order)
    };
    (@ $by:expr, $columns:expr, $beyond:literal, $cursor:literal, $order:literal) => {
        [
            pages!(@@ "", $by, $order),
            pages!(@@ concat!("AND (", $columns, ", n.id) ", $beyond, " (", $cursor, ") "), $by, $order),
        ]
    };
    (@@ $from:expr, $by:expr, $order:literal) => {
        concat!(
            "SELECT n.id, n.parent_id, n.name, n.kind, n.size, n.mime, n.modified_at, b.blake3, n.sort_key, b.thumbnail, n.category \
             FROM nodes n LEFT JOIN blobs b ON b.id = n.blob_id \
             WHERE n.parent_id = $1 AND n.kind = $3 AND n.trashed_at IS NULL \
             AND EXISTS (SELECT 1 FROM nodes f WHERE f.id = $1 AND f.owner_id = $2) ",
            $from,
            "ORDER BY ", $by, ", n.id ", $order, " LIMIT $4"
        )
    };
}

pub(super) const fn statements(sort: Sort) -> [&'static str; 2] {
    match (sort.key, sort.direction) {
        (SortKey::Name, Direction::Ascending) => pages!(sort_key, ">", "ASC"),
        (SortKey::Name, Direction::Descending) => pages!(sort_key, "<", "DESC"),
        (SortKey::Kind, Direction::Ascending) => pages!(category, ">", "ASC"),
        (SortKey::Kind, Direction::Descending) => pages!(category, "<", "DESC"),
        (SortKey::Size, Direction::Ascending) => pages!(size, ">", "ASC"),
        (SortKey::Size, Direction::Descending) => pages!(size, "<", "DESC"),
        (SortKey::Modified, Direction::Ascending) => pages!(modified_at, ">", "ASC"),
        (SortKey::Modified, Direction::Descending) => pages!(modified_at, "<", "DESC"),
    }
}

/// The order within folders or within files.
fn order_of(kind: i64, sort: Sort) -> Sort {
    if kind == FOLDER && matches!(sort.key, SortKey::Size | SortKey::Kind) { Sort::default() } else { sort }
}

impl Drive {
    /// What is in a folder.
    ///
    /// # Errors
    /// [`Error::NotFound`]; `Invalid { Parent }` when it is a file; `Invalid { Limit }`; `Invalid { Cursor }` when `after`
    /// is not the `next` of a page of this folder in this order.
    pub async fn children(
        &self,
        actor: &Actor,
        parent: &NodeId,
        options: &ListOptions,
    ) -> Result<Page<Node>> {
        let mut connection = self.database().read().acquire().await?;
        live_folder(&mut connection, &actor.user, parent).await?;
        list(&mut connection, &actor.user, parent, options).await
    }
}

/// What is in a folder that the caller found to be there and open to who asks.
///
/// # Errors
/// `Invalid { Limit }`; `Invalid { Cursor }`.
pub(crate) async fn list(
    connection: &mut AnyConnection,
    owner: &UserId,
    parent: &NodeId,
    options: &ListOptions,
) -> Result<Page<Node>> {
    let limit = check_limit(options.limit)?;
    let list = format!("{parent} {}", options.sort);
    let after = options.after.as_deref().map(|text| Cursor::decode(text, &list)).transpose()?;
    // One more than asked for tells whether there is a next page.
    let mut rows = Vec::new();
    for kind in [FOLDER, FILE] {
        let wanted = limit + 1 - rows.len();
        let after = after.as_ref().filter(|cursor| i64::from(cursor.section) == kind);
        let passed = kind == FOLDER && options.after.is_some() && after.is_none();
        if wanted > 0 && !passed {
            let sort = order_of(kind, options.sort);
            rows.extend(section(connection, owner, parent, (kind, sort), after, wanted).await?);
        }
    }
    let (kept, next) = cut(&rows, limit, |row| Ok(position(row, options.sort)?.encode(&list)))?;
    Ok(Page { items: kept.iter().map(read).collect::<Result<_>>()?, next })
}

pub(super) async fn section(
    connection: &mut AnyConnection,
    owner: &UserId,
    parent: &NodeId,
    (kind, sort): (i64, Sort),
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<AnyRow>> {
    let [first, beyond] = statements(sort);
    let query = sqlx::query(if after.is_some() { beyond } else { first })
        .bind(parent.as_str())
        .bind(owner.as_str())
        .bind(kind)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let query = match after {
        None => query,
        Some(Cursor { value: Value::Text(text), id, .. }) if sort.key == SortKey::Name => {
            query.bind(text.as_str()).bind(id.as_str())
        }
        Some(Cursor { value: Value::Text(text), id, .. }) if sort.key == SortKey::Kind => {
            let (category, name) = read_kind(text).ok_or(Error::invalid(Field::Cursor, Reason::Malformed))?;
            query.bind(category).bind(name).bind(id.as_str())
        }
        Some(Cursor { value: Value::Number(number), id, .. })
            if matches!(sort.key, SortKey::Size | SortKey::Modified) =>
        {
            query.bind(*number).bind(id.as_str())
        }
        Some(_) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
    };
    Ok(query.fetch_all(connection).await?)
}

fn position(row: &AnyRow, sort: Sort) -> Result<Cursor> {
    let kind = row.try_get::<i64, _>(3)?;
    let value = match order_of(kind, sort).key {
        SortKey::Name => Value::Text(row.try_get(8)?),
        SortKey::Kind => by_kind(row.try_get(10)?, row.try_get(8)?),
        SortKey::Size => Value::Number(row.try_get(4)?),
        SortKey::Modified => Value::Number(row.try_get(6)?),
    };
    Ok(Cursor { section: if kind == FOLDER { 0 } else { 1 }, value, id: parse(row.try_get(0)?)? })
}

/// The place of a file in the order of kinds: its category, in one digit, and its name's key.
pub(super) fn by_kind(category: Option<i64>, sort_key: &str) -> Value {
    Value::Text(format!("{}{sort_key}", category.unwrap_or_default()))
}

fn read_kind(text: &str) -> Option<(i64, &str)> {
    let (category, name) = text.split_at_checked(1)?;
    Some((category.parse().ok()?, name))
}

/// The most items of a page, as asked for.
///
/// # Errors
/// `Invalid { Limit }`.
pub(crate) fn check_limit(limit: u32) -> Result<usize> {
    match limit {
        0 => Err(Error::invalid(Field::Limit, Reason::TooShort { limit: 1 })),
        1..=MOST => Ok(limit as usize),
        _ => Err(Error::invalid(Field::Limit, Reason::TooLong { limit: u64::from(MOST) })),
    }
}
