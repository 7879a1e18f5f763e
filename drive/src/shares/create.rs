//! Making a share.

use domain::{Field, NodeId, NodeKind, Reason, ShareId, ShareToken, ShareView};

use super::{CodeChoice, check_downloads, check_expiry};
use crate::audit::{self, Entry};
use crate::database::{Tx, retrying};
use crate::nodes::{FILE, FOLDER, live};
use crate::{Actor, Client, Drive, Error, Result, quota, random};

/// Things that one share may name. A folder is one, whatever is in it.
const MOST_ITEMS: usize = 100;

/// What is to be shared, and how.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// Files and folders of one person, at least one; the first gives the share its title. Repeated ones count once.
    pub nodes: Vec<NodeId>,
    /// What visitors are asked for.
    pub code: CodeChoice,
    /// Until when it opens, unix milliseconds; `None`: always.
    pub expires: Option<i64>,
    /// How often it may be downloaded; `None`: without limit.
    pub max_downloads: Option<u64>,
}

impl Drive {
    /// Shares nodes under a new link of 128 random bits.
    ///
    /// # Errors
    /// [`Error::NotFound`] when one of them is not there or another person's; [`Error::Forbidden`] for the root, which would
    /// share all that is ever put into it; `Invalid { Limit }` for no node, more than 100, or no download; `Invalid { Expiry
    /// }` for a time that is over.
    pub async fn create_share(&self, actor: &Actor, share: NewShare, client: &Client) -> Result<ShareView> {
        check_expiry(self.now(), share.expires)?;
        let most = check_downloads(share.max_downloads)?;
        let mut nodes: Vec<&NodeId> = Vec::with_capacity(share.nodes.len().min(MOST_ITEMS));
        for node in &share.nodes {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
            if nodes.len() > MOST_ITEMS {
                return Err(Error::invalid(Field::Limit, Reason::TooLong { limit: MOST_ITEMS as u64 }));
            }
        }
        let row = NewRow {
            id: ShareId::from_random(random::bits()),
            token: ShareToken::from_random(random::bits()),
            code: share.code.clone().into_code().map(|code| code.expose().to_owned()),
            expires: share.expires,
            most,
        };
        retrying(|| self.create_share_once(actor, &nodes, &row, client)).await
    }

    async fn create_share_once(
        &self,
        actor: &Actor,
        nodes: &[&NodeId],
        row: &NewRow,
        client: &Client,
    ) -> Result<ShareView> {
        let now = self.now();
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        let mut first = None;
        for node in nodes {
            let node = live(&mut tx, &actor.user, node).await?;
            if node.parent.is_none() {
                return Err(Error::Forbidden);
            }
            first.get_or_insert((node.name, node.kind));
        }
        let (title, kind) = first.ok_or(Error::invalid(Field::Limit, Reason::Empty))?;
        row.write(&mut tx, now, actor, &title, kind).await?;
        for (position, node) in (0_i64..).zip(nodes) {
            sqlx::query("INSERT INTO share_items (share_id, node_id, position) VALUES ($1, $2, $3)")
                .bind(row.id.as_str())
                .bind(node.as_str())
                .bind(position)
                .execute(&mut *tx)
                .await?;
        }
        let entry = Entry {
            user: Some(&actor.user),
            event: "share.create",
            subject: Some(row.id.as_str()),
            client: Some(client),
        };
        audit::record(&mut tx, now, &entry).await?;
        let view = self.share_of(&mut tx, &actor.user, &row.id).await?;
        tx.commit().await?;
        Ok(view)
    }
}

/// What is decided before the transaction, so that it is the same when that runs again.
struct NewRow {
    id: ShareId,
    token: ShareToken,
    code: Option<String>,
    expires: Option<i64>,
    most: Option<i64>,
}

impl NewRow {
    async fn write(&self, tx: &mut Tx, now: i64, actor: &Actor, title: &str, kind: NodeKind) -> Result<()> {
        sqlx::query(
            "INSERT INTO shares (id, token, owner_id, title, kind, code, proof, created_at, expires_at, max_downloads) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(self.id.as_str())
        .bind(self.token.as_str())
        .bind(actor.user.as_str())
        .bind(title)
        .bind(if kind == NodeKind::Folder { FOLDER } else { FILE })
        .bind(self.code.as_deref())
        .bind(random::secret())
        .bind(now)
        .bind(self.expires)
        .bind(self.most)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
