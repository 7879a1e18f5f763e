//! Parts sent side by side, and the file they make.

use domain::{UploadId, UploadKind, UploadMetadata};
use drive::{Error, NewUpload};
use futures::StreamExt;

use crate::client::{
    Tus, assert_refused, assert_tidy, data, fed, hash, made_of, partial, whole, whole_or_fail,
};
use crate::world::{World, on_both_engines};

const LEAF: usize = 1 << 20;

/// Sends the parts of these lengths, each told where it lies or not.
async fn send(tus: &Tus, data: &bytes::Bytes, lengths: &[usize], told: bool) -> Vec<UploadId> {
    let mut offset = 0;
    let mut sending = Vec::new();
    for length in lengths {
        let bytes = data.slice(offset..offset + length);
        let new = partial(*length as u64, told.then_some(offset as u64));
        let tus = tus.clone();
        sending.push(async move {
            let id = tus.begin(new).await;
            for (nth, piece) in [bytes.slice(..length / 3), bytes.slice(length / 3..)].iter().enumerate() {
                let at = if nth == 0 { 0 } else { length / 3 };
                tus.patch(&id, at as u64, piece).await.expect("patch");
            }
            id
        });
        offset += length;
    }
    futures::future::join_all(sending).await
}

on_both_engines! {
    async fn parts_in_parallel_are_hashed_without_reading_back(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(5 * LEAF + 17);
        let parts = send(&tus, &data, &[2 * LEAF, 2 * LEAF, LEAF, 17], true).await;
        let reads = world.store.faults().calls(storage::Operation::Read);
        let status = tus.post(made_of("a", &parts)).await.expect("final");
        assert_eq!(world.store.faults().calls(storage::Operation::Read), reads);
        assert_eq!((status.kind, status.offset, status.length), (
            UploadKind::Final,
            data.len() as u64,
            Some(data.len() as u64),
        ));
        assert_eq!(status.parts, parts);
        tus.assert_file(&status.node.clone().expect("node"), &data).await;
        assert_tidy(&world, 1, data.len()).await;
        assert_eq!(tus.head(&status.id).await.expect("head"), status);
        assert!(tus.drive.unfinished_uploads(&tus.actor).await.expect("list").is_empty());
        let part = tus.head(&parts[1]).await.expect("a part can still be asked for");
        assert_eq!((part.kind, part.offset), (UploadKind::Partial, 2 * LEAF as u64));
    }

    async fn parts_of_any_size_and_order_from_clients_that_tell_nothing(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(900_000);
        let mut parts = send(&tus, &content, &[300_001, 0, 499_999, 100_000], false).await;
        parts.swap(0, 3);
        let swapped = [&content[800_000..], &content[300_001..800_000], &content[..300_001]].concat();
        let status = tus.post(made_of("a", &parts)).await.expect("final");
        tus.assert_file(&status.node.expect("node"), &swapped).await;
        assert_tidy(&world, 1, content.len()).await;
    }

    /// Statements name 500 parts at most; their order must not depend on that.
    async fn more_parts_than_one_statement_names(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(501);
        let parts = futures::stream::iter(content.clone()).map(|byte| {
            let tus = tus.clone();
            async move {
                let id = tus.begin(partial(1, None)).await;
                tus.patch(&id, 0, &bytes::Bytes::copy_from_slice(&[byte])).await.expect("patch");
                id
            }
        });
        let mut parts: Vec<_> = parts.buffered(8).collect().await;
        parts.reverse();
        let reversed: Vec<u8> = content.iter().rev().copied().collect();
        let status = tus.post(made_of("a", &parts)).await.expect("final");
        assert_eq!(status.parts, parts);
        tus.assert_file(&status.node.expect("node"), &reversed).await;
        assert_tidy(&world, 1, content.len()).await;
    }

    async fn parts_that_lie_about_their_place_are_hashed_as_they_are(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(2 * LEAF);
        let mut parts = send(&tus, &content, &[LEAF, LEAF], true).await;
        parts.swap(0, 1);
        let swapped = [&content[LEAF..], &content[..LEAF]].concat();
        let status = tus.post(made_of("a", &parts)).await.expect("final");
        tus.assert_file(&status.node.expect("node"), &swapped).await;
    }

    async fn a_claim_about_the_whole_is_held_against_the_parts(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(300_000);
        for (claim, told) in [(hash(b"x"), true), (hash(b"x"), false), (hash(&content), false)] {
            let parts = send(&tus, &content, &[200_000, 100_000], told).await;
            let new = made_of("a", &parts);
            let metadata = UploadMetadata { blake3: Some(claim.clone()), ..new.metadata.clone() };
            let outcome = tus.post(NewUpload { metadata, ..new }).await;
            if claim == hash(&content) {
                tus.assert_file(&outcome.expect("final").node.expect("node"), &content).await;
            } else {
                assert_refused!(outcome, Error::ChecksumMismatch);
                assert_refused!(tus.head(&parts[0]).await, Error::Gone);
                assert_tidy(&world, 0, 0).await;
            }
        }
    }

    async fn what_is_no_complete_free_part_of_ones_own_makes_no_file(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let other = Tus::new(&world, "robert").await;
        let content = data(300_000);
        let parts = send(&tus, &content, &[200_000, 100_000], true).await;
        let theirs = send(&other, &content, &[100], true).await;
        let short = tus.begin(partial(100, None)).await;
        let file = tus.begin(whole("w", 100)).await;
        let unknown = UploadId::from_random([9; 16]);
        let with = |id: &UploadId| vec![parts[0].clone(), id.clone()];
        for wrong in [vec![], with(&parts[0]), with(&theirs[0]), with(&short), with(&file), with(&unknown)] {
            assert_refused!(tus.post(made_of("a", &wrong)).await, Error::Invalid { .. });
        }
        let lying = NewUpload { length: Some(299_999), ..made_of("a", &parts) };
        assert_refused!(tus.post(lying).await, Error::Invalid { .. });
        // None of that has taken a part.
        let status = tus.post(made_of("a", &parts)).await.expect("final");
        tus.assert_file(&status.node.clone().expect("node"), &content).await;
        // The same again is the same; another file of the same part is refused.
        assert_eq!(tus.post(made_of("b", &parts)).await.expect("again").id, status.id);
        assert_refused!(tus.post(made_of("b", &parts[..1])).await, Error::Invalid { .. });
        assert_refused!(tus.patch(&status.id, content.len() as u64, &data(1)).await, Error::Forbidden);
    }

    async fn two_final_uploads_at_once_make_one_file(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(300_000);
        let parts = send(&tus, &content, &[200_000, 100_000], true).await;
        let (one, two) = tokio::join!(tus.post(made_of("a", &parts)), tus.post(made_of("a", &parts)));
        let nodes: Vec<_> = [one, two].into_iter().filter_map(|outcome| outcome.ok()?.node).collect();
        assert!(!nodes.is_empty());
        assert!(nodes.iter().all(|node| *node == nodes[0]));
        tus.assert_file(&nodes[0], &content).await;
        assert_tidy(&world, 1, content.len()).await;
    }

    async fn a_part_that_is_still_written_is_not_complete(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(100_000);
        let id = tus.begin(partial(100_000, 0)).await;
        let (feed, frames) = fed();
        let writing = tokio::spawn({
            let (tus, id) = (tus.clone(), id.clone());
            async move { tus.drive.write_upload(&tus.actor, &id, crate::client::at(0), frames).await }
        });
        feed.send(Ok(content.slice(..60_000))).await.expect("taken");
        feed.send(Ok(content.slice(60_000..70_000))).await.expect("taken");
        assert_refused!(tus.post(made_of("a", std::slice::from_ref(&id))).await, Error::Invalid { .. });
        drop(feed);
        writing.await.expect("task").ok();
        let rest = tus.offset(&id).await;
        tus.patch(&id, rest, &content.slice(rest as usize..)).await.expect("patch");
        let status = tus.post(made_of("a", &[id])).await.expect("final");
        tus.assert_file(&status.node.expect("node"), &content).await;
    }

    async fn a_name_that_is_taken_meanwhile_can_be_changed(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(300_000);
        let parts = send(&tus, &content, &[200_000, 100_000], true).await;
        let fail = |file: &str| NewUpload {
            kind: made_of(file, &parts).kind,
            length: None,
            ..whole_or_fail(file, 0)
        };
        tus.drive.stop_publishing_after(Some(drive::Step::Received));
        assert_refused!(tus.post(fail("a")).await, Error::Store(_));
        tus.drive.stop_publishing_after(None);
        world.wait(std::time::Duration::from_secs(60));
        tus.push_through(&tus.begin(whole("a", 3)).await, &data(3)).await;
        assert_refused!(tus.post(fail("a")).await, Error::NameTaken);
        let status = tus.post(fail("b")).await.expect("another name");
        let node = status.node.expect("node");
        assert_eq!(tus.node(&node).await.name, "b");
        tus.assert_file(&node, &content).await;
        assert_tidy(&world, 2, content.len() + 3).await;
    }
}
