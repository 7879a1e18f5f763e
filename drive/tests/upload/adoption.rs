//! What a writer leaves that died or failed: acknowledged bytes stay, and nobody adds to what was adopted.

use std::time::Duration;

use drive::{Config, Error};
use storage::{BlobStore as _, ErrorKind, Operation, When};

use crate::client::{Tus, assert_refused, assert_tidy, data, staged, whole};
use crate::world::{World, on_both_engines};

on_both_engines! {
    async fn an_append_that_is_carried_out_late_finds_nothing(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let there = tus.on(&world.with(Config::default()).await);
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        tus.patch(&id, 0, &data.slice(..30_000)).await.expect("patch");
        let mut append = world.store.faults().hold(Operation::Append);
        let stalled = tokio::spawn({
            let (tus, id, data) = (tus.clone(), id.clone(), data.slice(30_000..60_000));
            async move { tus.patch(&id, 30_000, &data).await }
        });
        append.reached().await;
        world.wait(Duration::from_secs(60));
        assert_eq!(there.offset(&id).await, 30_000);
        append.release();
        stalled.await.expect("task").expect_err("out of time");
        assert_eq!(there.offset(&id).await, 30_000);
        let node = there.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn acknowledged_bytes_that_the_store_does_not_find_are_not_given_up(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        tus.patch(&id, 0, &data.slice(..30_000)).await.expect("patch");
        let faults = world.store.faults();
        faults.fail(Operation::Append, 1, ErrorKind::Timeout, When::Before);
        faults.fail(Operation::Seal, 2, ErrorKind::NotFound, When::Before);
        tus.patch(&id, 30_000, &data.slice(30_000..)).await.expect_err("an outage");
        let error = tus.head(&id).await.expect_err("the bytes are not there");
        assert!(matches!(&error, Error::Store(cause) if cause.kind() == ErrorKind::Corrupt), "{error:?}");
        assert_eq!(staged(&world), 30_000);
        assert_eq!(tus.offset(&id).await, 30_000);
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn fewer_bytes_than_were_acknowledged_are_a_fault(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        tus.patch(&id, 0, &data.slice(..30_000)).await.expect("patch");
        world.store.faults().fail(Operation::Append, 1, ErrorKind::Timeout, When::Before);
        world.store.faults().fail(Operation::Seal, 1, ErrorKind::Timeout, When::Before);
        tus.patch(&id, 30_000, &data.slice(30_000..)).await.expect_err("an outage");
        let (place, _) = world.store.files().pop().expect("the segment");
        world.store.delete(&place).await.expect("delete");
        world.store.create(&place).await.expect("create").finish().await.expect("an empty file");
        let error = tus.head(&id).await.expect_err("the bytes are not there");
        assert!(matches!(&error, Error::Store(cause) if cause.kind() == ErrorKind::Corrupt), "{error:?}");
        tus.drive.cancel_upload(&tus.actor, &id).await.expect("cancel");
        assert_tidy(&world, 0, 0).await;
    }

    async fn bytes_of_somebody_else_are_never_adopted(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        tus.patch(&id, 0, &data.slice(..30_000)).await.expect("patch");
        let (place, length) = world.store.files().pop().expect("the segment");
        let mut stranger = world.store.append(&place, length).await.expect("append");
        stranger.write(data.slice(..5)).await.expect("write");
        stranger.finish().await.expect("finish");
        let error = tus.patch(&id, 30_000, &data.slice(30_000..)).await.expect_err("another length");
        assert!(matches!(&error, Error::Store(cause) if cause.kind() == ErrorKind::Corrupt), "{error:?}");
        assert_eq!(tus.offset(&id).await, 30_000, "what was acknowledged, and no more");
    }

    async fn an_adoption_that_was_interrupted_is_repeated_or_cancelled(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        for cancelled in [true, false] {
            let id = tus.begin(whole("a", 100_000)).await;
            world.store.faults().fail(Operation::Finish, 1, ErrorKind::Timeout, When::Before);
            // Under its new name, and nobody was told how long it is.
            world.store.faults().fail(Operation::Seal, 2, ErrorKind::Timeout, When::Before);
            tus.patch(&id, 0, &data.slice(..60_000)).await.expect_err("an outage");
            assert_refused!(tus.head(&id).await, Error::Store(_));
            if cancelled {
                tus.drive.cancel_upload(&tus.actor, &id).await.expect("cancel");
                assert_tidy(&world, 0, 0).await;
            } else {
                assert_eq!(tus.offset(&id).await, 60_000);
                let node = tus.push_through(&id, &data).await;
                tus.assert_file(&node, &data).await;
                assert_tidy(&world, 1, data.len()).await;
            }
        }
    }
}
