use super::*;

/// Of its type itself and in the lists of its category.
async fn only_file_is(world: &World, actor: &Actor, mime: &str) {
    for category in domain::Category::ALL {
        let query = crate::FilesQuery { category: Some(category), ..crate::FilesQuery::default() };
        let found = world.drive.files(actor, &query, 100).await.expect("files").items;
        let types: Vec<_> = found.iter().filter_map(|found| found.node.mime.as_deref()).collect();
        let expected: &[&str] = if category == domain::Category::of(mime) { &[mime] } else { &[] };
        assert_eq!(types, expected, "{category:?}");
    }
}

on_both_engines! {
    async fn a_taken_name_is_numbered_replaced_or_refused(world: World) {
        let actor = world.user("lin_wei").await;
        let first = put(&world, &actor, &actor.root, "A.txt", Conflict::Fail, 10).await.expect("first");
        assert_eq!((first.size, first.mime.as_deref()), (10, Some("text/plain")));
        // Case does not make names different.
        let second = put(&world, &actor, &actor.root, "a.TXT", Conflict::Rename, 20).await.expect("second");
        assert_eq!(second.name, "a (1).TXT");
        let refused = put(&world, &actor, &actor.root, "a.txt", Conflict::Fail, 30).await;
        assert!(matches!(refused, Err(Error::NameTaken)));
        let third = put(&world, &actor, &actor.root, "a.txt", Conflict::Replace, 40).await.expect("third");
        assert_eq!((&third.id, third.name.as_str(), third.size), (&first.id, "A.txt", 40));
        assert_eq!(used(&world, &actor).await, 10 + 20 + 40, "a version is charged");
        assert_eq!(world.number("SELECT COUNT(*) FROM versions").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = 1 AND unused_at IS NULL").await, 3);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs").await, 3, "the refused one was rolled back");

        folder(&world, &actor, &actor.root, "stuff").await;
        let onto_folder = put(&world, &actor, &actor.root, "Stuff", Conflict::Replace, 1).await;
        assert!(matches!(onto_folder, Err(Error::NameTaken)));
        let into_file = put(&world, &actor, &first.id, "x", Conflict::Rename, 1).await;
        assert!(matches!(
            into_file,
            Err(Error::Invalid { field: domain::Field::Parent, reason: domain::Reason::Unknown })
        ));
    }

    async fn a_media_type_follows_the_name_and_nothing_else(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        let place = folder(&world, &actor, &actor.root, "place").await;
        let claimed = Some("image/jpeg");
        let photo = put_claimed(&world, &actor, &actor.root, "photo", Conflict::Fail, 5, claimed).await.expect("file");
        only_file_is(&world, &actor, "image/jpeg").await;
        drive.move_to(&actor, &photo.id, &place.id).await.expect("move");
        only_file_is(&world, &actor, "image/jpeg").await;
        drive.trash(&actor, &photo.id).await.expect("trash");
        drive.restore(&actor, &photo.id).await.expect("restore");
        only_file_is(&world, &actor, "image/jpeg").await;
        // These names tell no type, so that it stays what it is.
        for text in ["Photo", "holiday", "holiday.bin"] {
            drive.rename(&actor, &photo.id, &name(text)).await.expect(text);
            only_file_is(&world, &actor, "image/jpeg").await;
        }
        for (text, mime) in [("x.pdf", "application/pdf"), ("x.png", "image/png")] {
            drive.rename(&actor, &photo.id, &name(text)).await.expect(text);
            only_file_is(&world, &actor, mime).await;
        }
        assert_eq!(drive.rename(&actor, &place.id, &name("place.png")).await.expect("folder").mime, None);
    }

    async fn a_thousand_copies_are_numbered_apart(world: World) {
        let actor = world.user("lin_wei").await;
        let mut keys = std::collections::HashSet::new();
        let long = "好".repeat(84);
        for text in ["photo.jpg", long.as_str()] {
            for copy in 0..150 {
                let node = put(&world, &actor, &actor.root, text, Conflict::Rename, 0).await.expect(text);
                assert!(node.name.len() <= 255, "{copy}: {}", node.name);
                assert!(keys.insert(name(&node.name).unique_key()), "{copy}: {}", node.name);
            }
        }
        assert_eq!(keys.len(), 300);
        assert!(keys.contains("photo (8).jpg") && keys.contains("photo (149).jpg"), "no gaps while nothing is deleted");
    }

    async fn the_quota_holds(world: World) {
        let config = crate::Config { default_quota: Some(100), ..crate::Config::default() };
        let drive = world.with(config).await;
        let actor = drive.register(crate::world::account("lin_wei"), &crate::Client::default()).await.expect("register");
        put(&world, &actor, &actor.root, "a", Conflict::Fail, 60).await.expect("fits");
        let refused = put(&world, &actor, &actor.root, "b", Conflict::Fail, 41).await;
        assert!(matches!(refused, Err(Error::QuotaExceeded { available: 40 })), "{refused:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE kind = 1").await, 1);

        let mut tx = drive.database().begin().await.expect("begin");
        quota::reserve(&mut tx, &actor.user, 30).await.expect("reserve");
        assert!(matches!(
            quota::reserve(&mut tx, &actor.user, 11).await,
            Err(Error::QuotaExceeded { available: 10 })
        ));
        quota::spend(&mut tx, &actor.user, 30, 25).await.expect("less than promised");
        assert!(matches!(
            quota::spend(&mut tx, &actor.user, 0, 16).await,
            Err(Error::QuotaExceeded { available: 15 })
        ));
        quota::reserve(&mut tx, &actor.user, 15).await.expect("the rest");
        quota::release(&mut tx, &actor.user, 15).await.expect("release");
        tx.commit().await.expect("commit");
        assert_eq!(used(&world, &actor).await, 85);
        assert_eq!(world.number("SELECT reserved FROM users").await, 0);
        // A promise does not hold against a quota that was lowered since.
        let mut tx = drive.database().begin().await.expect("begin");
        quota::reserve(&mut tx, &actor.user, 10).await.expect("reserve");
        sqlx::query("UPDATE users SET quota = 94").execute(&mut *tx).await.expect("lower");
        assert!(matches!(quota::spend(&mut tx, &actor.user, 10, 10).await, Err(Error::QuotaExceeded { .. })));
        quota::spend(&mut tx, &actor.user, 10, 9).await.expect("what is left");
        quota::spend(&mut tx, &actor.user, 0, 0).await.expect("nothing");
        assert!(matches!(
            quota::reserve(&mut tx, &actor.user, 1).await,
            Err(Error::QuotaExceeded { available: 0 })
        ));
        tx.commit().await.expect("commit");
    }

    async fn a_file_is_read_back(world: World) {
        use futures::TryStreamExt;
        use storage::BlobStore;
        let actor = world.user("lin_wei").await;
        let node = put(&world, &actor, &actor.root, "a.bin", Conflict::Fail, 6).await.expect("file");
        let id: String = sqlx::query_scalar("SELECT id FROM blobs").fetch_one(&world.sql).await.expect("blob");
        let path = blobs::path(&id.parse().expect("id")).expect("path");
        let mut writer = world.store.create(&path).await.expect("create");
        writer.write(bytes::Bytes::from_static(b"abcdef")).await.expect("write");
        writer.finish().await.expect("finish");

        let content = world.drive.open_content(&actor, &node.id).await.expect("open");
        assert_eq!((content.etag.as_str(), content.size), (id.as_str(), 6));
        let read = async |range| -> Vec<u8> {
            content.read(range).await.expect("read").try_collect::<Vec<_>>().await.expect("bytes").concat()
        };
        assert_eq!(read(0..6).await, b"abcdef");
        assert_eq!(read(2..4).await, b"cd");
        assert_eq!(read(4..100).await, b"ef");
        assert!(read(6..6).await.is_empty() && read(9..12).await.is_empty());

        world.drive.hash_blobs().await.expect("hash");
        let content = world.drive.open_content(&actor, &node.id).await.expect("open");
        assert_eq!(content.etag, id, "the tag stays, as the bytes do");
        assert_eq!(content.node.blake3.as_deref(), Some(blake3::hash(b"abcdef").to_hex().as_str()));
        // A missing blob is an error of the store and not an empty file.
        world.store.delete(&path).await.expect("delete");
        let gone = match content.read(0..6).await {
            Err(error) => Some(error),
            Ok(bytes) => bytes.try_collect::<Vec<_>>().await.err().map(Error::Store),
        };
        assert!(matches!(gone, Some(Error::Store(_))), "{gone:?}");
    }

    async fn blobs_go_only_when_nothing_points_at_them(world: World) {
        use storage::BlobStore;
        let actor = world.user("lin_wei").await;
        let node = put(&world, &actor, &actor.root, "a.bin", Conflict::Fail, 3).await.expect("file");
        let kept = put(&world, &actor, &actor.root, "b.bin", Conflict::Fail, 3).await.expect("file");
        for id in sqlx::query_scalar::<_, String>("SELECT id FROM blobs").fetch_all(&world.sql).await.expect("blobs") {
            let path = blobs::path(&id.parse().expect("id")).expect("path");
            let mut writer = world.store.create(&path).await.expect("create");
            writer.write(bytes::Bytes::from_static(b"abc")).await.expect("write");
            writer.finish().await.expect("finish");
        }
        world.drive.trash(&actor, &node.id).await.expect("trash");
        world.drive.purge(&actor, &node.id).await.expect("purge");
        world.drive.sweep_once().await;
        assert_eq!(world.store.files().len(), 2, "a download may still run");
        world.wait(std::time::Duration::from_secs(7 * 3600));

        // A store that fails keeps the claim, and the blob cannot be used again meanwhile.
        world.store.faults().outage(storage::ErrorKind::Unavailable);
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = -1").await, 1);
        let claimed: String =
            sqlx::query_scalar("SELECT id FROM blobs WHERE refs = -1").fetch_one(&world.sql).await.expect("claimed");
        let mut tx = world.drive.database().begin().await.expect("begin");
        let revived = blobs::add_ref(&mut tx, &claimed.parse().expect("id")).await;
        assert!(matches!(revived, Err(Error::NotFound)));
        drop(tx);

        world.store.faults().mend();
        world.drive.sweep_once().await;
        assert_eq!(world.store.files().len(), 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs").await, 1);
        world.drive.open_content(&actor, &kept.id).await.expect("the other is there");
    }
}
