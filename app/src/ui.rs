//! Small widgets on HTML's own elements. They know nothing of files and accounts.

mod dialog;
mod field;
mod icon;
mod meter;
mod submit;

pub(crate) use dialog::Dialog;
pub(crate) use field::Field;
pub(crate) use icon::Icon;
pub(crate) use meter::Meter;
pub(crate) use submit::Submit;
