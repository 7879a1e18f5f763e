//! Where the bytes of Hayloft live: one trait, [`BlobStore`], and its backends.
//!
//! A store keeps opaque byte sequences under [`StorePath`]s. It knows nothing of users, names, quotas or SQL; those live
//! in the crate `drive`. Every backend passes the same contract suite (`tests/contract.rs`).

mod error;
mod hdfs;
mod joining;
mod local;
mod memory;
mod open;
mod path;
mod store;

pub use error::{Error, ErrorKind, Result};
pub use hdfs::{Deadlines, HdfsStore};
pub use local::LocalStore;
pub use memory::{Faults, Held, MemoryStore, Operation, When};
pub use open::{open, probe};
pub use path::{InvalidStorePath, StorePath};
pub use store::{
    BlobStore, BlobWriter, ByteStream, ClusterState, Entry, EntryKind, Health, Overwrite, Piece, Usage,
};
