//! A person's own shares, with what became of them.

use std::collections::HashMap;

use domain::{Field, NodeId, NodeKind, Page, Reason, ShareId, ShareState, ShareView, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::Limits;
use crate::database::from_sql;
use crate::nodes::{Cursor, FOLDER, Value, check_limit, cut, live, parse, with_up};
use crate::{Actor, Drive, Error, Result};

macro_rules! select_shares {
    ($($rest:literal),+) => {
        concat!(
            "SELECT id, created_at, token, title, kind, code, expires_at, cancelled_at, max_downloads, downloads, visits \
             FROM shares WHERE owner_id = $1 ",
            $($rest),+
        )
    };
}

/// What the shares of `$1` between two places of the list share that is there. The way up from each item ends at the root,
/// or at what is in the trash.
const ITEMS: &str = "WITH RECURSIVE up (share_id, node_id, id, parent_id, trashed_at, depth) AS ( \
     SELECT i.share_id, i.node_id, n.id, n.parent_id, n.trashed_at, 0 FROM shares s \
     JOIN share_items i ON i.share_id = s.id JOIN nodes n ON n.id = i.node_id WHERE s.owner_id = $1 \
     AND (s.created_at, s.id) >= ($2, $3) AND (s.created_at, s.id) <= ($4, $5) \
     UNION ALL \
     SELECT up.share_id, up.node_id, p.id, p.parent_id, p.trashed_at, up.depth + 1 FROM nodes p \
     JOIN up ON p.id = up.parent_id WHERE up.trashed_at IS NULL AND up.depth < 100000) \
     SELECT i.share_id, n.name, n.kind, n.mime FROM up \
     JOIN share_items i ON i.share_id = up.share_id AND i.node_id = up.node_id JOIN nodes n ON n.id = i.node_id \
     WHERE up.parent_id IS NULL AND up.trashed_at IS NULL ORDER BY i.position";

impl Drive {
    /// A person's shares, the newest first, whatever became of them. `limit` is 1 to 1000.
    ///
    /// # Errors
    /// `Invalid { Limit }`, `Invalid { Cursor }`.
    pub async fn shares(&self, actor: &Actor, after: Option<&str>, limit: u32) -> Result<Page<ShareView>> {
        const FIRST: &str = select_shares!("ORDER BY created_at DESC, id DESC LIMIT $2");
        const BEYOND: &str =
            select_shares!("AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $2");
        let limit = check_limit(limit)?;
        let list = format!("shares of {}", actor.user);
        let after = after.map(|text| Cursor::decode(text, &list)).transpose()?;
        let query = sqlx::query(if after.is_some() { BEYOND } else { FIRST })
            .bind(actor.user.as_str())
            .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let query = match &after {
            Some(Cursor { value: Value::Number(at), id, .. }) => query.bind(*at).bind(id.as_str()),
            Some(_) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
            None => query,
        };
        let mut connection = self.database().read().acquire().await?;
        let rows = query.fetch_all(&mut *connection).await?;
        let (kept, next) = cut(&rows, limit, |row| {
            // Identifiers are alike; a cursor does not care whose.
            let (value, id) = (Value::Number(row.try_get(1)?), parse(row.try_get(0)?)?);
            Ok(Cursor { section: 3, value, id }.encode(&list))
        })?;
        Ok(Page { items: self.read_shares(&mut connection, &actor.user, kept).await?, next })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn share(&self, actor: &Actor, id: &ShareId) -> Result<ShareView> {
        let mut connection = self.database().read().acquire().await?;
        self.share_of(&mut connection, &actor.user, id).await
    }

    /// Shares that open a node, the newest first, as far as they are open themselves; 20 at most.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the node.
    pub async fn shares_of_node(&self, actor: &Actor, id: &NodeId) -> Result<Vec<ShareView>> {
        let mut connection = self.database().read().acquire().await?;
        live(&mut connection, &actor.user, id).await?;
        let rows = sqlx::query(with_up!(
            "SELECT s.id FROM shares s WHERE s.owner_id = $2 AND s.cancelled_at IS NULL \
             AND (s.expires_at IS NULL OR s.expires_at > $3) AND (s.max_downloads IS NULL OR s.downloads < s.max_downloads) \
             AND s.id IN (SELECT i.share_id FROM up CROSS JOIN share_items i WHERE i.node_id = up.id) \
             ORDER BY s.created_at DESC, s.id DESC LIMIT 20"
        ))
        .bind(id.as_str())
        .bind(actor.user.as_str())
        .bind(self.now())
        .fetch_all(&mut *connection)
        .await?;
        let mut shares = Vec::with_capacity(rows.len());
        for row in &rows {
            shares.push(self.share_of(&mut connection, &actor.user, &parse(row.try_get(0)?)?).await?);
        }
        // What lies in the trash opens nothing either.
        shares.retain(|share| share.state == ShareState::Active);
        Ok(shares)
    }

    pub(super) async fn share_of(
        &self,
        connection: &mut AnyConnection,
        owner: &UserId,
        id: &ShareId,
    ) -> Result<ShareView> {
        let row = sqlx::query(select_shares!("AND id = $2"))
            .bind(owner.as_str())
            .bind(id.as_str())
            .fetch_all(&mut *connection)
            .await?;
        self.read_shares(connection, owner, &row).await?.pop().ok_or(Error::NotFound)
    }

    /// Reads rows of `select_shares!` that follow one another in the list, newest first.
    async fn read_shares(
        &self,
        connection: &mut AnyConnection,
        owner: &UserId,
        rows: &[AnyRow],
    ) -> Result<Vec<ShareView>> {
        let (Some(newest), Some(oldest)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let mut query = sqlx::query(ITEMS).bind(owner.as_str());
        for row in [oldest, newest] {
            query = query.bind(row.try_get::<i64, _>(1)?).bind(row.try_get::<String, _>(0)?);
        }
        let mut present: HashMap<String, Present> = HashMap::new();
        for row in query.fetch_all(connection).await? {
            let first = Item { name: row.try_get(1)?, kind: kind(row.try_get(2)?), mime: row.try_get(3)? };
            present.entry(row.try_get(0)?).or_insert(Present { count: 0, first }).count += 1;
        }
        rows.iter().map(|row| view(row, present.remove(row.try_get::<&str, _>(0)?), self.now())).collect()
    }
}

/// What of a share is there.
struct Present {
    count: u64,
    first: Item,
}

struct Item {
    name: String,
    kind: NodeKind,
    mime: Option<String>,
}

fn kind(number: i64) -> NodeKind {
    if number == FOLDER { NodeKind::Folder } else { NodeKind::File }
}

fn view(row: &AnyRow, present: Option<Present>, now: i64) -> Result<ShareView> {
    let limits = Limits {
        expires_at: row.try_get(6)?,
        cancelled_at: row.try_get(7)?,
        max_downloads: row.try_get(8)?,
        downloads: row.try_get(9)?,
    };
    let items = present.as_ref().map_or(0, |present| present.count);
    let first = match present {
        Some(present) => present.first,
        None => Item { name: row.try_get(3)?, kind: kind(row.try_get(4)?), mime: None },
    };
    Ok(ShareView {
        id: parse(row.try_get(0)?)?,
        token: parse(row.try_get(2)?)?,
        title: first.name,
        kind: first.kind,
        mime: first.mime,
        items,
        code: row.try_get(5)?,
        created: row.try_get(1)?,
        expires: limits.expires_at,
        max_downloads: limits.max_downloads.map(from_sql),
        visits: from_sql(row.try_get(10)?),
        downloads: from_sql(limits.downloads),
        state: limits.state(now, items),
    })
}
