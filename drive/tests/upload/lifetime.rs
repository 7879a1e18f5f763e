//! Cancelling, expiring, and what is left behind.

use std::time::Duration;

use bytes::Bytes;
use drive::{Config, Error, Step};
use storage::{BlobStore, ErrorKind, Operation, StorePath, When};

use crate::client::{Tus, assert_refused, assert_tidy, at, body, data, fed, made_of, partial, staged, whole};
use crate::world::{World, on_both_engines};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn put(world: &World, path: &str, bytes: &Bytes) -> StorePath {
    let path = StorePath::parse(path).expect("path");
    let mut writer = world.store.create(&path).await.expect("create");
    writer.write(bytes.clone()).await.expect("write");
    writer.finish().await.expect("finish");
    path
}

on_both_engines! {
    async fn cancelling_while_it_is_written(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 100_000)).await;
        let (feed, frames) = fed();
        let writing = tokio::spawn({
            let (tus, id) = (tus.clone(), id.clone());
            async move { tus.drive.write_upload(&tus.actor, &id, at(0), frames).await }
        });
        feed.send(Ok(data(10_000))).await.expect("taken");
        feed.send(Ok(data(10_000))).await.expect("taken");
        tus.drive.cancel_upload(&tus.actor, &id).await.expect("cancel");
        assert_refused!(writing.await.expect("task"), Error::Busy);
        assert_refused!(tus.head(&id).await, Error::Gone);
        assert_refused!(tus.patch(&id, 0, &data(1)).await, Error::Gone);
        assert_refused!(tus.drive.cancel_upload(&tus.actor, &id).await, Error::Gone);
        assert!(tus.drive.unfinished_uploads(&tus.actor).await.expect("list").is_empty());
        assert_tidy(&world, 0, 0).await;
        world.wait(2 * DAY);
        world.drive.sweep_once().await;
        assert_refused!(tus.head(&id).await, Error::NotFound);
    }

    async fn a_done_upload_is_forgotten_when_it_is_given_up_or_in_time(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let parts = [tus.begin(partial(10, 0)).await];
        tus.patch(&parts[0], 0, &data(10)).await.expect("patch");
        let given_up = tus.post(made_of("a", &parts)).await.expect("final");
        tus.drive.cancel_upload(&tus.actor, &given_up.id).await.expect("cancel");
        assert_refused!(tus.head(&given_up.id).await, Error::NotFound);
        assert_refused!(tus.head(&parts[0]).await, Error::NotFound);
        let parts = [tus.begin(partial(10, 0)).await];
        tus.patch(&parts[0], 0, &data(10)).await.expect("patch");
        let status = tus.post(made_of("b", &parts)).await.expect("final");
        world.wait(2 * DAY);
        world.drive.sweep_once().await;
        assert_refused!(tus.head(&status.id).await, Error::NotFound);
        assert_refused!(tus.head(&parts[0]).await, Error::NotFound);
        assert_eq!(world.number("SELECT COUNT(*) FROM uploads").await, 0);
        for done in [given_up, status] {
            tus.assert_file(&done.node.expect("node"), &data(10)).await;
        }
    }

    async fn bytes_that_cannot_be_removed_now_are_removed_later(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        tus.patch(&id, 0, &data(500)).await.expect("patch");
        world.store.faults().fail(Operation::Delete, 1, ErrorKind::SafeMode, When::Before);
        tus.drive.cancel_upload(&tus.actor, &id).await.expect("cancel");
        assert_eq!(staged(&world), 500);
        assert_refused!(tus.head(&id).await, Error::Gone);
        world.drive.sweep_once().await;
        assert_tidy(&world, 0, 0).await;
    }

    async fn what_nobody_continues_expires(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let part = tus.begin(partial(1000, 0)).await;
        world.wait(6 * DAY);
        tus.patch(&id, 0, &data(500)).await.expect("patch");
        tus.patch(&part, 0, &data(500)).await.expect("patch");
        let expires = tus.head(&id).await.expect("head").expires.expect("a time");
        assert_eq!(expires, world.clock.now_ms() + 7 * 24 * 60 * 60 * 1000);
        world.wait(6 * DAY);
        let other = world.with(Config::default()).await;
        tokio::join!(world.drive.sweep_once(), other.sweep_once());
        assert_eq!((tus.offset(&id).await, staged(&world)), (500, 1000));
        world.wait(DAY);
        // Over, also before anybody sweeps.
        assert_refused!(tus.head(&id).await, Error::Gone);
        assert_refused!(tus.patch(&id, 500, &data(500)).await, Error::Gone);
        tokio::join!(world.drive.sweep_once(), other.sweep_once());
        assert_tidy(&world, 0, 0).await;
        assert_refused!(tus.head(&id).await, Error::Gone);
        world.wait(2 * DAY);
        world.drive.sweep_once().await;
        assert_refused!(tus.head(&id).await, Error::NotFound);
    }

    async fn what_has_all_of_its_bytes_is_published_although_its_time_is_over(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let dying = tus.on(&world.with(Config::default()).await);
        dying.drive.stop_publishing_after(Some(Step::Verified));
        dying.patch(&id, 0, &data(1000)).await.expect_err("stopped");
        world.wait(8 * DAY);
        world.store.faults().outage(ErrorKind::Unavailable);
        world.drive.sweep_once().await;
        world.store.faults().mend();
        world.drive.sweep_once().await;
        let node = tus.head(&id).await.expect("head").node.expect("node");
        tus.assert_file(&node, &data(1000)).await;
        assert_tidy(&world, 1, 1000).await;
    }

    async fn what_nobody_said_is_complete_is_published_when_its_time_is_over(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let half = tus.begin(whole("b", 1000)).await;
        tus.patch(&half, 0, &data(999)).await.expect("patch");
        // All bytes of it, and more: refused, so that nobody publishes it.
        tus.drive.write_upload(&tus.actor, &id, at(0), body(&data(1001), 100)).await.expect_err("too many");
        assert_eq!(world.number("SELECT COUNT(*) FROM uploads WHERE state = 'uploading'").await, 2);
        world.wait(8 * DAY);
        world.drive.sweep_once().await;
        let node = tus.head(&id).await.expect("head").node.expect("node");
        tus.assert_file(&node, &data(1000)).await;
        assert_refused!(tus.head(&half).await, Error::Gone | Error::NotFound);
        assert_tidy(&world, 1, 1000).await;
    }

    async fn the_parts_of_a_file_live_as_long_as_the_one_that_is_written(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let of_group = |group: &str, length, offset| {
            let mut new = partial(length, offset);
            new.metadata.group = Some(group.to_owned());
            new
        };
        let slow = [tus.begin(of_group("slow", 1000, 0)).await, tus.begin(of_group("slow", 1000, 1000)).await];
        let other = tus.begin(of_group("other", 1000, 0)).await;
        let all = data(2000);
        tus.patch(&slow[0], 0, &all.slice(..1000)).await.expect("patch");
        for day in 0..8 {
            let begin = 1000 + day * 100;
            tus.patch(&slow[1], begin as u64 - 1000, &all.slice(begin..begin + 100)).await.expect("patch");
            world.wait(DAY);
            world.drive.sweep_once().await;
        }
        assert_refused!(tus.head(&other).await, Error::Gone | Error::NotFound);
        tus.patch(&slow[1], 800, &all.slice(1800..)).await.expect("patch");
        let status = tus.post(made_of("a", &slow)).await.expect("final");
        tus.assert_file(&status.node.expect("node"), &all).await;
    }

    async fn a_row_that_cannot_be_read_keeps_nobody_waiting(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let odd = tus.begin(whole("odd", 1000)).await;
        sqlx::query("UPDATE uploads SET parsed = 'noise' WHERE id = $1").bind(odd.as_str()).execute(&world.sql).await.expect("noise");
        let id = tus.begin(whole("a", 1000)).await;
        tus.patch(&id, 0, &data(500)).await.expect("patch");
        world.wait(8 * DAY);
        world.drive.sweep_once().await;
        assert_eq!(staged(&world), 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM uploads WHERE state = 'gone'").await, 1);
    }

    async fn publishes_that_are_stuck_do_not_keep_others_from_being_completed(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let dying = tus.on(&world.with(Config::default()).await);
        dying.drive.stop_publishing_after(Some(Step::Sealed));
        for _ in 0..2 {
            let id = tus.begin(whole("a", 1000)).await;
            dying.patch(&id, 0, &data(1000)).await.expect_err("stopped");
            world.wait(Duration::from_secs(60));
        }
        world.store.faults().fail(Operation::Rename, 1, ErrorKind::Unavailable, When::Before);
        world.drive.sweep_once().await;
        // The first has failed, and is behind those that come after it.
        world.wait(Duration::from_secs(1));
        let stuck = "SELECT COUNT(*) FROM uploads WHERE state = 'rename' AND updated_at < ";
        assert_eq!(world.number("SELECT COUNT(*) FROM uploads WHERE state = 'done'").await, 1);
        let behind = sqlx::AssertSqlSafe(format!("{stuck}{}", world.clock.now_ms() - 60_000));
        let row = sqlx::query(behind).fetch_one(&world.sql).await.expect("row");
        assert_eq!(sqlx::Row::try_get::<i64, _>(&row, 0).expect("number"), 0);
        world.drive.sweep_once().await;
        assert_tidy(&world, 2, 2000).await;
    }

    async fn orphans_in_staging_go_and_what_lives_stays(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        tus.patch(&id, 0, &data(500)).await.expect("patch");
        let user = &tus.actor.user;
        let nobody = domain::UploadId::from_random([3; 16]);
        let orphan = put(&world, &format!("staging/{user}/{nobody}-00000"), &data(7)).await;
        let whole = put(&world, &format!("staging/{user}/{nobody}.whole"), &data(7)).await;
        let foreign = put(&world, &format!("staging/{user}/README.txt"), &data(7)).await;
        // A file of an upload that lives, whatever it is.
        let odd = put(&world, &format!("staging/{user}/{id}-00009"), &data(7)).await;
        let there = |path: &StorePath| world.store.files().iter().any(|(file, _)| file == path);
        world.drive.sweep_once().await;
        assert!(there(&orphan), "too young");
        world.wait(2 * DAY);
        let other = world.with(Config::default()).await;
        tokio::join!(world.drive.sweep_once(), other.sweep_once());
        assert!(!there(&orphan) && !there(&whole));
        assert!(there(&foreign) && there(&odd));
        let node = tus.push_through(&id, &data(1000)).await;
        tus.assert_file(&node, &data(1000)).await;
    }

    async fn a_directory_that_errs_keeps_no_other_waiting(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let nobody = domain::UploadId::from_random([3; 16]);
        for directory in ["0000", tus.actor.user.as_str(), "zzzz"] {
            put(&world, &format!("staging/{directory}/{nobody}-00000"), &data(7)).await;
        }
        world.wait(2 * DAY);
        // The first deletion is of the first directory.
        world.store.faults().fail(Operation::Delete, 1, ErrorKind::Denied, When::Before);
        world.drive.sweep_once().await;
        let left: Vec<_> = world.store.files().into_iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(left, [format!("staging/0000/{nobody}-00000")]);
    }

    async fn what_is_left_of_a_trial_of_the_store_goes_and_blobs_stay(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let probe = put(&world, "staging/probe-0123456789abcdef", &data(7)).await;
        // No row names it, but it may be another database that is wrong.
        let stray = domain::BlobId::from_random([3; 16]);
        let stray = put(&world, &format!("blobs/aa/{stray}"), &data(7)).await;
        let there = |path: &StorePath| world.store.files().iter().any(|(file, _)| file == path);
        tus.drive.sweep_once().await;
        assert!(there(&probe), "too young");
        world.wait(2 * DAY);
        tus.drive.sweep_once().await;
        assert!(!there(&probe) && there(&stray));
    }

    async fn sweeping_disturbs_nobody_who_writes(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let other = world.with(Config::default()).await;
        let id = tus.begin(whole("a", 20_000)).await;
        let (feed, frames) = fed();
        let writing = tokio::spawn({
            let (tus, id) = (tus.clone(), id.clone());
            async move { tus.drive.write_upload(&tus.actor, &id, at(0), frames).await }
        });
        feed.send(Ok(data(20_000).slice(..10_000))).await.expect("taken");
        world.drive.sweep_once().await;
        other.sweep_once().await;
        feed.send(Ok(data(20_000).slice(10_000..))).await.expect("taken");
        drop(feed);
        let node = writing.await.expect("task").expect("patch").node.expect("node");
        tus.assert_file(&node, &data(20_000)).await;
    }
}
