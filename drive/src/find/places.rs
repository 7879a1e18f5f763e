//! Where folders are.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use domain::{NodeId, UserId};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::Result;
use crate::nodes::parse;

/// Folders of one statement.
const BATCH: usize = 200;

/// What is known of folders: the names on the way to them, or that they are not there.
#[derive(Default)]
pub(super) struct Places(HashMap<NodeId, Option<Vec<String>>>);

impl Places {
    /// Finds out about those of these folders that are not known yet.
    pub(super) async fn learn(
        &mut self,
        connection: &mut AnyConnection,
        owner: &UserId,
        folders: impl Iterator<Item = &NodeId>,
    ) -> Result<()> {
        let unknown: BTreeSet<&NodeId> = folders.filter(|folder| !self.0.contains_key(*folder)).collect();
        let unknown: Vec<&NodeId> = unknown.into_iter().collect();
        for batch in unknown.chunks(BATCH) {
            self.learn_some(connection, owner, batch).await?;
        }
        Ok(())
    }

    async fn learn_some(
        &mut self,
        connection: &mut AnyConnection,
        owner: &UserId,
        folders: &[&NodeId],
    ) -> Result<()> {
        let count = round(folders.len());
        // The way up ends at the root, or at what is in the trash.
        let text = format!(
            "WITH RECURSIVE up (start, id, parent_id, name, trashed_at, depth) AS ( \
             SELECT id, id, parent_id, name, trashed_at, 0 FROM nodes WHERE owner_id = $1 AND id IN ({}) \
             UNION ALL \
             SELECT up.start, p.id, p.parent_id, p.name, p.trashed_at, up.depth + 1 FROM nodes p \
             JOIN up ON p.id = up.parent_id WHERE up.trashed_at IS NULL AND up.depth < 100000) \
             SELECT start, parent_id, name, trashed_at FROM up ORDER BY depth DESC",
            placeholders(2, count)
        );
        // Placeholders and nothing of anybody's.
        let mut query = sqlx::query(AssertSqlSafe(text)).bind(owner.as_str());
        for folder in folders.iter().chain(std::iter::repeat(&folders[folders.len() - 1])).take(count) {
            query = query.bind(folder.as_str());
        }
        for folder in folders {
            self.0.insert((*folder).clone(), None);
        }
        for row in query.fetch_all(connection).await? {
            let place = self.0.entry(parse(row.try_get(0)?)?).or_default();
            if row.try_get::<Option<&str>, _>(1)?.is_none() {
                // The root, the first of those of one way that is there.
                *place = Some(Vec::new());
            } else if row.try_get::<Option<i64>, _>(3)?.is_some() {
                *place = None;
            } else if let Some(place) = place {
                place.push(row.try_get(2)?);
            }
        }
        Ok(())
    }

    /// Names of the folders from below the root to this one, itself among them; `None` when it is not there.
    pub(super) fn of(&self, folder: &NodeId) -> Option<&[String]> {
        self.0.get(folder)?.as_deref()
    }
}

/// How many values a statement is written for that takes so many, up to [`BATCH`]; the last is given again for the rest.
/// So there are few texts, and the database has prepared most of them.
pub(super) const fn round(count: usize) -> usize {
    match count {
        0..=4 => 4,
        5..=32 => 32,
        33..=BATCH => BATCH,
        _ => count,
    }
}

/// `$first, …`, so many of them.
pub(super) fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::new();
    for place in first..first + count {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}${place}", if place == first { "" } else { ", " });
    }
    text
}
