//! Uploads: what begins with a name and a length, takes bytes over many requests, restarts and instances, and ends as a
//! file in somebody's drive.
//!
//! Modelled on tus 1.0 (whole, partial and final uploads; offsets; checksums per request; expiration), but HTTP stays
//! outside. The truth about bytes is the store; rows say where to look. Nothing is visible before it is complete.
//!
//! | module | what it holds |
//! |---|---|
//! | `begin` | a new upload; final ones take their partial ones |
//! | `write`, `transfer`, `sink`, `body` | a request's bytes on their way into segment files |
//! | `tree`, `hashing`, `readback`, `checksum` | what the bytes amount to |
//! | `registry`, `lease`, `adopt` | one writer at a time, in this process and over all; what a dead one left |
//! | `publish`, `steps` | from the last byte to the node, resumable at every step |
//! | `row`, `segment` | what the database keeps |
//! | `inspect`, `discard`, `sweep` | how far it is; giving it up; what nobody continues |
//! | `ending` | all uploads of an account that is being deleted |

mod adopt;
mod begin;
mod body;
mod checksum;
mod discard;
mod ending;
mod hashing;
mod inspect;
mod lease;
mod publish;
mod readback;
mod registry;
mod row;
mod segment;
mod sink;
mod steps;
mod sweep;
mod transfer;
mod tree;
mod write;

use domain::{NodeId, UploadId, UploadKind, UploadMetadata};
use tracing::Instrument as _;

pub use body::BodyError;
pub use checksum::{Checksum, ChecksumAlgorithm, UnknownAlgorithm};
pub use steps::Step;
pub use write::Write;

use crate::{Error, Result};

/// What an upload is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewUploadKind {
    /// A file.
    Whole,
    /// A part of one.
    Partial,
    /// A file made of partial uploads.
    Final {
        /// Them, in their order.
        parts: Vec<UploadId>,
        /// The same as the client named them, to be given back.
        raw: String,
    },
}

/// An upload to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    /// What it is to become.
    pub kind: NewUploadKind,
    /// Its bytes, if known by now; of a final one they are the sum of its parts, and anything else is refused.
    pub length: Option<u64>,
    /// What the client says of the file.
    pub metadata: UploadMetadata,
    /// The same as it came, to be given back.
    pub raw_metadata: String,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadStatus {
    /// Identifier.
    pub id: UploadId,
    /// What it is to become.
    pub kind: UploadKind,
    /// Bytes that have lasted: they survive the loss of this process.
    pub offset: u64,
    /// Bytes in all, when known.
    pub length: Option<u64>,
    /// The metadata as the client sent it.
    pub raw_metadata: String,
    /// Of a final upload: its partial ones in order.
    pub parts: Vec<UploadId>,
    /// The same as the client named them; of uploads from before that was kept there is none.
    pub raw_parts: Option<String>,
    /// When it is swept if nobody continues, unix milliseconds; `None` when it is done.
    pub expires: Option<i64>,
    /// The file it became.
    pub node: Option<NodeId>,
}

/// What this process keeps of uploads beside the database.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    registry: registry::Registry,
    trees: readback::Trees,
    room: body::Room,
    stop: steps::Stop,
    looked: sweep::LastLook,
}

/// Runs `work` to its end even if the caller goes away: a client that disconnects must not leave a file open.
async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    let task = tokio::spawn(work.in_current_span());
    task.await.map_err(|error| Error::Internal(format!("an upload task ended early: {error}")))?
}
