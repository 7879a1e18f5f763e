//! The use cases of `drive` through its public interface, each on SQLite and on PostgreSQL.

mod access;
mod accounts;
mod administration;
mod authorisation;
mod database;
mod folders;
mod health;
mod huge;
mod listing;
mod model;
mod sessions;
mod setup;
mod shares;
#[path = "../support/world.rs"]
mod world;
