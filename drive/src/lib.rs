//! Every use case of Hayloft once, and all of its SQL: accounts, sessions, folders, uploads, trash, shares.
//!
//! HTTP routes, server functions and the background loop call the methods of [`Drive`]; it knows nothing of HTTP or HTML.
//! Every use case authorises by owner in its SQL, so that somebody else's id answers [`Error::NotFound`], as if nothing
//! were there.

mod accounts;
mod actor;
mod administration;
mod archive;
mod audit;
mod background;
mod blobs;
mod clock;
mod config;
mod content;
mod database;
mod doctor;
mod error;
mod excerpt;
mod find;
mod health;
mod nodes;
mod quota;
mod random;
mod service;
mod sessions;
mod shares;
mod site;
mod thumbnails;
mod upload;

pub use accounts::{
    Access, CaptchaAnswer, Challenge, NewAccount, NewToken, PasswordChange, Solved, Strength, TokenInfo,
    Weakness,
};
pub use actor::{Actor, Client, network};
pub use administration::{
    Deletion, InvitationEntry, LogEntry, LogQuery, Machines, NewInvitation, Overview, UserDetails, UserEntry,
    UserQuery, UserSort,
};
pub use archive::{Archive, SharedArchive};
pub use clock::Clock;
pub use config::Config;
pub use content::Content;
pub use database::{ConnectError, Database, Engine, MigrateError};
pub use doctor::{Diagnosis, Finding, Report};
pub use error::{Error, Result};
pub use excerpt::Excerpt;
pub use find::{FilesQuery, FilesSort};
pub use health::Health;
pub use nodes::{ListOptions, Neighbours, Obstacle, Restore};
pub use service::Drive;
pub use sessions::{SessionInfo, SessionRow};
pub use shares::{CodeChoice, NewShare, Portion, Saved, ShareChange, ShareKey, SharedContent};
pub use site::{Announcement, Rules, Setting, SettingEntry, SettingName};
pub use thumbnails::Thumbnail;
pub use upload::{
    BodyError, Checksum, ChecksumAlgorithm, NewUpload, NewUploadKind, Step, UnknownAlgorithm, UploadStatus,
    Write,
};

// Tests inside this crate use the same world as those in `tests/`, which name the crate `drive`.
#[cfg(test)]
extern crate self as drive;
#[cfg(test)]
#[path = "../tests/support/world.rs"]
mod world;
