//! Two clients, two instances, one upload.

use drive::{Config, Error};
use storage::{ErrorKind, Operation};

use crate::client::{Tus, assert_refused, assert_tidy, at, data, fed, whole};
use crate::world::{World, on_both_engines};

/// Bytes of the file that two clients write to.
const LENGTH: usize = 100_000;

/// Two clients write to one upload, on one instance or on two: the newer one stops the older one and completes the file.
pub(crate) async fn the_newer_stops_the_older(older: &Tus, newer: &Tus) {
    let data = data(LENGTH);
    let id = older.begin(whole("a", LENGTH as u64)).await;
    let (feed, frames) = fed();
    let writing = tokio::spawn({
        let (older, id) = (older.clone(), id.clone());
        async move { older.drive.write_upload(&older.actor, &id, at(0), frames).await }
    });
    // There is room for one: the third is let in when the second was taken, and that is when the first one was written.
    // Before that the store has no file yet, and the newer request would find nothing.
    for begin in [0, 10_000, 20_000] {
        feed.send(Ok(data.slice(begin..begin + 10_000))).await.expect("taken");
    }
    // Its sender stays: only the newer request can end it.
    let offset = newer.offset(&id).await;
    assert!((10_000..=30_000).contains(&offset), "{offset}");
    assert_refused!(writing.await.expect("task"), Error::Busy);
    assert!(feed.send(Ok(data.slice(..1))).await.is_err(), "the body was let go");
    let node = newer.push_through(&id, &data).await;
    newer.assert_file(&node, &data).await;
}

on_both_engines! {
    async fn the_newer_request_stops_the_older_one(world: World) {
        let tus = Tus::new(&world, "alice").await;
        the_newer_stops_the_older(&tus, &tus).await;
        assert_tidy(&world, 1, LENGTH).await;
    }

    async fn many_requests_at_once_spoil_nothing(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(300_000);
        let id = tus.begin(whole("a", 300_000)).await;
        let clients = (1..=6).map(|step| {
            let (tus, id, data) = (tus.clone(), id.clone(), data.clone());
            tokio::spawn(async move {
                for _ in 0..10 {
                    let Ok(status) = tus.head(&id).await else { continue };
                    let offset = status.offset as usize;
                    let end = data.len().min(offset + step * 3000);
                    tus.patch(&id, status.offset, &data.slice(offset..end)).await.ok();
                }
            })
        });
        for client in futures::future::join_all(clients).await {
            client.expect("task");
        }
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn another_instance_takes_over_from_one_that_lives(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let there = tus.on(&world.with(Config::default()).await);
        the_newer_stops_the_older(&tus, &there).await;
        assert_tidy(&world, 1, LENGTH).await;
    }

    async fn a_writer_that_hangs_in_the_store_makes_others_wait_not_err(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let there = tus.on(&world.with(Config::default()).await);
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        let mut held = world.store.faults().hold(Operation::Finish);
        let hanging = tokio::spawn({
            let (tus, id, data) = (tus.clone(), id.clone(), data.slice(..10_000));
            async move { tus.patch(&id, 0, &data).await }
        });
        held.reached().await;
        // The store says that somebody writes; nothing may be decided about the file.
        assert_refused!(there.head(&id).await, Error::Busy);
        held.release();
        // The former holder is out: what it closed is adopted by the next.
        assert_refused!(hanging.await.expect("task"), Error::Busy);
        let node = there.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn the_store_is_away_and_comes_back(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        tus.patch(&id, 0, &data.slice(..30_000)).await.expect("patch");
        for kind in [ErrorKind::Unavailable, ErrorKind::SafeMode] {
            world.store.faults().outage(kind);
            let error = tus.patch(&id, 30_000, &data.slice(30_000..)).await.expect_err("an outage");
            assert!(matches!(&error, Error::Store(cause) if cause.kind() == kind), "{error:?}");
            assert!(error.to_app_error().retry_after().is_some());
            world.store.faults().mend();
            assert_eq!(tus.offset(&id).await, 30_000);
        }
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }
}
