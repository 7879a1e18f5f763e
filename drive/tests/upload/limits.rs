//! Quota and maximum size, names and places: refused before bytes flow where that can be known.

use bytes::Bytes;
use domain::{Conflict, Field, NodeId, Reason, UploadMetadata};
use drive::{Config, Error, NewUpload};

use crate::client::{
    Tus, assert_refused, assert_tidy, at, body, data, partial, staged, whole, whole_or_fail,
};
use crate::world::{World, name, on_both_engines};

async fn with_quota(world: &World, bytes: u64) -> Tus {
    let drive = world.with(Config { default_quota: Some(bytes), ..Config::default() }).await;
    let actor =
        drive.register(crate::world::account("alice"), &drive::Client::default()).await.expect("register");
    Tus { drive, actor }
}

fn into(parent: &NodeId, new: NewUpload) -> NewUpload {
    NewUpload { metadata: UploadMetadata { parent: Some(parent.clone()), ..new.metadata.clone() }, ..new }
}

on_both_engines! {
    async fn the_quota_is_promised_at_the_beginning(world: World) {
        let tus = with_quota(&world, 1000).await;
        let id = tus.begin(whole("a", 600)).await;
        assert_refused!(tus.post(whole("b", 401)).await, Error::QuotaExceeded { available: 400 });
        let other = tus.begin(whole("b", 400)).await;
        tus.drive.cancel_upload(&tus.actor, &other).await.expect("cancel");
        tus.push_through(&id, &data(600)).await;
        assert_refused!(tus.post(whole("b", 401)).await, Error::QuotaExceeded { available: 400 });
        let id = tus.begin(whole("b", 400)).await;
        tus.push_through(&id, &data(400)).await;
        assert_tidy(&world, 2, 1000).await;
    }

    async fn without_a_length_the_quota_ends_the_body(world: World) {
        let tus = with_quota(&world, 100_000).await;
        let id = tus.begin(whole("a", None)).await;
        assert_refused!(tus.patch(&id, 0, &data(100_001)).await, Error::QuotaExceeded { available: 100_000 });
        assert_eq!(staged(&world), 0);
        let all: Bytes = data(150_000);
        let outcome = tus.drive.write_upload(&tus.actor, &id, at(0), body(&all, 30_000)).await;
        assert_refused!(outcome, Error::QuotaExceeded { .. });
        let offset = tus.offset(&id).await;
        assert!((90_000..=100_000).contains(&offset), "{offset}");
        tus.drive.cancel_upload(&tus.actor, &id).await.expect("cancel");
        assert_tidy(&world, 0, 0).await;
    }

    async fn the_maximum_size_holds_with_and_without_a_length(world: World) {
        let drive = world.with(Config { max_file_size: 50_000, ..Config::default() }).await;
        let tus = Tus::new(&world, "alice").await.on(&drive);
        assert_refused!(tus.post(whole("a", 50_001)).await, Error::TooLarge { limit: 50_000 });
        for (length, offset) in [(1, 50_000), (1, u64::MAX), (u64::MAX, 1), (0, u64::MAX)] {
            assert_refused!(tus.post(partial(length, offset)).await, Error::TooLarge { limit: 50_000 });
        }
        let id = tus.begin(whole("a", None)).await;
        assert_refused!(tus.patch(&id, 0, &data(50_001)).await, Error::TooLarge { limit: 50_000 });
        let outcome = tus.drive.write_upload(&tus.actor, &id, at(0), body(&data(60_000), 7000)).await;
        assert_refused!(outcome, Error::TooLarge { limit: 50_000 });
        assert_eq!(tus.offset(&id).await, 50_000);
        let told = drive::Write { length: Some(50_001), ..at(50_000) };
        let outcome = tus.drive.write_upload(&tus.actor, &id, told, body(&data(0), 1)).await;
        assert_refused!(outcome, Error::TooLarge { limit: 50_000 });
    }

    async fn a_quota_that_is_lowered_meanwhile_holds_when_the_file_is_published(world: World) {
        let tus = with_quota(&world, 1000).await;
        let id = tus.begin(whole("a", 600)).await;
        tus.patch(&id, 0, &data(400)).await.expect("patch");
        sqlx::query("UPDATE users SET quota = 599").execute(&world.sql).await.expect("lowered");
        assert_refused!(tus.patch(&id, 400, &data(600).slice(400..)).await, Error::QuotaExceeded { .. });
        let status = tus.head(&id).await.expect("head");
        assert_eq!((status.offset, status.node), (600, None));
        assert_eq!(world.number("SELECT CAST(SUM(used) AS BIGINT) FROM users").await, 0);
        sqlx::query("UPDATE users SET quota = 600").execute(&world.sql).await.expect("raised");
        let node = tus.patch(&id, 600, &data(0)).await.expect("patch").node.expect("node");
        tus.assert_file(&node, &data(600)).await;
        assert_tidy(&world, 1, 600).await;
    }

    async fn a_maximum_size_that_is_lowered_meanwhile_holds_when_the_file_is_published(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let strict = tus.on(&world.with(Config { max_file_size: 599, ..Config::default() }).await);
        let id = tus.begin(whole("a", 600)).await;
        assert_refused!(strict.patch(&id, 0, &data(600)).await, Error::TooLarge { limit: 599 });
        assert_eq!(strict.offset(&id).await, 600);
        let node = tus.push_through(&id, &data(600)).await;
        tus.assert_file(&node, &data(600)).await;
        assert_tidy(&world, 1, 600).await;
    }

    async fn names_and_places_are_checked_at_the_beginning(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let other = Tus::new(&world, "robert").await;
        tus.push_through(&tus.begin(whole("a", 5)).await, &data(5)).await;
        assert_refused!(tus.post(whole_or_fail("a", 5)).await, Error::NameTaken);
        assert_refused!(tus.post(whole_or_fail("A", 5)).await, Error::NameTaken);
        let unknown = Error::invalid(Field::Parent, Reason::Unknown).to_string();
        let theirs = tus.post(into(&other.actor.root, whole("b", 5))).await.expect_err("not ours");
        assert_eq!(theirs.to_string(), unknown);
        let mut nameless = whole("a", 5);
        nameless.metadata.name = None;
        assert_refused!(tus.post(nameless).await, Error::Invalid { field: Field::Name, reason: Reason::Empty });
    }

    async fn a_taken_name_is_numbered_or_replaced(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let first = tus.push_through(&tus.begin(whole("a.txt", 5)).await, &data(5)).await;
        let second = tus.push_through(&tus.begin(whole("a.txt", 6)).await, &data(6)).await;
        assert_ne!(tus.node(&second).await.name, "a.txt");
        let mut new = whole("a.txt", 7);
        new.metadata.conflict = Conflict::Replace;
        let third = tus.push_through(&tus.begin(new).await, &data(7)).await;
        assert_eq!(third, first);
        tus.assert_file(&third, &data(7)).await;
        assert_tidy(&world, 3, 5 + 6 + 7).await;
    }

    async fn a_folder_that_goes_away_meanwhile_is_replaced_by_the_root(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let folder = tus.drive.create_folder(&tus.actor, &tus.actor.root, &name("f"), Conflict::Fail).await;
        let folder = folder.expect("folder").id;
        let id = tus.begin(into(&folder, whole("a", 10))).await;
        tus.drive.trash(&tus.actor, &folder).await.expect("trash");
        let node = tus.push_through(&id, &data(10)).await;
        assert_eq!(tus.node(&node).await.parent, Some(tus.actor.root.clone()));
    }

    async fn a_name_that_is_taken_meanwhile_keeps_the_bytes_until_it_is_free(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole_or_fail("a", 1000)).await;
        tus.patch(&id, 0, &data(400)).await.expect("patch");
        let rival = tus.push_through(&tus.begin(whole("a", 5)).await, &data(5)).await;
        assert_refused!(tus.patch(&id, 400, &data(1000).slice(400..)).await, Error::NameTaken);
        let status = tus.head(&id).await.expect("head");
        assert_eq!((status.offset, status.node), (1000, None));
        world.drive.sweep_once().await;
        assert_refused!(tus.patch(&id, 1000, &data(0)).await, Error::NameTaken);
        tus.drive.trash(&tus.actor, &rival).await.expect("trash");
        let node = tus.patch(&id, 1000, &data(0)).await.expect("patch").node.expect("node");
        tus.assert_file(&node, &data(1000)).await;
        assert_tidy(&world, 2, 1005).await;
    }
}
