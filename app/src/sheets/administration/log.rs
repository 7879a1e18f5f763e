//! `/admin/log`: who did what, from where.

mod events;

use domain::AppError;
use drive::{LogEntry, LogQuery};
use leptos::prelude::*;

use super::subjects;
use super::texts::AdministrationTexts;
use crate::moment::When;
use crate::sheets::Content;
use crate::sheets::parts::{next_page, options};
use crate::sheets::request::Request;
use events::EventTexts;

const PATH: &str = "/admin/log";
const PAGE: u32 = 100;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let asked = |name| request.query(name).unwrap_or_default().to_owned();
    let query = LogQuery {
        noun: asked("kind"),
        username: asked("user"),
        after: request.query("after").map(str::to_owned),
        limit: PAGE,
    };
    let page =
        request.context.drive.log(&request.actor, &query).await.map_err(|error| error.to_app_error())?;
    let (t, events) = (AdministrationTexts::of(request.language), EventTexts::of(request.language));
    Ok(Content::new(t.log, move || {
        let kinds = [
            ("", t.log_all),
            ("session", t.log_session),
            ("account", t.log_account),
            ("token", t.log_token),
            ("share", t.log_share),
            ("setting", t.log_setting),
            ("invitation", t.log_invitation),
        ];
        let empty = page.items.is_empty().then(|| view! { <p class="lead">{t.log_empty}</p> });
        let rows = page.items.into_iter().map(|entry| row(t, events, entry)).collect_view();
        let next = next_page(PATH, &[("kind", &query.noun), ("user", &query.username)], page.next, t.more);
        view! {
            <div class="sheet wide">
                <h1>{t.administration}</h1>
                {subjects(t, PATH)}
                <form method="get" action=PATH class="filter" role="search" aria-label=t.log>
                    <label>{t.log_kind} <select name="kind">{options(&kinds, &query.noun)}</select></label>
                    <label>{t.log_user} <input name="user" value=query.username.clone() autocapitalize="none" spellcheck="false"/></label>
                    <button type="submit" class="button">{t.log_filter}</button>
                </form>
                {empty}
                <div class="scrolled" tabindex="0" role="region" aria-label=t.log>
                    <table class="figures folding">
                        <thead>
                            <tr>
                                <th scope="col">{t.log_when}</th>
                                <th scope="col">{t.log_who}</th>
                                <th scope="col">{t.log_what}</th>
                                <th scope="col">{t.log_where}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {next}
            </div>
        }
        .into_any()
    }))
}

fn row(t: &'static AdministrationTexts, events: &'static EventTexts, entry: LogEntry) -> impl IntoView {
    let who = entry.username.unwrap_or_else(|| t.log_nobody.to_owned());
    let name = events.name(&entry.event).map_or_else(|| entry.event.clone(), str::to_owned);
    let note = entry.note.map(|note| view! { <br/><span class="muted">{note}</span> });
    view! {
        <tr>
            <td data-label=t.log_when><When at=entry.at/></td>
            <td data-label=t.log_who>{who}</td>
            <td class="fold-title"><span class="strong" title=entry.event.clone()>{name}</span>" "<span class="muted">{entry.subject}</span>{note}</td>
            <td data-label=t.log_where>{entry.address}<br/><span class="muted">{entry.agent}</span></td>
        </tr>
    }
}
