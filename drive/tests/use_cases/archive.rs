//! Zips, read by a program that has nothing of ours: the crate `zip`.

mod shared;
mod vast;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use bytes::Bytes;
use domain::{Node, NodeId};
use drive::{Actor, Archive, Error};
use futures::{StreamExt, TryStreamExt};
use storage::ErrorKind;

use crate::shares::{file, folder};
use crate::world::{World, name, on_both_engines};

async fn bytes_of(archive: Archive) -> Vec<u8> {
    archive.into_bytes().try_collect::<Vec<Bytes>>().await.expect("a whole zip").concat()
}

/// Paths with what is there; `None` for a folder. Every checksum is looked at.
fn contents(bytes: Vec<u8>) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut contents = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).expect("an entry");
        let path = entry.name().expect("UTF-8").into_owned();
        assert!(entry.enclosed_name().is_some(), "{path} leads elsewhere");
        let is_folder = entry.is_dir();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("the right checksum");
        let before = contents.insert(path.clone(), (!is_folder).then_some(content));
        assert!(before.is_none(), "{path} twice");
    }
    contents
}

async fn zipped(world: &World, actor: &Actor, nodes: &[&Node]) -> BTreeMap<String, Option<Vec<u8>>> {
    let ids: Vec<NodeId> = nodes.iter().map(|node| node.id.clone()).collect();
    contents(bytes_of(world.drive.open_archive(actor, &ids).await.expect("an archive")).await)
}

fn paths(contents: &BTreeMap<String, Option<Vec<u8>>>) -> Vec<&str> {
    contents.keys().map(String::as_str).collect()
}

on_both_engines! {
    async fn a_folder_with_all_below_it(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let photos = folder(&world, &owner, &owner.root, "照片 2026").await;
        let empty = folder(&world, &owner, &photos.id, "空").await;
        let inner = folder(&world, &owner, &photos.id, "黄山").await;
        file(drive, &owner, &photos.id, "a.txt", b"one").await;
        file(drive, &owner, &inner.id, "日出.jpg", b"two").await;
        file(drive, &owner, &inner.id, "nothing", b"").await;
        let old = file(drive, &owner, &photos.id, "old.txt", b"old").await;
        drive.trash(&owner, &old.id).await.expect("trash");
        let gone = folder(&world, &owner, &photos.id, "gone").await;
        file(drive, &owner, &gone.id, "inside", b"old").await;
        drive.trash(&owner, &gone.id).await.expect("trash");

        let archive = drive.open_archive(&owner, std::slice::from_ref(&photos.id)).await.expect("an archive");
        assert_eq!(archive.name, "照片 2026.zip");
        let found = contents(bytes_of(archive).await);
        let expected = ["照片 2026/", "照片 2026/a.txt", "照片 2026/空/", "照片 2026/黄山/", "照片 2026/黄山/nothing", "照片 2026/黄山/日出.jpg"];
        assert_eq!(paths(&found), expected);
        assert_eq!(found["照片 2026/黄山/日出.jpg"].as_deref(), Some(&b"two"[..]));

        // The whole drive has no name, and everything else is in it.
        let whole = drive.open_archive(&owner, &[photos.id.clone(), owner.root.clone()]).await.expect("an archive");
        assert_eq!(whole.name, "Hayloft.zip");
        assert_eq!(paths(&contents(bytes_of(whole).await)), expected);
        drive.trash(&owner, &photos.id).await.expect("trash");
        assert!(matches!(drive.open_archive(&owner, &[empty.id]).await, Err(Error::NotFound)));
        let nothing = drive.open_archive(&owner, std::slice::from_ref(&owner.root)).await.expect("an archive");
        assert!(contents(bytes_of(nothing).await).is_empty());
    }

    async fn what_is_called_alike_comes_side_by_side(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let (a, b) = (folder(&world, &owner, &owner.root, "a").await, folder(&world, &owner, &owner.root, "b").await);
        let one = file(drive, &owner, &a.id, "Note.txt", b"one").await;
        let two = file(drive, &owner, &b.id, "note.TXT", b"two").await;
        let found = zipped(&world, &owner, &[&one, &two, &one]).await;
        assert_eq!(paths(&found), ["Note.txt", "note (~1).TXT"]);
    }

    async fn names_lead_nowhere_and_unpack_everywhere(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let folder = folder(&world, &owner, &owner.root, "..\\up").await;
        for text in ["..\\..\\evil.exe", "C:x", "C_x", "NUL.txt", "end.", "end", "a?", "a*", "a_", "a_ (~3)", "~", "-rf", "\u{202a}"] {
            // The last one is refused as a name.
            if domain::FileName::parse(text).is_ok() {
                file(drive, &owner, &folder.id, text, b"x").await;
            }
        }
        let found = zipped(&world, &owner, &[&folder]).await;
        assert_eq!(found.len(), 13);
        for path in found.keys() {
            assert!(!path.contains(['\\', ':', '?', '*']) && !path.starts_with('/') && path.split('/').all(|name| name != ".."),
                "{path}");
        }
        let folded: std::collections::HashSet<_> = found.keys().map(|path| path.to_lowercase()).collect();
        assert_eq!(folded.len(), found.len(), "also where case does not count");
        assert!(found.keys().any(|path| path.ends_with("/a_")), "a name that is safe stays");
    }

    async fn a_store_that_breaks_off_never_ends_it_cleanly(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let folder = folder(&world, &owner, &owner.root, "f").await;
        for text in ["a", "b", "c"] {
            file(drive, &owner, &folder.id, text, &[7; 100_000]).await;
        }
        let open = async || drive.open_archive(&owner, std::slice::from_ref(&folder.id)).await.expect("an archive");
        world.store.faults().break_reads_after(250_000);
        let items: Vec<_> = open().await.into_bytes().collect().await;
        assert!(items.iter().any(Result::is_err), "an error, not an end");
        world.store.faults().mend();
        world.store.faults().outage(ErrorKind::Unavailable);
        let items: Vec<_> = open().await.into_bytes().collect().await;
        assert!(matches!(items.as_slice(), [Err(Error::Store(_))]), "nothing before the first bytes: {items:?}");
        world.store.faults().mend();
        // Bytes that are not all there are no file.
        sqlx::query("UPDATE blobs SET size = size + 1").execute(&world.sql).await.expect("sql");
        let items: Vec<_> = open().await.into_bytes().collect().await;
        assert!(items.iter().any(|item| matches!(item, Err(Error::Internal(_)))));
        // Whoever leaves in the middle leaves nothing behind.
        drop(Box::pin(open().await.into_bytes()).next().await);
    }

    async fn a_tree_of_a_thousand_levels(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let top = folder(&world, &owner, &owner.root, "top").await;
        let mut parent = top.id.clone();
        for level in 0..1000 {
            parent = drive.create_folder(&owner, &parent, &name(&format!("level {level}")), domain::Conflict::Fail).await.expect("a level").id;
        }
        file(drive, &owner, &parent, "deep.txt", b"deep").await;
        let found = zipped(&world, &owner, &[&top]).await;
        assert_eq!(found.len(), 1002, "the top, its levels, the file");
        assert!(found.keys().all(|path| path.len() < 4000), "what Linux can unpack");
        let (deep, content) = found.iter().find(|(path, _)| path.ends_with("deep.txt")).expect("the deepest");
        assert!(deep.starts_with("level ") && deep.contains(" (~"), "a folder too far down is at the top: {deep}");
        assert_eq!(content.as_deref(), Some(&b"deep"[..]));
    }

    async fn none_and_too_many_are_refused(world: World) {
        let owner = world.user("lin_wei").await;
        let never: NodeId = "a".repeat(26).parse().expect("id");
        for ids in [vec![], vec![never; 1001]] {
            let refused = world.drive.open_archive(&owner, &ids).await;
            assert!(matches!(refused, Err(Error::Invalid { field: domain::Field::Limit, .. })), "{refused:?}");
        }
    }
}
