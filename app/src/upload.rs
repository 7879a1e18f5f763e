//! The browser's upload queue and its tray.
//!
//! [`queue`] decides, as a state machine without a browser; [`engine`] carries out, with XMLHttpRequest and timers; the
//! components show. None of it reads a file's bytes: they go from the disk to the socket without entering wasm memory.

mod backoff;
mod drop_zone;
mod engine;
mod entry;
mod meter;
mod piece;
mod queue;
mod snapshot;
mod texts;
mod tray;
mod tree;
mod uploads;
mod verdict;
mod wire;

pub(crate) use drop_zone::DropZone;
pub(crate) use tray::Tray;
pub(crate) use uploads::{provide_uploads, use_uploads};
