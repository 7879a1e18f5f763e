//! `/settings/sessions`: where the account is signed in, and how to end that.

use domain::AppError;
use drive::SessionInfo;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Content;
use super::agent::name_of;
use super::request::Request;
use super::settings::{SettingsTexts, subjects};
use super::texts::SheetTexts;
use crate::actions::accounts::RevokeSession;
use crate::i18n::fill;
use crate::moment::When;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let sessions = request.context.drive.sessions_of(&request.actor).await;
    let sessions = sessions.map_err(|error| error.to_app_error())?;
    let language = request.language;
    let here = request.context.session.id();
    let t = SheetTexts::of(language);
    Ok(Content::new(t.sessions, move || {
        view! {
            <div class="sheet">
                <h1>{SettingsTexts::of(language).settings}</h1>
                {subjects(language, "/settings/sessions")}
                <h2>{t.sessions}</h2>
                <p class="lead">{t.sessions_intro}</p>
                <ul class="cards">
                    {sessions.into_iter().map(|session| row(t, session, here.as_deref())).collect_view()}
                </ul>
            </div>
        }
        .into_any()
    }))
}

fn row(t: &'static SheetTexts, session: SessionInfo, here: Option<&str>) -> impl IntoView + use<> {
    let present = here.is_some_and(|secret| session.is_of(secret));
    let badge = present.then(|| view! { " " <span class="badge">{t.session_here}</span> });
    let agent = session.agent.filter(|agent| !agent.is_empty());
    let name = agent.as_deref().map_or_else(|| t.session_unknown.to_owned(), |agent| name_of(t, agent));
    let label = fill(t.session_end_named, &[("agent", &name)]);
    view! {
        <li>
            <div class="card-text">
                <p class="strong"><span title=agent>{name}</span>{badge}</p>
                <p class="muted">
                    {session.address}" · "{t.session_seen}" "<When at=session.seen_at/>" · "{t.session_began}" "
                    <When at=session.created_at/>
                </p>
            </div>
            <form method="post" action=RevokeSession::url()>
                <input type="hidden" name="id" value=session.id/>
                <button type="submit" class="button" aria-label=label>{t.session_end}</button>
            </form>
        </li>
    }
}
