//! Values and rules of Hayloft. No I/O; compiles to wasm, so that the browser and the server hold the same rules.
//!
//! Text from outside becomes one of these types at the edge; whoever holds one need not check it again.

mod account;
mod bulk;
mod calendar;
mod category;
mod details;
mod error;
mod id;
mod invitation;
mod metadata;
mod name;
#[cfg(not(target_arch = "wasm32"))]
mod order;
mod part;
#[cfg(not(target_arch = "wasm32"))]
mod search;
mod share;
mod site;
mod size;
mod view;

pub use account::{Email, Login, NewPassword, Role, Username};
pub use bulk::{ItemReport, Outcome, TrashEntry};
pub use calendar::civil;
pub use category::{Category, Icon, is_inline_safe, mime_of, mime_or, mime_told, parse_mime};
pub use details::{Detail, Details, Gender, TypedDetails};
pub use error::{AppError, Field, Reason};
pub use id::{
    BlobId, InvalidId, InvitationCode, InvitationId, NodeId, ShareId, ShareToken, TokenId, UploadId, UserId,
};
pub use invitation::{InvitationState, InvitationView};
pub use metadata::{Conflict, UploadMetadata};
pub use name::FileName;
pub use part::{MAX_PARTS, PART_SIZE, Part, plan_parts};
#[cfg(not(target_arch = "wasm32"))]
pub use search::{SearchWords, search_key};
pub use share::{ShareCode, ShareState, ShareView, SharedView};
pub use site::{Registration, Retention};
pub use size::ByteSize;
pub use view::{Direction, Found, Node, NodeKind, Page, Profile, Sort, SortKey, UploadKind, UploadView};
