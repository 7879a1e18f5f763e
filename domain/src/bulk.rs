//! What became of each of several files and folders that were acted on together, and what the trash knows of its items.

use serde::{Deserialize, Serialize};

use crate::{AppError, Node, NodeId};

/// What became of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done as asked.
    Done,
    /// Done, under a numbered name: its own was taken.
    Renamed,
    /// Its content became that of the file of its name; what that held is a version now.
    Replaced,
    /// What was in it went into the folder of its name.
    Merged,
    /// Its name was taken, or the folder that it was in before it came into the trash is gone, so it stayed as it was.
    Skipped,
    /// It could not be done; `error` tells why.
    Refused,
}

/// One item of a change to several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemReport {
    /// The item that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: NodeId,
    /// What became of it.
    pub outcome: Outcome,
    /// What is there now: the item, its copy, or what it was merged into. `null` when nothing was done, or nothing is left.
    pub node: Option<Node>,
    /// Why nothing was done.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub error: Option<AppError>,
}

impl ItemReport {
    /// Whether something was done with it.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        !matches!(self.outcome, Outcome::Skipped | Outcome::Refused)
    }
}

/// Something in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrashEntry {
    /// The file or folder.
    pub node: Node,
    /// When it was put there, unix milliseconds.
    pub trashed: i64,
    /// When it is deleted for ever, unix milliseconds; `null` where the trash keeps things.
    pub expires: Option<i64>,
    /// Names of the folders it was in, without the root; of many the nearest, after `…`. `null` when that place is gone or in
    /// the trash itself.
    pub place: Option<Vec<String>>,
}
