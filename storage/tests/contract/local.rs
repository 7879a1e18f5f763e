//! What only a directory has to prove: URLs, several instances, strangers' files.

use storage::{BlobStore, ErrorKind, LocalStore};

use crate::bytes_of::{MIB, assert_same, eventually, get, kind, path, pattern, pieces, put, write_all};

#[tokio::test]
async fn wrong_urls_are_refused_with_advice() {
    for (url, advice) in [
        ("/var/lib/hayloft", "file:///"),
        ("file://var/lib", "three slashes"),
        ("file:///", "file:///var/lib/hayloft"),
        ("hdfs://nn:8020/x", "webhdfs://"),
        ("s3://bucket", "file:// or webhdfs://"),
        ("webhdfs://nn/x", "USER@"),
    ] {
        let error = storage::open(url).await.expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Invalid, "{url}");
        let text = error.to_string();
        assert!(text.contains(advice) && !text.contains('\n'), "{url}: {text}");
    }
}

#[tokio::test]
async fn a_file_in_the_way_of_the_directory_is_named() {
    let file = tempfile::NamedTempFile::new().expect("file");
    let url = url::Url::from_file_path(file.path()).expect("url");
    let error = storage::open(url.as_str()).await.expect_err("a file");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("not a directory"), "{error}");
}

#[tokio::test]
async fn instances_share_a_directory() {
    let directory = tempfile::tempdir().expect("tempdir");
    let one = LocalStore::open(directory.path()).await.expect("store");
    let other = LocalStore::open(directory.path()).await.expect("store");
    let (at, bytes) = (path("staging/shared"), pattern(1, 2 * MIB));
    let mut writer = one.create(&at).await.expect("create");
    write_all(&mut *writer, &bytes, 100_000).await.expect("write");
    assert_eq!(kind(other.append(&at, 0).await, "the other's append"), ErrorKind::Busy);
    writer.finish().await.expect("finish");
    assert_same(&get(&other, &at).await, &bytes, "what the other sees");
}

#[tokio::test]
async fn a_name_that_a_power_cut_brought_back_is_deleted_alone() {
    let directory = tempfile::tempdir().expect("tempdir");
    let store = LocalStore::open(directory.path()).await.expect("store");
    let (pieces, bytes) = pieces(&store, "u", &[1, 2, 3]).await;
    let (staged, blob) = (path("u/whole"), path("blobs/aa/blob"));
    store.concat(&staged, &pieces).await.expect("concat");
    store.rename(&staged, &blob, storage::Overwrite::Never).await.expect("rename");
    // The directory of the blob was flushed, that of the old name was not.
    let place = |path: &storage::StorePath| directory.path().join(path.as_str());
    std::fs::hard_link(place(&blob), place(&staged)).expect("link");
    assert!(store.delete(&staged).await.expect("delete"));
    assert_same(&get(&store, &blob).await, &bytes, "the published file");
    store.delete(&blob).await.expect("delete");
    assert_eq!(std::fs::read_dir(directory.path().join("~pieces")).expect("pieces").count(), 0);
}

#[tokio::test]
async fn replacing_and_deleting_concatenated_files_leaves_no_pieces() {
    let directory = tempfile::tempdir().expect("tempdir");
    let store = LocalStore::open(directory.path()).await.expect("store");
    let count = || std::fs::read_dir(directory.path().join("~pieces")).expect("pieces").count();
    for _ in 0..2 {
        let (pieces, _) = pieces(&store, "u", &[1, 2, 3]).await;
        store.concat(&path("u/whole"), &pieces).await.expect("concat");
        store.rename(&path("u/whole"), &path("b/blob"), storage::Overwrite::Replace).await.expect("rename");
        assert_eq!(count(), 1);
    }
    store.delete(&path("b")).await.expect("delete");
    assert_eq!(count(), 0);
}

#[tokio::test]
async fn strangers_are_neither_listed_nor_followed() {
    let directory = tempfile::tempdir().expect("tempdir");
    let store = LocalStore::open(directory.path().join("store")).await.expect("store");
    put(&store, &path("d/file"), &pattern(1, 10)).await;
    std::fs::write(directory.path().join("secret"), "secret").expect("secret");
    let inside = directory.path().join("store/d");
    std::os::unix::fs::symlink("../../secret", inside.join("link")).expect("link");
    std::fs::write(inside.join("name with spaces"), "x").expect("stranger");
    let listed = store.list(&path("d")).await.expect("list");
    assert_eq!(listed.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["d/file"]);
    assert_eq!(
        kind(store.read(&path("d/link"), 0..9).await.map(drop), "reading a link"),
        ErrorKind::NotFound
    );
    assert_eq!(kind(store.stat(&path("d/link")).await, "stat of a link"), ErrorKind::NotFound);
    assert!(store.delete(&path("d")).await.expect("delete"));
    assert!(directory.path().join("secret").exists(), "deleting does not follow it either");
}

#[tokio::test]
async fn a_store_whose_directory_went_away_says_so() {
    let directory = tempfile::tempdir().expect("tempdir");
    let store = LocalStore::open(directory.path().join("store")).await.expect("store");
    std::fs::remove_dir_all(directory.path().join("store")).expect("remove");
    let health = store.health().await;
    assert!(!health.writable && !health.readable && !health.detail.is_empty(), "{health:?}");
    eventually("it is well again", || async {
        std::fs::create_dir_all(directory.path().join("store")).expect("make");
        store.health().await.writable
    })
    .await;
}
