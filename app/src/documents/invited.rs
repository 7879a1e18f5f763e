//! `/register?invitation=…`: make an account with an invitation. The link fills the code in; without one it can be typed.

use domain::{AppError, Field, InvitationState, InvitationView, Reason};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::captcha::{captcha_fields, sent_by_enter};
use super::entrance::Refusal;
use super::register::account_fields;
use crate::actions::accounts::{Register, Visitor, look_at_invitation};
use crate::flash::refused;
use crate::i18n::{texts, use_language};
use crate::pages::trouble::trouble;
use crate::server::Asked;
use crate::{Failure, Flash, Form, Typed, ui};

texts! {
    struct InvitationTexts;

    lead = "此站点凭邀请注册。" | "You need an invitation to register here.",
    welcome = "您已受邀。设置账号信息即可开始使用。" | "You are invited. Choose how to sign in, and begin.",
    code = "邀请码" | "Invitation",
    code_hint = "邀请链接末尾的 26 个字符" | "The 26 characters at the end of the link",
    missing = "请输入邀请码，或打开收到的邀请链接。" | "Enter the invitation, or open the link you were sent.",
    unknown = "没有此邀请，请核对邀请码。" | "There is no such invitation. Check it.",
    used_up = "此邀请的使用次数已用完，请向管理员索取新的邀请。" | "This invitation has been used up. Ask your administrator for a new one.",
    expired = "此邀请已过期，请向管理员索取新的邀请。" | "This invitation has expired. Ask your administrator for a new one.",
    revoked = "此邀请已被撤回，请向管理员索取新的邀请。" | "This invitation was taken back. Ask your administrator for a new one.",
    other_email = "此邀请仅限指定邮箱使用，请使用收到邀请的邮箱。" | "This invitation is for another email address. Use the one it was sent to.",
    register = "注册" | "Register",
}

/// The form, or why there is none.
#[component]
pub(super) fn Invited(
    /// Who looks at it.
    visitor: Visitor,
    /// What they have to solve.
    asked: Asked,
) -> impl IntoView {
    let query = use_query_map();
    let linked = query.read_untracked().get("invitation").unwrap_or_default();
    // One that was typed comes back with the other inputs.
    let (_, typed) = Refusal::of(visitor.flash.clone(), Form::Register);
    let code = if linked.is_empty() { typed.name } else { linked };
    let code = code.trim().to_ascii_lowercase();
    let of = code.clone();
    let found = Resource::new(move || of.clone(), look_at_invitation);
    let content = move || {
        let (flash, code, asked) = (visitor.flash.clone(), code.clone(), asked.clone());
        Suspend::new(async move {
            match found.await {
                Ok(found) => content(flash, code, found, &asked),
                Err(failure) => trouble(&failure),
            }
        })
    };
    view! { <Suspense>{content}</Suspense> }
}

fn content(flash: Option<Flash>, code: String, found: Option<InvitationView>, asked: &Asked) -> AnyView {
    let t = InvitationTexts::of(use_language());
    let ended = match found.as_ref().map(|found| found.state) {
        Some(InvitationState::UsedUp) => Some(t.used_up),
        Some(InvitationState::Expired) => Some(t.expired),
        Some(InvitationState::Revoked) => Some(t.revoked),
        Some(InvitationState::Open) | None => None,
    };
    if let Some(ended) = ended {
        return view! { <p class="form-error" role="alert">{ended}</p> }.into_any();
    }
    let (failure, _) = refused(flash.clone(), Form::Register);
    let (refusal, typed) = Refusal::of(flash, Form::Register);
    let invalid = match &failure {
        Some(Failure::App(AppError::Invalid { field, reason })) => Some((*field, *reason)),
        _ => None,
    };
    // About the code, what the code itself tells is said, and in words of its own.
    let (refusal, above) = match invalid {
        Some((Field::Email, Reason::Contradiction)) => (Refusal::none(), Some(t.other_email)),
        Some((Field::Invitation, _)) => (Refusal::none(), None),
        _ => (refusal, None),
    };
    let wrong = match (found.is_some(), code.is_empty()) {
        (true, _) => None,
        (false, false) => Some(t.unknown),
        (false, true) => matches!(invalid, Some((Field::Invitation, _))).then_some(t.missing),
    };
    let typed = match found.and_then(|found| found.email) {
        Some(email) if typed.email.is_empty() => Typed { email, ..typed },
        _ => typed,
    };
    form(t, code, typed, &refusal, (above, wrong), asked)
}

fn form(
    t: &'static InvitationTexts,
    code: String,
    typed: Typed,
    refusal: &Refusal,
    (above, wrong): (Option<&'static str>, Option<&'static str>),
    asked: &Asked,
) -> AnyView {
    let known = !code.is_empty() && wrong.is_none();
    let field = if known {
        view! { <input type="hidden" name="invitation" value=code/> }.into_any()
    } else {
        view! {
            <ui::Field
                name="invitation"
                label=t.code
                autocomplete="off"
                value=code
                hint=t.code_hint
                error=wrong.map(str::to_owned)
            />
        }
        .into_any()
    };
    view! {
        <p class="lead">{if known { t.welcome } else { t.lead }}</p>
        <p class="form-error" role="alert">{above}</p>
        <form method="post" action=Register::url() class="stack" novalidate>
            {sent_by_enter(asked)}
            {field}
            {account_fields(typed, refusal)}
            {captcha_fields(asked, "register", refusal)}
            <ui::Submit label=t.register/>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(InvitationTexts::ALL);
    }
}
