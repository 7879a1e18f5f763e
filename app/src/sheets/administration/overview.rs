//! `/admin`: how the whole is.

use domain::{AppError, ByteSize};
use drive::Machines;
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
                &[
                    ("users", &overview.users.to_string()),
                    ("locked", &overview.locked.saturating_sub(overview.deleting).to_string()),
                    ("deleting", &overview.deleting.to_string()),
                ],
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
                &[
                    ("uploads", &overview.uploads.to_string()),
                    ("writing", &overview.writing.to_string()),
                    ("reserved", &bytes(overview.reserved)),
                ],
            ),
        ),
    ];
    let machines = machines(t, overview.machines);
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
                    {machines}
                    {numbers.map(|(name, value)| fact(name, value)).collect_view()}
                </dl>
                {details.map(|detail| view! { <p class="form-error" lang="en">{detail}</p> }).collect_view()}
            </div>
        }
        .into_any()
    }))
}

/// How the machines of the store are; what wants looking after is set apart.
fn machines(t: &'static AdministrationTexts, machines: Machines) -> AnyView {
    let state = match machines {
        Machines::One => return ().into_any(),
        Machines::Unknown => return fact(t.nodes, alarm(t.nodes_unknown.to_owned(), true)).into_any(),
        Machines::Several(state) => state,
    };
    let nodes = [("live", state.live_nodes.to_string()), ("dead", state.dead_nodes.to_string())];
    let nodes = fill(t.nodes_of, &nodes.each_ref().map(|(name, value)| (*name, value.as_str())));
    let safe_mode = if state.safe_mode { t.safe_mode_on } else { t.safe_mode_off };
    view! {
        {fact(t.nodes, alarm(nodes, state.dead_nodes > 0 || state.live_nodes == 0))}
        {fact(t.safe_mode, alarm(safe_mode.to_owned(), state.safe_mode))}
        {fact(t.missing_blocks, alarm(state.missing_blocks.to_string(), state.missing_blocks > 0))}
        {fact(t.under_replicated, alarm(state.under_replicated_blocks.to_string(), false))}
    }
    .into_any()
}

fn alarm(text: String, is_bad: bool) -> impl IntoView {
    view! { <span class:alarm=is_bad>{text}</span> }
}
