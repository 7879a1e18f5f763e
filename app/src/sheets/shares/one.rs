//! `/shares/{id}`: the link of a share with its code, to be copied and scanned, and what can be changed about it.

use domain::{AppError, ShareId, ShareState, ShareView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::form::{Refusal, inputs};
use super::{qr, state_name, title_of};
use crate::actions::shares::{CancelShare, ChangeShare};
use crate::i18n::fill;
use crate::moment::When;
use crate::sheets::Content;
use crate::sheets::parts::{copyable, fact};
use crate::sheets::request::Request;
use crate::sheets::texts::SheetTexts;

pub(super) async fn content(request: &Request, id: &ShareId) -> Result<Content, AppError> {
    let share = request.context.drive.share(&request.actor, id).await;
    let share = share.map_err(|error| error.to_app_error())?;
    let t = SheetTexts::of(request.language);
    let link = format!("{}/s/{}", request.context.origin, share.token);
    let refusal = Refusal::of(t, request);
    let title = title_of(t, &share);
    Ok(Content::new(title.clone(), move || {
        let cancelled = share.state == ShareState::Cancelled;
        let id = share.id.to_string();
        view! {
            <div class="sheet">
                <h1>{title}</h1>
                {facts(t, &share)}
                {(!cancelled).then(|| view! { <>{link_of(t, &share, &link)}{change(t, id, &refusal)}</> })}
                <p><a class="text-link" href="/shares">{t.shares_back}</a></p>
            </div>
        }
        .into_any()
    }))
}

fn facts(t: &'static SheetTexts, share: &ShareView) -> AnyView {
    let active = share.state == ShareState::Active;
    let downloads = match share.max_downloads {
        None => share.downloads.to_string(),
        Some(most) => format!("{} / {most}", share.downloads),
    };
    let expires =
        share.expires.map_or_else(|| t.share_never.into_any(), |at| view! { <When at/> }.into_any());
    view! {
        <dl class="facts">
            {fact(t.share_state, view! { <span class="badge" class:off=!active>{state_name(t, share.state)}</span> })}
            {fact(t.share_expiry, expires)}
            {fact(t.share_visited, share.visits)}
            {fact(t.share_downloaded, downloads)}
        </dl>
    }
    .into_any()
}

/// Link and code in one text, which one click selects as a whole, and the link to be scanned.
fn link_of(t: &'static SheetTexts, share: &ShareView, link: &str) -> AnyView {
    let text = match &share.code {
        Some(code) => fill(t.share_text_code, &[("link", link), ("code", code)]),
        None => fill(t.share_text, &[("link", link)]),
    };
    view! {
        <section class="share-link">
            <div class="card-text">
                <h2>{t.share_link}</h2>
                {copyable(text)}
                <p><a class="text-link" href=link.to_owned() target="_blank" rel="noopener external">{t.share_look}</a></p>
            </div>
            {qr::picture(link, t.share_qr)}
        </section>
    }
    .into_any()
}

fn change(t: &'static SheetTexts, id: String, refusal: &Refusal) -> AnyView {
    view! {
        <section class="stack">
            <h2>{t.share_change}</h2>
            <form method="post" action=ChangeShare::url() class="stack share-form" novalidate>
                <p class="form-error" role="alert">{refusal.above()}</p>
                <input type="hidden" name="id" value=id.clone()/>
                {inputs(t, refusal, true)}
                <button type="submit" class="button primary">{t.share_apply}</button>
            </form>
            <form method="post" action=CancelShare::url()>
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="button danger">{t.share_cancel}</button>
            </form>
        </section>
    }
    .into_any()
}
