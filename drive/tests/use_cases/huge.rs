//! A folder of 100,000 files, and folders 1,000 deep: everything that can be done to small ones, done to these. What cannot
//! be done to so many is refused with the reason, and nothing takes as long as an attacker would like.

use std::slice::from_ref;
use std::time::{Duration, Instant};

use domain::{Conflict, Field, NodeId, Outcome};
use drive::{Actor, Client, CodeChoice, Error, ListOptions, NewShare, Restore, ShareKey};

use crate::world::{World, name, on_both_engines};

const DEEP: i64 = 1000;
const WIDE: i64 = 100_000;

/// What one request may take here, where nothing is optimised and other tests run beside it. Work that grows with the square
/// of these numbers takes many minutes.
const LONG: Duration = Duration::from_secs(60);

/// The identifier of the row with this number, as SQL and as we write it.
macro_rules! id {
    ($number:literal, $fill:literal) => {
        concat!(
            "REPLACE(REPLACE(REPLACE(REPLACE(CAST(1000000 + ",
            $number,
            " AS TEXT), '0', 'a'), '1', 'b'), '8', 'c'), '9', 'd') || '",
            $fill,
            "'"
        )
    };
}

fn deep(number: i64) -> NodeId {
    let digits = (1_000_000 + number).to_string();
    let digits = digits.replace('0', "a").replace('1', "b").replace('8', "c").replace('9', "d");
    format!("{digits}aaaaaaaaaaaaaaaaaaa").parse().expect("an id")
}

/// Folders in one another, the first in the root.
async fn dig(world: &World, actor: &Actor) {
    let statement = concat!(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, size, modified_at, created_at) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) SELECT ",
        id!("i", "aaaaaaaaaaaaaaaaaaa"),
        ", $1, CASE WHEN i = 1 THEN $2 ELSE ",
        id!("i - 1", "aaaaaaaaaaaaaaaaaaa"),
        " END, 0, 'level ' || CAST(i AS TEXT), 'level ' || CAST(i AS TEXT), 'level', 0, 0, 0 FROM n"
    );
    let query = sqlx::query(statement).bind(actor.user.as_str()).bind(actor.root.as_str()).bind(DEEP);
    query.execute(&world.sql).await.expect("deep");
}

/// Files of one byte in a folder.
async fn fill(world: &World, actor: &Actor, folder: &NodeId) {
    sqlx::query(
        "INSERT INTO blobs (id, size, refs, created_at) VALUES ('baaaaaaaaaaaaaaaaaaaaaaaaa', 1, $1, 0)",
    )
    .bind(WIDE)
    .execute(&world.sql)
    .await
    .expect("blob");
    let statement = concat!(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, \
         created_at, category) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) SELECT ",
        id!("i", "bbbbbbbbbbbbbbbbbba"),
        ", $1, $2, 1, 'n' || CAST(i AS TEXT), 'n' || CAST(i AS TEXT), 'n' || CAST(i AS TEXT), \
         'baaaaaaaaaaaaaaaaaaaaaaaaa', 1, i, 0, 4 FROM n"
    );
    let query = sqlx::query(statement).bind(actor.user.as_str()).bind(folder.as_str()).bind(WIDE);
    query.execute(&world.sql).await.expect("wide");
    let query = sqlx::query("UPDATE users SET used = $2 WHERE id = $1").bind(actor.user.as_str()).bind(WIDE);
    query.execute(&world.sql).await.expect("used");
}

async fn folder(world: &World, actor: &Actor, text: &str) -> NodeId {
    world.drive.create_folder(actor, &actor.root, &name(text), Conflict::Fail).await.expect(text).id
}

async fn share(world: &World, actor: &Actor, node: &NodeId) -> ShareKey {
    let new =
        NewShare { nodes: vec![node.clone()], code: CodeChoice::Public, expires: None, max_downloads: None };
    let share = world.drive.create_share(actor, new, &Client::default()).await.expect("share");
    ShareKey { token: share.token, proof: None }
}

/// What comes of it, soon.
async fn soon<T>(what: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let begin = Instant::now();
    let outcome = Box::pin(work).await;
    let took = begin.elapsed();
    assert!(took < LONG, "{what} took {took:?}");
    outcome
}

async fn rows(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM nodes").await
}

on_both_engines! {
    async fn folders_a_thousand_deep(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        dig(&world, &actor).await;
        let (top, middle, bottom) = (deep(1), deep(DEEP / 2), deep(DEEP));
        let way = soon("the way up", drive.ancestors(&actor, &bottom)).await.expect("ancestors");
        assert_eq!(way.len() as i64, DEEP, "the root and all but itself");
        let page = soon("the list", drive.children(&actor, &bottom, &ListOptions::default())).await.expect("list");
        assert!(page.items.is_empty());
        soon("a folder", drive.create_folder(&actor, &bottom, &name("x"), Conflict::Fail)).await.expect("folder");
        soon("a name", drive.rename(&actor, &bottom, &name("bottom"))).await.expect("rename");

        // Into itself, far below.
        let outcome = soon("a circle", drive.move_to(&actor, &top, &bottom)).await;
        assert!(matches!(outcome, Err(Error::Invalid { field: Field::Parent, .. })), "{outcome:?}");
        let outcome = soon("a copy in itself", drive.copy_all(&actor, from_ref(&top), &bottom, Conflict::Rename)).await;
        assert_eq!(outcome.expect("a report")[0].outcome, Outcome::Refused);
        let elsewhere = folder(&world, &actor, "elsewhere").await;
        soon("moving", drive.move_to(&actor, &middle, &elsewhere)).await.expect("moved out");
        soon("moving", drive.move_to(&actor, &middle, &deep(DEEP / 2 - 1))).await.expect("and back");
        let copied = soon("a copy", drive.copy_all(&actor, from_ref(&top), &elsewhere, Conflict::Fail)).await;
        assert_eq!(copied.expect("a report")[0].outcome, Outcome::Done);
        assert_eq!(rows(&world).await, 1 + 1 + 2 * (DEEP + 1));
        let merged = soon("a merge", drive.copy_all(&actor, from_ref(&top), &elsewhere, Conflict::Replace)).await;
        assert_eq!(merged.expect("a report")[0].outcome, Outcome::Merged);
        assert_eq!(rows(&world).await, 1 + 1 + 2 * (DEEP + 1));

        // Shared at the top, looked at from the bottom, and saved by somebody else.
        let (key, visitor) = (share(&world, &actor, &top).await, world.user("wang_fang").await);
        let way = soon("a visitor's way", drive.shared_way(&key, &bottom)).await.expect("way");
        assert_eq!(way.len() as i64, DEEP);
        soon("a visitor's list", drive.shared_children(&key, &bottom, &ListOptions::default())).await.expect("list");
        let saved = soon("saving", drive.save_shared(&visitor, &key, &[], &visitor.root)).await.expect("saved");
        assert_eq!(saved.count as i64, DEEP + 1);

        // The bottom by itself, the top with all below it, and both back.
        soon("trashing", drive.trash(&actor, &bottom)).await.expect("trash");
        let trash = soon("the trash", drive.trashed(&actor, None, 100)).await.expect("trash").items;
        let place = trash[0].place.as_ref().expect("a place");
        assert_eq!((place.len(), place[0].as_str(), place[16].as_str()), (17, "…", "level 999"), "the nearest folders");
        soon("trashing", drive.trash_all(&actor, from_ref(&top))).await.expect("trash");
        assert!(matches!(drive.node(&actor, &middle).await, Err(Error::NotFound)));
        assert!(matches!(drive.shared_way(&key, &middle).await, Err(Error::NotFound)));
        let back = soon("restoring", drive.restore_all(&actor, &[bottom.clone(), top.clone()], &Restore::ToItsPlace)).await.expect("back");
        assert!(back.iter().all(|report| report.outcome == Outcome::Done), "{back:?}");
        drive.node(&actor, &bottom).await.expect("there");

        soon("trashing", drive.trash(&actor, &top)).await.expect("trash");
        soon("purging", drive.purge(&actor, &top)).await.expect("purge");
        // One level after another, some hundred in a sweep.
        for _ in 0..4 {
            drive.sweep_once().await;
        }
        assert_eq!(rows(&world).await, 2 + 1 + 2 * (DEEP + 1), "the copy, and what was saved");
    }

    async fn a_folder_of_a_hundred_thousand(world: World) {
        let (drive, actor) = (&world.drive, world.user("lin_wei").await);
        let wide = folder(&world, &actor, "wide").await;
        let elsewhere = folder(&world, &actor, "elsewhere").await;
        fill(&world, &actor, &wide).await;
        for sort in ["name", "-name", "kind", "-kind", "size", "-size", "modified", "-modified"] {
            let options = ListOptions { sort: sort.parse().expect("a sort"), ..ListOptions::default() };
            let page = soon(sort, drive.children(&actor, &wide, &options)).await.expect("page");
            let next = ListOptions { after: page.next, ..options };
            assert_eq!(soon(sort, drive.children(&actor, &wide, &next)).await.expect("page").items.len(), 100);
        }
        let file = drive.children(&actor, &wide, &ListOptions::default()).await.expect("page").items.remove(0);
        soon("a name", drive.rename(&actor, &file.id, &name("other"))).await.expect("rename");
        soon("moving", drive.move_to(&actor, &wide, &elsewhere)).await.expect("move");

        let (key, visitor) = (share(&world, &actor, &wide).await, world.user("wang_fang").await);
        soon("a visitor's list", drive.shared_children(&key, &wide, &ListOptions::default())).await.expect("list");
        // So many at once would keep everybody else from writing.
        for outcome in [
            soon("a copy", drive.copy_all(&actor, from_ref(&wide), &actor.root, Conflict::Rename)).await.map(drop),
            soon("saving", drive.save_shared(&visitor, &key, &[], &visitor.root)).await.map(drop),
        ] {
            assert!(matches!(outcome, Err(Error::Invalid { field: Field::Limit, .. })), "{outcome:?}");
        }
        assert_eq!(drive.profile(&visitor).await.expect("profile").used, 0);

        // A part of it is merged into another folder of its name.
        let other = folder(&world, &actor, "wide").await;
        soon("a merge", drive.move_all(&actor, from_ref(&wide), &actor.root, Conflict::Replace)).await.expect("merged");
        assert_eq!(drive.children(&actor, &other, &ListOptions::default()).await.expect("page").items.len(), 100);
        soon("trashing", drive.trash(&actor, &other)).await.expect("trash");
        assert!(matches!(drive.node(&actor, &file.id).await, Err(Error::NotFound)));
        soon("restoring", drive.restore(&actor, &other)).await.expect("restore");
        soon("trashing", drive.trash(&actor, &other)).await.expect("trash");
        soon("emptying", drive.empty_trash(&actor)).await.expect("empty");
        assert!(drive.trashed(&actor, None, 10).await.expect("trash").items.is_empty());
        drive.sweep_once().await;
        assert_eq!(rows(&world).await, 3, "two roots and a folder");
        assert_eq!(drive.profile(&actor).await.expect("profile").used, 0);
        assert_eq!(world.number("SELECT refs FROM blobs").await, 0);
    }
}
