//! What a browser shows from an address, by parts as it needs them.

use leptos::prelude::*;

use super::PreviewTexts;
use crate::ui::Icon;

pub(super) fn image(source: &str, name: &str) -> AnyView {
    view! { <figure class="view-stage"><img class="view-image" src=inline(source) alt=name.to_owned()/></figure> }.into_any()
}

pub(super) fn video(t: &'static PreviewTexts, source: &str, name: &str) -> AnyView {
    view! {
        <figure class="view-stage">
            <video class="view-image" src=inline(source) aria-label=name.to_owned() controls preload="metadata"></video>
            <figcaption class="hint">{t.not_played}</figcaption>
        </figure>
    }
    .into_any()
}

pub(super) fn audio(t: &'static PreviewTexts, source: &str, name: &str) -> AnyView {
    view! {
        <figure class="view-stage">
            <audio class="view-sound" src=inline(source) aria-label=name.to_owned() controls preload="metadata"></audio>
            <figcaption class="hint">{t.not_played}</figcaption>
        </figure>
    }
    .into_any()
}

/// A tab of its own: frames are closed to our pages and to our files.
pub(super) fn pdf(t: &'static PreviewTexts, source: &str) -> AnyView {
    view! {
        <div class="view-stage view-quiet">
            <span class="kind document"><Icon name="document"/></span>
            <p><a class="button primary" href=format!("{source}?view") target="_blank" rel="noopener external">{t.open_pdf}</a></p>
        </div>
    }
    .into_any()
}

pub(super) fn nothing(t: &'static PreviewTexts) -> AnyView {
    view! { <div class="view-stage view-quiet"><p>{t.not_shown}</p></div> }.into_any()
}

fn inline(source: &str) -> String {
    format!("{source}?inline")
}
