//! Server functions: who asks, parse, call `drive`, translate, answer. One file per aggregate.
//!
//! Questions are GET and answer data; changes are POST forms below `/form`, which also work when a browser sends them by
//! itself. Uploads are not here: they are plain routes of the server.

pub mod accounts;
pub mod administration;
pub mod nodes;
pub mod passwords;
pub mod profile;
pub mod settings;
pub mod shares;
pub mod sheets;
pub mod tokens;
