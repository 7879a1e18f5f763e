//! The server of Hayloft: HTTP in front of the crate `drive`.
//!
//! Translates between HTTP and the drive's use cases, and nothing else: no SQL, no store, no rule about files is decided
//! here. [`router`] is the whole service; the program `hayloft` puts it behind a listener.

// A page of Leptos is one nested type; the layout of the largest one is deeper than the default limit.
#![recursion_limit = "512"]

mod api;
mod archive;
mod attempts;
mod avatar;
mod captcha;
mod client;
mod command;
mod compress;
mod config;
mod download;
mod form_upload;
mod health;
mod intake;
mod listen;
mod metrics;
mod observe;
mod pages;
mod patience;
mod problem;
mod routes;
mod security;
mod session;
mod shares;
pub mod site;
mod small_body;
mod start;
mod state;
mod telemetry;
mod thumbnail;
mod tus;

pub use command::main;
pub use listen::{Limits, serve};
pub use routes::router;
pub use session::COOKIE;
pub use state::{AppState, Settings};
