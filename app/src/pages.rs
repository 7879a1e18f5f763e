//! The pages of the drive, by address, and what they share with the documents.

mod folder;
mod frame;
pub(crate) mod notice;
mod sheet;
pub(crate) mod switches;
pub(crate) mod trouble;

pub(crate) use folder::FolderPage;
pub(crate) use frame::Frame;
pub(crate) use notice::Notices;
pub(crate) use sheet::SheetPage;
