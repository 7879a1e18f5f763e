//! What a visitor sees.

use domain::{Node, NodeId, NodeKind, Page, SharedView};

use super::open::ShareKey;
use crate::database::from_sql;
use crate::{Actor, Drive, Error, ListOptions, Result, nodes};

impl Drive {
    /// What is shared. Counts no visit; see [`count_visit`](Self::count_visit).
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such share; [`Error::ShareClosed`] with the reason; [`Error::CodeRequired`].
    pub async fn open_share(&self, key: &ShareKey) -> Result<SharedView> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter(&mut connection, key).await?;
        let items = share.items(&mut connection).await?;
        let left = share.limits.max_downloads.map(|most| from_sql(most - share.limits.downloads));
        Ok(SharedView {
            owner: share.owner_name,
            items,
            expires: share.limits.expires_at,
            downloads_left: left,
        })
    }

    /// The file of a share that is nothing but one, also when the share is used up: what was begun may be finished.
    ///
    /// # Errors
    /// As [`open_share`](Self::open_share).
    pub async fn only_shared_file(&self, key: &ShareKey) -> Result<Option<NodeId>> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter_to_finish(&mut connection, key).await?;
        Ok(match share.items(&mut connection).await?.as_slice() {
            [node] if node.kind == NodeKind::File => Some(node.id.clone()),
            _ => None,
        })
    }

    /// Counts that somebody opened the first page of a share, which is theirs to do who showed it. Its owner does not count.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_visit(&self, key: &ShareKey, who: Option<&Actor>) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE shares SET visits = visits + 1 WHERE token = $1 AND owner_id <> $2")
            .bind(key.token.as_str())
            .bind(who.map_or("", |actor| actor.user.as_str()))
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// The way from what is shared to a node at or below it; the node is the last.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a node that is not shared, not there, or above what is shared; else as
    /// [`open_share`](Self::open_share).
    pub async fn shared_way(&self, key: &ShareKey, node: &NodeId) -> Result<Vec<Node>> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter(&mut connection, key).await?;
        share.way(&mut connection, node).await
    }

    /// What is in a shared folder.
    ///
    /// # Errors
    /// As [`shared_way`](Self::shared_way); [`Error::NotFound`] for a file, too; `Invalid { Limit }`; `Invalid { Cursor }`.
    pub async fn shared_children(
        &self,
        key: &ShareKey,
        folder: &NodeId,
        options: &ListOptions,
    ) -> Result<Page<Node>> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter(&mut connection, key).await?;
        match share.node(&mut connection, folder).await?.kind {
            NodeKind::Folder => nodes::list(&mut connection, &share.owner, folder, options).await,
            NodeKind::File => Err(Error::NotFound),
        }
    }
}
