//! What pages and API clients see: the JSON of the API, and what server functions return.

use serde::{Deserialize, Serialize};

use crate::{Category, FileName, NodeId, Role, UploadId, UserId};

/// File or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// Has bytes.
    File,
    /// Has children.
    Folder,
}

/// A node as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Node {
    /// Its identifier.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: NodeId,
    /// The folder it is in; `null` for the root, and in the trash for what was in a folder that is gone.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub parent: Option<NodeId>,
    /// Its name; the root's is `/`.
    pub name: String,
    /// File or folder.
    pub kind: NodeKind,
    /// Bytes; 0 for a folder.
    pub size: u64,
    /// Media type by its name; `null` for a folder.
    pub mime: Option<String>,
    /// When its content last changed, unix milliseconds.
    pub modified: i64,
    /// BLAKE3 of its bytes in hex; `null` for a folder, or while it is being computed.
    pub blake3: Option<String>,
    /// Whether there is a small picture of it.
    #[serde(default)]
    pub thumbnail: bool,
}

impl Node {
    /// The category its icon shows; `None` for a folder.
    #[must_use]
    pub fn category(&self) -> Option<Category> {
        self.mime.as_deref().map(Category::of)
    }
}

/// A file or folder out of the whole drive, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// The file or folder.
    pub node: Node,
    /// Names of the folders it is in, without the root; of many the nearest, after an ellipsis.
    pub place: Vec<String>,
    /// When its content came into the drive, unix milliseconds; of a folder, when it was made.
    pub arrived: i64,
}

/// Some items of a list, and where the rest begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// What to pass as `after` for the next ones; `null` at the end. Opaque.
    pub next: Option<String>,
}

/// What a list is sorted by. Folders always come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SortKey {
    /// Natural order of names.
    #[default]
    Name,
    /// Pictures, documents, videos, sounds, all else; those of a kind by name.
    Kind,
    /// Bytes.
    Size,
    /// Time of change.
    Modified,
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// The order of a list; as text `name`, `kind`, `size` or `modified`, with `-` before it the other way round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Which way.
    pub direction: Direction,
}

impl std::str::FromStr for Sort {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (direction, key) = match text.strip_prefix('-') {
            Some(key) => (Direction::Descending, key),
            None => (Direction::Ascending, text),
        };
        let key = match key {
            "name" => SortKey::Name,
            "kind" => SortKey::Kind,
            "size" => SortKey::Size,
            "modified" => SortKey::Modified,
            _ => return Err(()),
        };
        Ok(Self { key, direction })
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.direction == Direction::Descending { "-" } else { "" };
        let key = match self.key {
            SortKey::Name => "name",
            SortKey::Kind => "kind",
            SortKey::Size => "size",
            SortKey::Modified => "modified",
        };
        write!(f, "{sign}{key}")
    }
}

/// The person who is signed in, as their own pages show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Identifier.
    pub id: UserId,
    /// User name.
    pub username: String,
    /// Mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Root of their drive.
    pub root: NodeId,
    /// Bytes of their files, trash and versions included.
    pub used: u64,
    /// Bytes they may use; `None` is no limit.
    pub quota: Option<u64>,
    /// What they want to be called, if they said.
    pub display_name: Option<String>,
    /// The last part of the address of their picture, if they have one.
    pub avatar: Option<String>,
}

/// What a tus upload is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UploadKind {
    /// Becomes a file of its own.
    Whole,
    /// A part; becomes a file with others by a final upload.
    Partial,
    /// Made of partial ones.
    Final,
}

/// An unfinished upload of the person who asks; what the upload tray shows after a reload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadView {
    /// Identifier; its URL is `/api/uploads/{id}`.
    pub id: UploadId,
    /// Whole or partial.
    pub kind: UploadKind,
    /// Bytes that lasted.
    pub offset: u64,
    /// Bytes in all, when known.
    pub length: Option<u64>,
    /// What the client said of the file.
    pub name: Option<FileName>,
    /// Folder; `None` is the root.
    pub parent: Option<NodeId>,
    /// Unix milliseconds of the file on the client's disk.
    pub last_modified: Option<i64>,
    /// Which partial uploads belong together.
    pub group: Option<String>,
    /// Where in the file this part lies.
    pub part_offset: Option<u64>,
    /// Bytes of the whole file.
    pub total: Option<u64>,
    /// When it is swept if nothing comes, unix milliseconds.
    pub expires: i64,
}
