//! `/settings/tokens`: secrets for programs that use the API.

use domain::AppError;
use drive::{Access, TokenInfo};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{SettingsTexts, subjects};
use crate::actions::tokens::{CreateToken, RevokeToken};
use crate::i18n::fill;
use crate::moment::When;
use crate::server::{CREATE_TOKEN, Letter};
use crate::sheets::Content;
use crate::sheets::parts::{blank, copyable, options};
use crate::sheets::request::Request;
use crate::ui;

/// What is chosen unless somebody chooses otherwise: a leaked token ends by itself.
const DAYS: &str = "90";

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let (language, letter) = (request.language, Letter::take(CREATE_TOKEN).unwrap_or_default());
    let tokens = request.context.drive.tokens_of(&request.actor).await;
    let tokens = tokens.map_err(|error| error.to_app_error())?;
    let now = request.context.drive.now();
    let t = SettingsTexts::of(language);
    Ok(Content::new(t.tokens, move || {
        let list = if tokens.is_empty() {
            blank("key", t.tokens_none, t.tokens_none_hint)
        } else {
            let rows = tokens.into_iter().map(|token| row(t, token, now)).collect_view();
            view! { <ul class="cards">{rows}</ul> }.into_any()
        };
        view! {
            <div class="sheet">
                <h1>{t.settings}</h1>
                {subjects(language, "/settings/tokens")}
                <h2>{t.tokens}</h2>
                <p class="lead">{t.tokens_intro}</p>
                {made(t, &letter)}
                {list}
                {form(t, &letter)}
            </div>
        }
        .into_any()
    }))
}

/// A token that was just made: the only time that it is shown.
fn made(t: &'static SettingsTexts, letter: &Letter) -> Option<AnyView> {
    let secret = letter.value("secret")?.to_owned();
    let title = fill(t.token_made, &[("name", letter.value("made").unwrap_or_default())]);
    let shown = view! {
        <section class="once" role="status">
            <h3>{title}</h3>
            {copyable(secret)}
            <p class="hint">{t.token_once}</p>
        </section>
    };
    Some(shown.into_any())
}

fn row(t: &'static SettingsTexts, token: TokenInfo, now: i64) -> impl IntoView {
    let label = fill(t.token_revoke_named, &[("name", &token.name)]);
    let access = if token.access == Access::Write { t.token_write } else { t.token_read };
    let ended = token.expires_at.is_some_and(|at| at <= now);
    let used = match token.used_at {
        Some(at) => view! { {t.token_used}" "<When at/> }.into_any(),
        None => t.token_unused.into_any(),
    };
    let expires = match token.expires_at {
        Some(at) => view! { {if ended { t.token_ended } else { t.token_expires }}" "<When at/> }.into_any(),
        None => t.token_endless.into_any(),
    };
    view! {
        <li>
            <div class="card-text">
                <p class="strong">{token.name}" "<span class="badge" class:off=ended>{access}</span></p>
                <p class="muted">{used}" · "{expires}" · "{t.token_created}" "<When at=token.created_at/></p>
            </div>
            <form method="post" action=RevokeToken::url()>
                <input type="hidden" name="id" value=token.id.to_string()/>
                <button type="submit" class="button" aria-label=label>{t.token_revoke}</button>
            </form>
        </li>
    }
}

fn form(t: &'static SettingsTexts, letter: &Letter) -> AnyView {
    let chosen = |name, default: &'static str| letter.value(name).unwrap_or(default).to_owned();
    let accesses = [("read", t.token_read_long), ("write", t.token_write_long)];
    let days = [("30", t.days_30), ("90", t.days_90), ("365", t.days_365), ("never", t.days_never)];
    view! {
        <section class="stack narrow">
            <h2>{t.token_new}</h2>
            <form method="post" action=CreateToken::url() class="stack" novalidate>
                <p class="form-error" role="alert">{letter.above(&["name", "days"])}</p>
                <ui::Field
                    name="name"
                    label=t.token_name
                    autocomplete="off"
                    hint=t.token_name_hint
                    value=letter.value("name").unwrap_or_default()
                    error=letter.beside("name")
                />
                <div class="field">
                    <label for="access">{t.token_access}</label>
                    <select id="access" name="access">{options(&accesses, &chosen("access", "read"))}</select>
                </div>
                <div class="field" class:bad=letter.beside("days").is_some()>
                    <label for="days">{t.token_expiry}</label>
                    <select id="days" name="days" aria-describedby="days-error">{options(&days, &chosen("days", DAYS))}</select>
                    <p class="error" id="days-error" role="alert">{letter.beside("days")}</p>
                </div>
                <ui::Submit label=t.token_create/>
            </form>
        </section>
    }
    .into_any()
}
