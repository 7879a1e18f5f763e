//! Files in folders, with blobs and quota: what takes `insert_file`, which only `upload` calls.

mod bulk;
mod concurrency;
mod files;
pub(crate) mod plans;
mod purge;
mod trash;

use domain::{BlobId, Conflict, Node, NodeId};

use super::{NewFile, Obstacle, Restore, check_target, insert_file, register};
use crate::world::{World, name, on_both_engines};
use crate::{Actor, Error, Result, blobs, quota, random};

/// Uploads a file as `upload` does when all bytes are there: a blob, the node, the quota, in one transaction.
pub(crate) async fn put(
    world: &World,
    actor: &Actor,
    parent: &NodeId,
    text: &str,
    conflict: Conflict,
    size: u64,
) -> Result<Node> {
    put_claimed(world, actor, parent, text, conflict, size, None).await
}

/// The same of a media type that the uploader claims.
async fn put_claimed(
    world: &World,
    actor: &Actor,
    parent: &NodeId,
    text: &str,
    conflict: Conflict,
    size: u64,
    claimed_mime: Option<&str>,
) -> Result<Node> {
    let blob = BlobId::from_random(random::bits());
    let (name, now) = (name(text), world.drive.now());
    let mut tx = world.drive.database().begin().await?;
    check_target(&mut tx, &actor.user, parent, &name, conflict).await?;
    blobs::insert(&mut tx, now, &blob, size, None).await?;
    let file = NewFile { parent, name: &name, conflict, blob: &blob, size, claimed_mime, modified_at: now };
    let node = insert_file(&mut tx, now, &actor.user, &file).await?;
    quota::spend(&mut tx, &actor.user, 0, size).await?;
    tx.commit().await?;
    Ok(node)
}

pub(crate) async fn folder(world: &World, actor: &Actor, parent: &NodeId, text: &str) -> Node {
    world.drive.create_folder(actor, parent, &name(text), Conflict::Fail).await.expect(text)
}

async fn used(world: &World, actor: &Actor) -> u64 {
    world.drive.profile(actor).await.expect("profile").used
}
