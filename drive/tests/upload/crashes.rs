//! Stopped anywhere, started again: one blob, one node, staging empty, quota right.

use std::sync::Arc;
use std::time::Duration;

use domain::UploadId;
use drive::{Config, Database, Drive, Error, Step};
use storage::{ErrorKind, Operation, When};

use crate::client::{Tus, assert_tidy, at, data, fed, made_of, partial, staged, whole};
use crate::world::{World, on_both_engines};

const LEAF: u64 = 1 << 20;

/// A new process, with segments small enough for several of them.
async fn instance(world: &World) -> Drive {
    let store = Arc::new(world.store.clone().with_segment_limit(LEAF));
    Drive::open_at(world.database.clone(), store, Config::default(), world.clock.clone()).await.expect("open")
}

/// The lease of the dead runs out.
fn time_goes_by(world: &World) {
    world.wait(Duration::from_secs(60));
}

on_both_engines! {
    async fn publishing_stopped_after_every_step_is_continued_by_the_client(world: World) {
        let mut blobs = 0;
        let tus = Tus::new(&world, "alice").await;
        for length in [3 * LEAF + 5, LEAF, 0] {
            for step in Step::ALL {
                let data = data(length as usize);
                let before = tus.on(&instance(&world).await);
                before.drive.stop_publishing_after(Some(step));
                let outcome = match length {
                    0 => before.post(whole("a", 0)).await,
                    _ => {
                        let id = before.begin(whole("a", length)).await;
                        before.patch(&id, 0, &data).await
                    }
                };
                assert!(matches!(outcome, Err(Error::Store(_))), "{outcome:?}");
                time_goes_by(&world);
                let id: UploadId = newest(&world).await;
                let after = tus.on(&instance(&world).await);
                let node = after.push_through(&id, &data).await;
                after.assert_file(&node, &data).await;
                blobs += 1;
                assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE kind = 1").await, blobs as i64);
            }
        }
        assert_tidy(&world, blobs, 7 * (4 * LEAF as usize + 5)).await;
    }

    async fn publishing_stopped_after_every_step_is_continued_by_the_background(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let content = data(2 * LEAF as usize + 5);
        for (nth, step) in Step::ALL.into_iter().enumerate() {
            let before = tus.on(&instance(&world).await);
            let parts = [
                before.begin(partial(LEAF, 0)).await,
                before.begin(partial(LEAF + 5, LEAF)).await,
            ];
            before.patch(&parts[0], 0, &content.slice(..LEAF as usize)).await.expect("patch");
            before.patch(&parts[1], 0, &content.slice(LEAF as usize..)).await.expect("patch");
            before.drive.stop_publishing_after(Some(step));
            let outcome = before.post(made_of("a", &parts)).await;
            assert!(matches!(outcome, Err(Error::Store(_))), "{outcome:?}");
            time_goes_by(&world);
            // Two instances that sweep at once.
            let (one, two) = (instance(&world).await, instance(&world).await);
            tokio::join!(one.sweep_once(), two.sweep_once());
            assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE kind = 1").await, nth as i64 + 1);
            assert_tidy(&world, nth + 1, (nth + 1) * content.len()).await;
            // A client that never heard of it sends the same again.
            let status = tus.post(made_of("a", &parts)).await.expect("the same final upload");
            tus.assert_file(&status.node.expect("node"), &content).await;
            assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE kind = 1").await, nth as i64 + 1);
        }
    }

    async fn answers_of_the_store_that_are_lost(world: World) {
        let tus = Tus::new(&world, "alice").await.on(&instance(&world).await);
        let data = data(2 * LEAF as usize + 77);
        let mut files = 0;
        for operation in [
            Operation::Create,
            Operation::Append,
            Operation::Write,
            Operation::Finish,
            Operation::Seal,
            Operation::Concat,
            Operation::Rename,
            Operation::Stat,
            Operation::Delete,
        ] {
            for when in [When::Before, When::After] {
                for times in [1, 2, 3] {
                    let faults = world.store.faults();
                    let calls = faults.calls(operation);
                    match operation {
                        // Only what a failed request leaves is sealed, and only what nothing came of is deleted.
                        Operation::Seal => faults.fail(Operation::Finish, 1, ErrorKind::Timeout, When::Before),
                        Operation::Delete => faults.fail(Operation::Create, 1, ErrorKind::Timeout, When::Before),
                        _ => {}
                    }
                    faults.fail(operation, times, ErrorKind::Timeout, when);
                    let id = tus.begin(whole("a", data.len() as u64)).await;
                    tus.patch(&id, 0, &data.slice(..200_000)).await.ok();
                    let node = tus.push_through(&id, &data).await;
                    tus.assert_file(&node, &data).await;
                    faults.mend();
                    assert!(faults.calls(operation) > calls, "{operation:?} was never called");
                    files += 1;
                    assert_tidy(&world, files, files * data.len()).await;
                }
            }
        }
    }

    async fn a_concatenation_that_stops_between_pieces(world: World) {
        let tus = Tus::new(&world, "alice").await.on(&instance(&world).await);
        let data = data(3 * LEAF as usize + 77);
        for stop in 1..=4 {
            world.store.faults().interrupt_concat_after(stop);
            let id = tus.begin(whole("a", data.len() as u64)).await;
            tus.patch(&id, 0, &data).await.expect_err("interrupted");
            let node = tus.push_through(&id, &data).await;
            tus.assert_file(&node, &data).await;
            assert_tidy(&world, stop, stop * data.len()).await;
        }
    }

    async fn a_store_that_breaks_off_in_the_middle_of_a_body(world: World) {
        let tus = Tus::new(&world, "alice").await.on(&instance(&world).await);
        let data = data(3 * LEAF as usize);
        let id = tus.begin(whole("a", data.len() as u64)).await;
        for taken in [0, 1, 100_000, LEAF] {
            let before = tus.offset(&id).await;
            world.store.faults().break_writes_after(taken);
            tus.patch(&id, before, &data.slice(before as usize..)).await.expect_err("broken");
            world.store.faults().mend();
            assert_eq!(tus.offset(&id).await, before + taken);
        }
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn bytes_of_a_process_that_was_killed_are_adopted(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(3 * LEAF as usize + 9);
        let id = tus.begin(whole("a", data.len() as u64)).await;
        tus.patch(&id, 0, &data.slice(..500_000)).await.expect("patch");
        let (url, store, clock) = (world.url.clone(), Arc::new(world.store.clone()), world.clock.clone());
        let sent = 1_700_000;
        // Its runtime goes in the middle of a body, and every task with it.
        let process = std::thread::spawn({
            let (actor, id, data) = (tus.actor.clone(), id.clone(), data.clone());
            move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(1)
                    .enable_all()
                    .build()
                    .expect("runtime");
                runtime.block_on(async {
                    let database = Database::connect(&url).await.expect("connect");
                    let drive = Drive::open_at(database, store, Config::default(), clock).await.expect("open");
                    let tus = Tus { drive, actor };
                    let (feed, frames) = fed();
                    tokio::spawn(async move { tus.drive.write_upload(&tus.actor, &id, at(500_000), frames).await });
                    for begin in (500_000..sent).step_by(100_000) {
                        feed.send(Ok(data.slice(begin..begin + 100_000))).await.expect("taken");
                    }
                    // A frame is only taken from the channel when the one before was written.
                    feed.send(Ok(data.slice(sent..sent + 1))).await.expect("taken");
                    feed.reserve().await.expect("taken");
                });
                runtime.shutdown_background();
            }
        });
        process.join().expect("the process");
        let offset = tus.offset(&id).await;
        assert!((1_600_000..=sent as u64 + 1).contains(&offset), "{offset}");
        assert_eq!(staged(&world), offset);
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn a_file_that_vanished_from_staging_is_sent_again(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        world.store.faults().fail(Operation::Create, 1, ErrorKind::Timeout, When::Before);
        tus.patch(&id, 0, &data).await.expect_err("timeout");
        assert_eq!(tus.offset(&id).await, 0);
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }
}

async fn newest(world: &World) -> UploadId {
    let row: (String,) = sqlx::query_as("SELECT id FROM uploads ORDER BY created_at DESC, state LIMIT 1")
        .fetch_one(&world.sql)
        .await
        .expect("an upload");
    row.0.parse().expect("an id")
}
