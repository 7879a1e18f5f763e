//! Whether the register says what the nodes are called: for the doctor, and for tests.

use std::collections::HashMap;

use domain::{UserId, search_key};
use sqlx::{AnyConnection, Row};

use super::{LINES, category_of, strike};
use crate::database::Tx;
use crate::nodes::FOLDER;
use crate::{Database, Result, quota};

/// Pages that are compared under one lock.
const PAGES: i64 = 50;

/// Counts the nodes of an owner that search would not find under their name or in their category, and the names that it
/// would find without a node. With `repair`, leaves these nodes to [`catch_up`](super::catch_up) and strikes such names out.
pub(crate) async fn wrong_names(database: &Database, owner: &UserId, repair: bool) -> Result<u64> {
    let mut wrong = not_entered(&mut *database.read().acquire().await?, owner).await?;
    let mut after = 0;
    loop {
        let mut tx = database.begin().await?;
        quota::lock_to_remove(&mut tx, owner).await?;
        let pages = read_pages(&mut tx, owner, after).await?;
        let is_last = (pages.len() as i64) < PAGES;
        let last = if is_last {
            i64::MAX / LINES - 1
        } else {
            pages.iter().map(|page| page.0).max().unwrap_or(after)
        };
        wrong += compare(&mut tx, owner, pages, (after + 1, last), repair).await?;
        tx.commit().await?;
        if is_last {
            return Ok(wrong);
        }
        after = last;
    }
}

async fn not_entered(connection: &mut AnyConnection, owner: &UserId) -> Result<u64> {
    let row =
        sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM nodes WHERE owner_id = $1 AND name_line IS NULL")
            .bind(owner.as_str())
            .fetch_one(connection)
            .await?;
    Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
}

async fn read_pages(tx: &mut Tx, owner: &UserId, after: i64) -> Result<Vec<(i64, String)>> {
    let rows = sqlx::query(
        "SELECT page, names FROM name_pages WHERE owner_id = $1 AND page > $2 ORDER BY page LIMIT $3",
    )
    .bind(owner.as_str())
    .bind(after)
    .bind(PAGES)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

async fn compare(
    tx: &mut Tx,
    owner: &UserId,
    pages: Vec<(i64, String)>,
    (first, last): (i64, i64),
    repair: bool,
) -> Result<u64> {
    let mut names: HashMap<i64, &str> = HashMap::new();
    for (page, text) in &pages {
        let lines = text.split('\n').zip(page * LINES..).filter(|(name, _)| !name.is_empty());
        names.extend(lines.map(|(name, line)| (line, name)));
    }
    let nodes = sqlx::query(
        "SELECT id, name, kind, mime, category, name_line FROM nodes \
         WHERE owner_id = $1 AND name_line >= $2 AND name_line < $3 AND name_line > 0",
    )
    .bind(owner.as_str())
    .bind(first * LINES)
    .bind((last + 1) * LINES)
    .fetch_all(&mut **tx)
    .await?;
    let mut wrong = 0;
    let mut struck = Vec::new();
    for row in &nodes {
        let line: i64 = row.try_get(5)?;
        let category = match row.try_get::<i64, _>(2)? {
            FOLDER => None,
            _ => Some(category_of(row.try_get::<Option<&str>, _>(3)?.unwrap_or_default())),
        };
        let name = names.remove(&line);
        if name == Some(&*search_key(row.try_get(1)?)) && row.try_get::<Option<i64>, _>(4)? == category {
            continue;
        }
        wrong += 1;
        struck.push(line);
        if repair {
            sqlx::query("UPDATE nodes SET name_line = NULL WHERE id = $1")
                .bind(row.try_get::<&str, _>(0)?)
                .execute(&mut **tx)
                .await?;
        }
    }
    wrong += names.len() as u64;
    struck.extend(names.into_keys());
    if repair {
        struck.sort_unstable();
        strike(tx, owner, &struck).await?;
    }
    Ok(wrong)
}
