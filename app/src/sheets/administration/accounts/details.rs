//! How much there is of one account, and where it is signed in.

use domain::UserId;
use drive::{SessionInfo, UserDetails};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::texts::AccountTexts;
use crate::actions::administration::EndSessions;
use crate::i18n::{fill, use_language};
use crate::moment::When;
use crate::sheets::SheetTexts;
use crate::sheets::agent::name_of;
use crate::sheets::parts::fact;

/// Rows of a description list.
pub(super) fn facts(t: &'static AccountTexts, never: &'static str, details: &UserDetails) -> AnyView {
    let signed_in = match details.signed_in_at {
        Some(at) => view! { <When at/> }.into_any(),
        None => never.into_any(),
    };
    let shares = [("open", details.open_shares.to_string()), ("all", details.shares.to_string())];
    let shares = fill(t.shares_of, &shares.each_ref().map(|(name, value)| (*name, value.as_str())));
    view! {
        {fact(t.signed_in, signed_in)}
        {fact(t.files, details.files)}
        {fact(t.folders, details.folders)}
        {fact(t.trashed, details.trashed)}
        {fact(t.uploads, details.uploads)}
        {fact(t.shares, shares)}
        {fact(t.tokens, details.tokens)}
    }
    .into_any()
}

/// Where the account is signed in, and the end of that. `own`: who looks ends theirs on a page of their own.
pub(super) fn sessions(
    t: &'static AccountTexts,
    id: &UserId,
    own: bool,
    sessions: Vec<SessionInfo>,
) -> AnyView {
    if sessions.is_empty() {
        return view! { <section class="stack"><h2>{t.sessions}</h2><p class="lead">{t.sessions_none}</p></section> }
            .into_any();
    }
    let end = (!own).then(|| {
        view! {
            <form method="post" action=EndSessions::url()>
                <input type="hidden" name="id" value=id.to_string()/>
                <button type="submit" class="button">{t.sessions_end}</button>
            </form>
        }
    });
    view! {
        <section class="stack">
            <h2>{t.sessions}</h2>
            <ul class="cards">{sessions.into_iter().map(|session| row(t, session)).collect_view()}</ul>
            {end}
        </section>
    }
    .into_any()
}

fn row(t: &'static AccountTexts, session: SessionInfo) -> impl IntoView {
    let agent = session.agent.filter(|agent| !agent.is_empty());
    let s = SheetTexts::of(use_language());
    let name = agent.as_deref().map_or_else(|| t.session_unknown.to_owned(), |agent| name_of(s, agent));
    view! {
        <li>
            <div class="card-text">
                <p class="strong"><span title=agent>{name}</span></p>
                <p class="muted">{session.address}" · "{t.session_seen}" "<When at=session.seen_at/></p>
            </div>
        </li>
    }
}
