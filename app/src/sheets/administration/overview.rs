//! `/admin`: how the whole is.

use domain::{AppError, ByteSize};
use leptos::prelude::*;

use super::subjects;
use super::texts::AdministrationTexts;
use crate::i18n::fill;
use crate::sheets::Content;
use crate::sheets::parts::fact;
use crate::sheets::request::Request;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let overview = request.context.drive.overview(&request.actor).await;
    let overview = overview.map_err(|error| error.to_app_error())?;
    let t = AdministrationTexts::of(request.language);
    let bytes = |bytes| ByteSize(bytes).to_string();
    let numbers = [
        (
            t.accounts,
            fill(
                t.accounts_locked,
                &[("users", &overview.users.to_string()), ("locked", &overview.locked.to_string())],
            ),
        ),
        (t.files, overview.files.to_string()),
        (t.folders, overview.folders.to_string()),
        (t.trashed, overview.trashed.to_string()),
        (t.logical, bytes(overview.logical)),
        (t.physical, bytes(overview.physical)),
        (
            t.uploads,
            fill(
                t.uploads_reserved,
                &[("uploads", &overview.uploads.to_string()), ("reserved", &bytes(overview.reserved))],
            ),
        ),
    ];
    let room = overview.store.map_or_else(
        || t.store_silent.to_owned(),
        |store| {
            let (used, capacity, available) =
                (bytes(store.used), bytes(store.capacity), bytes(store.available));
            fill(t.store_of, &[("used", &used), ("capacity", &capacity), ("available", &available)])
        },
    );
    let health = overview.health;
    let store_state = match (health.store.readable, health.store.writable) {
        (true, true) => t.works,
        (true, false) => t.read_only,
        _ => t.broken,
    };
    let database_state = if health.database.is_ok() { t.works } else { t.broken };
    let details = [health.store.detail, health.database.err().unwrap_or_default()];
    Ok(Content::new(t.administration, move || {
        let details = details.into_iter().filter(|detail| !detail.is_empty());
        view! {
            <div class="sheet">
                <h1>{t.administration}</h1>
                {subjects(t, "/admin")}
                <dl class="facts">
                    {fact(t.store, view! { {store_state}<br/>{room} })}
                    {fact(t.database, database_state)}
                    {numbers.map(|(name, value)| fact(name, value)).collect_view()}
                </dl>
                {details.map(|detail| view! { <p class="form-error" lang="en">{detail}</p> }).collect_view()}
            </div>
        }
        .into_any()
    }))
}
