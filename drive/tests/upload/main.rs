//! Uploads through the public methods of the drive, on both engines, with a store that fails on demand.

#[path = "../support/world.rs"]
mod world;

mod client;

mod adoption;
mod bodies;
mod checksums;
mod crashes;
mod doctor;
mod hdfs;
mod lifetime;
mod limits;
mod local;
mod parts;
mod property;
mod takeover;
