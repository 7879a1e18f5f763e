//! Pages by key: together they are the whole list in order, whatever happens meanwhile.

use std::collections::BTreeSet;

use domain::{Category, Conflict, Field, Node, NodeId, NodeKind, Sort};
use drive::{Actor, Error, ListOptions};

use crate::world::{World, name, on_both_engines};

const SORTS: [&str; 8] = ["name", "-name", "kind", "-kind", "size", "-size", "modified", "-modified"];

fn options(sort: &str, after: Option<String>, limit: u32) -> ListOptions {
    ListOptions { sort: sort.parse::<Sort>().expect(sort), after, limit }
}

/// Folders by the use case; files by SQL, since their bytes do not matter here.
async fn fill(world: &World, actor: &Actor) {
    for text in ["zoo", "file10", "file9", "Álbum", "文件"] {
        world.drive.create_folder(actor, &actor.root, &name(text), Conflict::Fail).await.expect(text);
        world.wait(std::time::Duration::from_millis(1));
    }
    for number in 0..40_i64 {
        // Sizes and times repeat, so that pages end among equals.
        let kind = ["jpg", "txt", "bin"][(number % 3) as usize];
        file(world, actor, &format!("photo {}.{kind}", number * 7 % 40), number % 4, number % 5).await;
    }
}

async fn file(world: &World, actor: &Actor, text: &str, size: i64, modified: i64) -> NodeId {
    let (id, blob) = (NodeId::from_random(rand::random()), NodeId::from_random(rand::random()));
    sqlx::query("INSERT INTO blobs (id, size, refs, created_at) VALUES ($1, $2, 1, 0)")
        .bind(blob.as_str())
        .bind(size)
        .execute(&world.sql)
        .await
        .expect("blob");
    let name = name(text);
    sqlx::query(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, created_at, \
         mime, category) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, 0, $10, $11)",
    )
    .bind(id.as_str())
    .bind(actor.user.as_str())
    .bind(actor.root.as_str())
    .bind(name.as_str())
    .bind(name.unique_key())
    .bind(name.sort_key())
    .bind(blob.as_str())
    .bind(size)
    .bind(modified)
    .bind(domain::mime_of(&name))
    .bind(category_number(Category::of(domain::mime_of(&name))))
    .execute(&world.sql)
    .await
    .expect("node");
    id
}

fn category_number(category: Category) -> i64 {
    let number = Category::ALL.iter().position(|one| *one == category);
    i64::try_from(number.expect("one of all")).expect("few")
}

/// What the order must be, by comparing nodes here.
fn sorted(mut nodes: Vec<Node>, sort: &str) -> Vec<Node> {
    let by_name = |node: &Node| name(&node.name).sort_key();
    nodes.sort_by(|a, b| {
        let folders = (a.kind == NodeKind::File).cmp(&(b.kind == NodeKind::File));
        let both_folders = a.kind == NodeKind::Folder && b.kind == NodeKind::Folder;
        let order = match sort.trim_start_matches('-') {
            "size" | "kind" if both_folders => return folders.then(by_name(a).cmp(&by_name(b))),
            "name" => by_name(a).cmp(&by_name(b)).then(a.id.cmp(&b.id)),
            "kind" => a
                .category()
                .map(category_number)
                .cmp(&b.category().map(category_number))
                .then(by_name(a).cmp(&by_name(b)))
                .then(a.id.cmp(&b.id)),
            "size" => a.size.cmp(&b.size).then(a.id.cmp(&b.id)),
            _ => a.modified.cmp(&b.modified).then(a.id.cmp(&b.id)),
        };
        folders.then(if sort.starts_with('-') { order.reverse() } else { order })
    });
    nodes
}

on_both_engines! {
    async fn pages_together_are_the_sorted_list(world: World) {
        let actor = world.user("lin_wei").await;
        fill(&world, &actor).await;
        let all = world.drive.children(&actor, &actor.root, &options("name", None, 1000)).await.expect("all");
        assert_eq!((all.items.len(), all.next), (45, None));
        let folders: Vec<_> = all.items[..5].iter().map(|node| node.name.as_str()).collect();
        assert_eq!(folders, ["file9", "file10", "zoo", "Álbum", "文件"], "numbers count as numbers");
        for sort in SORTS {
            let expected = sorted(all.items.clone(), sort);
            for limit in [1, 2, 5, 7, 44, 45, 46] {
                let (mut items, mut after) = (Vec::new(), None);
                loop {
                    let page = world.drive.children(&actor, &actor.root, &options(sort, after, limit)).await.expect("page");
                    assert!(page.items.len() == limit as usize || page.next.is_none());
                    items.extend(page.items);
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(items, expected, "{sort} by {limit}");
            }
        }
    }

    async fn entries_that_come_and_go_disturb_no_others(world: World) {
        let actor = world.user("lin_wei").await;
        fill(&world, &actor).await;
        for sort in SORTS {
            let before = world.drive.children(&actor, &actor.root, &options(sort, None, 1000)).await.expect("all").items;
            let stays: BTreeSet<_> = before.iter().map(|node| node.id.clone()).collect();
            let (mut seen, mut after, mut guests) = (Vec::new(), None, Vec::new());
            for round in 0.. {
                let page = world.drive.children(&actor, &actor.root, &options(sort, after, 4)).await.expect("page");
                seen.extend(page.items.into_iter().map(|node| node.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
                // Before, at and behind where the reader is; and the guest of the round before leaves, also if the cursor
                // stands on it.
                for text in ["aa", "photo 20 b.jpg", "zz"] {
                    guests.push(file(&world, &actor, &format!("{text} {sort}{round}"), round % 4, round % 5).await);
                }
                let leaving = guests.swap_remove(0);
                world.drive.trash(&actor, &leaving).await.expect("trash");
            }
            let once: BTreeSet<_> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "{sort}: nothing comes twice");
            assert!(stays.is_subset(&once), "{sort}: nothing that stayed is missing");
            let order: Vec<_> = seen.into_iter().filter(|id| stays.contains(id)).collect();
            assert_eq!(order, before.into_iter().map(|node| node.id).collect::<Vec<_>>(), "{sort}");
            for guest in guests {
                world.drive.trash(&actor, &guest).await.expect("trash");
            }
        }
    }

    async fn a_cursor_is_good_for_its_own_list_alone(world: World) {
        let actor = world.user("lin_wei").await;
        fill(&world, &actor).await;
        let inner = world.drive.create_folder(&actor, &actor.root, &name("inner"), Conflict::Fail).await.expect("folder");
        let page = world.drive.children(&actor, &actor.root, &options("name", None, 3)).await.expect("page");
        let cursor = page.next.expect("more");
        let mut edited = cursor.clone().into_bytes();
        edited[20] ^= 1;
        let edited = String::from_utf8(edited).expect("ASCII");
        for (parent, sort, after) in [
            (&actor.root, "-name", cursor.as_str()),
            (&actor.root, "size", cursor.as_str()),
            (&inner.id, "name", cursor.as_str()),
            (&actor.root, "name", edited.as_str()),
            (&actor.root, "name", &cursor[..cursor.len() - 1]),
            (&actor.root, "name", ""),
            (&actor.root, "name", "\0"),
        ] {
            let refused = world.drive.children(&actor, parent, &options(sort, Some(after.to_owned()), 3)).await;
            assert!(matches!(refused, Err(Error::Invalid { field: Field::Cursor, .. })), "{sort} {after:?}");
        }
        let next = world.drive.children(&actor, &actor.root, &options("name", Some(cursor), 3)).await.expect("next");
        assert_eq!(next.items.len(), 3);
    }
}
