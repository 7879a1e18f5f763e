//! Several files and folders at once, in one transaction. What concerns one item alone (it is not there, its name is taken,
//! it would come to be in itself) is told of that item and leaves the others; what concerns all (the target is gone, the
//! quota, the database) undoes the whole.

use domain::{Conflict, Field, ItemReport, Node, NodeId, Outcome, Reason};

use super::change::move_in;
use super::duplicate::Copying;
use super::trash::{Restore, put_back, trash_in};
use super::{live_folder, with_up};
use crate::database::{Tx, retrying};
use crate::{Actor, Drive, Error, Result, quota};
use sqlx::Row;

/// Items of one change.
const MOST: usize = 1000;

impl Drive {
    /// Puts nodes into the trash, each with all below it and by itself: each can be taken back alone.
    ///
    /// # Errors
    /// `Invalid { Limit }` for none or more than 1000.
    pub async fn trash_all(&self, actor: &Actor, ids: &[NodeId]) -> Result<Vec<ItemReport>> {
        check(ids)?;
        retrying(|| async {
            let mut tx = self.begin_change(actor).await?;
            // The deepest first: above one another, both would else go as one.
            let order = by_depth(&mut tx, actor, ids).await?;
            let mut reports = Reports::new(ids);
            for index in order.into_iter().rev() {
                let outcome = trash_in(&mut tx, self.now(), actor, &ids[index]).await;
                reports.tell(index, outcome.map(|node| (Outcome::Done, node)))?;
            }
            tx.commit().await?;
            Ok(reports.done())
        })
        .await
    }

    /// Takes nodes out of the trash. What cannot go back to its place is skipped; a name that is taken in the folder they go
    /// into is dealt with as in [`move_all`](Self::move_all). What is not in the trash is done already.
    ///
    /// # Errors
    /// `Invalid { Limit }` for none or more than 1000; with a folder as [`move_all`](Self::move_all).
    pub async fn restore_all(&self, actor: &Actor, ids: &[NodeId], to: &Restore) -> Result<Vec<ItemReport>> {
        check(ids)?;
        retrying(|| async {
            let mut tx = self.begin_change(actor).await?;
            if let Restore::Into { folder, .. } = to {
                live_folder(&mut tx, &actor.user, folder).await?;
            }
            // The folders first, so that what was in them finds its place.
            let order = by_depth(&mut tx, actor, ids).await?;
            let mut reports = Reports::new(ids);
            for index in order {
                reports.tell(index, put_back(&mut tx, self.now(), actor, &ids[index], to).await)?;
            }
            tx.commit().await?;
            Ok(reports.done())
        })
        .await
    }

    /// Puts nodes into another folder. A name that is taken there: [`Conflict::Rename`] keeps both, [`Conflict::Replace`]
    /// makes a file the newest version of the other and merges folders (and keeps both where a file meets a folder below
    /// them), [`Conflict::Fail`] skips the item.
    ///
    /// # Errors
    /// [`Error::NotFound`] or `Invalid { Parent }` for the target; `Invalid { Limit }` for none or more than 1000 items, or
    /// folders with more than 10,000 names in common.
    pub async fn move_all(
        &self,
        actor: &Actor,
        ids: &[NodeId],
        parent: &NodeId,
        conflict: Conflict,
    ) -> Result<Vec<ItemReport>> {
        check(ids)?;
        retrying(|| async {
            let mut tx = self.begin_change(actor).await?;
            live_folder(&mut tx, &actor.user, parent).await?;
            let mut reports = Reports::new(ids);
            for (index, id) in ids.iter().enumerate() {
                let outcome = move_in(&mut tx, self.now(), actor, id, parent, conflict).await;
                reports.tell(index, outcome)?;
            }
            tx.commit().await?;
            Ok(reports.done())
        })
        .await
    }

    /// Copies nodes into a folder, which may be their own, by reference. Names that are taken as in
    /// [`move_all`](Self::move_all); nothing replaces itself.
    ///
    /// # Errors
    /// As [`move_all`](Self::move_all), the limit being [`Config::max_copied`](crate::Config::max_copied) files and folders in
    /// all; [`Error::QuotaExceeded`].
    pub async fn copy_all(
        &self,
        actor: &Actor,
        ids: &[NodeId],
        parent: &NodeId,
        conflict: Conflict,
    ) -> Result<Vec<ItemReport>> {
        check(ids)?;
        retrying(|| async {
            let mut tx = self.begin_change(actor).await?;
            live_folder(&mut tx, &actor.user, parent).await?;
            let mut reports = Reports::new(ids);
            let mut copying = Copying::new(&mut tx, actor, self.now(), self.config().max_copied);
            for (index, id) in ids.iter().enumerate() {
                reports.tell(index, copying.node(id, parent, conflict).await)?;
            }
            tx.commit().await?;
            Ok(reports.done())
        })
        .await
    }

    async fn begin_change(&self, actor: &Actor) -> Result<Tx> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        Ok(tx)
    }
}

/// # Errors
/// `Invalid { Limit }` for none or too many.
pub(crate) fn check(ids: &[NodeId]) -> Result<()> {
    match ids.len() {
        0 => Err(Error::invalid(Field::Limit, Reason::TooShort { limit: 1 })),
        1..=MOST => Ok(()),
        _ => Err(Error::invalid(Field::Limit, Reason::TooLong { limit: MOST as u64 })),
    }
}

/// Places in `ids`, those nearest to the root first.
async fn by_depth(tx: &mut Tx, actor: &Actor, ids: &[NodeId]) -> Result<Vec<usize>> {
    let mut depths = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        let row = sqlx::query(with_up!("SELECT CAST(COUNT(*) AS BIGINT) FROM up"))
            .bind(id.as_str())
            .bind(actor.user.as_str())
            .fetch_one(&mut **tx)
            .await?;
        depths.push((row.try_get::<i64, _>(0)?, index));
    }
    depths.sort_unstable();
    Ok(depths.into_iter().map(|(_, index)| index).collect())
}

/// What became of each, in the order in which they were asked for.
pub(super) struct Reports<'a> {
    ids: &'a [NodeId],
    told: Vec<Option<ItemReport>>,
}

impl<'a> Reports<'a> {
    pub(super) fn new(ids: &'a [NodeId]) -> Self {
        Self { ids, told: vec![None; ids.len()] }
    }

    /// # Errors
    /// The outcome's, when it concerns more than this item.
    pub(super) fn tell(&mut self, index: usize, outcome: Result<(Outcome, Node)>) -> Result<()> {
        let (outcome, node, error) = match outcome {
            Ok((outcome, node)) => (outcome, Some(node), None),
            Err(
                error @ (Error::NameTaken | Error::Invalid { field: Field::Parent, reason: Reason::Unknown }),
            ) => (Outcome::Skipped, None, Some(error.to_app_error())),
            Err(
                error @ (Error::NotFound | Error::Forbidden | Error::Invalid { field: Field::Parent, .. }),
            ) => (Outcome::Refused, None, Some(error.to_app_error())),
            Err(error) => return Err(error),
        };
        self.told[index] = Some(ItemReport { id: self.ids[index].clone(), outcome, node, error });
        Ok(())
    }

    pub(super) fn done(self) -> Vec<ItemReport> {
        self.told.into_iter().flatten().collect()
    }
}
