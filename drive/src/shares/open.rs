//! How visitors get in: the token of the link, and where there is a code, the proof that it was given.
//!
//! The proof is a secret of 256 bits that the share gets with every new code. It is what a visitor's cookie holds, so a
//! cookie ends with the code that it was given for, on every instance, and nothing has to be remembered of visitors.

use std::fmt;

use domain::{Node, NodeId, ShareCode, ShareId, ShareState, ShareToken, UserId};
use sqlx::{AnyConnection, Row};

use super::Limits;
use crate::accounts::guessing::Guess;
use crate::nodes::{parse, read, select_node, with_up};
use crate::{Client, Drive, Error, Result};

/// What a visitor brings along.
#[derive(Clone)]
pub struct ShareKey {
    /// From the link.
    pub token: ShareToken,
    /// What [`Drive::unlock_share`] answered for the code. Not needed where there is none.
    pub proof: Option<String>,
}

impl fmt::Debug for ShareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareKey(..)")
    }
}

/// A share that is there.
pub(crate) struct Share {
    pub(crate) id: ShareId,
    pub(crate) owner: UserId,
    pub(super) owner_name: String,
    pub(super) limits: Limits,
    code: Option<String>,
    proof: String,
}

/// What is shared by `$1` itself and is there; see `list::ITEMS`.
const ITEMS: &str = concat!(
    "WITH RECURSIVE up (node_id, id, parent_id, trashed_at, depth) AS ( \
     SELECT i.node_id, n.id, n.parent_id, n.trashed_at, 0 FROM share_items i JOIN nodes n ON n.id = i.node_id \
     WHERE i.share_id = $1 \
     UNION ALL \
     SELECT up.node_id, p.id, p.parent_id, p.trashed_at, up.depth + 1 FROM nodes p JOIN up ON p.id = up.parent_id \
     WHERE up.trashed_at IS NULL AND up.depth < 100000) ",
    select_node!(
        "JOIN up ON up.node_id = n.id WHERE up.parent_id IS NULL AND up.trashed_at IS NULL ORDER BY n.kind, n.sort_key, n.id"
    )
);

impl Drive {
    /// Looks at a code, and answers the proof for [`ShareKey`]. Ten tries that were wrong within a quarter of an hour are all
    /// that one address has for one share.
    ///
    /// # Errors
    /// [`Error::CodeRequired`] when it is another code; [`Error::TooManyTries`]; [`Error::NotFound`];
    /// [`Error::ShareClosed`].
    pub async fn unlock_share(&self, token: &ShareToken, code: &str, client: &Client) -> Result<String> {
        let share = {
            let mut connection = self.database().read().acquire().await?;
            self.find_share(&mut connection, token).await?
        };
        share.is_open(self.now())?;
        let Some(wanted) = share.code else { return Ok(share.proof) };
        let here = Guess::share_code(&share.id, client);
        let anywhere = Guess::share_code_from_anywhere(&share.id);
        self.take_try(&here, client).await?;
        self.take_try(&anywhere, client).await?;
        if !is_same_code(code, &wanted) {
            return Err(Error::CodeRequired);
        }
        let mut tx = self.database().begin().await?;
        here.forget(&mut tx).await?;
        anywhere.give_back(&mut tx).await?;
        tx.commit().await?;
        Ok(share.proof)
    }

    /// The share of a key that opens it, or that is used up: what was begun may be finished.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::ShareClosed`]; [`Error::CodeRequired`].
    pub(super) async fn enter_to_finish(
        &self,
        connection: &mut AnyConnection,
        key: &ShareKey,
    ) -> Result<Share> {
        let share = self.find_share(connection, &key.token).await?;
        match share.is_open(self.now()) {
            Ok(()) | Err(Error::ShareClosed(ShareState::UsedUp)) => {}
            Err(error) => return Err(error),
        }
        if share.code.is_some() && !key.proof.as_ref().is_some_and(|proof| is_same(proof, &share.proof)) {
            return Err(Error::CodeRequired);
        }
        Ok(share)
    }

    /// The share of a key that opens it.
    ///
    /// # Errors
    /// As [`enter_to_finish`](Self::enter_to_finish).
    pub(crate) async fn enter(&self, connection: &mut AnyConnection, key: &ShareKey) -> Result<Share> {
        let share = self.enter_to_finish(connection, key).await?;
        share.is_open(self.now()).map(|()| share)
    }

    async fn find_share(&self, connection: &mut AnyConnection, token: &ShareToken) -> Result<Share> {
        let row = sqlx::query(
            "SELECT s.id, s.owner_id, u.username, s.cancelled_at, s.expires_at, s.max_downloads, s.downloads, s.code, \
             s.proof FROM shares s JOIN users u ON u.id = s.owner_id WHERE s.token = $1 AND u.locked_at IS NULL",
        )
        .bind(token.as_str())
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound)?;
        Ok(Share {
            id: parse(row.try_get(0)?)?,
            owner: parse(row.try_get(1)?)?,
            owner_name: row.try_get(2)?,
            limits: Limits {
                cancelled_at: row.try_get(3)?,
                expires_at: row.try_get(4)?,
                max_downloads: row.try_get(5)?,
                downloads: row.try_get(6)?,
            },
            code: row.try_get(7)?,
            proof: row.try_get(8)?,
        })
    }
}

impl Share {
    /// # Errors
    /// [`Error::ShareClosed`]. Whether what it shares is there is not looked at.
    fn is_open(&self, now: i64) -> Result<()> {
        match self.limits.state(now, 1) {
            ShareState::Active => Ok(()),
            closed => Err(Error::ShareClosed(closed)),
        }
    }

    /// What is shared itself and is there, folders first.
    ///
    /// # Errors
    /// [`Error::ShareClosed`] when it is nothing.
    pub(crate) async fn items(&self, connection: &mut AnyConnection) -> Result<Vec<Node>> {
        let rows = sqlx::query(ITEMS).bind(self.id.as_str()).fetch_all(connection).await?;
        if rows.is_empty() {
            return Err(Error::ShareClosed(ShareState::Trashed));
        }
        rows.iter().map(|row| Ok(Node { parent: None, ..read(row)? })).collect()
    }

    /// The way from what is shared itself to a node at or below it; the node is the last.
    ///
    /// # Errors
    /// [`Error::NotFound`] for everything else.
    pub(super) async fn way(&self, connection: &mut AnyConnection, node: &NodeId) -> Result<Vec<Node>> {
        let rows = sqlx::query(with_up!(select_node!(
            "JOIN up ON up.id = n.id WHERE up.depth <= (SELECT MAX(a.depth) FROM up a \
             JOIN share_items i ON i.node_id = a.id WHERE i.share_id = $3) \
             AND NOT EXISTS (SELECT 1 FROM up WHERE up.trashed_at IS NOT NULL) ORDER BY up.depth DESC"
        )))
        .bind(node.as_str())
        .bind(self.owner.as_str())
        .bind(self.id.as_str())
        .fetch_all(connection)
        .await?;
        let mut way = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        way.first_mut().ok_or(Error::NotFound)?.parent = None;
        Ok(way)
    }

    /// A node at or below what is shared.
    ///
    /// # Errors
    /// [`Error::NotFound`] for everything else.
    pub(crate) async fn node(&self, connection: &mut AnyConnection, node: &NodeId) -> Result<Node> {
        self.way(connection, node).await?.pop().ok_or(Error::NotFound)
    }
}

/// Takes the same time wherever the two differ: blake3 compares hashes so.
fn is_same(one: &str, other: &str) -> bool {
    blake3::hash(one.as_bytes()) == blake3::hash(other.as_bytes())
}

fn is_same_code(given: &str, wanted: &str) -> bool {
    let (Ok(given), Ok(wanted)) = (ShareCode::parse(given), ShareCode::parse(wanted)) else { return false };
    is_same(&given.unique_key(), &wanted.unique_key())
}
