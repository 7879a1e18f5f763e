use domain::{Field, Reason};
use drive::{Config, ListOptions};

use super::*;
use crate::world::on_both_engines;

async fn names(world: &World, actor: &Actor, parent: &NodeId) -> Vec<String> {
    let page = world.drive.children(actor, parent, &ListOptions::default()).await.expect("children");
    page.items.into_iter().map(|node| node.name).collect()
}

async fn used(world: &World, actor: &Actor) -> u64 {
    world.drive.profile(actor).await.expect("profile").used
}

/// Every blob is referenced as often as nodes and versions point at it.
async fn assert_references(world: &World) {
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM blobs b WHERE b.refs <> (SELECT COUNT(*) FROM nodes n WHERE n.blob_id = b.id) \
             + (SELECT COUNT(*) FROM versions v WHERE v.blob_id = b.id)",
        )
        .await;
    assert_eq!(wrong, 0);
}

on_both_engines! {
    async fn a_tree_becomes_ones_own_without_a_byte_copied(world: World) {
        let (drive, owner, visitor) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let trip = folder(&world, &owner, &owner.root, "trip").await;
        let day = folder(&world, &owner, &trip.id, "day").await;
        let photo = file(drive, &owner, &day.id, "a.jpg", b"photo").await;
        file(drive, &owner, &trip.id, "b.txt", b"text").await;
        let gone = file(drive, &owner, &trip.id, "gone.txt", b"gone").await;
        drive.trash(&owner, &gone.id).await.expect("trash");
        let note = file(drive, &owner, &owner.root, "note.txt", b"note").await;
        file(drive, &owner, &owner.root, "note.txt", b"newer").await;
        let share = share(&world, &owner, public(&[&trip, &note])).await;
        let files_before = world.store.files().len();
        let saves = folder(&world, &visitor, &visitor.root, "saves").await;
        folder(&world, &visitor, &saves.id, "Trip").await;

        let saved = drive.save_shared(&visitor, &key(&share), &[], &saves.id).await.expect("save");
        assert_eq!((saved.count, saved.bytes), (5, 5 + 4 + 5));
        let roots: Vec<_> = saved.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(roots, ["trip (1)", "note.txt"]);
        assert!(saved.nodes.iter().all(|node| node.parent.as_ref() == Some(&saves.id)));
        assert_eq!(names(&world, &visitor, &saves.id).await, ["Trip", "trip (1)", "note.txt"]);
        let copy = &saved.nodes[0];
        assert_eq!(names(&world, &visitor, &copy.id).await, ["day", "b.txt"], "the trash stays behind");
        assert_eq!(world.store.files().len(), files_before);
        assert_eq!(used(&world, &visitor).await, 14);
        assert_references(&world).await;
        let counted = drive.share(&owner, &share.id).await.expect("share");
        assert_eq!(counted.downloads, 1, "who saved it has it for good");

        // The copy lives on its own.
        drive.trash(&owner, &trip.id).await.expect("trash");
        drive.purge(&owner, &trip.id).await.expect("purge");
        world.wait(std::time::Duration::from_secs(7 * 3600));
        drive.sweep_once().await;
        let inner = drive.children(&visitor, &copy.id, &ListOptions::default()).await.expect("children").items;
        let photos = drive.children(&visitor, &inner[0].id, &ListOptions::default()).await.expect("children").items;
        assert_eq!((photos[0].name.as_str(), photos[0].mime.as_deref()), ("a.jpg", photo.mime.as_deref()));
        assert_ne!(photos[0].id, photo.id);
        let content = drive.open_content(&visitor, &photos[0].id).await.expect("content");
        assert_eq!(bytes_of(&content).await, b"photo");
        assert_references(&world).await;
        assert!(matches!(drive.node(&owner, &copy.id).await, Err(Error::NotFound)));
    }

    async fn a_choice_of_it_and_into_itself(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let trip = folder(&world, &owner, &owner.root, "trip").await;
        let day = folder(&world, &owner, &trip.id, "day").await;
        let photo = file(drive, &owner, &day.id, "a.jpg", b"photo").await;
        let share = share(&world, &owner, public(&[&trip])).await;
        let chosen = [photo.id.clone(), photo.id.clone(), day.id.clone()];
        let saved = drive.save_shared(&owner, &key(&share), &chosen, &day.id).await.expect("save");
        assert_eq!(saved.count, 3);
        assert_eq!(names(&world, &owner, &day.id).await, ["day", "a (1).jpg", "a.jpg"]);
        let inner = saved.nodes.iter().find(|node| node.name == "day").expect("day");
        assert_eq!(names(&world, &owner, &inner.id).await, ["a.jpg"]);
        assert_references(&world).await;
    }

    async fn quota_and_number_are_checked_before_anything_is_written(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let small = world.with(Config { default_quota: Some(12), max_copied: 4, ..Config::default() }).await;
        let visitor = small.register(crate::world::account("wang_fang"), &Client::default()).await.expect("register");
        let trip = folder(&world, &owner, &owner.root, "trip").await;
        for text in ["a", "b", "c"] {
            file(drive, &owner, &trip.id, text, b"12345").await;
        }
        let share = share(&world, &owner, public(&[&trip])).await;
        let refused = small.save_shared(&visitor, &key(&share), &[], &visitor.root).await;
        assert!(matches!(refused, Err(Error::QuotaExceeded { available: 12 })), "{refused:?}");
        file(drive, &owner, &trip.id, "d", b"").await;
        let refused = small.save_shared(&visitor, &key(&share), &[], &visitor.root).await;
        assert!(
            matches!(refused, Err(Error::Invalid { field: Field::Limit, reason: Reason::TooLong { limit: 4 } })),
            "{refused:?}"
        );
        assert!(names(&world, &visitor, &visitor.root).await.is_empty());
        assert_eq!(used(&world, &visitor).await, 0);
        assert_eq!(drive.share(&owner, &share.id).await.expect("share").downloads, 0);
        assert_references(&world).await;
    }

    async fn only_as_often_as_it_may_be_downloaded(world: World) {
        let (drive, owner, visitor) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, NewShare { max_downloads: Some(2), ..public(&[&note]) }).await;
        let tasks = (0..6).map(|_| {
            let (drive, key, visitor) = (drive.clone(), key(&share), visitor.clone());
            tokio::spawn(async move { drive.save_shared(&visitor, &key, &[], &visitor.root).await })
        });
        let outcomes = futures::future::join_all(tasks).await;
        let saved = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(_)))).count();
        assert_eq!(saved, 2, "{outcomes:?}");
        assert_eq!(names(&world, &visitor, &visitor.root).await, ["note", "note (1)"]);
        assert_state(&world, &owner, &share, ShareState::UsedUp).await;
        assert_references(&world).await;
    }

    async fn where_it_may_be_saved(world: World) {
        let (drive, owner, visitor) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, public(&[&note])).await;
        let mine = file(drive, &visitor, &visitor.root, "mine", b"mine").await;
        let trashed = folder(&world, &visitor, &visitor.root, "trashed").await;
        drive.trash(&visitor, &trashed.id).await.expect("trash");
        for folder in [&owner.root, &trashed.id, &note.id] {
            let outcome = drive.save_shared(&visitor, &key(&share), &[], folder).await;
            assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        }
        let onto_file = drive.save_shared(&visitor, &key(&share), &[], &mine.id).await;
        assert!(matches!(onto_file, Err(Error::Invalid { field: Field::Parent, .. })), "{onto_file:?}");
        assert_eq!(drive.share(&owner, &share.id).await.expect("share").downloads, 0);
    }

    async fn more_than_one_batch(world: World) {
        let (drive, owner, visitor) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let top = folder(&world, &owner, &owner.root, "top").await;
        let one = file(drive, &owner, &top.id, "one", b"1").await;
        let blob: String = sqlx::query_scalar("SELECT blob_id FROM nodes WHERE id = $1")
            .bind(one.id.as_str())
            .fetch_one(&world.sql)
            .await
            .expect("blob");
        let mut deep = top.clone();
        for level in 0..60 {
            deep = folder(&world, &owner, &deep.id, &format!("level {level}")).await;
            for number in 0..10 {
                let id = NodeId::from_random([level, number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
                sqlx::query(
                    "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, \
                     created_at) VALUES ($1, $2, $3, 1, $4, $4, $4, $5, 1, 0, 0)",
                )
                .bind(id.as_str())
                .bind(owner.user.as_str())
                .bind(deep.id.as_str())
                .bind(format!("n{number}"))
                .bind(&blob)
                .execute(&world.sql)
                .await
                .expect("file");
            }
        }
        sqlx::query("UPDATE blobs SET refs = refs + 600").execute(&world.sql).await.expect("refs");
        let share = share(&world, &owner, public(&[&top])).await;
        let saved = drive.save_shared(&visitor, &key(&share), &[], &visitor.root).await.expect("save");
        assert_eq!((saved.count, saved.bytes), (662, 601));
        assert_eq!(used(&world, &visitor).await, 601);
        assert_references(&world).await;
        let mut place = saved.nodes[0].clone();
        for _ in 0..60 {
            place = drive.children(&visitor, &place.id, &ListOptions::default()).await.expect("children").items[0].clone();
        }
        assert_eq!(place.name, "level 59");
        assert_eq!(names(&world, &visitor, &place.id).await.len(), 10);
    }
}
