//! The switches of language and colours: forms that work without script. With it, colours change at once, without
//! leaving the page; the language loads it anew, since every sentence changes.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

use crate::actions::settings::{ChooseLanguage, ChooseTheme};
use crate::i18n::use_texts;
use crate::submission::post;
use crate::{Language, Preferences, Theme};

/// Buttons to choose the language, the present one pressed.
#[component]
pub(crate) fn LanguageSwitch() -> impl IntoView {
    let t = use_texts();
    let present = use_context::<Preferences>().unwrap_or_default().language;
    let buttons = Language::ALL.map(|language| {
        view! {
            <button
                type="submit"
                name="language"
                value=language.tag()
                lang=language.tag()
                aria-pressed=(language == present).to_string()
            >
                {language.own_name()}
            </button>
        }
    });
    view! {
        <form method="post" action=ChooseLanguage::url() class="segments" aria-label=t.language>
            {buttons.collect_view()}
        </form>
    }
}

/// Buttons to choose the colours, the present ones pressed.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let t = use_texts();
    let present = RwSignal::new(use_context::<Preferences>().unwrap_or_default().theme);
    let name = move |theme| match theme {
        Theme::Auto => t.theme_auto,
        Theme::Light => t.theme_light,
        Theme::Dark => t.theme_dark,
    };
    let buttons = Theme::ALL.map(|theme| {
        let choose = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            present.set(theme);
            apply(theme);
        };
        view! {
            <button
                type="submit"
                name="theme"
                value=theme.name()
                aria-pressed=move || (present.get() == theme).to_string()
                on:click=choose
            >
                {name(theme)}
            </button>
        }
    });
    view! {
        <form method="post" action=ChooseTheme::url() class="segments" aria-label=t.theme>
            {buttons.collect_view()}
        </form>
    }
}

/// Turns the colours of this document, and has the choice remembered. If that fails the next page has the old colours;
/// nobody needs to be told.
fn apply(theme: Theme) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme.name());
    }
    spawn_local(async move {
        let _ = post(ChooseTheme::url(), &[("theme", theme.name())]).await;
    });
}
