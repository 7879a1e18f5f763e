//! What the page of a file asks for: its text, the files around it, and who else can open it.

use domain::{NodeId, Sort};
use drive::{Client, Error};

use crate::shares::{file, folder, key, public, share};
use crate::world::{World, on_both_engines};

fn names(nodes: &[domain::Node]) -> Vec<&str> {
    nodes.iter().map(|node| node.name.as_str()).collect()
}

on_both_engines! {
    async fn the_files_around_in_the_order_of_the_list(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let inside = folder(&world, &owner, &owner.root, "f").await;
        folder(&world, &owner, &inside.id, "a folder").await;
        let mut files = Vec::new();
        for (text, bytes) in [("1.txt", &b"55555"[..]), ("2.txt", b"4444"), ("10.txt", b"333"), ("b.txt", b"22"), ("c.txt", b"1")] {
            files.push(file(drive, &owner, &inside.id, text, bytes).await);
        }
        let gone = file(drive, &owner, &inside.id, "3.txt", b"gone").await;
        drive.trash(&owner, &gone.id).await.expect("trash");
        let around = async |file: usize, sort: &str, reach| {
            drive.neighbours(&owner, &files[file].id, sort.parse::<Sort>().expect("an order"), reach).await.expect("neighbours")
        };
        let found = around(2, "name", 9).await;
        assert_eq!((names(&found.before), names(&found.after)), (vec!["1.txt", "2.txt"], vec!["b.txt", "c.txt"]));
        let found = around(2, "name", 1).await;
        assert_eq!((names(&found.before), names(&found.after)), (vec!["2.txt"], vec!["b.txt"]), "the nearest");
        let found = around(2, "size", 9).await;
        assert_eq!((names(&found.before), names(&found.after)), (vec!["c.txt", "b.txt"], vec!["2.txt", "1.txt"]));
        let found = around(0, "-name", 9).await;
        assert_eq!((names(&found.before), names(&found.after)), (vec!["c.txt", "b.txt", "10.txt", "2.txt"], vec![]));
        assert!(drive.neighbours(&owner, &inside.id, Sort::default(), 9).await.expect("a folder").before.is_empty());

        // Through a share: what is shared itself, or the folder within.
        let both = share(&world, &owner, public(&[&files[0], &files[3]])).await;
        let found = drive.shared_neighbours(&key(&both), &files[3].id, 9).await.expect("neighbours");
        assert_eq!((names(&found.before), names(&found.after)), (vec!["1.txt"], vec![]));
        let whole = share(&world, &owner, public(&[&inside])).await;
        let found = drive.shared_neighbours(&key(&whole), &files[3].id, 2).await.expect("neighbours");
        assert_eq!((names(&found.before), names(&found.after)), (vec!["2.txt", "10.txt"], vec!["c.txt"]));
        let outside: Result<_, Error> = drive.shared_neighbours(&key(&both), &files[1].id, 2).await;
        assert!(matches!(outside, Err(Error::NotFound)));
    }

    async fn who_else_can_open_it(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let above = folder(&world, &owner, &owner.root, "above").await;
        let node = file(drive, &owner, &above.id, "a.txt", b"a").await;
        let other = file(drive, &owner, &owner.root, "other.txt", b"a").await;
        let by_itself = share(&world, &owner, public(&[&node])).await;
        let by_folder = share(&world, &owner, public(&[&other, &above])).await;
        share(&world, &owner, public(&[&other])).await;
        let of = async |id: &NodeId| {
            let shares = drive.shares_of_node(&owner, id).await.expect("shares");
            let mut ids: Vec<_> = shares.into_iter().map(|share| share.id.to_string()).collect();
            ids.sort();
            ids
        };
        let mut both = vec![by_itself.id.to_string(), by_folder.id.to_string()];
        both.sort();
        assert_eq!(of(&node.id).await, both);
        assert_eq!(of(&above.id).await, [by_folder.id.to_string()]);
        drive.cancel_share(&owner, &by_folder.id, &Client::default()).await.expect("cancel");
        assert_eq!(of(&node.id).await, [by_itself.id.to_string()]);
    }

    async fn the_beginning_of_a_text(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let long: &'static [u8] = Box::leak("天地玄黄\n".repeat(300_000).into_bytes().into_boxed_slice());
        let node = file(drive, &owner, &owner.root, "long.txt", long).await;
        let excerpt = drive.open_content(&owner, &node.id).await.expect("content").excerpt().await.expect("read").expect("a text");
        assert!(!excerpt.is_whole && excerpt.text.len() <= 2 << 20 && !excerpt.text.contains('\u{FFFD}'));
        assert_eq!(excerpt.encoding, "UTF-8");
        let film = file(drive, &owner, &owner.root, "film", &[0; 100_000]).await;
        assert_eq!(drive.open_content(&owner, &film.id).await.expect("content").excerpt().await.expect("read"), None);
        world.store.faults().outage(storage::ErrorKind::Unavailable);
        let failed = drive.open_content(&owner, &node.id).await.expect("content").excerpt().await;
        assert!(matches!(failed, Err(Error::Store(_))));
    }
}
