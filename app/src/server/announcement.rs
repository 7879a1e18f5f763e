//! What administrators tell everybody: above the drive and on the sign-in page, until it is dismissed.
//!
//! It stands in the document beside the page and not in it, so the wasm knows nothing of it, and it stays while one goes from
//! page to page. Its form works without script; the line of script is there because leaving the page would end uploads.

use axum::http::request::Parts;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{Context, is_dismissed};
use crate::Language;
use crate::actions::administration::DismissAnnouncement;
use crate::i18n::texts;

texts! {
    struct AnnouncementTexts;

    title = "公告" | "Announcement",
    dismiss = "知道了" | "Dismiss",
}

/// Sends the form in the background.
const STAY: &str = "document.querySelector('.announcement form').addEventListener('submit',e=>{let f=e.target;e.preventDefault();\
fetch(f.action,{method:'POST',body:new URLSearchParams(new FormData(f))}).then(r=>r.ok&&f.parentNode.remove(),()=>0)})";

/// The announcement, for who may see it and has not dismissed it. `taken_over`: on a page that script takes over.
pub(crate) fn announcement(parts: &Parts, language: Language, taken_over: bool) -> Option<AnyView> {
    let context = parts.extensions.get::<Context>()?;
    let signed_in = taken_over && context.actor.is_some();
    if !signed_in && parts.uri.path() != "/login" {
        return None;
    }
    let rules = context.drive.rules();
    let announcement = rules.announcement.as_ref()?;
    if is_dismissed(&parts.headers, &announcement.id) {
        return None;
    }
    let t = AnnouncementTexts::of(language);
    let script = taken_over.then(|| view! { <script nonce=leptos::nonce::use_nonce()>{STAY}</script> });
    Some(
        view! {
            <aside class="announcement" aria-label=t.title>
                <p>{announcement.text.clone()}</p>
                <form method="post" action=DismissAnnouncement::url()>
                    <input type="hidden" name="id" value=announcement.id.clone()/>
                    <button type="submit" class="button">{t.dismiss}</button>
                </form>
                {script}
            </aside>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        crate::i18n::check_table(AnnouncementTexts::ALL);
    }
}
