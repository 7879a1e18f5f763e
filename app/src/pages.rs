//! The pages of the drive, by address, and what they share with the documents.

mod folder;
pub(crate) mod frame;
pub(crate) mod notice;
mod sheet;
mod stage;
pub(crate) mod switches;
pub(crate) mod trouble;

pub(crate) use frame::Frame;
pub(crate) use notice::Notices;
