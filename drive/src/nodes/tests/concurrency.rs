use futures::future::join_all;

use super::*;

on_both_engines! {
    async fn of_many_creators_of_one_name_one_wins(world: World) {
        let actor = world.user("lin_wei").await;
        let outcomes = join_all((0..12).map(|_| {
            let (world, actor) = (world.clone(), actor.clone());
            tokio::spawn(async move {
                world.drive.create_folder(&actor, &actor.root, &name("same"), Conflict::Fail).await
            })
        }))
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().map(|joined| joined.expect("task")).partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 11));
        assert!(lost.iter().all(|outcome| matches!(outcome, Err(Error::NameTaken))), "{lost:?}");
    }

    async fn many_creators_of_one_name_are_numbered_apart(world: World) {
        let actor = world.user("lin_wei").await;
        let outcomes = join_all((0..24).map(|_| {
            let (world, actor) = (world.clone(), actor.clone());
            tokio::spawn(async move { put(&world, &actor, &actor.root, "same.txt", Conflict::Rename, 1).await })
        }))
        .await;
        let mut names: Vec<_> =
            outcomes.into_iter().map(|joined| joined.expect("task").expect("numbered").name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 24);
        assert_eq!(used(&world, &actor).await, 24);
    }

    async fn many_writers_do_not_exceed_the_quota(world: World) {
        let config = crate::Config { default_quota: Some(10), ..crate::Config::default() };
        let drive = world.with(config).await;
        let actor = drive.register(crate::world::account("lin_wei"), &crate::Client::default()).await.expect("register");
        let outcomes = join_all((0..12).map(|number| {
            let (world, actor) = (world.clone(), actor.clone());
            tokio::spawn(async move { put(&world, &actor, &actor.root, &format!("f{number}"), Conflict::Fail, 3).await })
        }))
        .await;
        let fitted = outcomes.into_iter().filter(|joined| joined.as_ref().expect("task").is_ok()).count();
        assert_eq!((fitted, used(&world, &actor).await), (3, 9));
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs").await, 3);
    }

    async fn two_folders_cannot_be_moved_into_each_other(world: World) {
        let actor = world.user("lin_wei").await;
        for round in 0..8 {
            let a = folder(&world, &actor, &actor.root, &format!("a{round}")).await;
            let b = folder(&world, &actor, &actor.root, &format!("b{round}")).await;
            let (one, other) = tokio::join!(
                world.drive.move_to(&actor, &a.id, &b.id),
                world.drive.move_to(&actor, &b.id, &a.id)
            );
            assert_eq!(u32::from(one.is_ok()) + u32::from(other.is_ok()), 1, "{one:?} {other:?}");
            // Neither is cut off from the root.
            world.drive.node(&actor, &a.id).await.expect("a");
            world.drive.node(&actor, &b.id).await.expect("b");
        }
    }

    async fn two_instances_purge_the_same_things_once(world: World) {
        let actor = world.user("lin_wei").await;
        for number in 0..30 {
            let node = put(&world, &actor, &actor.root, &format!("f{number}"), Conflict::Fail, 1).await.expect("file");
            world.drive.trash(&actor, &node.id).await.expect("trash");
        }
        world.wait(std::time::Duration::from_secs(8 * 24 * 3600));
        let other = world.with(crate::Config::default()).await;
        tokio::join!(world.drive.sweep_once(), other.sweep_once(), world.drive.sweep_once());
        assert_eq!(used(&world, &actor).await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = 0").await, 30);
    }

    async fn two_windows_do_the_same_to_the_same_items(world: World) {
        let actor = world.user("lin_wei").await;
        let mut ids = Vec::new();
        for number in 0..20 {
            ids.push(put(&world, &actor, &actor.root, &format!("f{number}"), Conflict::Fail, 1).await.expect("file").id);
        }
        let done = |reports: Result<Vec<domain::ItemReport>>| {
            reports.expect("a report").iter().filter(|report| report.outcome == domain::Outcome::Done).count()
        };
        let drive = &world.drive;
        let (one, other) = tokio::join!(drive.trash_all(&actor, &ids), drive.trash_all(&actor, &ids));
        assert_eq!(done(one) + done(other), 20, "each goes to the trash once");
        let (one, other) = tokio::join!(drive.restore_all(&actor, &ids, &Restore::ToItsPlace), drive.restore_all(&actor, &ids, &Restore::ToItsPlace));
        assert_eq!((done(one), done(other)), (20, 20), "what is back already is no trouble");
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &actor.root, "b").await;
        let (one, other) = tokio::join!(
            drive.move_all(&actor, &ids, &a.id, Conflict::Fail),
            drive.move_all(&actor, &ids, &b.id, Conflict::Fail)
        );
        assert_eq!((done(one), done(other)), (20, 20), "the later one decides");
        assert_eq!(world.number("SELECT COUNT(DISTINCT parent_id) FROM nodes WHERE kind = 1").await, 1);
        let (one, other) = tokio::join!(drive.trash_all(&actor, &ids), drive.trash(&actor, &ids[0]));
        assert_eq!(done(one) + usize::from(other.is_ok()), 20);
        let (one, other, third) =
            tokio::join!(drive.purge_all(&actor, &ids), drive.restore_all(&actor, &ids, &Restore::ToItsPlace), drive.empty_trash(&actor));
        // Either they are back, or they are gone; none is charged twice or given back twice.
        assert!(third.expect("emptied") <= 20 && done(one) <= 20 && done(other) <= 20);
        let left = world.number("SELECT COUNT(*) FROM nodes WHERE kind = 1").await;
        assert_eq!(used(&world, &actor).await, left.unsigned_abs());
        assert_eq!(world.number("SELECT CAST(SUM(refs) AS BIGINT) FROM blobs").await, left);
    }

    async fn moves_at_once_make_no_circle(world: World) {
        let actor = world.user("lin_wei").await;
        for round in 0..6 {
            let mut ring = Vec::new();
            for letter in ["a", "b", "c"] {
                ring.push(folder(&world, &actor, &actor.root, &format!("{letter}{round}")).await.id);
            }
            let into = |from: usize| {
                let (world, actor, ring) = (world.clone(), actor.clone(), ring.clone());
                async move {
                    let ids = std::slice::from_ref(&ring[from]);
                    world.drive.move_all(&actor, ids, &ring[(from + 1) % 3], Conflict::Rename).await.expect("a report")
                }
            };
            let reports = join_all((0..3).map(into)).await;
            let refused = reports.iter().filter(|report| report[0].outcome == domain::Outcome::Refused).count();
            assert_eq!(refused, 1, "{reports:?}");
            for id in &ring {
                world.drive.node(&actor, id).await.expect("below the root");
            }
        }
    }
}
