//! Save to my drive (转存): what is shared becomes a visitor's own, by reference and without a byte copied.

use domain::{Field, Node, NodeId, Reason, ShareState};

use super::open::ShareKey;
use crate::database::retrying;
use crate::nodes::{copy, live_folder};
use crate::{Actor, Drive, Error, Result, quota};

/// Nodes that one request may name; as many as a page of a share shows.
const MOST: usize = 200;

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What now lies in the chosen folder, under the names that were free.
    pub nodes: Vec<Node>,
    /// Files and folders in all.
    pub count: u64,
    /// Bytes, charged to the quota.
    pub bytes: u64,
}

impl Drive {
    /// Saves nodes at or below what is shared, with all below them, into a folder of one's own; no nodes: all that is shared.
    /// Names that are taken are numbered. Counts as one download: whoever saved it, has it for good.
    ///
    /// Quota and number of items are checked before anything is written, and everything is written or nothing.
    ///
    /// # Errors
    /// As [`shared_way`](Self::shared_way); [`Error::NotFound`] or `Invalid { Parent }` for the folder;
    /// [`Error::QuotaExceeded`]; `Invalid { Limit, TooLong }` when it is more files and folders than
    /// [`Config::max_copied`](crate::Config::max_copied).
    pub async fn save_shared(
        &self,
        actor: &Actor,
        key: &ShareKey,
        nodes: &[NodeId],
        folder: &NodeId,
    ) -> Result<Saved> {
        if nodes.len() > MOST {
            return Err(Error::invalid(Field::Limit, Reason::TooLong { limit: MOST as u64 }));
        }
        retrying(|| self.save_shared_once(actor, key, nodes, folder)).await
    }

    async fn save_shared_once(
        &self,
        actor: &Actor,
        key: &ShareKey,
        nodes: &[NodeId],
        folder: &NodeId,
    ) -> Result<Saved> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        live_folder(&mut tx, &actor.user, folder).await?;
        let share = self.enter(&mut tx, key).await?;
        let mut wanted: Vec<Node> = Vec::new();
        for node in nodes {
            let node = share.node(&mut tx, node).await?;
            if !wanted.contains(&node) {
                wanted.push(node);
            }
        }
        if nodes.is_empty() {
            wanted = share.items(&mut tx).await?;
        }
        let roots: Vec<NodeId> = wanted.into_iter().map(|node| node.id).collect();
        let trees = copy::gather(&mut tx, &share.owner, &roots, self.config().max_copied).await?;
        // The owner's drive is not locked: something may have gone since it was looked at.
        match trees.roots() {
            0 => return Err(Error::ShareClosed(ShareState::Trashed)),
            left if left < roots.len() && !nodes.is_empty() => return Err(Error::NotFound),
            _ => {}
        }
        quota::spend(&mut tx, &actor.user, 0, trees.bytes()).await?;
        self.count_download(&mut tx, &share.id).await?;
        let nodes = trees.plant(&mut tx, self.now(), &actor.user, folder).await?;
        tx.commit().await?;
        Ok(Saved { nodes, count: trees.count(), bytes: trees.bytes() })
    }
}
