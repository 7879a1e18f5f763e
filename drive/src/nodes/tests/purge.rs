//! What ends the trash: by hand, in time, on several instances, and past rows that cannot go.

use std::time::Duration;

use domain::Outcome;

use super::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn in_trash(world: &World, actor: &Actor) -> Vec<String> {
    let page = world.drive.trashed(actor, None, 1000).await.expect("trash");
    page.items.into_iter().map(|entry| entry.node.name).collect()
}

on_both_engines! {
    async fn the_list_tells_place_and_time(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &a.id, "b").await;
        let f = put(&world, &actor, &b.id, "f", Conflict::Fail, 5).await.expect("file");
        let g = put(&world, &actor, &actor.root, "g", Conflict::Fail, 5).await.expect("file");
        let at = world.drive.now();
        world.drive.trash_all(&actor, &[f.id, g.id]).await.expect("trash");
        let week = 7 * 24 * 3600 * 1000;
        let places = |actor: Actor, world: World| async move {
            let page = world.drive.trashed(&actor, None, 10).await.expect("trash");
            assert!(page.items.iter().all(|entry| (entry.trashed, entry.expires) == (at, Some(at + week))));
            let mut places: Vec<_> = page.items.into_iter().map(|entry| (entry.node.name, entry.place)).collect();
            places.sort();
            places
        };
        let (f, g) = ("f".to_owned(), ("g".to_owned(), Some(vec![])));
        let way = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(places(actor.clone(), world.clone()).await, [(f.clone(), way), g.clone()]);
        world.wait(Duration::from_millis(5));
        world.drive.trash(&actor, &a.id).await.expect("trash");
        let page = world.drive.trashed(&actor, None, 10).await.expect("trash");
        assert_eq!(page.items[0].node.name, "a");
        let of_f = page.items.into_iter().find(|entry| entry.node.name == f).expect("f");
        assert_eq!(of_f.place, None, "its folder is in the trash itself");
    }

    async fn the_trash_is_emptied_at_once(world: World) {
        let actor = world.user("lin_wei").await;
        let stranger = world.user("wang_fang").await;
        let other = put(&world, &stranger, &stranger.root, "theirs", Conflict::Fail, 3).await.expect("file");
        world.drive.trash(&stranger, &other.id).await.expect("trash");
        for number in 0..5 {
            let file = put(&world, &actor, &actor.root, &format!("f{number}"), Conflict::Fail, 5).await.expect("file");
            world.drive.trash(&actor, &file.id).await.expect("trash");
        }
        assert_eq!(world.drive.empty_trash(&actor).await.expect("empty"), 5);
        assert!(in_trash(&world, &actor).await.is_empty());
        assert_eq!(used(&world, &actor).await, 0);
        assert_eq!(world.drive.empty_trash(&actor).await.expect("empty"), 0);
        assert_eq!(in_trash(&world, &stranger).await, ["theirs"]);
    }

    async fn some_of_the_trash_is_ended(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &actor.root, "b").await;
        let c = folder(&world, &actor, &actor.root, "c").await;
        world.drive.trash_all(&actor, &[a.id.clone(), b.id.clone()]).await.expect("trash");
        let ids = [a.id.clone(), c.id.clone(), a.id.clone()];
        let reports = world.drive.purge_all(&actor, &ids).await.expect("purge");
        let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
        assert_eq!(outcomes, [Outcome::Done, Outcome::Refused, Outcome::Refused], "what is not in the trash stays");
        assert_eq!(in_trash(&world, &actor).await, ["b"]);
        world.drive.node(&actor, &c.id).await.expect("there");
    }

    async fn without_a_time_only_what_was_deleted_by_hand_goes(world: World) {
        let actor = world.user("lin_wei").await;
        let keeping = world.with(crate::Config { trash_retention: None, ..crate::Config::default() }).await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &actor.root, "b").await;
        keeping.trash_all(&actor, &[a.id.clone(), b.id]).await.expect("trash");
        world.wait(DAY * 10_000);
        keeping.sweep_once().await;
        let page = keeping.trashed(&actor, None, 10).await.expect("trash");
        assert_eq!(page.items.len(), 2);
        assert!(page.items.iter().all(|entry| entry.expires.is_none()));
        // Begun elsewhere and not finished there.
        sqlx::query("UPDATE nodes SET trashed_at = 0 WHERE id = $1").bind(a.id.as_str()).execute(&world.sql).await.expect("mark");
        keeping.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 2, "the root and b");
        assert_eq!(in_trash(&world, &actor).await, ["b"]);
    }

    async fn what_cannot_go_keeps_nothing_waiting(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        sqlx::query("CREATE TABLE clings (node_id TEXT NOT NULL REFERENCES nodes (id))").execute(&world.sql).await.expect("table");
        let a = folder(&world, &actor, &actor.root, "a").await;
        let mut files = Vec::new();
        for number in 0..40 {
            files.push(put(&world, &actor, &a.id, &format!("f{number}"), Conflict::Fail, 5).await.expect("file").id);
        }
        let theirs = put(&world, &other, &other.root, "theirs", Conflict::Fail, 3).await.expect("file");
        for stuck in [&files[7], &files[21]] {
            sqlx::query("INSERT INTO clings VALUES ($1)").bind(stuck.as_str()).execute(&world.sql).await.expect("cling");
        }
        world.drive.trash(&actor, &a.id).await.expect("trash");
        world.drive.trash(&other, &theirs.id).await.expect("trash");
        world.wait(DAY * 7);
        world.drive.sweep_once().await;
        assert_eq!(used(&world, &other).await, 0);
        assert_eq!(used(&world, &actor).await, 10, "two of forty are left");
        assert!(in_trash(&world, &actor).await.is_empty());
        world.drive.sweep_once().await;
        assert_eq!(used(&world, &actor).await, 10);
        // When nothing holds them any more, they go.
        sqlx::query("DELETE FROM clings").execute(&world.sql).await.expect("let go");
        world.drive.sweep_once().await;
        assert_eq!(used(&world, &actor).await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 2, "the roots");
    }

    async fn what_cannot_be_read_keeps_nothing_waiting(world: World) {
        // The first in every order, and deleted to the last as well.
        for statement in [
            "INSERT INTO users (id, username, username_key, email, email_key, password_hash, role, root_id, created_at, \
             deleted_at) VALUES ('!', '', '!', '', '!', '', 'user', '!', 0, 0)",
            "INSERT INTO nodes (id, owner_id, kind, name, name_key, sort_key, size, modified_at, created_at, trashed_at) \
             VALUES ('!', '!', 0, 'x', 'x', 'x', 0, 0, 0, 2)",
            "INSERT INTO blobs (id, size, refs, created_at, unused_at) VALUES ('!', 1, 0, 0, 0)",
            "INSERT INTO blobs (id, size, refs, created_at) VALUES ('!!', 0, 1, 0)",
        ] {
            sqlx::query(statement).execute(&world.sql).await.expect(statement);
        }
        let (actor, leaving) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let file = put(&world, &actor, &actor.root, "f", Conflict::Fail, 5).await.expect("file");
        let empty = put(&world, &actor, &actor.root, "empty", Conflict::Fail, 0).await.expect("file");
        world.drive.trash(&actor, &file.id).await.expect("trash");
        sqlx::query("UPDATE users SET deleted_at = 1 WHERE id = $1")
            .bind(leaving.user.as_str())
            .execute(&world.sql)
            .await
            .expect("deleted");
        for _ in 0..2 {
            world.wait(DAY * 7);
            world.drive.sweep_once().await;
        }
        assert_eq!(used(&world, &actor).await, 0, "the trash of others is swept");
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 2, "the account is gone");
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE size = 5").await, 0, "the bytes are gone");
        assert!(world.drive.node(&actor, &empty.id).await.expect("a file").blake3.is_some(), "others are hashed");
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE id LIKE '!%'").await, 2, "left for somebody to look at");
    }

    async fn two_instances_sweep_the_same_trash(world: World) {
        let actor = world.user("lin_wei").await;
        let second = world.with(crate::Config::default()).await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        for number in 0..60 {
            let below = folder(&world, &actor, &a.id, &format!("d{number}")).await;
            put(&world, &actor, &below.id, "f", Conflict::Fail, 5).await.expect("file");
        }
        world.drive.trash(&actor, &a.id).await.expect("trash");
        world.wait(DAY * 7);
        tokio::join!(world.drive.sweep_once(), second.sweep_once());
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = 0 AND unused_at IS NOT NULL").await, 60);
        assert_eq!(used(&world, &actor).await, 0);
        world.wait(DAY);
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs").await, 0, "the bytes follow");
    }
}
