use std::time::Duration;

use super::*;

async fn names(world: &World, actor: &Actor, parent: &NodeId) -> Vec<String> {
    let page = world.drive.children(actor, parent, &crate::ListOptions::default()).await.expect("children");
    page.items.into_iter().map(|node| node.name).collect()
}

async fn in_trash(world: &World, actor: &Actor) -> Vec<String> {
    let page = world.drive.trashed(actor, None, 1000).await.expect("trash");
    page.items.into_iter().map(|entry| entry.node.name).collect()
}

on_both_engines! {
    async fn out_of_the_trash_to_where_it_was(world: World) {
        let actor = world.user("lin_wei").await;
        let papers = folder(&world, &actor, &actor.root, "papers").await;
        let draft = put(&world, &actor, &papers.id, "draft.txt", Conflict::Fail, 5).await.expect("file");
        world.drive.trash(&actor, &draft.id).await.expect("trash");
        assert!(matches!(world.drive.node(&actor, &draft.id).await, Err(Error::NotFound)));
        assert!(matches!(world.drive.open_content(&actor, &draft.id).await, Err(Error::NotFound)));
        assert!(matches!(world.drive.trash(&actor, &draft.id).await, Err(Error::NotFound)));
        assert!(names(&world, &actor, &papers.id).await.is_empty());
        assert_eq!(in_trash(&world, &actor).await, ["draft.txt"]);
        assert_eq!(used(&world, &actor).await, 5, "the trash is charged");

        // Its name was taken meanwhile.
        let other = put(&world, &actor, &papers.id, "Draft.txt", Conflict::Fail, 6).await.expect("another");
        assert!(matches!(world.drive.restore(&actor, &draft.id).await, Err(Error::NameTaken)));
        assert_eq!(in_trash(&world, &actor).await, ["draft.txt"], "it waits");
        world.drive.rename(&actor, &other.id, &name("final.txt")).await.expect("rename");
        let back = world.drive.restore(&actor, &draft.id).await.expect("restore");
        assert_eq!((back.parent.as_ref(), back.name.as_str()), (Some(&papers.id), "draft.txt"));
        assert_eq!(world.drive.restore(&actor, &draft.id).await.expect("a second click"), back);
        assert!(in_trash(&world, &actor).await.is_empty());
    }

    async fn what_is_below_a_trashed_folder_goes_and_comes_with_it(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &a.id, "b").await;
        let file = put(&world, &actor, &b.id, "f", Conflict::Fail, 5).await.expect("file");
        world.drive.trash(&actor, &a.id).await.expect("trash");
        for id in [&a.id, &b.id, &file.id] {
            assert!(matches!(world.drive.node(&actor, id).await, Err(Error::NotFound)));
            assert!(matches!(world.drive.ancestors(&actor, id).await, Err(Error::NotFound)));
            assert!(matches!(world.drive.rename(&actor, id, &name("x")).await, Err(Error::NotFound)));
            assert!(matches!(put(&world, &actor, id, "g", Conflict::Rename, 1).await, Err(Error::NotFound)));
        }
        assert!(matches!(world.drive.restore(&actor, &b.id).await, Err(Error::NotFound)), "not itself in the trash");
        assert!(matches!(world.drive.purge(&actor, &b.id).await, Err(Error::NotFound)));
        assert_eq!(in_trash(&world, &actor).await, ["a"]);
        world.drive.restore(&actor, &a.id).await.expect("restore");
        let way: Vec<_> = world.drive.ancestors(&actor, &file.id).await.expect("way").into_iter().map(|n| n.name).collect();
        assert_eq!(way, ["/", "a", "b"]);
    }

    async fn nowhere_by_itself_when_the_folder_is_gone(world: World) {
        let actor = world.user("lin_wei").await;
        let gone = |outcome| {
            matches!(outcome, Err(Error::Invalid { field: domain::Field::Parent, reason: domain::Reason::Unknown }))
        };
        let a = folder(&world, &actor, &actor.root, "a").await;
        let f = put(&world, &actor, &a.id, "f", Conflict::Fail, 5).await.expect("file");
        let g = put(&world, &actor, &a.id, "g", Conflict::Fail, 7).await.expect("file");
        let h = put(&world, &actor, &a.id, "h", Conflict::Fail, 9).await.expect("file");
        world.drive.trash(&actor, &f.id).await.expect("trash");
        world.drive.trash(&actor, &g.id).await.expect("trash");
        world.drive.trash(&actor, &a.id).await.expect("trash");
        assert!(gone(world.drive.restore(&actor, &f.id).await), "its folder is in the trash");
        // The folder's end takes what was in it, but not what has a time of its own in the trash.
        world.drive.purge(&actor, &a.id).await.expect("purge");
        let left = world.drive.trashed(&actor, None, 1000).await.expect("trash").items;
        let left: Vec<_> = left.iter().map(|entry| (entry.node.name.as_str(), &entry.node.parent, &entry.place)).collect();
        assert_eq!(left.len(), 2);
        assert!(left.iter().all(|(_, parent, place)| parent.is_none() && place.is_none()), "{left:?}");
        assert_eq!(used(&world, &actor).await, 5 + 7);
        assert!(matches!(world.drive.restore(&actor, &h.id).await, Err(Error::NotFound)));
        assert!(gone(world.drive.restore(&actor, &g.id).await), "its folder is no more");
        let to = Restore::Into { folder: actor.root.clone(), conflict: Conflict::Fail };
        world.drive.restore_all(&actor, &[f.id, g.id], &to).await.expect("restore");
        assert_eq!(names(&world, &actor, &actor.root).await, ["f", "g"]);
    }

    async fn what_has_lost_its_place_is_counted_and_ends_like_all_else(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let inner = folder(&world, &actor, &a.id, "inner").await;
        put(&world, &actor, &inner.id, "f", Conflict::Fail, 5).await.expect("file");
        world.drive.trash_all(&actor, &[inner.id.clone(), a.id.clone()]).await.expect("trash");
        world.drive.purge(&actor, &a.id).await.expect("purge");
        assert_eq!(world.drive.survey().await.expect("survey").folders, 1, "no root, and not none");
        // Entered anew, as after a repair, it is a name and not a root.
        sqlx::query("UPDATE nodes SET name_line = NULL").execute(&world.sql).await.expect("forgotten");
        register::catch_up(&world.database).await.expect("entered");
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE name_line = 0").await, 1, "the root");
        world.drive.empty_trash(&actor).await.expect("empty");
        assert_eq!((used(&world, &actor).await, world.number("SELECT COUNT(*) FROM nodes").await), (0, 1));
    }

    async fn what_keeps_something_from_its_place_is_told(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let f = put(&world, &actor, &a.id, "f", Conflict::Fail, 1).await.expect("file");
        let g = put(&world, &actor, &actor.root, "g", Conflict::Fail, 2).await.expect("file");
        let h = put(&world, &actor, &actor.root, "h", Conflict::Fail, 3).await.expect("file");
        let there = put(&world, &actor, &actor.root, "there", Conflict::Fail, 4).await.expect("file");
        let ids = [f.id, g.id, h.id];
        world.drive.trash_all(&actor, &ids).await.expect("trash");
        world.drive.trash(&actor, &a.id).await.expect("trash");
        put(&world, &actor, &actor.root, "G", Conflict::Fail, 5).await.expect("file");
        let asked = [&ids[..], &[there.id]].concat();
        let told = world.drive.obstacles(&actor, &asked).await.expect("obstacles");
        let told: Vec<_> = told.iter().map(|(node, obstacle)| (node.name.as_str(), *obstacle)).collect();
        assert_eq!(told, [("f", Some(Obstacle::PlaceGone)), ("g", Some(Obstacle::NameTaken)), ("h", None)]);
        // As restoring finds them.
        let reports = world.drive.restore_all(&actor, &ids, &Restore::ToItsPlace).await.expect("restore");
        let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
        assert_eq!(outcomes, [domain::Outcome::Skipped, domain::Outcome::Skipped, domain::Outcome::Done]);
        let stranger = world.user("wang_fang").await;
        assert!(matches!(world.drive.obstacles(&stranger, &asked).await, Err(Error::NotFound)));
    }

    async fn back_into_a_folder_by_the_rule_of_moves(world: World) {
        let actor = world.user("lin_wei").await;
        let to = folder(&world, &actor, &actor.root, "to").await;
        let into = |conflict| Restore::Into { folder: to.id.clone(), conflict };
        let there = folder(&world, &actor, &to.id, "x").await;
        put(&world, &actor, &there.id, "f", Conflict::Fail, 1).await.expect("file");
        for (conflict, outcome, in_to, in_x) in [
            (Conflict::Fail, domain::Outcome::Skipped, &["x"][..], &["f"][..]),
            (Conflict::Rename, domain::Outcome::Renamed, &["x", "x (1)"], &["f"]),
            (Conflict::Replace, domain::Outcome::Merged, &["x", "x (1)"], &["f", "g"]),
        ] {
            let x = folder(&world, &actor, &actor.root, "x").await;
            put(&world, &actor, &x.id, "f", Conflict::Fail, 2).await.expect("file");
            put(&world, &actor, &x.id, "g", Conflict::Fail, 4).await.expect("file");
            world.drive.trash(&actor, &x.id).await.expect("trash");
            let reports = world.drive.restore_all(&actor, std::slice::from_ref(&x.id), &into(conflict)).await.expect("restore");
            assert_eq!((reports.len(), reports[0].outcome), (1, outcome));
            assert_eq!(names(&world, &actor, &to.id).await, in_to, "{conflict:?}");
            assert_eq!(names(&world, &actor, &there.id).await, in_x, "{conflict:?}");
            assert_eq!(in_trash(&world, &actor).await.is_empty(), conflict != Conflict::Fail);
            if conflict == Conflict::Fail {
                world.drive.restore(&actor, &x.id).await.expect("to its own place");
                world.drive.trash(&actor, &x.id).await.expect("trash");
                world.drive.purge(&actor, &x.id).await.expect("purge");
            }
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM versions").await, 1, "of the file that was replaced");
        world.drive.sweep_once().await;
        assert_eq!(used(&world, &actor).await, 1 + 2 + 4 + 2 + 4);

        // Nothing goes into what it holds, or to where nothing is.
        let nowhere = Restore::Into { folder: NodeId::from_random([7; 16]), conflict: Conflict::Rename };
        let outcome = world.drive.restore_all(&actor, std::slice::from_ref(&to.id), &nowhere).await;
        assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        world.drive.trash(&actor, &to.id).await.expect("trash");
        let outcome = world.drive.restore_all(&actor, std::slice::from_ref(&to.id), &into(Conflict::Rename)).await;
        assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    }

    async fn the_trash_empties_itself_in_time(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let f = put(&world, &actor, &a.id, "f", Conflict::Fail, 5).await.expect("file");
        put(&world, &actor, &a.id, "f", Conflict::Replace, 6).await.expect("a version");
        let late = put(&world, &actor, &actor.root, "late", Conflict::Fail, 7).await.expect("file");
        world.drive.trash(&actor, &a.id).await.expect("trash");
        world.wait(Duration::from_secs(24 * 3600));
        world.drive.trash(&actor, &late.id).await.expect("trash");
        world.wait(Duration::from_secs(6 * 24 * 3600 - 1));
        world.drive.sweep_once().await;
        assert_eq!(in_trash(&world, &actor).await, ["late", "a"]);
        world.wait(Duration::from_secs(1));
        world.drive.sweep_once().await;
        assert_eq!(in_trash(&world, &actor).await, ["late"]);
        assert!(matches!(world.drive.restore(&actor, &a.id).await, Err(Error::NotFound)));
        assert!(matches!(world.drive.restore(&actor, &f.id).await, Err(Error::NotFound)));
        assert_eq!(used(&world, &actor).await, 7);
        assert_eq!(world.number("SELECT COUNT(*) FROM versions").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = 0 AND unused_at IS NOT NULL").await, 2);
    }

    async fn a_large_tree_is_trashed_in_one_row_and_purged_to_the_last(world: World) {
        let actor = world.user("lin_wei").await;
        let top = folder(&world, &actor, &actor.root, "top").await;
        let mut deep = top.clone();
        for level in 0..40 {
            deep = folder(&world, &actor, &deep.id, &format!("level {level}")).await;
        }
        put(&world, &actor, &deep.id, "deep", Conflict::Fail, 1).await.expect("file");
        // More than two batches of siblings, made by SQL for speed.
        let blob: String = sqlx::query_scalar("SELECT id FROM blobs").fetch_one(&world.sql).await.expect("blob");
        sqlx::query(
            "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, created_at) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300) \
             SELECT 'n' || CAST(i AS TEXT), $1, $2, 1, 'n' || CAST(i AS TEXT), 'n' || CAST(i AS TEXT), 'n', $3, 1, 0, 0 FROM n",
        )
        .bind(actor.user.as_str())
        .bind(top.id.as_str())
        .bind(&blob)
        .execute(&world.sql)
        .await
        .expect("many");
        sqlx::query("UPDATE blobs SET refs = refs + 1300").execute(&world.sql).await.expect("refs");
        sqlx::query("UPDATE users SET used = used + 1300").execute(&world.sql).await.expect("used");

        world.drive.trash(&actor, &top.id).await.expect("trash");
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE trashed_at IS NOT NULL").await, 1);
        world.drive.purge(&actor, &top.id).await.expect("purge");
        // What exceeds one request's patience is the background's.
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 1, "the root alone is left");
        assert_eq!(world.number("SELECT refs FROM blobs").await, 0);
        assert_eq!(used(&world, &actor).await, 0);
    }

    async fn the_list_of_the_trash_comes_in_pages(world: World) {
        let actor = world.user("lin_wei").await;
        for number in 0..7 {
            let node = folder(&world, &actor, &actor.root, &format!("f{number}")).await;
            world.drive.trash(&actor, &node.id).await.expect("trash");
            if number % 3 == 0 {
                world.wait(Duration::from_millis(1));
            }
        }
        let whole = world.drive.trashed(&actor, None, 1000).await.expect("trash");
        assert_eq!((whole.items.len(), whole.next.clone()), (7, None));
        let (mut pieces, mut after) = (Vec::new(), None);
        loop {
            let page = world.drive.trashed(&actor, after.as_deref(), 2).await.expect("page");
            pieces.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pieces, whole.items);
        let wrong = world.drive.trashed(&actor, Some("AAAA"), 2).await;
        assert!(matches!(wrong, Err(Error::Invalid { field: domain::Field::Cursor, .. })));
        let stranger = world.user("wang_fang").await;
        assert!(world.drive.trashed(&stranger, None, 10).await.expect("trash").items.is_empty());
    }
}
