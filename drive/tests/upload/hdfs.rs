//! What only a real HDFS can show: that publishing survives there, too, and that files have few blocks.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::Conflict;
use drive::{Config, Drive};
use futures::TryStreamExt;
use storage::{BlobStore, ErrorKind, StorePath};

use crate::client::{Tus, data, whole};
use crate::local::every_step_is_continued;
use crate::takeover::the_newer_stops_the_older;
use crate::world::{World, on_both_engines, on_sqlite};

/// Where the tests of the store have their HDFS, too.
const VARIABLE: &str = "HAYLOFT_TEST_HDFS";

const MIB: usize = 1 << 20;

/// A directory that nobody else uses, as `webhdfs://user@host:port/path`.
fn fresh_url() -> String {
    let base = std::env::var(VARIABLE)
        .unwrap_or_else(|_| panic!("{VARIABLE} is not set; run these by `cargo xtask test drive`"));
    format!("{base}/drive/{:016x}", rand::random::<u64>())
}

async fn open(url: &str) -> Arc<dyn BlobStore> {
    storage::open(url).await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// An instance on this store.
async fn instance(world: &World, store: &Arc<dyn BlobStore>) -> Drive {
    let (database, store) = (world.database.clone(), Arc::clone(store));
    Drive::open_at(database, store, Config::default(), world.clock.clone()).await.expect("open")
}

/// The lengths of a file's blocks.
async fn blocks(url: &str, path: &str) -> Vec<u64> {
    let url = url::Url::parse(url).expect("a URL");
    let (host, port) = (url.host_str().expect("a host"), url.port().expect("a port"));
    let call = format!(
        "http://{host}:{port}/webhdfs/v1{}/{path}?op=GETFILEBLOCKLOCATIONS&user.name={}",
        url.path(),
        url.username()
    );
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = http.get(call).send().await.expect("the NameNode answers");
    let answer: serde_json::Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
    let blocks = answer["BlockLocations"]["BlockLocation"].as_array().expect("blocks");
    blocks.iter().map(|block| block["length"].as_u64().expect("a length")).collect()
}

on_both_engines! {
    async fn publishing_stopped_after_every_step_is_continued(world: World) {
        every_step_is_continued(&world, open(&fresh_url()).await).await;
    }

    async fn of_two_clients_the_newer_one_stops_the_older_one(world: World) {
        let store = open(&fresh_url()).await;
        let tus = Tus::new(&world, "alice").await;
        let here = tus.on(&instance(&world, &store).await);
        let there = tus.on(&instance(&world, &store).await);
        the_newer_stops_the_older(&here, &here).await;
        the_newer_stops_the_older(&here, &there).await;
        let staging = StorePath::parse(format!("staging/{}", tus.actor.user)).expect("path");
        let left = store.list(&staging).await.expect("list");
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_requests_make_as_few_blocks_as_large_ones() {
    on_sqlite(|world| async move {
        let url = fresh_url();
        let drive = instance(&world, &open(&url).await).await;
        let tus = Tus::new(&world, "alice").await.on(&drive);
        let data = data(272 * MIB);
        let id = tus.begin(whole("a", data.len() as u64)).await;
        let mut node = None;
        for begin in (0..data.len()).step_by(5 * MIB) {
            let end = data.len().min(begin + 5 * MIB);
            node = tus.patch(&id, begin as u64, &data.slice(begin..end)).await.expect("patch").node;
        }
        tus.assert_file(&node.expect("a node"), &data).await;
        let blob: String =
            sqlx::query_scalar("SELECT id FROM blobs").fetch_one(&world.sql).await.expect("blob");
        let blocks = blocks(&url, &format!("blobs/{}/{blob}", &blob[..2])).await;
        assert_eq!(blocks.iter().sum::<u64>(), data.len() as u64);
        // Three at the best; at most a quarter more.
        assert!(blocks.len() * 4 <= 3 * 5, "{blocks:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_of_files_comes_from_the_cluster_and_their_bytes_leave_it() {
    on_sqlite(|world| async move {
        let (database, store) = (world.database.clone(), open(&fresh_url()).await);
        let drive = Drive::open_at(database, store.clone(), Config::default(), world.clock.clone()).await;
        let tus = Tus::new(&world, "alice").await.on(&drive.expect("open"));
        let (drive, actor) = (&tus.drive, &tus.actor);
        let mut png = Cursor::new(Vec::new());
        image::RgbImage::new(900, 600).write_to(&mut png, image::ImageFormat::Png).expect("a picture");
        let (png, text) = (Bytes::from(png.into_inner()), Bytes::from_static(b"what it says"));
        let publish = async |name: &str, bytes: &Bytes| {
            let id = tus.begin(whole(name, bytes.len() as u64)).await;
            tus.patch(&id, 0, bytes).await.expect("patch").node.expect("a node")
        };
        let (picture, note) = (publish("a.png", &png).await, publish("b.txt", &text).await);

        drive.sweep_once().await;
        let small = drive.thumbnail(actor, &picture).await.expect("a small picture").bytes;
        assert_eq!(image::load_from_memory(&small).expect("a picture").width(), 320);
        let excerpt = drive.open_content(actor, &note).await.expect("content").excerpt().await;
        assert_eq!(excerpt.expect("readable").expect("a text").text, "what it says");
        let archive = drive.open_archive(actor, &[picture.clone(), note.clone()]).await.expect("an archive");
        let bytes = archive.into_bytes().try_collect::<Vec<Bytes>>().await.expect("a whole zip").concat();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        for (name, expected) in [("a.png", &png), ("b.txt", &text)] {
            let mut content = Vec::new();
            zip.by_name(name).expect(name).read_to_end(&mut content).expect("the right checksum");
            assert!(content == *expected, "{name} differs in the zip");
        }

        let copies = drive
            .copy_all(actor, std::slice::from_ref(&note), &actor.root, Conflict::Rename)
            .await
            .expect("copy");
        let copy = copies[0].node.as_ref().expect("a copy").id.clone();
        let blob: String = sqlx::query_scalar("SELECT blob_id FROM nodes WHERE id = $1")
            .bind(note.as_str())
            .fetch_one(&world.sql)
            .await
            .expect("blob");
        let path = StorePath::parse(format!("blobs/{}/{blob}", &blob[..2])).expect("path");
        let purge = async |id| {
            drive.trash(actor, id).await.expect("trash");
            drive.purge(actor, id).await.expect("purge");
            world.wait(Duration::from_secs(24 * 60 * 60));
            drive.sweep_once().await;
        };
        purge(&note).await;
        assert_eq!(
            store.stat(&path).await.expect("there").length,
            text.len() as u64,
            "the copy refers to it"
        );
        tus.assert_file(&copy, &text).await;
        purge(&copy).await;
        assert_eq!(store.stat(&path).await.expect_err("gone").kind(), ErrorKind::NotFound);
        tus.assert_file(&picture, &png).await;
    })
    .await;
}
