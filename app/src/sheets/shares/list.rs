//! The list of one's shares, newest first.

use domain::{AppError, ShareState, ShareView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{icon_of, state_name, title_of};
use crate::actions::shares::CancelShare;
use crate::i18n::fill;
use crate::moment::When;
use crate::sheets::Content;
use crate::sheets::parts::{blank, next_page};
use crate::sheets::request::Request;
use crate::sheets::texts::SheetTexts;
use crate::ui::Icon;

/// Shares of one page.
const ENTRIES: u32 = 50;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let page = request.context.drive.shares(&request.actor, request.query("after"), ENTRIES).await;
    let page = page.map_err(|error| error.to_app_error())?;
    let t = SheetTexts::of(request.language);
    Ok(Content::new(t.shares, move || {
        let more = next_page("/shares", &[], page.next, t.shares_more);
        let list = if page.items.is_empty() {
            blank("share", t.shares_none, t.shares_none_hint)
        } else {
            let rows = page.items.into_iter().map(|share| row(t, share)).collect_view();
            view! { <p class="lead">{t.shares_intro}</p><ul class="cards">{rows}</ul> }.into_any()
        };
        view! {
            <div class="sheet">
                <h1>{t.shares}</h1>
                {list}
                {more}
            </div>
        }
        .into_any()
    }))
}

fn row(t: &'static SheetTexts, share: ShareView) -> AnyView {
    let icon = icon_of(&share);
    let title = title_of(t, &share);
    let cancel = (share.state != ShareState::Cancelled).then(|| {
        let label = fill(t.share_cancel_named, &[("name", &title)]);
        view! {
            <form method="post" action=CancelShare::url()>
                <input type="hidden" name="id" value=share.id.to_string()/>
                <button type="submit" class="button" aria-label=label>{t.share_cancel}</button>
            </form>
        }
    });
    let downloads = match share.max_downloads {
        None => fill(t.share_downloads, &[("count", &share.downloads.to_string())]),
        Some(most) => fill(
            t.share_downloads_of,
            &[("count", &share.downloads.to_string()), ("most", &most.to_string())],
        ),
    };
    let visits = fill(t.share_visits, &[("count", &share.visits.to_string())]);
    let active = share.state == ShareState::Active;
    view! {
        <li>
            <span class=format!("kind {icon}")><Icon name=icon/></span>
            <div class="card-text">
                <p class="strong"><a href=format!("/shares/{}", share.id)>{title}</a></p>
                <p class="muted">
                    <span class="badge" class:off=!active>{state_name(t, share.state)}</span>" "
                    {share.code.map(|code| view! { {t.share_code}" "<code>{code}</code>" · " })}
                    {visits}" · "{downloads}" · "{t.share_created}" "<When at=share.created/>
                </p>
            </div>
            {cancel}
        </li>
    }
    .into_any()
}
