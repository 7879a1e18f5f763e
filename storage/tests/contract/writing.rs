//! Creating, appending, aborting, sealing.

use bytes::Bytes;
use storage::{EntryKind, ErrorKind, Overwrite};

use crate::Store;
use crate::bytes_of::{MIB, assert_same, eventually, get, kind, path, pattern, put, try_put, write_all};

pub(crate) async fn a_file_of_unknown_length_arrives_whole(store: Store) {
    let (at, bytes) = (path("staging/u1/00000"), pattern(1, 5 * MIB + 12_345));
    let mut writer = store.create(&at).await.expect("create");
    write_all(&mut *writer, &bytes, 65_537).await.expect("write");
    assert_eq!(writer.finish().await.expect("finish"), bytes.len() as u64);
    let entry = store.stat(&at).await.expect("stat");
    assert_eq!((entry.kind, entry.length, &entry.path), (EntryKind::File, bytes.len() as u64, &at));
    let age = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("clock").as_millis()
        as i64
        - entry.modified;
    assert!((-5_000..600_000).contains(&age), "modified just now, not {age} ms ago");
    assert_same(&get(&*store, &at).await, &bytes, "what was written and what is read");
    assert_eq!(store.seal(&at).await.expect("seal"), bytes.len() as u64, "a finished file is sealed");
}

pub(crate) async fn an_empty_file_is_a_file(store: Store) {
    let at = path("staging/empty");
    put(&*store, &at, &Bytes::new()).await;
    let entry = store.stat(&at).await.expect("stat");
    assert_eq!((entry.kind, entry.length), (EntryKind::File, 0));
    assert!(get(&*store, &at).await.is_empty());
    assert_eq!(store.seal(&at).await.expect("seal"), 0);
}

pub(crate) async fn frames_of_every_size_are_taken(store: Store) {
    let (at, bytes) = (path("staging/frames"), pattern(2, 3 * MIB));
    let mut writer = store.create(&at).await.expect("create");
    let (tiny, rest) = (bytes.slice(..500), bytes.slice(500..));
    write_all(&mut *writer, &tiny, 1).await.expect("one byte at a time");
    writer.write(Bytes::new()).await.expect("nothing");
    writer.write(rest).await.expect("megabytes at once");
    assert_eq!(writer.finish().await.expect("finish"), bytes.len() as u64);
    assert_same(&get(&*store, &at).await, &bytes, "frames");
}

pub(crate) async fn a_taken_path_is_refused_and_stays_as_it_is(store: Store) {
    let (at, old) = (path("staging/taken"), pattern(3, 1000));
    put(&*store, &at, &old).await;
    let refused = try_put(&*store, &at, &pattern(4, 2 * MIB)).await;
    assert_eq!(kind(refused, "creating it twice"), ErrorKind::AlreadyExists);
    assert_same(&get(&*store, &at).await, &old, "the old bytes");
}

pub(crate) async fn of_two_creators_one_wins(store: Store) {
    let at = path("staging/raced");
    let rivals = [pattern(5, 300_000), pattern(6, 300_000)];
    let outcomes = futures::future::join_all(rivals.iter().map(|bytes| try_put(&*store, &at, bytes))).await;
    let winners: Vec<_> = outcomes.iter().zip(&rivals).filter(|(outcome, _)| outcome.is_ok()).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    assert_same(&get(&*store, &at).await, winners[0].1, "the winner's bytes");
    let loser = outcomes.into_iter().find_map(Result::err).expect("one lost");
    assert_eq!(loser.kind(), ErrorKind::AlreadyExists, "{loser:?}");
}

pub(crate) async fn an_aborted_file_is_gone(store: Store) {
    let at = path("staging/aborted");
    for length in [0, 10, 2 * MIB] {
        let mut writer = store.create(&at).await.expect("create");
        write_all(&mut *writer, &pattern(7, length), 50_000).await.expect("write");
        writer.abort().await.expect("abort");
        assert_eq!(
            kind(store.stat(&at).await, "stat of an aborted file"),
            ErrorKind::NotFound,
            "{length} bytes"
        );
    }
    put(&*store, &at, &pattern(8, 10)).await;
}

pub(crate) async fn appending_goes_on_at_the_end(store: Store) {
    let (at, bytes) = (path("staging/grows"), pattern(9, 900_000));
    put(&*store, &at, &bytes.slice(..300_000)).await;
    for end in [300_001, 600_000, 900_000_usize] {
        let start = store.stat(&at).await.expect("stat").length as usize;
        let mut writer = store.append(&at, start as u64).await.expect("append");
        write_all(&mut *writer, &bytes.slice(start..end), 77_777).await.expect("write");
        assert_eq!(writer.finish().await.expect("finish"), end as u64, "the whole length");
    }
    assert_same(&get(&*store, &at).await, &bytes, "appended bytes");
    assert_eq!(store.append(&at, 900_000).await.expect("append").finish().await.expect("nothing"), 900_000);
}

pub(crate) async fn a_file_of_another_length_is_not_appended_to(store: Store) {
    let (at, old) = (path("staging/other"), pattern(14, 1000));
    put(&*store, &at, &old).await;
    for expected in [0, 999, 1001] {
        assert_eq!(
            kind(store.append(&at, expected).await, "another length"),
            ErrorKind::Corrupt,
            "{expected}"
        );
    }
    assert_eq!(store.seal(&at).await.expect("nobody holds it"), 1000);
    assert_same(&get(&*store, &at).await, &old, "the old bytes");
}

pub(crate) async fn a_file_that_is_moved_away_from_its_writer_is_out_of_reach(store: Store) {
    let (at, moved, bytes) = (path("staging/here"), path("staging/there"), pattern(15, 300_000));
    let mut writer = store.create(&at).await.expect("create");
    writer.write(bytes.slice(..200_000)).await.expect("write");
    eventually("the file is there", || async { store.stat(&at).await.is_ok() }).await;
    store.rename(&at, &moved, Overwrite::Never).await.expect("rename");
    assert_eq!(kind(store.append(&at, 0).await, "appending by the old name"), ErrorKind::NotFound);
    assert_eq!(kind(store.seal(&moved).await, "sealing under its writer"), ErrorKind::Busy);
    drop(writer);
    let length = store.seal(&moved).await.expect("seal");
    assert!(length <= 200_000, "{length}");
    assert_same(&get(&*store, &moved).await, &bytes[..length as usize], "the prefix");
    assert_eq!(kind(store.stat(&at).await, "the old name"), ErrorKind::NotFound);
}

pub(crate) async fn an_aborted_append_leaves_the_old_bytes(store: Store) {
    let (at, old) = (path("staging/half"), pattern(10, 50_000));
    put(&*store, &at, &old).await;
    let mut writer = store.append(&at, 50_000).await.expect("append");
    write_all(&mut *writer, &pattern(11, 200_000), 50_000).await.expect("write");
    writer.abort().await.expect("abort");
    let length = store.seal(&at).await.expect("seal") as usize;
    assert!((50_000..=250_000).contains(&length), "{length}");
    let bytes = get(&*store, &at).await;
    assert_eq!(bytes.len(), length);
    assert_same(&bytes[..50_000], &old, "the old bytes");
}

pub(crate) async fn a_file_in_use_is_busy(store: Store) {
    let (at, bytes) = (path("staging/used"), pattern(12, 400_000));
    let mut writer = store.create(&at).await.expect("create");
    writer.write(bytes.clone()).await.expect("write");
    eventually("the file is there", || async { store.stat(&at).await.is_ok() }).await;
    assert_eq!(kind(store.append(&at, 0).await, "a second writer"), ErrorKind::Busy);
    let sealed = store.seal(&at).await;
    assert_eq!(kind(sealed, "sealing under a living writer"), ErrorKind::Busy);
    writer.write(bytes.clone()).await.expect("the first writer goes on");
    assert_eq!(writer.finish().await.expect("finish"), 800_000);
    assert_eq!(store.append(&at, 800_000).await.expect("append").finish().await.expect("finish"), 800_000);
}

pub(crate) async fn a_dropped_writer_leaves_a_prefix_that_can_be_sealed(store: Store) {
    let (at, bytes) = (path("staging/dropped"), pattern(13, 3 * MIB));
    let mut writer = store.create(&at).await.expect("create");
    write_all(&mut *writer, &bytes, 60_000).await.expect("write");
    eventually("the file is there", || async { store.stat(&at).await.is_ok() }).await;
    drop(writer);
    let length = store.seal(&at).await.expect("seal");
    assert!(length <= bytes.len() as u64);
    let found = get(&*store, &at).await;
    assert_same(&found, &bytes[..length as usize], "the prefix");
    assert_eq!(store.seal(&at).await.expect("seal"), length, "a sealed file does not change");
    assert_eq!(store.stat(&at).await.expect("stat").length, length);
    let mut writer = store.append(&at, length).await.expect("append to what was sealed");
    writer.write(bytes.slice(length as usize..)).await.expect("write");
    assert_eq!(writer.finish().await.expect("finish"), bytes.len() as u64);
    assert_same(&get(&*store, &at).await, &bytes, "the file that was gone on with");
}

pub(crate) async fn many_files_at_once(store: Store) {
    let files: Vec<_> = (0..16).map(|n| (path(&format!("staging/many/{n}")), pattern(n, 200_000))).collect();
    futures::future::join_all(files.iter().map(|(at, bytes)| put(&*store, at, bytes))).await;
    let back = futures::future::join_all(files.iter().map(|(at, _)| get(&*store, at))).await;
    for ((at, bytes), back) in files.iter().zip(back) {
        assert_same(&back, bytes, at.as_str());
    }
    assert_eq!(store.list(&path("staging/many")).await.expect("list").len(), 16);
}
