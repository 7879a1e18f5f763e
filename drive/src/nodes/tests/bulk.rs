//! Several at once: each item has an outcome of its own, and what concerns all undoes all.

use domain::{AppError, ItemReport, Outcome};

use super::*;
use crate::ListOptions;

/// What is in a folder, as `name`, `name=size` or `name/`, folders first.
async fn names(world: &World, actor: &Actor, parent: &NodeId) -> Vec<String> {
    let page = world.drive.children(actor, parent, &ListOptions::default()).await.expect("children");
    let text = |node: Node| match node.kind {
        domain::NodeKind::Folder => format!("{}/", node.name),
        domain::NodeKind::File => format!("{}={}", node.name, node.size),
    };
    page.items.into_iter().map(text).collect()
}

fn outcomes(reports: &[ItemReport]) -> Vec<Outcome> {
    reports.iter().map(|report| report.outcome).collect()
}

/// Every reference is counted, and what is charged is what is there.
async fn is_consistent(world: &World, actor: &Actor) {
    let wrong = world
        .number(
            "SELECT COUNT(*) FROM blobs b WHERE refs <> (SELECT COUNT(*) FROM nodes n WHERE n.blob_id = b.id) \
             + (SELECT COUNT(*) FROM versions v WHERE v.blob_id = b.id)",
        )
        .await;
    assert_eq!(wrong, 0, "references");
    let bytes = world
        .number(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM (SELECT size FROM nodes UNION ALL SELECT size FROM versions) AS s",
        )
        .await;
    assert_eq!(used(world, actor).await, bytes.unsigned_abs(), "quota");
}

on_both_engines! {
    async fn to_the_trash_and_back_together(world: World) {
        let actor = world.user("lin_wei").await;
        let stranger = world.user("wang_fang").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let f = put(&world, &actor, &a.id, "f", Conflict::Fail, 5).await.expect("file");
        let theirs = folder(&world, &stranger, &stranger.root, "theirs").await;

        // The folder before what is in it: both are in the trash by themselves, and both find back.
        let ids = [a.id.clone(), f.id.clone(), theirs.id.clone(), actor.root.clone()];
        let reports = world.drive.trash_all(&actor, &ids).await.expect("trash");
        assert_eq!(outcomes(&reports), [Outcome::Done, Outcome::Done, Outcome::Refused, Outcome::Refused]);
        assert_eq!(reports[2].error, Some(AppError::NotFound));
        assert_eq!(reports[3].error, Some(AppError::Forbidden));
        assert_eq!(reports.iter().map(|report| &report.id).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
        assert!(names(&world, &actor, &actor.root).await.is_empty());
        world.drive.node(&stranger, &theirs.id).await.expect("untouched");

        let back = [f.id.clone(), a.id.clone()];
        let reports = world.drive.restore_all(&actor, &back, &Restore::ToItsPlace).await.expect("restore");
        assert_eq!(outcomes(&reports), [Outcome::Done, Outcome::Done]);
        assert_eq!(names(&world, &actor, &a.id).await, ["f=5"]);

        // One whose place is gone, one whose name is taken, one that is not there: they wait for somebody to decide.
        let g = put(&world, &actor, &actor.root, "g", Conflict::Fail, 6).await.expect("file");
        world.drive.trash_all(&actor, &[f.id.clone(), g.id.clone()]).await.expect("trash");
        world.drive.trash(&actor, &a.id).await.expect("trash");
        put(&world, &actor, &actor.root, "g", Conflict::Fail, 7).await.expect("file");
        let ids = [f.id.clone(), g.id.clone(), theirs.id.clone()];
        let reports = world.drive.restore_all(&actor, &ids, &Restore::ToItsPlace).await.expect("restore");
        assert_eq!(outcomes(&reports), [Outcome::Skipped, Outcome::Skipped, Outcome::Refused]);
        let gone = AppError::invalid(domain::Field::Parent, domain::Reason::Unknown);
        assert_eq!(reports.into_iter().filter_map(|report| report.error).collect::<Vec<_>>(), [
            gone,
            AppError::NameTaken,
            AppError::NotFound
        ]);
        assert_eq!(names(&world, &actor, &actor.root).await, ["g=7"]);
        let to = Restore::Into { folder: actor.root.clone(), conflict: Conflict::Rename };
        let reports = world.drive.restore_all(&actor, &ids, &to).await.expect("restore");
        assert_eq!(outcomes(&reports), [Outcome::Done, Outcome::Renamed, Outcome::Refused]);
        assert_eq!(names(&world, &actor, &actor.root).await, ["f=5", "g=7", "g (1)=6"]);
    }

    async fn none_and_too_many_are_refused(world: World) {
        let actor = world.user("lin_wei").await;
        let many = vec![actor.root.clone(); 1001];
        for ids in [&[][..], &many] {
            let limit = |outcome: Result<Vec<ItemReport>, Error>| {
                assert!(matches!(outcome, Err(Error::Invalid { field: domain::Field::Limit, .. })));
            };
            limit(world.drive.trash_all(&actor, ids).await);
            limit(world.drive.restore_all(&actor, ids, &Restore::ToItsPlace).await);
            assert!(matches!(world.drive.obstacles(&actor, ids).await, Err(Error::Invalid { field: domain::Field::Limit, .. })));
            limit(world.drive.purge_all(&actor, ids).await);
            limit(world.drive.move_all(&actor, ids, &actor.root, Conflict::Rename).await);
            limit(world.drive.copy_all(&actor, ids, &actor.root, Conflict::Rename).await);
        }
    }

    async fn nothing_comes_to_be_in_itself(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &a.id, "b").await;
        let inner = folder(&world, &actor, &b.id, "a").await;
        let other = folder(&world, &actor, &actor.root, "other").await;
        for conflict in [Conflict::Rename, Conflict::Replace, Conflict::Fail] {
            for target in [&a.id, &b.id, &inner.id] {
                let ids = [a.id.clone(), other.id.clone()];
                let reports = world.drive.copy_all(&actor, &ids[..1], target, conflict).await.expect("copy");
                assert_eq!(outcomes(&reports), [Outcome::Refused]);
                let reports = world.drive.move_all(&actor, &ids, target, conflict).await.expect("move");
                assert_eq!(outcomes(&reports), [Outcome::Refused, Outcome::Done]);
                assert!(matches!(reports[0].error, Some(AppError::Invalid { field: domain::Field::Parent, .. })));
                world.drive.move_to(&actor, &other.id, &actor.root).await.expect("back");
            }
        }
        // Replacing what it is in would take it along.
        let reports = world.drive.move_all(&actor, std::slice::from_ref(&inner.id), &actor.root, Conflict::Replace).await.expect("move");
        assert_eq!(outcomes(&reports), [Outcome::Refused]);
        let reports = world.drive.copy_all(&actor, std::slice::from_ref(&inner.id), &actor.root, Conflict::Replace).await.expect("copy");
        assert_eq!(outcomes(&reports), [Outcome::Refused]);
        assert_eq!(names(&world, &actor, &b.id).await, ["a/"]);
    }

    async fn moving_keeps_replaces_merges_or_skips(world: World) {
        let actor = world.user("lin_wei").await;
        let (from, to) = (folder(&world, &actor, &actor.root, "from").await, folder(&world, &actor, &actor.root, "to").await);
        let file = put(&world, &actor, &from.id, "f", Conflict::Fail, 1).await.expect("file");
        put(&world, &actor, &from.id, "f", Conflict::Replace, 2).await.expect("version");
        let there = put(&world, &actor, &to.id, "F", Conflict::Fail, 4).await.expect("file");
        let ids = [file.id.clone()];

        let reports = world.drive.move_all(&actor, &ids, &to.id, Conflict::Fail).await.expect("move");
        assert_eq!((outcomes(&reports), &reports[0].error), (vec![Outcome::Skipped], &Some(AppError::NameTaken)));
        let reports = world.drive.move_all(&actor, &ids, &to.id, Conflict::Rename).await.expect("move");
        assert_eq!(outcomes(&reports), [Outcome::Renamed]);
        assert_eq!(names(&world, &actor, &to.id).await, ["F=4", "f (1)=2"]);

        world.drive.rename(&actor, &file.id, &name("x")).await.expect("rename");
        world.drive.move_to(&actor, &file.id, &from.id).await.expect("back");
        world.drive.rename(&actor, &file.id, &name("f")).await.expect("rename");
        let reports = world.drive.move_all(&actor, &ids, &to.id, Conflict::Replace).await.expect("move");
        assert_eq!(outcomes(&reports), [Outcome::Replaced]);
        assert_eq!(reports[0].node.as_ref().map(|node| (&node.id, node.size)), Some((&there.id, 2)));
        assert_eq!(names(&world, &actor, &to.id).await, ["F=2"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM versions").await, 2, "its own and the replaced one");
        assert!(matches!(world.drive.node(&actor, &file.id).await, Err(Error::NotFound)));
        is_consistent(&world, &actor).await;
        world.drive.sweep_once().await;
        assert_eq!(used(&world, &actor).await, 1 + 2 + 4);
        is_consistent(&world, &actor).await;

        // A file and a folder never replace each other.
        let odd = folder(&world, &actor, &from.id, "F").await;
        let reports = world.drive.move_all(&actor, &[odd.id], &to.id, Conflict::Replace).await.expect("move");
        assert_eq!(outcomes(&reports), [Outcome::Skipped]);
    }

    async fn folders_are_merged_to_the_last(world: World) {
        let actor = world.user("lin_wei").await;
        let (left, right) = (folder(&world, &actor, &actor.root, "left").await, folder(&world, &actor, &actor.root, "right").await);
        let mut tops = Vec::new();
        for side in [&left, &right] {
            let top = folder(&world, &actor, &side.id, "Top").await;
            let deep = folder(&world, &actor, &top.id, "deep").await;
            put(&world, &actor, &deep.id, "same", Conflict::Fail, 10).await.expect("file");
            put(&world, &actor, &deep.id, &side.name, Conflict::Fail, 1).await.expect("file");
            tops.push((top, deep));
        }
        let [(one, deep), (two, deep_two)] = &tops[..] else { panic!("two") };
        folder(&world, &actor, &one.id, "odd").await;
        put(&world, &actor, &two.id, "odd", Conflict::Fail, 3).await.expect("file");
        let trashed = put(&world, &actor, &deep.id, "old", Conflict::Fail, 7).await.expect("file");
        world.drive.trash(&actor, &trashed.id).await.expect("trash");

        let reports = world.drive.move_all(&actor, std::slice::from_ref(&one.id), &right.id, Conflict::Replace).await.expect("move");
        assert_eq!(outcomes(&reports), [Outcome::Merged]);
        assert_eq!(reports[0].node.as_ref().map(|node| &node.id), Some(&two.id));
        assert!(names(&world, &actor, &left.id).await.is_empty());
        assert_eq!(names(&world, &actor, &two.id).await, ["deep/", "odd (1)/", "odd=3"]);
        assert_eq!(names(&world, &actor, &deep_two.id).await, ["left=1", "right=1", "same=10"]);
        is_consistent(&world, &actor).await;
        world.drive.sweep_once().await;
        is_consistent(&world, &actor).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes WHERE trashed_at <= 1").await, 0);
        let back = world.drive.restore(&actor, &trashed.id).await.expect("restore");
        assert_eq!(back.parent.as_ref(), Some(&deep_two.id), "its place went along");
    }

    async fn a_copy_shares_bytes_and_nothing_else(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let b = folder(&world, &actor, &a.id, "b").await;
        let file = put(&world, &actor, &b.id, "f.txt", Conflict::Fail, 5).await.expect("file");
        put(&world, &actor, &b.id, "f.txt", Conflict::Replace, 6).await.expect("version");
        let gone = put(&world, &actor, &b.id, "gone", Conflict::Fail, 9).await.expect("file");
        world.drive.trash(&actor, &gone.id).await.expect("trash");
        let before = used(&world, &actor).await;

        let reports = world.drive.copy_all(&actor, &[a.id.clone(), file.id.clone()], &actor.root, Conflict::Rename).await.expect("copy");
        assert_eq!(outcomes(&reports), [Outcome::Renamed, Outcome::Done]);
        assert_eq!(names(&world, &actor, &actor.root).await, ["a/", "a (1)/", "f.txt=6"]);
        assert_eq!(used(&world, &actor).await, before + 12, "no versions, no trash");
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs").await, 3, "no bytes were made");
        is_consistent(&world, &actor).await;

        // The copy outlives the first.
        world.drive.trash(&actor, &a.id).await.expect("trash");
        world.drive.empty_trash(&actor).await.expect("empty");
        let copy = reports[0].node.as_ref().expect("the copy");
        let inner = world.drive.children(&actor, &copy.id, &ListOptions::default()).await.expect("children");
        assert_eq!(names(&world, &actor, &inner.items[0].id).await, ["f.txt=6"]);
        is_consistent(&world, &actor).await;
    }

    async fn copies_replace_merge_or_skip(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        put(&world, &actor, &a.id, "f", Conflict::Fail, 5).await.expect("file");
        let only = put(&world, &actor, &a.id, "only", Conflict::Fail, 1).await.expect("file");
        let to = folder(&world, &actor, &actor.root, "to").await;
        let there = folder(&world, &actor, &to.id, "a").await;
        put(&world, &actor, &there.id, "f", Conflict::Fail, 7).await.expect("file");
        let ids = [a.id.clone()];
        let reports = world.drive.copy_all(&actor, &ids, &to.id, Conflict::Fail).await.expect("copy");
        assert_eq!(outcomes(&reports), [Outcome::Skipped]);
        let reports = world.drive.copy_all(&actor, &ids, &to.id, Conflict::Replace).await.expect("copy");
        assert_eq!(outcomes(&reports), [Outcome::Merged]);
        assert_eq!(names(&world, &actor, &there.id).await, ["f=5", "only=1"]);
        assert_eq!(names(&world, &actor, &a.id).await, ["f=5", "only=1"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM versions").await, 1);
        // Nothing replaces itself.
        let reports = world.drive.copy_all(&actor, &[only.id], &a.id, Conflict::Replace).await.expect("copy");
        assert_eq!(outcomes(&reports), [Outcome::Skipped]);
        is_consistent(&world, &actor).await;
    }

    async fn a_copy_beyond_the_quota_leaves_nothing(world: World) {
        let actor = world.user("lin_wei").await;
        let small = put(&world, &actor, &actor.root, "small", Conflict::Fail, 10).await.expect("file");
        let a = folder(&world, &actor, &actor.root, "a").await;
        put(&world, &actor, &a.id, "large", Conflict::Fail, 100).await.expect("file");
        sqlx::query("UPDATE users SET quota = 215").execute(&world.sql).await.expect("quota");
        let outcome = world.drive.copy_all(&actor, &[small.id.clone(), a.id.clone()], &actor.root, Conflict::Rename).await;
        assert!(matches!(outcome, Err(Error::QuotaExceeded { available: 95 })), "{outcome:?}");
        assert_eq!(names(&world, &actor, &actor.root).await, ["a/", "small=10"]);
        is_consistent(&world, &actor).await;
        sqlx::query("UPDATE users SET quota = 220").execute(&world.sql).await.expect("quota");
        world.drive.copy_all(&actor, &[small.id, a.id], &actor.root, Conflict::Rename).await.expect("it fits");
        is_consistent(&world, &actor).await;
    }

    async fn a_large_folder_is_copied_in_batches_and_a_larger_one_refused(world: World) {
        let actor = world.user("lin_wei").await;
        let top = folder(&world, &actor, &actor.root, "top").await;
        put(&world, &actor, &top.id, "first", Conflict::Fail, 1).await.expect("file");
        let fill = |from: i64, to: i64| {
            let (world, actor, top) = (world.clone(), actor.clone(), top.id.clone());
            async move {
                sqlx::query(
                    "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, created_at) \
                     WITH RECURSIVE n (i) AS (SELECT CAST($3 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $4) \
                     SELECT SUBSTR('aaaaaaaaaaaaaaaaaaaaaaaaaa', 1, 26 - LENGTH(CAST(i AS TEXT))) || CAST(i AS TEXT), $1, $2, 1, \
                     'n' || CAST(i AS TEXT), 'n' || CAST(i AS TEXT), 'n', (SELECT id FROM blobs), 1, 0, 0 FROM n",
                )
                .bind(actor.user.as_str())
                .bind(top.as_str())
                .bind(from)
                .bind(to)
                .execute(&world.sql)
                .await
                .expect("many");
                sqlx::query("UPDATE blobs SET refs = (SELECT COUNT(*) FROM nodes WHERE blob_id IS NOT NULL)").execute(&world.sql).await.expect("refs");
                sqlx::query("UPDATE users SET used = (SELECT SUM(size) FROM nodes)").execute(&world.sql).await.expect("used");
            }
        };
        fill(1, 1300).await;
        let to = folder(&world, &actor, &actor.root, "to").await;
        let reports = world.drive.copy_all(&actor, std::slice::from_ref(&top.id), &to.id, Conflict::Fail).await.expect("copy");
        assert_eq!(outcomes(&reports), [Outcome::Done]);
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 3 + 2 * 1301 + 1);
        assert_eq!(world.number("SELECT refs FROM blobs").await, 2 * 1301);
        is_consistent(&world, &actor).await;
        fill(1301, 20_000).await;
        let outcome = world.drive.copy_all(&actor, &[top.id], &to.id, Conflict::Rename).await;
        assert!(matches!(outcome, Err(Error::Invalid { field: domain::Field::Limit, .. })), "{outcome:?}");
        is_consistent(&world, &actor).await;
    }

    async fn what_a_merge_leaves_behind_is_not_copied(world: World) {
        let actor = world.user("lin_wei").await;
        let a = folder(&world, &actor, &actor.root, "a").await;
        let moved = put(&world, &actor, &a.id, "f", Conflict::Fail, 5).await.expect("file");
        put(&world, &actor, &actor.root, "f", Conflict::Fail, 7).await.expect("file");
        let ids = std::slice::from_ref(&moved.id);
        let reports = world.drive.move_all(&actor, ids, &actor.root, Conflict::Replace).await.expect("move");
        assert_eq!(outcomes(&reports), [Outcome::Replaced]);
        // As a visitor would who found the file a moment before.
        let mut connection = world.drive.database().read().acquire().await.expect("connection");
        let trees = crate::nodes::copy::gather(&mut connection, &actor.user, ids, 10).await.expect("trees");
        assert_eq!((trees.count(), trees.roots()), (0, 0));
    }
}
