//! Small pictures: made in the background on any instance, whatever some files are like, and gone with their blobs.

use std::time::Duration;

use domain::{Conflict, Node, ShareState};
use drive::{Actor, Config, Error};
use image::{ImageFormat, Rgb, RgbImage};

use crate::shares::{file, folder, key, public, share};
use crate::world::{World, name, on_both_engines};

/// A picture of one colour.
fn picture(colour: u8, format: ImageFormat) -> &'static [u8] {
    let mut out = std::io::Cursor::new(Vec::new());
    let image = RgbImage::from_pixel(900, 600, Rgb([colour, 10, 10]));
    image::DynamicImage::from(image).write_to(&mut out, format).expect("encoded");
    Box::leak(out.into_inner().into_boxed_slice())
}

async fn is_there(world: &World, owner: &Actor, node: &Node) -> bool {
    let seen = world.drive.node(owner, &node.id).await.expect("node").thumbnail;
    match world.drive.thumbnail(owner, &node.id).await {
        Ok(small) => {
            assert!(seen && small.bytes.len() <= 32 << 10);
            let small = image::load_from_memory(&small.bytes).expect("a picture");
            assert_eq!((small.width(), small.height()), (320, 213));
            true
        }
        Err(Error::NotFound) => {
            assert!(!seen);
            false
        }
        Err(error) => panic!("{error:?}"),
    }
}

on_both_engines! {
    async fn of_every_kind_and_gone_with_the_blob(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let kinds = [("a.jpg", ImageFormat::Jpeg), ("b.png", ImageFormat::Png), ("c.webp", ImageFormat::WebP), ("d.gif", ImageFormat::Gif)];
        let mut nodes = Vec::new();
        for (number, (text, format)) in (0..).zip(kinds) {
            nodes.push(file(drive, &owner, &owner.root, text, picture(number, format)).await);
        }
        let text = file(drive, &owner, &owner.root, "e.txt", picture(9, ImageFormat::Png)).await;
        assert!(!is_there(&world, &owner, &nodes[0]).await, "not yet");
        drive.sweep_once().await;
        for node in &nodes {
            assert!(is_there(&world, &owner, node).await, "{}", node.name);
        }
        assert!(!is_there(&world, &owner, &text).await, "it is not called one");
        let listed = drive.children(&owner, &owner.root, &drive::ListOptions::default()).await.expect("children");
        assert_eq!(listed.items.iter().filter(|node| node.thumbnail).count(), 4);
        for sort in [drive::FilesSort::Recent, drive::FilesSort::Largest] {
            let query = drive::FilesQuery { sort, ..drive::FilesQuery::default() };
            let files = drive.files(&owner, &query, 100).await.expect("files").items;
            assert_eq!(files.iter().filter(|found| found.node.thumbnail).count(), 4, "{sort:?}");
        }
        let words = domain::SearchWords::parse("a.jpg").expect("words");
        let hits = drive.search(&owner, &words, None, 100).await.expect("search").items;
        assert!(hits.len() == 1 && hits[0].node.thumbnail);
        // A copy has it at once, a new name asks for it, other bytes have their own.
        let place = folder(&world, &owner, &owner.root, "place").await;
        let copied = drive.copy_all(&owner, &[nodes[0].id.clone()], &place.id, Conflict::Fail).await.expect("copied");
        assert!(is_there(&world, &owner, copied[0].node.as_ref().expect("the copy")).await);
        drive.rename(&owner, &text.id, &name("e.png")).await.expect("renamed");
        let before = drive.thumbnail(&owner, &nodes[0].id).await.expect("there").etag;
        file(drive, &owner, &owner.root, "a.jpg", picture(77, ImageFormat::Jpeg)).await;
        assert!(!is_there(&world, &owner, &nodes[0]).await, "that was of the bytes before");
        drive.sweep_once().await;
        assert!(is_there(&world, &owner, &text).await);
        assert!(is_there(&world, &owner, &nodes[0]).await);
        assert_ne!(drive.thumbnail(&owner, &nodes[0].id).await.expect("there").etag, before);

        let count = world.number("SELECT COUNT(*) FROM thumbnails").await;
        drive.trash(&owner, &nodes[1].id).await.expect("trash");
        assert!(matches!(drive.thumbnail(&owner, &nodes[1].id).await, Err(Error::NotFound)));
        drive.purge(&owner, &nodes[1].id).await.expect("purge");
        world.wait(Duration::from_secs(7 * 3600));
        drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM thumbnails").await, count - 1);
    }

    async fn a_bad_one_stops_nothing(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let broken = file(drive, &owner, &owner.root, "a.png", &picture(1, ImageFormat::Png)[..200]).await;
        let page = file(drive, &owner, &owner.root, "b.jpg", b"<script>alert(1)</script>").await;
        let deadly = file(drive, &owner, &owner.root, "c.png", picture(2, ImageFormat::Png)).await;
        // Whoever drew it has died at it, thrice.
        sqlx::query("UPDATE thumbnails SET tries = 3 WHERE blob_id = (SELECT blob_id FROM nodes WHERE id = $1)").bind(deadly.id.as_str()).execute(&world.sql).await.expect("sql");
        let good = file(drive, &owner, &owner.root, "d.png", picture(3, ImageFormat::Png)).await;
        drive.sweep_once().await;
        assert!(is_there(&world, &owner, &good).await);
        for node in [&broken, &page, &deadly] {
            assert!(!is_there(&world, &owner, node).await, "{}", node.name);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM thumbnails WHERE state = 0").await, 0, "none is tried for ever");

        let late = file(drive, &owner, &owner.root, "e.png", picture(4, ImageFormat::Png)).await;
        world.store.faults().outage(storage::ErrorKind::Unavailable);
        for _ in 0..5 {
            drive.sweep_once().await;
            world.wait(Duration::from_secs(60));
        }
        world.store.faults().mend();
        drive.sweep_once().await;
        assert!(is_there(&world, &owner, &late).await, "a store that was down is no fault of the picture");
    }

    async fn instances_share_the_work(world: World) {
        let owner = world.user("lin_wei").await;
        let mut nodes = Vec::new();
        for number in 0..8 {
            nodes.push(file(&world.drive, &owner, &owner.root, &format!("{number}.png"), picture(number, ImageFormat::Png)).await);
        }
        let other = world.with(Config::default()).await;
        // One that died in the middle of one.
        sqlx::query("UPDATE thumbnails SET tries = 1, due_at = $1 WHERE blob_id = (SELECT blob_id FROM nodes WHERE id = $2)")
            .bind(world.drive.now() + 600_000).bind(nodes[0].id.as_str()).execute(&world.sql).await.expect("sql");
        tokio::join!(world.drive.sweep_once(), other.sweep_once());
        other.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM thumbnails WHERE state = 1 AND tries = 1").await, 7, "each once");
        world.wait(Duration::from_secs(600));
        other.sweep_once().await;
        assert!(is_there(&world, &owner, &nodes[0]).await, "after its time somebody else does it");
    }

    async fn through_a_share_only_what_is_in_it(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let shared = folder(&world, &owner, &owner.root, "shared").await;
        let inside = file(drive, &owner, &shared.id, "a.png", picture(1, ImageFormat::Png)).await;
        let outside = file(drive, &owner, &owner.root, "b.png", picture(2, ImageFormat::Png)).await;
        drive.sweep_once().await;
        let view = share(&world, &owner, public(&[&shared])).await;
        drive.shared_thumbnail(&key(&view), &inside.id).await.expect("there");
        assert!(matches!(drive.shared_thumbnail(&key(&view), &outside.id).await, Err(Error::NotFound)));
        assert_eq!(drive.share(&owner, &view.id).await.expect("share").downloads, 0);
        drive.trash(&owner, &shared.id).await.expect("trash");
        assert!(matches!(drive.shared_thumbnail(&key(&view), &inside.id).await, Err(Error::NotFound)));
        drive.restore(&owner, &shared.id).await.expect("restore");
        drive.cancel_share(&owner, &view.id, &drive::Client::default()).await.expect("cancel");
        let closed = drive.shared_thumbnail(&key(&view), &inside.id).await;
        assert!(matches!(closed, Err(Error::ShareClosed(ShareState::Cancelled))), "{closed:?}");
    }
}
