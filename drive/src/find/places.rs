//! Where folders are.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use domain::{NodeId, UserId};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::Result;
use crate::nodes::parse;

/// Folders of one statement.
const BATCH: usize = 200;

/// Folders that one statement tells of: those on the ways up together. Deeper ones are not found; memory has an end, and
/// who nests folders has none.
const MOST: i64 = 20_000;

/// Folders that are remembered.
const REMEMBERED: usize = 50_000;

/// Names of a place, the nearest; an ellipsis stands for the others.
const NEAREST: usize = 16;

/// The ways up from the folders `$2, …`, so many of them, of owner `$1`: each folder once, however many of the others are below
/// it.
///
/// The owner is compared as an expression, for which there is no index: without statistics SQLite would read all nodes of the owner
/// rather than look for some ids, which takes a second among a million.
pub(super) fn ways(count: usize) -> String {
    format!(
        "WITH RECURSIVE up (id, parent_id, name, trashed_at) AS ( \
         SELECT id, parent_id, name, trashed_at FROM nodes WHERE owner_id || '' = $1 AND id IN ({}) \
         UNION \
         SELECT p.id, p.parent_id, p.name, p.trashed_at FROM nodes p JOIN up ON p.id = up.parent_id \
         WHERE up.trashed_at IS NULL) \
         SELECT id, parent_id, name, trashed_at FROM up LIMIT {MOST}",
        placeholders(2, count)
    )
}

struct Folder {
    /// `None` for the root.
    parent: Option<NodeId>,
    name: String,
    trashed: bool,
    /// Whether it and all above it are there; `None` until somebody asked.
    there: Option<bool>,
}

/// What is known of folders: their names, and what they are in.
#[derive(Default)]
pub(crate) struct Places(HashMap<NodeId, Folder>);

impl Places {
    /// Finds out about those of these folders that are not known yet.
    pub(crate) async fn learn(
        &mut self,
        connection: &mut AnyConnection,
        owner: &UserId,
        folders: impl Iterator<Item = &NodeId>,
    ) -> Result<()> {
        if self.0.len() > REMEMBERED {
            self.0.clear();
        }
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
        // Placeholders and nothing of anybody's.
        let mut query = sqlx::query(AssertSqlSafe(ways(count))).bind(owner.as_str());
        for folder in folders.iter().chain(std::iter::repeat(&folders[folders.len() - 1])).take(count) {
            query = query.bind(folder.as_str());
        }
        for row in query.fetch_all(connection).await? {
            let folder = Folder {
                parent: row.try_get::<Option<&str>, _>(1)?.map(parse).transpose()?,
                name: row.try_get(2)?,
                trashed: row.try_get::<Option<i64>, _>(3)?.is_some(),
                there: None,
            };
            self.0.insert(parse(row.try_get(0)?)?, folder);
        }
        Ok(())
    }

    /// Names of the folders from below the root to this one, itself among them, of many the nearest after an ellipsis; `None`
    /// when it is not there.
    pub(crate) fn of(&mut self, folder: &NodeId) -> Option<Vec<String>> {
        if !self.is_there(folder) {
            return None;
        }
        let mut names = Vec::new();
        let mut here = self.0.get(folder)?;
        while let Some(parent) = &here.parent {
            if names.len() == NEAREST {
                names.push("…".to_owned());
                break;
            }
            names.push(here.name.clone());
            here = self.0.get(parent)?;
        }
        names.reverse();
        Some(names)
    }

    /// Looks at the way up as far as nobody has before, and remembers it for all that are on it.
    fn is_there(&mut self, folder: &NodeId) -> bool {
        let (mut way, mut here) = (Vec::new(), folder.clone());
        let outcome = loop {
            let Some(known) = self.0.get(&here) else { break false };
            match (known.there, known.trashed, &known.parent) {
                (Some(there), _, _) => break there,
                (None, true, _) => break false,
                (None, false, None) => break true,
                (None, false, Some(parent)) => {
                    let parent = parent.clone();
                    way.push(std::mem::replace(&mut here, parent));
                }
            }
        };
        for passed in way {
            if let Some(known) = self.0.get_mut(&passed) {
                known.there = Some(outcome);
            }
        }
        outcome
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
