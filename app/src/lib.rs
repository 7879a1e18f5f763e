//! Pages, components and server functions of Hayloft, rendered by the server and taken over by the browser.
//!
//! Knows neither SQL nor storage: what a page shows comes from `drive` through the server functions in [`actions`].
//! The two worlds part here and nowhere else: what only the server can do is in `server`, and pages reach it through
//! contexts, which are simply absent in the browser. Pages that only the server
//! renders are `documents` before the drive and `sheets` within its frame.
#![expect(unreachable_pub, reason = "the macros of Leptos make the properties of a component `pub`")]

mod address;
mod app;
#[cfg(feature = "ssr")]
mod destination;
#[cfg(feature = "ssr")]
mod documents;
mod failure;
mod flash;
mod i18n;
mod listing;
mod moment;
mod pages;
mod preferences;
#[cfg(feature = "ssr")]
mod preview;
mod response;
mod selection;
mod submission;
mod ui;

mod actions;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod sheets;
mod upload;

pub use app::App;
#[cfg(feature = "ssr")]
pub use documents::Documents;
pub use failure::Failure;
pub use flash::{Flash, Form, Typed};
pub use i18n::Language;
pub use preferences::{Preferences, Theme, View};
#[cfg(feature = "ssr")]
pub use server::shell;
