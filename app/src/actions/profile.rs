//! What people tell of themselves. Pictures are not here: files go to a plain route of the server.

use leptos::prelude::*;

use crate::Failure;
use crate::flash::Done;

/// Changes what who asks tells of themselves, all of it at once; what is empty is not said.
///
/// # Errors
/// Sign in first, or a refused input.
#[server(prefix = "/form", endpoint = "save-profile")]
pub async fn save_profile(
    display_name: String,
    phone: String,
    gender: String,
    address: String,
    about: String,
) -> Result<Done, Failure> {
    let typed = domain::TypedDetails {
        display_name: &display_name,
        phone: &phone,
        gender: &gender,
        address: &address,
        about: &about,
    };
    crate::server::save_profile(typed).await
}

/// Takes the picture of who asks away.
///
/// # Errors
/// Sign in first.
#[server(prefix = "/form", endpoint = "remove-avatar")]
pub async fn remove_avatar() -> Result<Done, Failure> {
    crate::server::remove_avatar().await
}
