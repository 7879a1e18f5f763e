//! Enters what an older release wrote, or what a restored backup or a repair left without a line.

use domain::{FileName, UserId};
use sqlx::Row;

use super::{NONE, category_of, enter};
use crate::database::retrying;
use crate::nodes::{FOLDER, parse};
use crate::{Database, Error, Result, quota};

/// Nodes of one transaction.
const BATCH: i64 = 500;

/// Gives every node that has none its line, and all else that is derived from its name: the key that it is sorted by, and
/// its category. Several instances may do so at once.
pub(crate) async fn catch_up(database: &Database) -> Result<()> {
    loop {
        let row = sqlx::query("SELECT owner_id FROM nodes WHERE name_line IS NULL LIMIT 1")
            .fetch_optional(database.read())
            .await?;
        let Some(row) = row else { return Ok(()) };
        let owner = parse(row.try_get(0)?)?;
        match retrying(|| catch_up_some(database, &owner)).await {
            // The account ended meanwhile, and its nodes with it.
            Err(Error::NotFound) => {}
            outcome => outcome?,
        }
    }
}

async fn catch_up_some(database: &Database, owner: &UserId) -> Result<()> {
    let mut tx = database.begin().await?;
    // Also of an account that is being deleted: nothing comes in, and its purge looks for lines.
    quota::lock_to_remove(&mut tx, owner).await?;
    let rows = sqlx::query(
        "SELECT id, name, kind, mime, sort_key FROM nodes WHERE owner_id = $1 AND name_line IS NULL LIMIT $2",
    )
    .bind(owner.as_str())
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    let (mut named, mut roots) = (Vec::new(), Vec::new());
    for row in &rows {
        let (id, name): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        // No file and no other folder can be called that.
        if name == "/" { roots.push(id) } else { named.push((id, name, row)) }
    }
    for root in roots {
        sqlx::query("UPDATE nodes SET name_line = $2 WHERE id = $1")
            .bind(root)
            .bind(NONE)
            .execute(&mut *tx)
            .await?;
    }
    let lines = enter(&mut tx, owner, named.iter().map(|(_, name, _)| *name)).await?;
    for ((id, name, row), line) in named.iter().zip(lines) {
        let category = match (row.try_get::<i64, _>(2)?, row.try_get::<Option<&str>, _>(3)?) {
            (FOLDER, _) => None,
            (_, mime) => Some(category_of(mime.unwrap_or_default())),
        };
        // A name that could not be one today sorts as it did.
        let sort_key = match FileName::parse(name) {
            Ok(name) => name.sort_key(),
            Err(_) => row.try_get(4)?,
        };
        sqlx::query("UPDATE nodes SET name_line = $2, category = $3, sort_key = $4 WHERE id = $1")
            .bind(*id)
            .bind(line)
            .bind(category)
            .bind(sort_key)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}
