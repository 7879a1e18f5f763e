//! What the operations share: both clients, the paths, and the questions about one file.

use reqwest::Method;
use serde::Deserialize;
use webhdfs::FileStatus;

use super::Deadlines;
use super::control::ControlPlane;
use super::rest::{Operation, Rest};
use crate::{Entry, EntryKind, Error, ErrorKind, Result, StorePath};

/// The cluster behind a store.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) rest: Rest,
    pub(super) control: ControlPlane,
}

/// Whether a file is being written, and how long it is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileState {
    /// A writer holds it.
    pub(super) open: bool,
    /// Bytes; of an open file those of its closed blocks.
    pub(super) length: u64,
}

#[derive(Deserialize)]
struct Blocks {
    #[serde(rename = "LocatedBlocks")]
    located: LocatedBlocks,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LocatedBlocks {
    file_length: u64,
    is_under_construction: bool,
}

impl Cluster {
    pub(super) fn deadlines(&self) -> &Deadlines {
        &self.rest.deadlines
    }

    pub(super) fn absolute(&self, path: &StorePath) -> String {
        self.rest.address.absolute(Some(path))
    }

    pub(super) async fn entry(&self, path: &StorePath) -> Result<Entry> {
        let status = self.control.stat(self.absolute(path)).await.map_err(|error| error.at(path))?;
        entry(path.clone(), &status).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, format!("{} is neither file nor directory", status.type_)).at(path)
        })
    }

    /// Whether the file is open. Only the block locations say so; `GETFILESTATUS` does not. Gateways that do not know the
    /// call cannot carry a store: bytes would be adopted while their writer still adds to them.
    pub(super) async fn state(&self, path: &StorePath) -> Result<FileState> {
        let operation =
            Operation::new(Method::GET, "GET_BLOCK_LOCATIONS").with("offset", "0").with("length", "1");
        match self.rest.json::<Blocks>(&self.absolute(path), &operation).await {
            Ok(Blocks { located }) => {
                Ok(FileState { open: located.is_under_construction, length: located.file_length })
            }
            Err(error) if error.kind() == ErrorKind::Invalid => {
                let advice = "this gateway does not tell whether a file is being written (GET_BLOCK_LOCATIONS); \
                              name a NameNode instead";
                Err(Error::new(ErrorKind::Invalid, advice).at(path).caused_by(error))
            }
            Err(error) => Err(error.at(path)),
        }
    }
}

/// An entry out of a status; `None` for symbolic links, which no store makes.
pub(super) fn entry(path: StorePath, status: &FileStatus) -> Option<Entry> {
    let kind = match status.type_.as_str() {
        webhdfs::dirent_type::FILE => EntryKind::File,
        webhdfs::dirent_type::DIRECTORY => EntryKind::Directory,
        _ => return None,
    };
    let length = u64::try_from(status.length).unwrap_or(0);
    Some(Entry { path, kind, length, modified: status.modification_time })
}
