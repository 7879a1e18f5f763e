//! Checksums of requests, and of the whole file.

use bytes::Bytes;
use domain::UploadMetadata;
use drive::{Checksum, ChecksumAlgorithm, Error, NewUpload, Write};
use storage::Operation;

use crate::client::{Tus, assert_refused, assert_tidy, at, body, broken, data, hash, staged, whole};
use crate::world::{World, on_both_engines};

fn blake3_of(data: &[u8]) -> Option<Checksum> {
    let digest = blake3::hash(data).as_bytes().to_vec();
    Some(Checksum { algorithm: ChecksumAlgorithm::Blake3, digest })
}

fn claiming(length: u64, blake3: &str) -> NewUpload {
    let new = whole("a", length);
    NewUpload { metadata: UploadMetadata { blake3: Some(blake3.to_owned()), ..new.metadata.clone() }, ..new }
}

/// With the length announced the body is held in memory, without it goes into a segment of its own.
fn both_ways(offset: u64, data: &Bytes, checksum: &Option<Checksum>) -> [Write; 2] {
    let write = Write { checksum: checksum.clone(), ..at(offset) };
    [Write { content_length: Some(data.len() as u64), ..write.clone() }, write]
}

on_both_engines! {
    async fn a_request_whose_bytes_do_not_match_did_not_happen(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(2_000_000);
        let id = tus.begin(whole("a", 2_000_000)).await;
        tus.patch(&id, 0, &data.slice(..500_000)).await.expect("patch");
        let part = data.slice(500_000..1_500_000);
        for write in both_ways(500_000, &part, &blake3_of(b"something else")) {
            let outcome = tus.drive.write_upload(&tus.actor, &id, write, body(&part, 60_000)).await;
            assert_refused!(outcome, Error::ChecksumMismatch);
            assert_eq!((tus.offset(&id).await, staged(&world)), (500_000, 500_000));
        }
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn requests_whose_bytes_match(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(2_000_000);
        let id = tus.begin(whole("a", 2_000_000)).await;
        let mut offset = 0;
        for (nth, end) in [700_000, 1_400_000, 1_999_999, 2_000_000].into_iter().enumerate() {
            let part = data.slice(offset as usize..end as usize);
            let write = both_ways(offset, &part, &blake3_of(&part))[nth % 2].clone();
            let status = tus.drive.write_upload(&tus.actor, &id, write, body(&part, 60_000)).await.expect("patch");
            assert_eq!(status.offset, end);
            offset = end;
        }
        let node = tus.head(&id).await.expect("head").node.expect("node");
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn of_a_broken_body_under_a_checksum_nothing_is_kept(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(1_000_000);
        let id = tus.begin(whole("a", 1_000_000)).await;
        for write in both_ways(0, &data, &blake3_of(&data)) {
            tus.drive.write_upload(&tus.actor, &id, write, broken(&data.slice(..600_000))).await.expect_err("broken");
            assert_eq!((tus.offset(&id).await, staged(&world)), (0, 0));
        }
    }

    async fn bytes_whose_checksum_was_never_seen_do_not_count_after_a_crash(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(1_000_000);
        let id = tus.begin(whole("a", 1_000_000)).await;
        tus.patch(&id, 0, &data.slice(..1000)).await.expect("patch");
        // Neither the file can be removed nor its end recorded: as if the process had died before.
        let faults = world.store.faults();
        faults.fail(Operation::Finish, 1, storage::ErrorKind::Unavailable, storage::When::After);
        faults.fail(Operation::Delete, 1, storage::ErrorKind::Unavailable, storage::When::Before);
        let write = Write { checksum: blake3_of(b"x"), ..at(1000) };
        tus.drive.write_upload(&tus.actor, &id, write, body(&data.slice(1000..), 60_000)).await.expect_err("store");
        assert_eq!(staged(&world), 1_000_000);
        assert_eq!((tus.offset(&id).await, staged(&world)), (1000, 1000));
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn a_file_that_is_not_what_was_claimed_is_discarded(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(1_500_000);
        let id = tus.begin(claiming(1_500_000, &hash(b"something else"))).await;
        tus.patch(&id, 0, &data.slice(..1_000_000)).await.expect("patch");
        assert_refused!(tus.patch(&id, 1_000_000, &data.slice(1_000_000..)).await, Error::ChecksumMismatch);
        assert_refused!(tus.head(&id).await, Error::Gone);
        assert_refused!(tus.patch(&id, 0, &data).await, Error::Gone);
        assert_tidy(&world, 0, 0).await;
    }

    async fn a_file_that_is_what_was_claimed(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(1_500_000);
        let id = tus.begin(claiming(1_500_000, &hash(&data).to_uppercase())).await;
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_refused!(tus.post(claiming(10, "no hash")).await, Error::Invalid { .. });
    }
}
