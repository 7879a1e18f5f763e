//! What the doctor finds and mends, and what it leaves alone.

use std::time::Duration;

use domain::BlobId;
use drive::{Diagnosis, Drive, Finding};
use storage::{BlobStore, Overwrite, StorePath};

use crate::client::{Tus, data, whole};
use crate::world::{World, on_both_engines};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn examine(drive: &Drive, repair: bool) -> (Vec<(Finding, bool)>, Diagnosis) {
    let mut findings = Vec::new();
    let diagnosis = drive
        .examine(repair, &mut |finding, mended| findings.push((finding.clone(), mended)))
        .await
        .expect("examine");
    assert_eq!(diagnosis.findings, findings.len() as u64);
    (findings, diagnosis)
}

async fn write(world: &World, path: &str, length: usize) -> StorePath {
    let path = StorePath::parse(path.to_owned()).expect("path");
    let mut writer = world.store.create(&path).await.expect("create");
    writer.write(data(length)).await.expect("write");
    writer.finish().await.expect("finish");
    path
}

async fn execute(world: &World, statement: &'static str) {
    sqlx::query(statement).execute(&world.sql).await.expect(statement);
}

/// The only blob there is, and where its bytes are.
async fn only_blob(world: &World) -> (BlobId, StorePath) {
    let id: String = sqlx::query_scalar("SELECT id FROM blobs").fetch_one(&world.sql).await.expect("a blob");
    let path = StorePath::parse(format!("blobs/{}/{id}", &id[..2])).expect("path");
    (id.parse().expect("id"), path)
}

on_both_engines! {
    async fn a_drive_at_work_is_well(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        tus.push_through(&id, &data(1000)).await;
        // Under way: promised room, bytes in staging.
        tus.begin(whole("b", 500)).await;
        world.wait(2 * DAY);
        let (findings, diagnosis) = examine(&world.drive, true).await;
        assert_eq!(findings, []);
        assert_eq!(diagnosis, Diagnosis { blobs: 1, accounts: 1, findings: 0, mended: 0 });
    }

    async fn bytes_without_a_row_are_put_aside_and_come_back_with_it(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        let node = tus.push_through(&id, &data(1000)).await;
        let (blob, path) = only_blob(&world).await;
        // An older backup of the database: it does not know the file.
        execute(&world, "CREATE TABLE saved_nodes AS SELECT * FROM nodes WHERE blob_id IS NOT NULL").await;
        execute(&world, "CREATE TABLE saved_blobs AS SELECT * FROM blobs").await;
        execute(&world, "CREATE TABLE saved_names AS SELECT * FROM name_pages").await;
        execute(&world, "DELETE FROM name_pages").await;
        execute(&world, "DELETE FROM nodes WHERE blob_id IS NOT NULL").await;
        execute(&world, "DELETE FROM uploads").await;
        execute(&world, "DELETE FROM blobs").await;
        execute(&world, "UPDATE users SET used = 0").await;

        let (findings, _) = examine(&world.drive, true).await;
        assert_eq!(findings, [], "it may be a file whose row is about to be written");
        world.wait(2 * DAY);
        let orphan = Finding::Orphan { path: path.clone(), length: 1000 };
        assert_eq!(examine(&world.drive, false).await.0, [(orphan.clone(), false)]);
        assert!(world.store.stat(&path).await.is_ok(), "looking changes nothing");
        assert_eq!(examine(&world.drive, true).await.0, [(orphan, true)]);
        assert!(world.store.stat(&path).await.is_err());
        assert_eq!(examine(&world.drive, true).await.0, [], "once");

        // The newer backup.
        execute(&world, "INSERT INTO blobs SELECT * FROM saved_blobs").await;
        execute(&world, "INSERT INTO nodes SELECT * FROM saved_nodes").await;
        execute(&world, "INSERT INTO name_pages SELECT * FROM saved_names").await;
        execute(&world, "UPDATE users SET used = 1000").await;
        let lost = Finding::Lost { blob, size: 1000, found: true };
        assert_eq!(examine(&world.drive, false).await.0, [(lost.clone(), false)]);
        assert_eq!(examine(&world.drive, true).await.0, [(lost, true)]);
        tus.assert_file(&node, &data(1000)).await;
    }

    async fn bytes_that_are_gone_or_changed_are_told(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        tus.push_through(&id, &data(1000)).await;
        let (blob, path) = only_blob(&world).await;
        let aside = StorePath::parse("elsewhere".to_owned()).expect("path");
        world.store.rename(&path, &aside, Overwrite::Never).await.expect("rename");
        let lost = Finding::Lost { blob: blob.clone(), size: 1000, found: false };
        assert_eq!(examine(&world.drive, true).await.0, [(lost, false)]);
        write(&world, path.as_str(), 999).await;
        let length = Finding::Length { blob, recorded: 1000, found: 999 };
        assert_eq!(examine(&world.drive, true).await.0, [(length, false)]);
        for stranger in ["blobs/readme.txt", "blobs/aa/readme.txt", "blobs/zz/aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
            let path = write(&world, stranger, 1).await;
            let (findings, _) = examine(&world.drive, true).await;
            assert!(findings.contains(&(Finding::Stranger { path: path.clone() }, false)), "{stranger}: {findings:?}");
            world.store.delete(&path).await.expect("delete");
        }
    }

    async fn wrong_counts_are_counted_anew(world: World) {
        let tus = Tus::new(&world, "alice").await;
        let id = tus.begin(whole("a", 1000)).await;
        tus.push_through(&id, &data(1000)).await;
        tus.begin(whole("b", 500)).await;
        let (blob, _) = only_blob(&world).await;
        execute(&world, "UPDATE blobs SET refs = 0, unused_at = 1").await;
        execute(&world, "UPDATE users SET used = 7, reserved = 8").await;
        let expected = [
            Finding::References { blob, recorded: 0, counted: 1 },
            Finding::Used { username: "alice".into(), recorded: 7, counted: 1000 },
            Finding::Reserved { username: "alice".into(), recorded: 8, counted: 500 },
        ];
        assert_eq!(examine(&world.drive, false).await.0, expected.clone().map(|finding| (finding, false)));
        assert_eq!(examine(&world.drive, true).await.0, expected.map(|finding| (finding, true)));
        assert_eq!(examine(&world.drive, true).await.0, []);
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = 1 AND unused_at IS NULL").await, 1);
        assert_eq!(world.number("SELECT used FROM users").await, 1000);
        assert_eq!(world.number("SELECT reserved FROM users").await, 500);
        // What nothing refers to is given to the sweeper.
        execute(&world, "DELETE FROM nodes WHERE blob_id IS NOT NULL").await;
        let (findings, _) = examine(&world.drive, true).await;
        assert_eq!(findings.len(), 3, "references, bytes and a name of nothing: {findings:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM blobs WHERE refs = 0 AND unused_at IS NOT NULL").await, 1);
    }
}
