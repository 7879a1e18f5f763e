//! `/admin/invitations`: links that let people make accounts, what became of them, and new ones.

mod texts;

use domain::{AppError, Field, InvitationState, Reason, Registration};
use drive::InvitationEntry;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::subjects;
use super::texts::AdministrationTexts;
use crate::actions::administration::{CreateInvitation, RevokeInvitation};
use crate::documents::Refusal;
use crate::flash::refused;
use crate::i18n::fill;
use crate::moment::When;
use crate::sheets::Content;
use crate::sheets::parts::{copyable, next_page};
use crate::sheets::request::Request;
use crate::{Failure, Flash, Form, Language};
use texts::InvitationTexts;

const PATH: &str = "/admin/invitations";
const PAGE: u32 = 50;

/// What is said when one was made, and when one was revoked.
pub(crate) fn outcome(language: Language, made: bool) -> String {
    let t = InvitationTexts::of(language);
    if made { t.made } else { t.was_revoked }.to_owned()
}

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let drive = &request.context.drive;
    let page = drive.invitations(&request.actor, request.query("after"), PAGE).await;
    let page = page.map_err(|error| error.to_app_error())?;
    let registration = drive.rules().registration;
    let t = InvitationTexts::of(request.language);
    let a = AdministrationTexts::of(request.language);
    let (origin, flash) = (request.context.origin.clone(), request.flash.clone());
    Ok(Content::new(a.invitations, move || {
        let hint = match registration {
            Registration::Invitation => t.needed,
            Registration::Open => t.not_needed,
            Registration::Closed => t.closed,
        };
        let list = if page.items.is_empty() {
            view! { <p class="lead">{t.none}</p> }.into_any()
        } else {
            let cards = page.items.into_iter().map(|entry| card(t, &origin, entry)).collect_view();
            view! { <ul class="cards">{cards}</ul> }.into_any()
        };
        view! {
            <div class="sheet">
                <h1>{a.administration}</h1>
                {subjects(a, PATH)}
                <p class="lead">{hint}" "<a class="text-link" href="/admin/settings">{a.settings}</a></p>
                {form(t, flash)}
                <section class="stack">
                    <h2>{t.all}</h2>
                    {list}
                    {next_page(PATH, &[], page.next, a.more)}
                </section>
            </div>
        }
        .into_any()
    }))
}

fn form(t: &'static InvitationTexts, flash: Option<Flash>) -> AnyView {
    let (failure, typed) = refused(flash.clone(), Form::Invitation);
    let (refusal, _) = Refusal::of(flash, Form::Invitation);
    let above = refusal.above(&[Field::Email, Field::Limit, Field::Expiry, Field::Name]);
    let uses = match &failure {
        Some(Failure::App(AppError::Invalid {
            field: Field::Limit,
            reason: Reason::TooLong { .. } | Reason::Malformed,
        })) => Some(t.uses_wrong.to_owned()),
        _ => refusal.beside(Field::Limit),
    };
    let (bad_uses, email, expiry, note) = (
        uses.is_some(),
        refusal.beside(Field::Email),
        refusal.beside(Field::Expiry),
        refusal.beside(Field::Name),
    );
    let (bad_email, bad_note, bad_expiry) = (email.is_some(), note.is_some(), expiry.is_some());
    let uses_typed = if typed.login.is_empty() { "1".to_owned() } else { typed.login };
    view! {
        <form method="post" action=CreateInvitation::url() class="stack narrow" novalidate>
            <h2>{t.new}</h2>
            <p class="form-error" role="alert">{above}</p>
            <div class="field" class:bad=bad_uses>
                <label for="uses">{t.uses}</label>
                <input id="uses" name="uses" type="text" inputmode="numeric" autocomplete="off" maxlength="9" value=uses_typed
                    aria-describedby="uses-error" aria-invalid=bad_uses.to_string()/>
                <p class="error" id="uses-error" role="alert">{uses}</p>
            </div>
            <div class="field" class:bad=bad_expiry>
                <label for="days">{t.expiry}</label>
                <select id="days" name="days">
                    <option value="1">{t.day}</option>
                    <option value="7" selected>{t.week}</option>
                    <option value="30">{t.month}</option>
                    <option value="never">{t.never}</option>
                </select>
                <p class="error" role="alert">{expiry}</p>
            </div>
            <div class="field" class:bad=bad_email>
                <label for="email">{t.email}</label>
                <input id="email" name="email" type="email" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="254"
                    value=typed.email aria-describedby="email-hint email-error" aria-invalid=bad_email.to_string()/>
                <p class="hint" id="email-hint">{t.email_hint}</p>
                <p class="error" id="email-error" role="alert">{email}</p>
            </div>
            <div class="field" class:bad=bad_note>
                <label for="note">{t.note}</label>
                <input id="note" name="note" type="text" autocomplete="off" maxlength="200" value=typed.name
                    aria-describedby="note-hint note-error" aria-invalid=bad_note.to_string()/>
                <p class="hint" id="note-hint">{t.note_hint}</p>
                <p class="error" id="note-error" role="alert">{note}</p>
            </div>
            <button type="submit" class="button primary">{t.make}</button>
        </form>
    }
    .into_any()
}

fn card(t: &'static InvitationTexts, origin: &str, entry: InvitationEntry) -> AnyView {
    let open = entry.state == InvitationState::Open;
    let state = match entry.state {
        InvitationState::Open => t.open,
        InvitationState::UsedUp => t.used_up,
        InvitationState::Expired => t.expired,
        InvitationState::Revoked => t.revoked,
    };
    let title = if entry.note.is_empty() { t.no_note.to_owned() } else { entry.note };
    let used = [("uses", entry.uses.to_string()), ("most", entry.max_uses.to_string())];
    let used = fill(t.used_of, &used.each_ref().map(|(name, value)| (*name, value.as_str())));
    let expires = match entry.expires {
        Some(at) => view! { {t.until}" "<When at/> }.into_any(),
        None => t.never.into_any(),
    };
    let email = entry.email.map(|email| format!(" · {email}"));
    let by = entry.created_by.map(|name| format!(" · {name}"));
    let link = open.then(|| {
        let link = format!("{origin}/register?invitation={}", entry.code);
        copyable(link)
    });
    let label = fill(t.revoke_named, &[("note", &title)]);
    let revoke = open.then(|| {
        view! {
            <form method="post" action=RevokeInvitation::url()>
                <input type="hidden" name="id" value=entry.id.to_string()/>
                <button type="submit" class="button danger" aria-label=label>{t.revoke}</button>
            </form>
        }
    });
    view! {
        <li>
            <div class="card-text">
                <p class="strong">{title}" "<span class="badge" class:off=!open>{state}</span></p>
                <p class="muted">{used}" · "{expires}{email}</p>
                <p class="muted">{t.created}" "<When at=entry.created/>{by}</p>
                {link}
            </div>
            {revoke}
        </li>
    }
    .into_any()
}
