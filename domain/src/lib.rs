//! Values and rules of Hayloft. No I/O; compiles to wasm, so that the browser and the server hold the same rules.
//!
//! Text from outside becomes one of these types at the edge; whoever holds one need not check it again.

mod account;
mod bulk;
mod category;
mod error;
mod id;
mod metadata;
mod name;
mod part;
mod share;
mod size;
mod view;

pub use account::{Email, Login, NewPassword, Role, Username};
pub use bulk::{ItemReport, Outcome, TrashEntry};
pub use category::{Category, Icon, is_inline_safe, mime_of, mime_or, parse_mime};
pub use error::{AppError, Field, Reason};
pub use id::{BlobId, InvalidId, NodeId, ShareId, ShareToken, TokenId, UploadId, UserId};
pub use metadata::{Conflict, UploadMetadata};
pub use name::FileName;
pub use part::{MAX_PARTS, PART_SIZE, Part, plan_parts};
pub use share::{ShareCode, ShareState, ShareView, SharedView};
pub use size::ByteSize;
pub use view::{Direction, Node, NodeKind, Page, Profile, Sort, SortKey, UploadKind, UploadView};
