use std::time::Duration;

use domain::{NodeId, NodeKind};
use drive::ListOptions;

use super::*;
use crate::world::on_both_engines;

fn names(nodes: &[Node]) -> Vec<&str> {
    nodes.iter().map(|node| node.name.as_str()).collect()
}

/// In no use case of a visitor there is such a node.
async fn assert_hidden(world: &World, key: &ShareKey, visitor: &Actor, node: &NodeId, what: &str) {
    let drive = &world.drive;
    let children = drive.shared_children(key, node, &ListOptions::default()).await.map(drop);
    let way = drive.shared_way(key, node).await.map(drop);
    let content = drive.open_shared_content(key, node).await.map(drop);
    let save = drive.save_shared(visitor, key, std::slice::from_ref(node), &visitor.root).await.map(drop);
    for (use_case, outcome) in [("children", children), ("way", way), ("content", content), ("save", save)] {
        assert!(matches!(outcome, Err(Error::NotFound)), "{what}, {use_case}: {outcome:?}");
    }
}

on_both_engines! {
    async fn what_is_shared_is_seen_as_it_is_now(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let trip = folder(&world, &owner, &owner.root, "trip").await;
        let day = folder(&world, &owner, &trip.id, "day 1").await;
        let photo = file(drive, &owner, &day.id, "a.jpg", b"photo").await;
        let note = file(drive, &owner, &owner.root, "a note.txt", b"note").await;
        let share = share(&world, &owner, public(&[&note, &trip])).await;
        assert_eq!((share.title.as_str(), share.items, share.code.as_deref()), ("a note.txt", 2, None));
        assert_eq!(share.token.as_str().len(), 26, "128 bits");

        let key = key(&share);
        let seen = drive.open_share(&key).await.expect("open");
        assert_eq!((seen.owner.as_str(), names(&seen.items)), ("lin_wei", vec!["trip", "a note.txt"]));
        assert!(seen.items.iter().all(|node| node.parent.is_none()), "where they are is not told");
        let page = drive.shared_children(&key, &trip.id, &ListOptions::default()).await.expect("children");
        assert_eq!(page.items, std::slice::from_ref(&day));
        let way = drive.shared_way(&key, &photo.id).await.expect("way");
        assert_eq!((names(&way), way[0].parent.clone()), (vec!["trip", "day 1", "a.jpg"], None));
        assert_eq!(names(&drive.shared_way(&key, &trip.id).await.expect("way")), ["trip"]);
        let content = download(&world, &key, &photo, Portion::Beginning, &Client::default()).await.expect("content");
        assert_eq!(bytes_of(&content).await, b"photo");
        let file_as_folder = drive.shared_children(&key, &note.id, &ListOptions::default()).await;
        assert!(matches!(file_as_folder, Err(Error::NotFound)));

        // Later changes are seen, under the names of now.
        file(drive, &owner, &day.id, "b.jpg", b"another").await;
        drive.rename(&owner, &trip.id, &name("黄山")).await.expect("rename");
        let elsewhere = folder(&world, &owner, &owner.root, "elsewhere").await;
        drive.move_to(&owner, &trip.id, &elsewhere.id).await.expect("move");
        assert_eq!(names(&drive.open_share(&key).await.expect("open").items), ["黄山", "a note.txt"]);
        let page = drive.shared_children(&key, &day.id, &ListOptions::default()).await.expect("children");
        assert_eq!(names(&page.items), ["a.jpg", "b.jpg"]);
        assert_eq!(page.items[0].kind, NodeKind::File);
    }

    async fn nothing_beside_or_above_is_reached(world: World) {
        let (drive, owner, visitor) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let above = folder(&world, &owner, &owner.root, "above").await;
        let shared = folder(&world, &owner, &above.id, "shared").await;
        let inner = folder(&world, &owner, &shared.id, "inner").await;
        let child = file(drive, &owner, &inner.id, "child", b"child").await;
        let sibling = file(drive, &owner, &above.id, "sibling", b"sibling").await;
        let trashed = file(drive, &owner, &inner.id, "trashed", b"trashed").await;
        let moved = folder(&world, &owner, &inner.id, "moved").await;
        let in_moved = file(drive, &owner, &moved.id, "in moved", b"in moved").await;
        let foreign = file(drive, &visitor, &visitor.root, "foreign", b"foreign").await;
        let key = key(&share(&world, &owner, public(&[&shared])).await);
        for node in [&shared, &inner, &child, &trashed, &moved, &in_moved] {
            drive.shared_way(&key, &node.id).await.expect(&node.name);
        }
        drive.trash(&owner, &trashed.id).await.expect("trash");
        drive.move_to(&owner, &moved.id, &above.id).await.expect("move");
        let never: NodeId = "a".repeat(26).parse().expect("id");
        for (what, node) in [
            ("the folder above", &above.id),
            ("the root", &owner.root),
            ("a sibling", &sibling.id),
            ("a trashed child", &trashed.id),
            ("a child that was moved out", &moved.id),
            ("what is in it", &in_moved.id),
            ("the visitor's own", &foreign.id),
            ("the visitor's root", &visitor.root),
            ("nothing", &never),
        ] {
            assert_hidden(&world, &key, &visitor, node, what).await;
        }
        drive.shared_way(&key, &child.id).await.expect("still there");
        drive.move_to(&owner, &moved.id, &inner.id).await.expect("back");
        drive.shared_way(&key, &in_moved.id).await.expect("shared again");
        // A trashed folder in between takes what is below it along.
        drive.trash(&owner, &inner.id).await.expect("trash");
        for node in [&inner.id, &child.id] {
            assert_hidden(&world, &key, &visitor, node, "below a trashed folder").await;
        }
        // A cursor of another list is none here.
        let list = ListOptions { after: Some("AAAA".to_owned()), ..ListOptions::default() };
        let refused = drive.shared_children(&key, &shared.id, &list).await;
        assert!(matches!(refused, Err(Error::Invalid { field: domain::Field::Cursor, .. })));
    }

    async fn the_trash_closes_a_share_and_restoring_opens_it(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let above = folder(&world, &owner, &owner.root, "above").await;
        let one = file(drive, &owner, &above.id, "one", b"1").await;
        let two = file(drive, &owner, &owner.root, "two", b"22").await;
        let share = share(&world, &owner, public(&[&one, &two])).await;
        let key = key(&share);
        drive.trash(&owner, &one.id).await.expect("trash");
        assert_eq!(names(&drive.open_share(&key).await.expect("open").items), ["two"]);
        assert_eq!(drive.share(&owner, &share.id).await.expect("share").title, "two");
        drive.trash(&owner, &two.id).await.expect("trash");
        assert_state(&world, &owner, &share, ShareState::Trashed).await;
        assert!(matches!(
            download(&world, &key, &one, Portion::Beginning, &Client::default()).await,
            Err(Error::NotFound)
        ));
        drive.restore(&owner, &one.id).await.expect("restore");
        assert_state(&world, &owner, &share, ShareState::Active).await;
        download(&world, &key, &one, Portion::Beginning, &Client::default()).await.expect("again");

        drive.trash(&owner, &above.id).await.expect("trash the folder above");
        assert_state(&world, &owner, &share, ShareState::Trashed).await;
        drive.restore(&owner, &above.id).await.expect("restore");
        assert_state(&world, &owner, &share, ShareState::Active).await;

        // What is deleted for good leaves the share with nothing, and with its title.
        drive.trash(&owner, &above.id).await.expect("trash");
        drive.purge(&owner, &above.id).await.expect("purge");
        drive.purge(&owner, &two.id).await.expect("purge");
        assert_eq!(world.number("SELECT COUNT(*) FROM share_items").await, 0);
        assert_state(&world, &owner, &share, ShareState::Trashed).await;
        let gone = drive.share(&owner, &share.id).await.expect("share");
        assert_eq!((gone.title.as_str(), gone.items), ("one", 0));
    }

    async fn what_ended_says_how(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let expires = Some(drive.now() + 1000);
        let timed = share(&world, &owner, NewShare { expires, ..public(&[&note]) }).await;
        assert_state(&world, &owner, &timed, ShareState::Active).await;
        world.wait(Duration::from_millis(1000));
        assert_state(&world, &owner, &timed, ShareState::Expired).await;
        let content = download(&world, &key(&timed), &note, Portion::Beginning, &Client::default()).await;
        assert!(matches!(content, Err(Error::ShareClosed(ShareState::Expired))), "{content:?}");

        let ended = share(&world, &owner, public(&[&note])).await;
        let found = drive.open_shared_content(&key(&ended), &note.id).await.expect("open");
        drive.cancel_share(&owner, &ended.id, &Client::default()).await.expect("cancel");
        assert_state(&world, &owner, &ended, ShareState::Cancelled).await;
        let late = drive.download_shared(found, Portion::Beginning, &Client::default()).await;
        assert!(matches!(late, Err(Error::ShareClosed(_))), "what was found before opens nothing after");

        let unknown = ShareKey { token: domain::ShareToken::from_random([9; 16]), proof: None };
        assert!(matches!(drive.open_share(&unknown).await, Err(Error::NotFound)));
        let by_id = ShareKey { token: ended.id.as_str().parse().expect("token"), proof: None };
        assert!(matches!(drive.open_share(&by_id).await, Err(Error::NotFound)), "the id opens nothing");
    }

    async fn a_locked_account_shares_nothing(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let admin = drive.create_administrator(crate::world::account("admin")).await.expect("administrator");
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, public(&[&note])).await;
        drive.lock_account(&admin, &owner.user, "spam", &Client::default()).await.expect("lock");
        assert!(matches!(drive.open_share(&key(&share)).await, Err(Error::NotFound)));
        assert!(matches!(drive.open_shared_content(&key(&share), &note.id).await, Err(Error::NotFound)));
        drive.unlock_account(&admin, &owner.user, &Client::default()).await.expect("unlock");
        assert_state(&world, &owner, &share, ShareState::Active).await;
    }

    async fn visits_of_others_are_counted(world: World) {
        let (drive, owner, other) = (&world.drive, world.user("lin_wei").await, world.user("wang_fang").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, public(&[&note])).await;
        for who in [None, Some(&other), Some(&owner)] {
            drive.count_visit(&key(&share), who).await.expect("count");
        }
        assert_eq!(drive.share(&owner, &share.id).await.expect("share").visits, 2);
    }
}
