//! The central cases once more on a real directory.

use std::sync::Arc;

use drive::{Clock, Config, Database, Drive, Error, Step};
use storage::{BlobStore, LocalStore, StorePath};

use crate::client::{Tus, assert_refused, at, body, broken, data, made_of, partial, whole};
use crate::world::{World, account, on_both_engines};

struct Disk {
    directory: tempfile::TempDir,
    database: Database,
    clock: Clock,
}

impl Disk {
    fn new(world: &World) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Self { directory, database: world.database.clone(), clock: world.clock.clone() }
    }

    async fn drive(&self) -> Drive {
        let store = Arc::new(LocalStore::open(self.directory.path()).await.expect("open"));
        Drive::open_at(self.database.clone(), store, Config::default(), self.clock.clone())
            .await
            .expect("open")
    }

    async fn tus(&self) -> Tus {
        let drive = self.drive().await;
        let actor = drive.register(account("alice"), &drive::Client::default()).await.expect("register");
        Tus { drive, actor }
    }

    fn staged(&self, tus: &Tus) -> usize {
        let path = self.directory.path().join("staging").join(tus.actor.user.as_str());
        std::fs::read_dir(path).map_or(0, Iterator::count)
    }
}

/// Files of all directories below this one.
async fn files_below(store: &dyn BlobStore, directory: &str) -> i64 {
    let directory = StorePath::parse(directory).expect("path");
    let mut count = 0;
    for entry in store.list(&directory).await.expect("list") {
        count += store.list(&entry.path).await.expect("list").len() as i64;
    }
    count
}

/// Publishing parts, stopped after every step and started again by a new process: one blob and one file for each.
pub(crate) async fn every_step_is_continued(world: &World, store: Arc<dyn BlobStore>) {
    let open = async || {
        let (database, store) = (world.database.clone(), Arc::clone(&store));
        Drive::open_at(database, store, Config::default(), world.clock.clone()).await.expect("open")
    };
    let drive = open().await;
    let actor = drive.register(account("alice"), &drive::Client::default()).await.expect("register");
    let staging = StorePath::parse(format!("staging/{}", actor.user)).expect("path");
    let data = data(2_000_000);
    for (number, step) in (1..).zip(Step::ALL) {
        let before = Tus { drive: open().await, actor: actor.clone() };
        let parts = [
            before.begin(partial(1 << 20, 0)).await,
            before.begin(partial(2_000_000 - (1 << 20), 1 << 20)).await,
        ];
        before.patch(&parts[0], 0, &data.slice(..1 << 20)).await.expect("patch");
        before.patch(&parts[1], 0, &data.slice(1 << 20..)).await.expect("patch");
        before.drive.stop_publishing_after(Some(step));
        assert_refused!(before.post(made_of("a", &parts)).await, Error::Store(_));
        world.wait(std::time::Duration::from_secs(60));
        let after = before.on(&open().await);
        // By whoever sweeps, or by the client who asks again.
        if number % 2 == 0 {
            after.drive.sweep_once().await;
        }
        let status = after.post(made_of("a", &parts)).await.expect("again");
        after.assert_file(&status.node.expect("node"), &data).await;
        for rows in ["SELECT COUNT(*) FROM blobs", "SELECT COUNT(*) FROM nodes WHERE kind <> 0"] {
            assert_eq!(world.number(rows).await, number, "after {step:?}: {rows}");
        }
        assert_eq!(files_below(&*store, "blobs").await, number, "after {step:?}");
        let left = store.list(&staging).await.expect("list");
        assert!(left.is_empty(), "after {step:?}: {left:?}");
    }
}

on_both_engines! {
    async fn a_file_in_pieces_broken_and_continued(world: World) {
        let disk = Disk::new(&world);
        let tus = disk.tus().await;
        let data = data(3_000_000);
        let id = tus.begin(whole("a", 3_000_000)).await;
        tus.patch(&id, 0, &data.slice(..1_100_000)).await.expect("patch");
        tus.drive
            .write_upload(&tus.actor, &id, at(1_100_000), broken(&data.slice(1_100_000..2_000_000)))
            .await
            .expect_err("broken");
        let tus = tus.on(&disk.drive().await);
        assert_eq!(tus.offset(&id).await, 2_000_000);
        let status = tus.drive.write_upload(&tus.actor, &id, at(2_000_000), body(&data.slice(2_000_000..), 70_000));
        tus.assert_file(&status.await.expect("patch").node.expect("node"), &data).await;
        assert_eq!(disk.staged(&tus), 0);
    }

    async fn parts_and_every_step(world: World) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = LocalStore::open(directory.path()).await.expect("open");
        every_step_is_continued(&world, Arc::new(store)).await;
    }

    async fn empty_files_and_cancelled_ones(world: World) {
        let disk = Disk::new(&world);
        let tus = disk.tus().await;
        let status = tus.post(whole("empty", 0)).await.expect("begin");
        tus.assert_file(&status.node.expect("node"), b"").await;
        let id = tus.begin(whole("a", 1000)).await;
        tus.patch(&id, 0, &data(500)).await.expect("patch");
        tus.drive.cancel_upload(&tus.actor, &id).await.expect("cancel");
        assert_refused!(tus.head(&id).await, Error::Gone);
        assert_eq!(disk.staged(&tus), 0);
    }
}
