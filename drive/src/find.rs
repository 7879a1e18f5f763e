//! Finding things in a whole drive: by name, by category, the newest, the largest. Pages by key, as everywhere.
//!
//! What is below a trashed folder looks like what is there, since the folder's row alone was changed. So each candidate's way
//! up is looked at, once for all that are in one folder. Of a large folder in the trash many candidates may be passed over;
//! a request that has passed over very many answers what it has, and where to go on.

mod files;
mod places;
mod search;

use domain::{Found, Node, NodeId, Page};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

pub use files::{FilesQuery, FilesSort};

use crate::nodes::{Cursor, Value, read};
use crate::{Actor, Result};
pub(crate) use places::Places;

/// Candidates that a request looks at, most of them being in the trash or elsewhere.
const MOST_EXAMINED: usize = 50_000;

/// The columns of a candidate, for [`read`], when it arrived, and by what the list is sorted.
macro_rules! select_candidate {
    ($by:literal, $($rest:expr),+) => {
        concat!(
            "SELECT n.id, n.parent_id, n.name, n.kind, n.size, n.mime, n.modified_at, b.blake3, n.arrived_at, b.thumbnail, n.",
            $by,
            " FROM nodes n LEFT JOIN blobs b ON b.id = n.blob_id ",
            $($rest),+
        )
    };
}
use select_candidate;

/// What could be of a page, with its place in the order of the list.
struct Candidate {
    node: Node,
    arrived: i64,
    by: i64,
}

impl Candidate {
    /// A row of `select_candidate!`.
    fn of(row: &AnyRow) -> Result<Self> {
        Ok(Self { node: read(row)?, arrived: row.try_get(8)?, by: row.try_get(10)? })
    }
}

/// A page that is being filled, and what was found out on the way.
struct Filling<'a> {
    actor: &'a Actor,
    limit: usize,
    places: Places,
    found: Vec<Found>,
    /// Where the list goes on behind the last one that is kept, or behind the last one looked at.
    last: Option<(i64, NodeId)>,
    examined: usize,
}

impl<'a> Filling<'a> {
    fn new(actor: &'a Actor, limit: usize) -> Self {
        Self { actor, limit, places: Places::default(), found: Vec::new(), last: None, examined: 0 }
    }

    /// Takes what is there of some candidates, in their order; `false` when no more are needed: the page is full and there
    /// is one beyond it, or the request has looked at enough.
    async fn take(&mut self, connection: &mut AnyConnection, candidates: Vec<Candidate>) -> Result<bool> {
        let folders = candidates.iter().filter_map(|candidate| candidate.node.parent.as_ref());
        self.places.learn(connection, &self.actor.user, folders).await?;
        for Candidate { node, arrived, by } in candidates {
            self.examined += 1;
            let place = node.parent.as_ref().and_then(|folder| self.places.of(folder));
            if let Some(place) = place {
                if self.found.len() == self.limit {
                    return Ok(false);
                }
                self.last = Some((by, node.id.clone()));
                self.found.push(Found { node, place, arrived });
            } else if self.found.len() < self.limit {
                self.last = Some((by, node.id));
            }
        }
        Ok(self.examined < MOST_EXAMINED)
    }

    /// The page; `goes_on` says whether there may be more.
    fn page(self, list: &str, goes_on: bool) -> Page<Found> {
        let cursor = |(by, id)| Cursor { section: 4, value: Value::Number(by), id }.encode(list);
        Page { next: self.last.filter(|_| goes_on).map(cursor), items: self.found }
    }
}

#[cfg(test)]
mod tests;
