//! The pages, by address.

mod entrance;
mod folder;
mod frame;
mod missing;
mod notice;
mod register;
mod setup;
mod sign_in;
mod switches;

pub(crate) use folder::FolderPage;
pub(crate) use frame::Frame;
pub(crate) use missing::Missing;
pub(crate) use notice::Notices;
pub(crate) use register::RegisterPage;
pub(crate) use setup::SetUpPage;
pub(crate) use sign_in::SignInPage;
