//! The addresses of all pages, as axum wants them. Those of the drive are the ones that [`is_taken_over`](crate::app) knows.

use leptos_axum::{AxumRouteListing, generate_route_list};
use leptos_router::{Method, SsrMode};

use crate::app::SHEETS;
use crate::documents::Documents;

/// The list of the drive and of each folder.
pub const FOLDERS: [&str; 2] = ["/", "/folder/{id}"];

/// Every page, by address. Each is rendered when all of its data is there ([`SsrMode::Async`]): out-of-order streaming would
/// need script to put the pieces in place.
#[must_use]
pub fn routes() -> Vec<AxumRouteListing> {
    let sheets = SHEETS.iter().flat_map(|first| [(*first).to_owned(), format!("{first}/{{*sheet}}")]);
    let drive = FOLDERS.into_iter().map(str::to_owned).chain(sheets);
    let drive = drive.map(|path| AxumRouteListing::new(path, SsrMode::Async, [Method::Get], Vec::new()));
    drive.chain(generate_route_list(Documents)).collect()
}
