//! Pages of the frame that only the server renders: what the browser asks for when it goes to one without leaving the
//! drive, and its uploads, behind.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Failure, Flash};

/// A page that is shown as it comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Title of the document.
    pub title: String,
    /// The content, made by our own views.
    pub html: String,
    /// What the form before left to say, if the browser asked by script: a whole document says it elsewhere.
    pub flash: Option<Flash>,
}

/// The sheet at a path of ours. `query` as in an address, without its question mark.
///
/// # Errors
/// Sign in first, or there is no such page for who asks.
#[server(prefix = "/form", endpoint = "sheet", input = leptos::server_fn::codec::GetUrl)]
pub async fn read_sheet(path: String, query: String) -> Result<Sheet, Failure> {
    crate::server::show(crate::sheets::render(&path, &query).await)
}
