//! `/admin/users`: the accounts, and what may be changed about each.

mod deletion;
mod details;
mod texts;

use domain::{AppError, ByteSize, Role, UserId};
use drive::{UserEntry, UserQuery, UserSort};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::texts::AdministrationTexts;
use super::{password, subjects};
use crate::actions::administration::{CreateAccount, LockAccount, SetQuota, SetRole, UnlockAccount};
use crate::documents::{Refusal, account_fields};
use crate::i18n::fill;
use crate::moment::When;
use crate::sheets::Content;
use crate::sheets::parts::{fact, next_page, options};
use crate::sheets::request::Request;
use crate::{Form, ui};
pub(crate) use deletion::begun as deletion_begun;
use texts::AccountTexts;

const PATH: &str = "/admin/users";
/// What the pages of single accounts are part of.
const BELOW: &str = "/admin/users/";
const PAGE: u32 = 50;

/// The accounts that match.
pub(super) async fn list(request: &Request) -> Result<Content, AppError> {
    let sort_name = request.query("sort").unwrap_or_default().to_owned();
    let sort = match sort_name.as_str() {
        "used" => UserSort::Used,
        "created" => UserSort::Created,
        _ => UserSort::Name,
    };
    let query = UserQuery {
        search: request.query("q").unwrap_or_default().to_owned(),
        sort,
        after: request.query("after").map(str::to_owned),
        limit: PAGE,
    };
    let page = request.context.drive.users(&request.actor, &query).await;
    let page = page.map_err(|error| error.to_app_error())?;
    let t = AdministrationTexts::of(request.language);
    let a = AccountTexts::of(request.language);
    Ok(Content::new(t.users, move || {
        let sorts = [("name", t.sort_name), ("used", t.sort_used), ("created", t.sort_created)];
        let empty = page.items.is_empty().then(|| view! { <p class="lead">{t.no_users}</p> });
        let rows = page.items.into_iter().map(|user| row(t, a, &user)).collect_view();
        let next = next_page(PATH, &[("q", &query.search), ("sort", &sort_name)], page.next, t.more);
        view! {
            <div class="sheet wide">
                <h1>{t.administration}</h1>
                {subjects(t, PATH)}
                <form method="get" action=PATH class="filter" role="search" aria-label=t.users>
                    <label>
                        {t.search}" "
                        <input type="search" name="q" value=query.search.clone() placeholder=t.search_hint autocapitalize="none" spellcheck="false"/>
                    </label>
                    <label>{t.sort}" "<select name="sort">{options(&sorts, &sort_name)}</select></label>
                    <button type="submit" class="button">{t.search}</button>
                    <a class="button end" href="/admin/users/new">{t.new_user}</a>
                </form>
                {empty}
                <div class="scrolled" tabindex="0" role="region" aria-label=t.users>
                    <table class="figures folding">
                        <thead>
                            <tr>
                                <th scope="col">{t.column_user}</th>
                                <th scope="col" class="number">{t.column_used}</th>
                                <th scope="col">{t.column_seen}</th>
                                <th scope="col">{t.column_state}</th>
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

fn row(t: &'static AdministrationTexts, a: &'static AccountTexts, user: &UserEntry) -> impl IntoView + use<> {
    let href = format!("{PATH}/{}", user.id);
    let used = room(t, user);
    view! {
        <tr>
            <td class="fold-title"><a class="strong" href=href>{user.username.clone()}</a><br/><span class="muted">{user.email.clone()}</span></td>
            <td class="number" data-label=t.column_used>{used}</td>
            <td data-label=t.column_seen>{seen(t, user)}</td>
            <td data-label=t.column_state>{state(t, a, user)}</td>
        </tr>
    }
}

fn room(t: &'static AdministrationTexts, user: &UserEntry) -> String {
    let used = ByteSize(user.used).to_string();
    match user.quota {
        Some(quota) => fill(t.used_of, &[("used", &used), ("quota", &ByteSize(quota).to_string())]),
        None => used,
    }
}

fn seen(t: &'static AdministrationTexts, user: &UserEntry) -> AnyView {
    match user.seen_at {
        Some(at) => view! { <When at/> }.into_any(),
        None => t.never.into_any(),
    }
}

fn state(
    t: &'static AdministrationTexts,
    a: &'static AccountTexts,
    user: &UserEntry,
) -> impl IntoView + use<> {
    let role =
        (user.role == Role::Administrator).then(|| view! { <span class="badge">{t.administrator}</span>" " });
    let state = match (user.deletion, user.locked_at) {
        (Some(_), _) => a.deleting,
        (None, Some(_)) => t.locked,
        (None, None) => t.active,
    };
    view! { {role}{state} }
}

/// The form for a new account.
pub(super) fn new(request: &Request) -> Content {
    let t = AdministrationTexts::of(request.language);
    let flash = request.flash.clone();
    let quota = request.context.drive.rules().default_quota;
    Content::new(t.new_user, move || {
        let (refusal, typed) = Refusal::of(flash, Form::CreateAccount);
        view! {
            <div class="sheet">
                <h1>{t.new_user}</h1>
                {subjects(t, BELOW)}
                <p class="lead">{t.new_user_hint}" "{fill(t.new_user_quota, &[("quota", &limit(t, quota))])}</p>
                <form method="post" action=CreateAccount::url() class="stack narrow" novalidate>
                    {account_fields(typed, &refusal)}
                    <ui::Submit label=t.create/>
                </form>
            </div>
        }
        .into_any()
    })
}

/// One account.
pub(super) async fn one(request: &Request, id: &UserId) -> Result<Content, AppError> {
    let letter = password::letter();
    let user = request.context.drive.user(&request.actor, id).await.map_err(|error| error.to_app_error())?;
    let details = request.context.drive.user_details(&request.actor, id).await;
    let details = details.map_err(|error| error.to_app_error())?;
    let own = request.actor.user == *id;
    let language = request.language;
    let t = AdministrationTexts::of(request.language);
    let a = AccountTexts::of(request.language);
    let flash = request.flash.clone();
    Ok(Content::new(user.username.clone(), move || {
        let locked = user.locked_at.map(|at| {
            view! {
                {fact(t.locked_since, view! { <When at/> })}
                {fact(t.locked_reason, user.locked_reason.clone())}
            }
        });
        let quota = limit(t, user.quota);
        let changes = match user.deletion {
            Some(deletion) => deletion::progress(a, &user, deletion),
            None if own => view! { {quota_form(t, &user)}<p class="lead">{t.yourself}</p> }.into_any(),
            None => view! {
                {quota_form(t, &user)}
                {role_form(t, &user)}
                {lock_form(t, &user)}
                {password::password_form(language, &letter, &user)}
            }
            .into_any(),
        };
        let end = (!own && user.deletion.is_none()).then(|| deletion::form(a, &user, flash));
        view! {
            <div class="sheet">
                <h1>{user.username.clone()}</h1>
                {subjects(t, BELOW)}
                <dl class="facts">
                    {fact(t.email, user.email.clone())}
                    {fact(t.column_state, state(t, a, &user))}
                    {locked}
                    {fact(t.created, view! { <When at=user.created_at/> })}
                    {fact(t.column_seen, seen(t, &user))}
                    {fact(t.column_used, ByteSize(user.used).to_string())}
                    {fact(t.quota, quota)}
                    {details::facts(a, t.never, &details)}
                </dl>
                {changes}
                {details::sessions(a, &user.id, own, details.sessions)}
                {end}
            </div>
        }
        .into_any()
    }))
}

/// A quota in words.
fn limit(t: &'static AdministrationTexts, quota: Option<u64>) -> String {
    quota.map_or_else(|| t.no_limit.to_owned(), |quota| ByteSize(quota).to_string())
}

/// Bytes as somebody may type them again: without loss, and with a unit where it comes out even.
pub(super) fn typed_size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1 << 30, "GiB"), (1_000_000, "MB")];
    let even = UNITS.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    even.map_or_else(|| bytes.to_string(), |(unit, name)| format!("{}{name}", bytes / unit))
}

fn quota_form(t: &'static AdministrationTexts, user: &UserEntry) -> impl IntoView + use<> {
    let value = user.quota.map(typed_size);
    view! {
        <section class="stack">
            <h2>{t.quota_title}</h2>
            <form method="post" action=SetQuota::url() class="filter">
                <input type="hidden" name="id" value=user.id.to_string()/>
                <label>{t.quota}" "<input name="quota" value=value aria-describedby="quota-hint" autocapitalize="none"/></label>
                <button type="submit" class="button">{t.save}</button>
                <p class="hint" id="quota-hint">{t.quota_hint}</p>
            </form>
        </section>
    }
}

fn role_form(t: &'static AdministrationTexts, user: &UserEntry) -> impl IntoView + use<> {
    let (role, text) = match user.role {
        Role::User => ("administrator", t.make_administrator),
        Role::Administrator => ("user", t.make_user),
    };
    view! {
        <section class="stack">
            <h2>{t.role}</h2>
            <form method="post" action=SetRole::url() class="filter">
                <input type="hidden" name="id" value=user.id.to_string()/>
                <button type="submit" class="button" name="role" value=role>{text}</button>
            </form>
        </section>
    }
}

fn lock_form(t: &'static AdministrationTexts, user: &UserEntry) -> AnyView {
    let id = user.id.to_string();
    let form = if user.locked_at.is_some() {
        view! {
            <form method="post" action=UnlockAccount::url() class="filter">
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="button">{t.unlock}</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action=LockAccount::url() class="filter">
                <input type="hidden" name="id" value=id/>
                <label>{t.reason}" "<input name="reason" maxlength="500" aria-describedby="lock-hint"/></label>
                <button type="submit" class="button danger">{t.lock}</button>
                <p class="hint" id="lock-hint">{t.lock_hint}</p>
            </form>
        }
        .into_any()
    };
    view! { <section class="stack"><h2>{t.lock_title}</h2>{form}</section> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_typed_as_it_is_read() {
        for (bytes, text) in [
            (0, "0"),
            (5, "5"),
            (500_000_000, "500MB"),
            (20 << 30, "20GiB"),
            (3_000_000_000_000, "3TB"),
            (1_500_000_001, "1500000001"),
        ] {
            assert_eq!(typed_size(bytes), text);
            assert_eq!(text.parse::<ByteSize>(), Ok(ByteSize(bytes)), "{text}");
        }
    }
}
