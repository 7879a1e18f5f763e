//! The files before and after a file in its folder: what somebody who looks at one goes on to.

use domain::{Direction, Node, NodeId, NodeKind, Sort, SortKey, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::children::{by_kind, section};
use super::cursor::{Cursor, Value};
use super::{FILE, live, read};
use crate::database::to_sql;
use crate::shares::ShareKey;
use crate::{Actor, Drive, Error, Result};

/// The most files on either side.
const MOST: usize = 20;

/// Files around one in the order of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The nearest is the last.
    pub before: Vec<Node>,
    /// The nearest is the first.
    pub after: Vec<Node>,
}

impl Drive {
    /// Up to `reach` files (at most 20) on either side of one in its folder. A folder has none.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn neighbours(
        &self,
        actor: &Actor,
        id: &NodeId,
        sort: Sort,
        reach: usize,
    ) -> Result<Neighbours> {
        let mut connection = self.database().read().acquire().await?;
        let node = live(&mut connection, &actor.user, id).await?;
        around(&mut connection, &actor.user, &node, sort, reach.min(MOST)).await
    }

    /// The same for what is at or below a share, in the order of names. Beside what is shared itself is what else is.
    ///
    /// # Errors
    /// As [`shared_way`](Self::shared_way).
    pub async fn shared_neighbours(&self, key: &ShareKey, id: &NodeId, reach: usize) -> Result<Neighbours> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter(&mut connection, key).await?;
        let reach = reach.min(MOST);
        let node = share.node(&mut connection, id).await?;
        if node.parent.is_some() {
            return around(&mut connection, &share.owner, &node, Sort::default(), reach).await;
        }
        let items = share.items(&mut connection).await?;
        let files: Vec<Node> = items.into_iter().filter(|node| node.kind == NodeKind::File).collect();
        let Some(here) = files.iter().position(|file| file.id == *id) else {
            return Ok(Neighbours::default());
        };
        let (before, after) = (&files[here.saturating_sub(reach)..here], &files[here + 1..]);
        Ok(Neighbours { before: before.to_vec(), after: after.iter().take(reach).cloned().collect() })
    }
}

/// What a node is sorted by that is not shown: the key of its name, and its category.
async fn keys(connection: &mut AnyConnection, node: &Node) -> Result<AnyRow> {
    let query = sqlx::query("SELECT sort_key, category FROM nodes WHERE id = $1").bind(node.id.as_str());
    query.fetch_optional(connection).await?.ok_or(Error::NotFound)
}

async fn around(
    connection: &mut AnyConnection,
    owner: &UserId,
    node: &Node,
    sort: Sort,
    reach: usize,
) -> Result<Neighbours> {
    let (Some(parent), NodeKind::File) = (&node.parent, node.kind) else { return Ok(Neighbours::default()) };
    let value = match sort.key {
        SortKey::Name => {
            let row = keys(connection, node).await?;
            Value::Text(row.try_get(0)?)
        }
        SortKey::Kind => {
            let row = keys(connection, node).await?;
            by_kind(row.try_get(1)?, row.try_get(0)?)
        }
        SortKey::Size => Value::Number(to_sql(node.size)),
        SortKey::Modified => Value::Number(node.modified),
    };
    let here = Cursor { section: 1, value, id: node.id.clone() };
    let turned = match sort.direction {
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    };
    let mut sides = Vec::with_capacity(2);
    for sort in [Sort { direction: turned, ..sort }, sort] {
        let rows = section(&mut *connection, owner, parent, (FILE, sort), Some(&here), reach).await?;
        sides.push(rows.iter().map(read).collect::<Result<Vec<_>>>()?);
    }
    let after = sides.pop().unwrap_or_default();
    let mut before = sides.pop().unwrap_or_default();
    before.reverse();
    Ok(Neighbours { before, after })
}
