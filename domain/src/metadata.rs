//! What a client says of a file that it is about to upload.

use serde::{Deserialize, Serialize};

use crate::{FileName, NodeId};

/// What happens when the folder holds that name already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    /// Keep both: the new one is numbered.
    #[default]
    Rename,
    /// The new bytes become the file, the old ones a version of it.
    Replace,
    /// Refuse.
    Fail,
}

impl Conflict {
    const ALL: [Self; 3] = [Self::Rename, Self::Replace, Self::Fail];

    /// As requests and forms name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rename => "rename",
            Self::Replace => "replace",
            Self::Fail => "fail",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|conflict| conflict.as_str() == text)
    }
}

/// The keys of tus `Upload-Metadata` that Hayloft reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadMetadata {
    /// `filename`; a partial upload may go without.
    pub name: Option<FileName>,
    /// `parent`: the folder; `None` is the root of the drive.
    pub parent: Option<NodeId>,
    /// `conflict`.
    #[serde(default)]
    pub conflict: Conflict,
    /// `filetype`: a media type; counts where the name tells none.
    #[serde(default)]
    pub mime: Option<String>,
    /// `lastmodified`: unix milliseconds of the file on the client's disk.
    pub last_modified: Option<i64>,
    /// `blake3`: of the whole file, 64 lower-case hex digits; held against the bytes before they are published.
    pub blake3: Option<String>,
    /// `group`: which partial uploads belong to one file, chosen by the client; and `offset`, `total`: where this one
    /// lies in the file and how long the file is. They let any page of the same person resume the whole file.
    pub group: Option<String>,
    /// See `group`; bytes.
    pub part_offset: Option<u64>,
    /// See `group`; bytes.
    pub total: Option<u64>,
}
