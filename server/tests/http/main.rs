//! The service from outside, through the real router: in memory where that shows everything, over a real connection
//! where framing, disconnects and resets matter.

mod access;
mod accounts;
mod administration;
mod api;
mod archive;
mod captcha;
mod compression;
mod connection;
mod creation;
mod downloads;
mod find;
mod forms;
mod hostile;
mod operation;
mod passwords;
mod preview;
mod profile;
mod protection;
mod shares;
mod support;
mod tokens;
mod trash;
mod tus;
