//! The use cases of `drive` through its public interface, each on SQLite and on PostgreSQL.

mod access;
mod accounts;
mod administration;
mod archive;
mod captcha;
mod database;
mod deletion;
mod folders;
mod health;
mod huge;
mod invitations;
mod listing;
mod model;
mod passwords;
mod preview;
mod profile;
mod sessions;
mod settings;
mod setup;
mod shares;
mod thumbnails;
mod tokens;
#[path = "../support/world.rs"]
mod world;
