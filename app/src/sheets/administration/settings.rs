//! `/admin/settings`: what holds for the whole site, and whether that was set here or at the start.

mod texts;

use domain::{AppError, ByteSize, Field, Registration, Retention};
use drive::{Setting, SettingEntry, SettingName};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::accounts::typed_size;
use super::subjects;
use super::texts::AdministrationTexts;
use crate::actions::administration::ChangeSetting;
use crate::documents::Refusal;
use crate::i18n::fill;
use crate::moment::When;
use crate::sheets::Content;
use crate::sheets::request::Request;
use crate::{Form, Typed};
use texts::SettingTexts;

/// What is said after a change.
pub(crate) fn outcome(language: crate::Language, name: SettingName, is_reset: bool) -> String {
    let t = SettingTexts::of(language);
    let (title, ..) = about(t, name);
    fill(if is_reset { t.back_to_default } else { t.saved }, &[("setting", title)])
}

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let settings = request.context.drive.settings(&request.actor).await;
    let settings = settings.map_err(|error| error.to_app_error())?;
    let t = SettingTexts::of(request.language);
    let a = AdministrationTexts::of(request.language);
    let flash = request.flash.clone();
    Ok(Content::new(a.settings, move || {
        let (refusal, typed) = Refusal::of(flash, Form::Setting);
        let above = refusal.above(&[
            Field::Registration,
            Field::Quota,
            Field::Length,
            Field::Retention,
            Field::Announcement,
        ]);
        let sections = settings.into_iter().map(|entry| section(t, &entry, &refusal, &typed)).collect_view();
        view! {
            <div class="sheet">
                <h1>{a.administration}</h1>
                {subjects(a, "/admin/settings")}
                <p class="lead">{t.intro}</p>
                <p class="form-error" role="alert">{above}</p>
                {sections}
            </div>
        }
        .into_any()
    }))
}

/// One setting: what is in force, where that comes from, and how to change it.
fn section(
    t: &'static SettingTexts,
    entry: &SettingEntry,
    refusal: &Refusal,
    typed: &Typed,
) -> impl IntoView + use<> {
    let name = entry.value.name();
    let (title, hint, field) = about(t, name);
    let error = refusal.beside(field);
    let bad = error.is_some();
    let value = if bad { typed.name.clone() } else { written(&entry.value) };
    let id = name.as_str();
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let input = input(t, name, value, bad, format!("{hint_id} {error_id}"));
    let is_set = entry.changed.is_some();
    let silent = name == SettingName::Announcement;
    let default = fill(t.use_default, &[("value", &shown(t, &entry.default))]);
    let default = if silent { t.withdraw.to_owned() } else { default };
    view! {
        <section class="setting" aria-labelledby=format!("{id}-title")>
            <h2 id=format!("{id}-title")>{title}</h2>
            <p class="muted">{provenance(t, entry)}</p>
            <form method="post" action=ChangeSetting::url() class="stack" novalidate>
                <input type="hidden" name="name" value=id/>
                <div class=if name == SettingName::Registration { "stack" } else { "field" } class:bad=bad>
                    {input}
                    <p class="hint" id=hint_id>{hint}</p>
                    <p class="error" id=error_id role="alert">{error}</p>
                </div>
                <div class="filter">
                    <button type="submit" class="button primary" aria-label=fill(t.save_named, &[("setting", title)])>{t.save}</button>
                    {is_set.then(|| view! { <button type="submit" class="button" name="reset" value="1">{default}</button> })}
                </div>
            </form>
        </section>
    }
}

/// Title, hint, and the field that its errors name.
const fn about(t: &'static SettingTexts, name: SettingName) -> (&'static str, &'static str, Field) {
    match name {
        SettingName::Registration => (t.registration, t.registration_hint, Field::Registration),
        SettingName::DefaultQuota => (t.quota, t.quota_hint, Field::Quota),
        SettingName::MaxFileSize => (t.size, t.size_hint, Field::Length),
        SettingName::TrashRetention => (t.retention, t.retention_hint, Field::Retention),
        SettingName::Announcement => (t.announcement, t.announcement_hint, Field::Announcement),
    }
}

/// Who set it and when, or that nobody did.
fn provenance(t: &'static SettingTexts, entry: &SettingEntry) -> AnyView {
    let Some((at, by)) = entry.changed.clone() else {
        let silent = entry.value.name() == SettingName::Announcement;
        let text = if silent { t.nothing_announced } else { t.from_start };
        return fill(text, &[("value", &shown(t, &entry.value))]).into_any();
    };
    let by = by.unwrap_or_else(|| t.somebody.to_owned());
    let default = (entry.value.name() != SettingName::Announcement)
        .then(|| fill(t.instead_of, &[("value", &shown(t, &entry.default))]));
    view! { {fill(t.set_by, &[("name", &by)])}" "<When at/>{default.map(|text| format!(" · {text}"))} }
        .into_any()
}

fn input(
    t: &'static SettingTexts,
    name: SettingName,
    value: String,
    bad: bool,
    described: String,
) -> AnyView {
    let (title, ..) = about(t, name);
    let id = name.as_str();
    match name {
        SettingName::Registration => {
            let choices = Registration::ALL.map(|choice| {
                let chosen = value == choice.as_str();
                view! {
                    <label class="check">
                        <input type="radio" name="value" value=choice.as_str() checked=chosen/>
                        {registration(t, choice)}
                    </label>
                }
            });
            view! { <fieldset class="choices"><legend class="unseen">{title}</legend>{choices.collect_view()}</fieldset> }
                .into_any()
        }
        SettingName::Announcement => view! {
            <label class="unseen" for=id>{title}</label>
            // What is between its tags is not escaped by Leptos.
            <textarea id=id name="value" rows="4" maxlength="1000" aria-describedby=described aria-invalid=bad.to_string()
                inner_html=escaped(&value)></textarea>
        }
        .into_any(),
        _ => view! {
            <label class="unseen" for=id>{title}</label>
            <input id=id name="value" type="text" value=value autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby=described aria-invalid=bad.to_string()/>
        }
        .into_any(),
    }
}

const fn registration(t: &'static SettingTexts, registration: Registration) -> &'static str {
    match registration {
        Registration::Open => t.open,
        Registration::Invitation => t.invitation,
        Registration::Closed => t.closed,
    }
}

/// The value as it is typed into its input.
fn written(setting: &Setting) -> String {
    match setting {
        Setting::Registration(registration) => registration.to_string(),
        Setting::DefaultQuota(quota) => quota.map(typed_size).unwrap_or_default(),
        Setting::MaxFileSize(size) => typed_size(*size),
        Setting::TrashRetention(keeps) => Retention(*keeps).to_string(),
        Setting::Announcement(text) => text.clone(),
    }
}

/// The value in words.
fn shown(t: &'static SettingTexts, setting: &Setting) -> String {
    match setting {
        Setting::Registration(choice) => registration(t, *choice).to_owned(),
        Setting::DefaultQuota(None) => t.no_limit.to_owned(),
        Setting::DefaultQuota(Some(size)) | Setting::MaxFileSize(size) => ByteSize(*size).to_string(),
        Setting::TrashRetention(None) => t.for_ever.to_owned(),
        Setting::TrashRetention(Some(keeps)) => {
            let hours = keeps.as_secs().div_ceil(3600);
            let (pattern, count) =
                if hours.is_multiple_of(24) { (t.days, hours / 24) } else { (t.hours, hours) };
            fill(pattern, &[("count", &count.to_string())])
        }
        Setting::Announcement(text) => text.clone(),
    }
}

/// Text that may stand between two tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_textarea_cannot_be_left_by_what_is_in_it() {
        assert_eq!(escaped("</textarea><b>&"), "&lt;/textarea&gt;&lt;b&gt;&amp;");
    }

    #[test]
    fn values_are_said_in_words_and_typed_again() {
        let t = SettingTexts::of(crate::Language::English);
        for (setting, words, typed) in [
            (Setting::DefaultQuota(None), "no limit", ""),
            (Setting::DefaultQuota(Some(20 << 30)), "21.5 GB", "20GiB"),
            (Setting::TrashRetention(None), "until deleted by hand", "0"),
            (Setting::TrashRetention(Some(Duration::from_secs(36 * 3600))), "36 hours", "36h"),
            (Setting::TrashRetention(Some(Duration::from_secs(7 * 86_400))), "7 days", "7d"),
            (Setting::Registration(Registration::Invitation), "By invitation", "invitation"),
        ] {
            assert_eq!((shown(t, &setting).as_str(), written(&setting).as_str()), (words, typed));
        }
    }
}
