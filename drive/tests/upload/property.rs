//! Whatever happens on the way, in whatever order: the file is what was sent, under its hash.

use std::sync::Arc;
use std::time::Duration;

use drive::{Config, Drive, Write};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use storage::{ErrorKind, Operation, When};

use crate::client::{Tus, assert_tidy, at, body, broken, data, whole};
use crate::world::{World, on_both_engines};

const OPERATIONS: [Operation; 9] = [
    Operation::Create,
    Operation::Append,
    Operation::Write,
    Operation::Finish,
    Operation::Seal,
    Operation::Concat,
    Operation::Rename,
    Operation::Stat,
    Operation::Read,
];

async fn instance(world: &World, limit: u64) -> Drive {
    let store = Arc::new(world.store.clone().with_segment_limit(limit));
    Drive::open_at(world.database.clone(), store, Config::default(), world.clock.clone()).await.expect("open")
}

/// One thing that happens to an upload.
async fn happens(
    world: &World,
    tus: &mut Tus,
    id: &domain::UploadId,
    data: &bytes::Bytes,
    dice: &mut StdRng,
) {
    let Ok(status) = tus.head(id).await else { return };
    let offset = status.offset as usize;
    let end = (offset + dice.random_range(0..1_200_000)).min(data.len());
    let bytes = data.slice(offset..end);
    let frame = dice.random_range(1000..200_000);
    match dice.random_range(0..7) {
        0 => drop(tus.drive.write_upload(&tus.actor, id, at(offset as u64), broken(&bytes)).await),
        1 => {
            let fault = OPERATIONS[dice.random_range(0..OPERATIONS.len())];
            let when = if dice.random() { When::Before } else { When::After };
            world.store.faults().fail(fault, dice.random_range(1..3), ErrorKind::Unavailable, when);
        }
        2 => {
            let limit = dice.random_range(100_000..3_000_000);
            *tus = tus.on(&instance(world, limit).await);
            world.wait(Duration::from_secs(60));
        }
        3 => {
            world.store.faults().break_writes_after(dice.random_range(0..1_000_000));
            drop(tus.patch(id, offset as u64, &bytes).await);
            world.store.faults().mend();
        }
        4 => {
            let digest = blake3::hash(if dice.random() { &bytes } else { b"other" }).as_bytes().to_vec();
            let checksum = Some(drive::Checksum { algorithm: drive::ChecksumAlgorithm::Blake3, digest });
            let content_length = dice.random::<bool>().then_some(bytes.len() as u64);
            let write = Write { checksum, content_length, ..at(offset as u64) };
            drop(tus.drive.write_upload(&tus.actor, id, write, body(&bytes, frame)).await);
        }
        _ => drop(tus.drive.write_upload(&tus.actor, id, at(offset as u64), body(&bytes, frame)).await),
    }
}

on_both_engines! {
    async fn any_history_ends_in_the_file_that_was_sent(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let mut bytes = 0;
        for seed in 0..24 {
            let mut dice = StdRng::seed_from_u64(seed);
            let data = data(dice.random_range(1..6_000_000));
            let mut tus = tus.on(&instance(&world, dice.random_range(100_000..3_000_000)).await);
            let id = tus.begin(whole("a", data.len() as u64)).await;
            for _ in 0..dice.random_range(0..14) {
                happens(&world, &mut tus, &id, &data, &mut dice).await;
            }
            world.store.faults().mend();
            let node = tus.push_through(&id, &data).await;
            tus.assert_file(&node, &data).await;
            bytes += data.len();
            assert_tidy(&world, seed as usize + 1, bytes).await;
        }
    }
}
