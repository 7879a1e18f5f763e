//! `/settings/profile`: what somebody tells of themselves.

use domain::{AppError, Details, Gender, Profile};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{SettingsTexts, subjects};
use crate::actions::profile::{RemoveAvatar, SaveProfile};
use crate::server::{AVATAR, Letter, PROFILE};
use crate::sheets::Content;
use crate::sheets::parts::{fact, options};
use crate::sheets::request::Request;
use crate::ui;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let (language, letter) = (request.language, Letter::take(PROFILE).unwrap_or_default());
    let picture = Letter::take(AVATAR).unwrap_or_default();
    let drive = &request.context.drive;
    let profile = drive.profile(&request.actor).await.map_err(|error| error.to_app_error())?;
    let details = drive.details(&request.actor).await.map_err(|error| error.to_app_error())?;
    let t = SettingsTexts::of(language);
    Ok(Content::new(t.profile, move || {
        view! {
            <div class="sheet">
                <h1>{t.settings}</h1>
                {subjects(language, "/settings/profile")}
                <h2>{t.profile}</h2>
                <p class="lead">{t.profile_intro}</p>
                <dl class="facts">
                    {fact(t.username, profile.username.clone())}
                    {fact(t.email, profile.email.clone())}
                </dl>
                {avatar(t, &profile, &picture)}
                {form(t, &details, &letter)}
            </div>
        }
        .into_any()
    }))
}

/// The picture, and how to change it. The browser sends the file by itself.
fn avatar(t: &'static SettingsTexts, profile: &Profile, letter: &Letter) -> AnyView {
    let shown = match &profile.avatar {
        Some(version) => {
            let src = format!("/avatar/{version}");
            view! { <img class="avatar large" src=src alt=t.avatar_yours width="60" height="60"/> }.into_any()
        }
        None => view! { <span class="avatar large"><ui::Icon name="user"/></span> }.into_any(),
    };
    let remove = profile.avatar.is_some().then(|| {
        view! {
            <form method="post" action=RemoveAvatar::url()>
                <button type="submit" class="button">{t.avatar_remove}</button>
            </form>
        }
    });
    view! {
        <section class="avatar-change">
            {shown}
            <form method="post" action="/avatar" enctype="multipart/form-data" class="stack">
                <div class="field" class:bad=letter.is_refusal()>
                    <label for="avatar">{t.avatar}</label>
                    <input
                        id="avatar"
                        name="avatar"
                        type="file"
                        accept="image/png,image/jpeg,image/webp,image/gif"
                        aria-describedby="avatar-hint avatar-error"
                        aria-invalid=letter.is_refusal().to_string()
                    />
                    <p class="hint" id="avatar-hint">{t.avatar_hint}</p>
                    <p class="error" id="avatar-error" role="alert">{letter.beside("avatar")}</p>
                </div>
                <button type="submit" class="button">{t.avatar_send}</button>
            </form>
            {remove}
        </section>
    }
    .into_any()
}

fn form(t: &'static SettingsTexts, details: &Details, letter: &Letter) -> AnyView {
    // A refused form shows what had been typed: what is missing there was typed away.
    let refused = letter.is_refusal();
    let value = |name: &str, kept: &str| {
        if refused { letter.value(name).unwrap_or_default().to_owned() } else { kept.to_owned() }
    };
    let gender = value("gender", details.gender().map_or("", Gender::name));
    let genders = [
        ("", t.gender_unsaid),
        ("female", t.gender_female),
        ("male", t.gender_male),
        ("other", t.gender_other),
    ];
    let about_error = letter.beside("about");
    let about_bad = about_error.is_some();
    view! {
        <form method="post" action=SaveProfile::url() class="stack narrow" novalidate>
            <p class="form-error" role="alert">{letter.above(&["display_name", "phone", "address", "about"])}</p>
            <ui::Field
                name="display_name"
                label=t.display_name
                autocomplete="nickname"
                hint=t.display_name_hint
                value=value("display_name", details.display_name())
                error=letter.beside("display_name")
            />
            <div class="field">
                <label for="gender">{t.gender}</label>
                <select id="gender" name="gender" autocomplete="sex">{options(&genders, &gender)}</select>
            </div>
            <ui::Field
                name="phone"
                label=t.phone
                kind="tel"
                autocomplete="tel"
                value=value("phone", details.phone())
                error=letter.beside("phone")
            />
            <ui::Field
                name="address"
                label=t.address
                autocomplete="street-address"
                value=value("address", details.address())
                error=letter.beside("address")
            />
            <div class="field" class:bad=about_bad>
                <label for="about">{t.about}</label>
                <textarea
                    id="about"
                    name="about"
                    rows="4"
                    aria-describedby="about-error"
                    aria-invalid=about_bad.to_string()
                    inner_html=escaped(&value("about", details.about()))
                />
                <p class="error" id="about-error" role="alert">{about_error}</p>
            </div>
            <ui::Submit label=t.profile_save/>
        </form>
    }
    .into_any()
}

/// Text as it has to stand in HTML: the children of a `<textarea>` are written as they are (Leptos 0.8). A line's end at
/// the beginning is dropped by browsers, which is why one more is written.
fn escaped(text: &str) -> String {
    let mut html = String::from("\n");
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_gets_out_of_the_text() {
        assert_eq!(
            escaped("</textarea><script>&amp;"),
            "\n&lt;/textarea&gt;&lt;script&gt;&amp;amp;",
            "what was typed is what is shown"
        );
    }
}
