//! The service from outside, through the real router: in memory where that shows everything, over a real connection
//! where framing, disconnects and resets matter.

mod accounts;
mod api;
mod connection;
mod creation;
mod downloads;
mod forms;
mod operation;
mod protection;
mod shares;
mod support;
mod tus;
