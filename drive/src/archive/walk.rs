//! Everything at and below some nodes, in the order of a zip: the files of a folder, then its folders with all below them.
//!
//! Files come a page at a time and folders one by one, each by key, so what is kept is a page and the way down: for each
//! level its folder and a place in it. What changes meanwhile is seen or not; nothing is seen twice in its folder.

use std::collections::VecDeque;
use std::vec::IntoIter;

use domain::{BlobId, NodeId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use storage::StorePath;

use super::names::Names;
use super::{Root, is_root};
use crate::database::from_sql;
use crate::nodes::parse;
use crate::{Database, Result, blobs};

/// Files of one page.
const PAGE: i64 = 500;

/// UTF-8 bytes of the longest path of a folder. Linux takes paths of 4095 bytes, the place of unpacking included. A folder
/// further down is put at the top, under its name with a mark.
const LONGEST: usize = 3072;

/// Folders and files alike: what comes after a place in the order of an index.
macro_rules! below {
    ($kind:literal, $columns:literal, $join:literal) => {
        concat!(
            "SELECT n.id, n.name, n.name_key, n.sort_key, n.modified_at",
            $columns,
            " FROM nodes n ",
            $join,
            " WHERE n.parent_id = $1 AND n.kind = ",
            $kind,
            " AND n.trashed_at IS NULL AND EXISTS (SELECT 1 FROM nodes f WHERE f.id = $1 AND f.owner_id = $2 \
             AND f.trashed_at IS NULL) AND (n.sort_key, n.id) > ($3, $4) ORDER BY n.sort_key, n.id LIMIT $5"
        )
    };
}
const FILES: &str = below!("1", ", b.id, b.size", "JOIN blobs b ON b.id = n.blob_id");
const FOLDERS: &str = below!("0", "", "");

/// Something to be put into the zip.
#[derive(Debug)]
pub(super) struct Member {
    /// Where in the zip; a folder's ends with a slash.
    pub(super) path: String,
    /// Unix milliseconds.
    pub(super) modified: i64,
    /// Where a file's bytes are, and how many.
    pub(super) bytes: Option<(StorePath, u64)>,
}

/// The walk, and where it is.
#[derive(Debug)]
pub(super) struct Walk {
    database: Database,
    owner: UserId,
    roots: IntoIter<Root>,
    /// From the top to the folder one is in.
    levels: Vec<Level>,
    /// The way to that folder, with a slash after each name.
    way: String,
    /// Files of that folder that are still to be told.
    files: VecDeque<Member>,
    names: Names,
}

#[derive(Debug)]
struct Level {
    folder: NodeId,
    /// Where its part of the way ends.
    end: usize,
    /// Where its path in the zip begins on the way.
    start: usize,
    /// Its files are told.
    is_listed: bool,
    after: Place,
}

/// A place among the files or the folders of a folder.
#[derive(Debug, Default)]
struct Place {
    sort_key: String,
    id: String,
    /// Of what is there. What took its name meanwhile is left out.
    name_key: String,
}

impl Walk {
    pub(super) fn new(database: Database, owner: UserId, roots: Vec<Root>) -> Self {
        let roots = roots.into_iter();
        Self {
            database,
            owner,
            roots,
            levels: Vec::new(),
            way: String::new(),
            files: VecDeque::new(),
            names: Names::default(),
        }
    }

    /// The next one; `None` when that was all.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub(super) async fn next(&mut self) -> Result<Option<Member>> {
        loop {
            if let Some(file) = self.files.pop_front() {
                return Ok(Some(file));
            }
            match self.levels.last() {
                None => match self.roots.next() {
                    None => return Ok(None),
                    Some(root) => {
                        if let Some(member) = self.begin(root) {
                            return Ok(Some(member));
                        }
                    }
                },
                Some(level) if !level.is_listed => self.list().await?,
                Some(_) => {
                    if let Some(member) = self.descend().await? {
                        return Ok(Some(member));
                    }
                }
            }
        }
    }

    /// Begins with one of what was asked for.
    fn begin(&mut self, root: Root) -> Option<Member> {
        let Root { node, content, is_single } = root;
        let modified = node.modified;
        if is_root(&node) {
            self.enter(node.id, 0);
            return None;
        }
        let name = if is_single { self.names.safe(&node.name) } else { self.names.marked(&node.name) };
        if let Some(content) = content {
            return Some(Member { path: name, modified, bytes: Some(content.into_parts()) });
        }
        self.way.clear();
        self.way.push_str(&name);
        self.way.push('/');
        self.enter(node.id, 0);
        Some(Member { path: self.way.clone(), modified, bytes: None })
    }

    fn enter(&mut self, folder: NodeId, start: usize) {
        let end = self.way.len();
        self.levels.push(Level { folder, end, start, is_listed: false, after: Place::default() });
    }

    async fn rows(&self, statement: &'static str, level: &Level, limit: i64) -> Result<Vec<AnyRow>> {
        let rows = sqlx::query(statement)
            .bind(level.folder.as_str())
            .bind(self.owner.as_str())
            .bind(level.after.sort_key.as_str())
            .bind(level.after.id.as_str())
            .bind(limit)
            .fetch_all(self.database.read());
        Ok(rows.await?)
    }

    /// The next page of files of the folder one is in.
    async fn list(&mut self) -> Result<()> {
        let Some(level) = self.levels.last() else { return Ok(()) };
        let rows = self.rows(FILES, level, PAGE).await?;
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        let path = &self.way[level.start..];
        for row in &rows {
            let is_again = level.after.pass(row)?;
            if is_again {
                continue;
            }
            let blob: BlobId = parse(row.try_get(5)?)?;
            self.files.push_back(Member {
                path: format!("{path}{}", self.names.safe(row.try_get(1)?)),
                modified: row.try_get(4)?,
                bytes: Some((blobs::path(&blob)?, from_sql(row.try_get(6)?))),
            });
        }
        if rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
            level.is_listed = true;
            level.after = Place::default();
        }
        Ok(())
    }

    /// Goes into the next folder of the one that one is in, or back where there is none.
    async fn descend(&mut self) -> Result<Option<Member>> {
        let Some(level) = self.levels.last() else { return Ok(None) };
        let rows = self.rows(FOLDERS, level, 1).await?;
        let (Some(level), Some(row)) = (self.levels.last_mut(), rows.first()) else {
            self.levels.pop();
            self.way.truncate(self.levels.last().map_or(0, |level| level.end));
            return Ok(None);
        };
        if level.after.pass(row)? {
            return Ok(None);
        }
        let (name, modified): (&str, i64) = (row.try_get(1)?, row.try_get(4)?);
        let mut start = level.start;
        let name = if level.end - start + name.len() >= LONGEST {
            start = level.end;
            self.names.marked(name)
        } else {
            self.names.safe(name)
        };
        self.way.push_str(&name);
        self.way.push('/');
        let path = self.way[start..].to_owned();
        self.enter(parse(row.try_get(0)?)?, start);
        Ok(Some(Member { path, modified, bytes: None }))
    }
}

impl Place {
    /// Goes on to a row; whether its name was there a moment ago.
    fn pass(&mut self, row: &AnyRow) -> Result<bool> {
        let name_key: String = row.try_get(2)?;
        let is_again = name_key == self.name_key;
        *self = Self { sort_key: row.try_get(3)?, id: row.try_get(0)?, name_key };
        Ok(is_again)
    }
}
