//! Bodies as they should be, and as they are: late, short, long, broken, elsewhere.

use domain::UploadKind;
use drive::{Config, Drive, Error, Write};
use std::sync::Arc;
use storage::Operation;

use crate::client::{
    Tus, assert_refused, assert_tidy, at, body, broken, data, fed, is_length, staged, whole,
};
use crate::world::{World, on_both_engines};

on_both_engines! {
    async fn a_file_in_three_requests(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(3_500_000);
        let id = tus.begin(whole("a.bin", 3_500_000)).await;
        assert_eq!(tus.offset(&id).await, 0);
        for (from, to) in [(0, 1_000_000), (1_000_000, 1_000_001)] {
            let status = tus.patch(&id, from, &data.slice(from as usize..to as usize)).await.expect("patch");
            assert_eq!((status.offset, status.length, status.node), (to, Some(3_500_000), None));
            assert_eq!(tus.offset(&id).await, to);
        }
        let last = tus.patch(&id, 1_000_001, &data.slice(1_000_001..)).await.expect("patch");
        assert_eq!((last.offset, last.expires), (3_500_000, None));
        let node = last.node.clone().expect("node");
        tus.assert_file(&node, &data).await;
        assert_eq!(tus.node(&node).await.name, "a.bin");
        assert_tidy(&world, 1, data.len()).await;

        // The last answer may be lost: asking again tells it again.
        assert_eq!(tus.head(&id).await.expect("head"), last);
        assert_eq!(tus.patch(&id, 3_500_000, &data.slice(..0)).await.expect("nothing more"), last);
        assert_refused!(tus.patch(&id, 0, &data).await, Error::OffsetMismatch { offset: 3_500_000 });
        let more = tus.patch(&id, 3_500_000, &data).await.expect_err("too much");
        assert!(is_length(&more), "{more:?}");
        assert_eq!(last.kind, UploadKind::Whole);
        assert_eq!(last.raw_metadata, "filename a.bin");
    }

    async fn an_empty_file_is_there_at_once(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let status = tus.post(whole("empty", 0)).await.expect("begin");
        assert_eq!((status.offset, status.length), (0, Some(0)));
        tus.assert_file(&status.node.expect("node"), b"").await;
        assert_tidy(&world, 1, 0).await;
    }

    async fn a_length_that_is_told_late(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(200_000);
        let id = tus.begin(whole("a", None)).await;
        let status = tus.patch(&id, 0, &data.slice(..150_000)).await.expect("patch");
        assert_eq!((status.offset, status.length, status.node), (150_000, None, None));

        let shorter = Write { length: Some(149_999), ..at(150_000) };
        let error = tus.drive.write_upload(&tus.actor, &id, shorter, body(&data.slice(..0), 1)).await;
        assert!(is_length(&error.expect_err("shorter than what is there")));

        // What is refused tells nothing: the length is still open.
        let more = Write { length: Some(190_000), content_length: Some(50_000), ..at(150_000) };
        let error = tus.drive.write_upload(&tus.actor, &id, more, body(&data.slice(150_000..), 999)).await;
        assert!(is_length(&error.expect_err("longer than it says")));

        let told = Write { length: Some(200_000), ..at(150_000) };
        let done = tus.drive.write_upload(&tus.actor, &id, told, body(&data.slice(150_000..), 999)).await;
        tus.assert_file(&done.expect("patch").node.expect("node"), &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn a_length_that_is_told_with_nothing_more(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(1000);
        let id = tus.begin(whole("a", None)).await;
        tus.patch(&id, 0, &data).await.expect("patch");
        let told = Write { length: Some(1000), ..at(1000) };
        let done = tus.drive.write_upload(&tus.actor, &id, told, body(&data.slice(..0), 1)).await.expect("patch");
        tus.assert_file(&done.node.expect("node"), &data).await;
    }

    async fn a_length_that_is_told_twice_differently(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let told = Write { length: Some(999), ..at(0) };
        let error = tus.drive.write_upload(&tus.actor, &id, told, body(&data(999), 100)).await;
        assert!(is_length(&error.expect_err("a contradiction")));
        assert_eq!(tus.offset(&id).await, 0);
    }

    async fn a_wrong_offset_is_told_the_right_one(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(1000);
        let id = tus.begin(whole("a", 1000)).await;
        tus.patch(&id, 0, &data.slice(..300)).await.expect("patch");
        for wrong in [0, 299, 301, 1000, u64::MAX] {
            assert_refused!(tus.patch(&id, wrong, &data.slice(..10)).await, Error::OffsetMismatch { offset: 300 });
        }
        assert_eq!(tus.offset(&id).await, 300);
    }

    async fn a_body_that_says_it_is_too_long_is_refused_before_it_flows(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let error = tus.patch(&id, 0, &data(1001)).await.expect_err("too long");
        assert!(is_length(&error));
        assert_eq!((tus.offset(&id).await, staged(&world)), (0, 0));
        assert_eq!(world.store.faults().calls(Operation::Create), 0);
    }

    async fn of_a_body_that_is_too_long_what_fits_is_kept(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(90_000);
        let id = tus.begin(whole("a", 80_000)).await;
        let error = tus.drive.write_upload(&tus.actor, &id, at(0), body(&data, 7000)).await;
        assert!(is_length(&error.expect_err("too long")));
        // All of the file is there; asking publishes it.
        let status = tus.head(&id).await.expect("head");
        assert_eq!(status.offset, 80_000);
        tus.assert_file(&status.node.expect("node"), &data[..80_000]).await;
        assert_tidy(&world, 1, 80_000).await;
    }

    async fn of_a_body_longer_or_shorter_than_announced_what_fits_is_kept(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(80_000);
        let id = tus.begin(whole("a", 80_000)).await;
        let announced = |offset| Write { content_length: Some(20_000), ..at(offset) };
        let longer = tus.drive.write_upload(&tus.actor, &id, announced(0), body(&data, 7000)).await;
        assert!(is_length(&longer.expect_err("longer")));
        assert_eq!(tus.offset(&id).await, 20_000);
        let shorter = body(&data.slice(20_000..30_000), 7000);
        let shorter = tus.drive.write_upload(&tus.actor, &id, announced(20_000), shorter).await;
        assert_refused!(shorter, Error::Interrupted);
        assert_eq!(tus.offset(&id).await, 30_000);
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
    }

    async fn an_empty_body_changes_nothing(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let status = tus.patch(&id, 0, &data(0)).await.expect("patch");
        assert_eq!((status.offset, status.node), (0, None));
        assert_eq!(world.number("SELECT COUNT(*) FROM segments").await, 0);
    }

    async fn what_arrived_of_a_broken_body_is_kept(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        let outcome = tus.drive.write_upload(&tus.actor, &id, at(0), broken(&data.slice(..34_567))).await;
        assert_refused!(outcome, Error::Interrupted);
        assert_eq!(tus.offset(&id).await, 34_567);
        let node = tus.push_through(&id, &data).await;
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
    }

    async fn a_handler_that_is_dropped_does_not_take_the_bytes_with_it(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let data = data(100_000);
        let id = tus.begin(whole("a", 100_000)).await;
        let (feed, frames) = fed();
        let handler = tokio::spawn({
            let (tus, id) = (tus.clone(), id.clone());
            async move { tus.drive.write_upload(&tus.actor, &id, at(0), frames).await }
        });
        feed.send(Ok(data.slice(..60_000))).await.expect("taken");
        feed.send(Ok(data.slice(60_000..61_000))).await.expect("taken");
        handler.abort();
        assert!(handler.await.expect_err("aborted").is_cancelled());
        feed.send(Ok(data.slice(61_000..62_000))).await.expect("the task lives on");
        // There is room for one frame: when there is room again, the last one was taken.
        drop(feed.reserve().await.expect("taken"));
        assert_eq!(tus.offset(&id).await, 62_000);
    }

    async fn segments_are_as_large_as_the_store_likes_them(world: World) {
        let store = world.store.clone().with_segment_limit(100_000);
        let drive =
            Drive::open_at(world.database.clone(), Arc::new(store), Config::default(), world.clock.clone());
        let drive = drive.await.expect("open");
        let tus = Tus::new(&world, "alice").await.on(&drive);
        let data = data(450_000);
        let id = tus.begin(whole("a", 450_000)).await;
        for (from, to) in [(0, 30_000), (30_000, 90_000), (90_000, 320_000), (320_000, 449_999)] {
            tus.patch(&id, from, &data.slice(from as usize..to as usize)).await.expect("patch");
        }
        let lengths: Vec<u64> = world.store.files().into_iter().map(|(_, length)| length).collect();
        assert_eq!(lengths, [100_000, 100_000, 100_000, 100_000, 49_999]);
        let node = tus.patch(&id, 449_999, &data.slice(449_999..)).await.expect("patch").node.expect("node");
        tus.assert_file(&node, &data).await;
        assert_tidy(&world, 1, data.len()).await;
        assert_eq!(world.store.faults().calls(Operation::Concat), 1);
    }

    async fn unfinished_uploads_are_listed_newest_first(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let other = Tus::new(&world, "robert").await;
        let first = tus.begin(whole("first", 1000)).await;
        world.wait(std::time::Duration::from_secs(1));
        let second = tus.begin(whole("second", 1000)).await;
        let done = tus.begin(whole("done", 10)).await;
        tus.patch(&done, 0, &data(10)).await.expect("patch");
        tus.patch(&first, 0, &data(300)).await.expect("patch");
        let list = tus.drive.unfinished_uploads(&tus.actor).await.expect("list");
        let seen: Vec<_> = list.iter().map(|view| (view.id.clone(), view.offset)).collect();
        assert_eq!(seen, [(second, 0), (first, 300)]);
        assert_eq!(list[1].name.as_ref().expect("name").as_str(), "first");
        assert!(other.drive.unfinished_uploads(&other.actor).await.expect("list").is_empty());
    }

    async fn what_is_somebody_elses_is_not_there(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let other = Tus::new(&world, "robert").await;
        let id = tus.begin(whole("a", 100_000)).await;
        let (feed, frames) = fed();
        let writing = tokio::spawn({
            let (tus, id) = (tus.clone(), id.clone());
            async move { tus.drive.write_upload(&tus.actor, &id, at(0), frames).await }
        });
        feed.send(Ok(data(1000))).await.expect("taken");
        assert_refused!(other.head(&id).await, Error::NotFound);
        assert_refused!(other.patch(&id, 0, &data(10)).await, Error::NotFound);
        assert_refused!(other.drive.cancel_upload(&other.actor, &id).await, Error::NotFound);
        // And the one it belongs to was not disturbed.
        feed.send(Ok(data(1000))).await.expect("taken");
        drop(feed);
        assert_eq!(writing.await.expect("task").expect("patch").offset, 2000);
    }
}
