//! Shares, by those who make them, those who open them and those who should not.

mod codes;
mod downloads;
mod owner;
mod save;
mod visitors;

use bytes::Bytes;
use domain::{Conflict, Node, NodeId, ShareState, ShareView, UploadMetadata};
use drive::{
    Actor, Client, CodeChoice, Content, Drive, Error, NewShare, NewUpload, NewUploadKind, Portion, ShareKey,
    Write,
};
use futures::{TryStreamExt, stream};

use crate::world::{World, name};

/// Uploads a file of these bytes.
pub(crate) async fn file(
    drive: &Drive,
    actor: &Actor,
    parent: &NodeId,
    text: &str,
    bytes: &'static [u8],
) -> Node {
    let metadata = UploadMetadata {
        name: Some(name(text)),
        parent: Some(parent.clone()),
        conflict: Conflict::Replace,
        ..UploadMetadata::default()
    };
    let length = Some(bytes.len() as u64);
    let new = NewUpload { kind: NewUploadKind::Whole, length, metadata, raw_metadata: String::new() };
    let mut status = drive.begin_upload(actor, new).await.expect("begin");
    if status.node.is_none() {
        let write = Write { content_length: length, ..Write::default() };
        let body = stream::iter([Ok(Bytes::from_static(bytes))]);
        status = drive.write_upload(actor, &status.id, write, body).await.expect("write");
    }
    drive.node(actor, &status.node.expect("published")).await.expect("node")
}

pub(crate) async fn folder(world: &World, actor: &Actor, parent: &NodeId, text: &str) -> Node {
    world.drive.create_folder(actor, parent, &name(text), Conflict::Fail).await.expect(text)
}

/// What most shares are: public, without a limit.
pub(crate) fn public(nodes: &[&Node]) -> NewShare {
    let nodes = nodes.iter().map(|node| node.id.clone()).collect();
    NewShare { nodes, code: CodeChoice::Public, expires: None, max_downloads: None }
}

pub(crate) async fn share(world: &World, actor: &Actor, new: NewShare) -> ShareView {
    world.drive.create_share(actor, new, &Client::default()).await.expect("share")
}

pub(crate) fn key(share: &ShareView) -> ShareKey {
    ShareKey { token: share.token.clone(), proof: None }
}

/// Somebody at this address.
fn at(address: &str) -> Client {
    Client { address: Some(address.parse().expect("an address")), agent: None }
}

async fn download(
    world: &World,
    key: &ShareKey,
    node: &Node,
    portion: Portion,
    client: &Client,
) -> Result<Content, Error> {
    let shared = world.drive.open_shared_content(key, &node.id).await?;
    world.drive.download_shared(shared, portion, client).await
}

pub(crate) async fn bytes_of(content: &Content) -> Vec<u8> {
    let frames = content.read(0..content.size).await.expect("read");
    frames.try_collect::<Vec<_>>().await.expect("bytes").concat()
}

/// How a share is, as its visitors are told and as its owner is.
async fn assert_state(world: &World, owner: &Actor, share: &ShareView, state: ShareState) {
    assert_eq!(world.drive.share(owner, &share.id).await.expect("share").state, state);
    match world.drive.open_share(&key(share)).await {
        Ok(_) => assert_eq!(state, ShareState::Active),
        Err(Error::ShareClosed(told)) => assert_eq!(told, state),
        Err(error) => panic!("{error:?}"),
    }
}
