//! The contract of a blob store, run on every backend, and what only HDFS has to prove.
//!
//! The HDFS half needs a real cluster: `cargo xtask test storage` starts one and names it in `HAYLOFT_TEST_HDFS` and
//! `HAYLOFT_TEST_HDFS_STATE`. Without them those tests fail; they are never skipped.

#[path = "contract/bytes.rs"]
mod bytes_of;
#[path = "contract/cluster.rs"]
mod cluster;
#[path = "contract/concat.rs"]
mod concat;
#[path = "contract/hdfs.rs"]
mod hdfs;
#[path = "contract/hdfs_nodes.rs"]
mod hdfs_nodes;
#[path = "contract/hdfs_silence.rs"]
mod hdfs_silence;
#[path = "contract/local.rs"]
mod local;
#[path = "contract/memory.rs"]
mod memory;
#[path = "contract/names.rs"]
mod names;
#[path = "contract/proxy.rs"]
mod proxy;
#[path = "contract/reading.rs"]
mod reading;
#[path = "contract/writing.rs"]
mod writing;

use std::sync::Arc;

use storage::{BlobStore, LocalStore, MemoryStore};

/// What a case of the suite gets.
type Store = Arc<dyn BlobStore>;

/// A directory whose name has to be escaped in a URL, in a query, and in nothing else.
const NON_ASCII: &str = "网盘 ü+%&=?";

macro_rules! on_every_store {
    ($($module:ident: $($case:ident)*;)*) => {
        on_every_store!(@backend in_memory, crate::on_memory, $($module: $($case)*;)*);
        on_every_store!(@backend on_disk, crate::on_disk, $($module: $($case)*;)*);
        on_every_store!(@backend on_disk_non_ascii, crate::on_disk_non_ascii, $($module: $($case)*;)*);
        on_every_store!(@backend on_hdfs, crate::on_hdfs, $($module: $($case)*;)*);
        on_every_store!(@backend on_hdfs_non_ascii, crate::on_hdfs_non_ascii, $($module: $($case)*;)*);
    };
    (@backend $backend:ident, $run:path, $($module:ident: $($case:ident)*;)*) => {
        mod $backend {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $run(crate::$module::$case).await;
                }
            )*)*
        }
    };
}

on_every_store! {
    writing:
        a_file_of_unknown_length_arrives_whole
        an_empty_file_is_a_file
        frames_of_every_size_are_taken
        a_taken_path_is_refused_and_stays_as_it_is
        of_two_creators_one_wins
        an_aborted_file_is_gone
        appending_goes_on_at_the_end
        a_file_of_another_length_is_not_appended_to
        a_file_that_is_moved_away_from_its_writer_is_out_of_reach
        an_aborted_append_leaves_the_old_bytes
        a_file_in_use_is_busy
        a_dropped_writer_leaves_a_prefix_that_can_be_sealed
        many_files_at_once;
    reading:
        every_edge_of_a_range
        ranges_across_pieces
        a_read_outlives_a_rename
        what_is_missing_is_not_found;
    concat:
        pieces_become_one_file
        five_hundred_pieces_become_one_file
        a_repeated_concatenation_is_fine
        a_concatenation_that_cannot_be_changes_nothing
        concatenated_files_are_files_like_others;
    names:
        renaming_moves
        renaming_refuses_or_replaces_what_is_there
        a_directory_lists_what_is_in_it
        deleting_takes_everything_below
        the_store_is_well_and_proves_it;
}

async fn on_memory<F: Future<Output = ()>>(case: impl Fn(Store) -> F) {
    case(Arc::new(MemoryStore::new())).await;
}

async fn on_disk<F: Future<Output = ()>>(case: impl Fn(Store) -> F) {
    let directory = tempfile::tempdir().expect("tempdir");
    case(Arc::new(LocalStore::open(directory.path()).await.expect("store"))).await;
}

async fn on_disk_non_ascii<F: Future<Output = ()>>(case: impl Fn(Store) -> F) {
    let directory = tempfile::tempdir().expect("tempdir");
    let url = url::Url::from_directory_path(directory.path().join(NON_ASCII)).expect("url");
    case(storage::open(url.as_str()).await.expect("store")).await;
    assert!(directory.path().join(NON_ASCII).is_dir());
}

async fn on_hdfs<F: Future<Output = ()>>(case: impl Fn(Store) -> F) {
    let cluster = cluster::share().await;
    case(cluster.store("contract")).await;
}

async fn on_hdfs_non_ascii<F: Future<Output = ()>>(case: impl Fn(Store) -> F) {
    let cluster = cluster::share().await;
    case(cluster.store(NON_ASCII)).await;
}
