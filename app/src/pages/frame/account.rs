//! The menu behind the account button: who is signed in, language, colours, shortcuts, signing out.

use domain::Role;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::JsCast;

use super::Desk;
use super::usage::UsageBar;
use crate::actions::accounts::SignOut;
use crate::app::with_visitor;
use crate::i18n::use_texts;
use crate::pages::switches::{LanguageSwitch, ThemeSwitch};
use crate::ui::Icon;

/// A `<details>`, so that it opens without script; script closes it on Escape and on a click elsewhere.
#[component]
pub(crate) fn AccountMenu() -> impl IntoView {
    let t = use_texts();
    let desk = Desk::current();
    let menu = NodeRef::<html::Details>::new();
    close_when_left(menu);
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let show_shortcuts = move |_| {
        close();
        desk.help.set(true);
    };
    view! {
        <details class="menu" node_ref=menu>
            <summary class="button quiet square" aria-label=t.account title=t.account>{face()}</summary>
            <div class="menu-sheet">
                <Who/>
                <div class="menu-usage"><UsageBar/></div>
                <p class="menu-label">{t.language}</p>
                <LanguageSwitch/>
                <p class="menu-label">{t.theme}</p>
                <ThemeSwitch/>
                <hr/>
                <Administration close=Callback::new(move |()| close())/>
                <a class="menu-item" href="/shares" on:click=move |_| close()><Icon name="share"/>{t.my_shares}</a>
                <a class="menu-item" href="/settings/profile" on:click=move |_| close()><Icon name="user"/>{t.settings}</a>
                <button type="button" class="menu-item only-script only-keys" on:click=show_shortcuts>
                    <Icon name="keyboard"/>{t.shortcuts}<kbd>"?"</kbd>
                </button>
                // Not through script: whoever signs out leaves with everything, running uploads ask first.
                <form method="post" action=SignOut::url()>
                    <button type="submit" class="menu-item"><Icon name="leave"/>{t.sign_out}</button>
                </form>
            </div>
        </details>
    }
}

/// The way to administration, for those who have it.
#[component]
fn Administration(
    /// Closes the menu.
    close: Callback<()>,
) -> impl IntoView {
    let t = use_texts();
    with_visitor(move |visitor| {
        let may = visitor.profile.is_some_and(|profile| profile.role == Role::Administrator);
        may.then(|| {
            view! {
                <a class="menu-item" href="/admin" on:click=move |_| close.run(())>
                    <Icon name="gauge"/>{t.administration}
                </a>
            }
        })
        .into_any()
    })
}

/// The person's picture, or what stands for one.
fn face() -> AnyView {
    with_visitor(|visitor| match visitor.profile.and_then(|profile| profile.avatar) {
        Some(version) => {
            view! { <img class="avatar" src=format!("/avatar/{version}") alt="" width="28" height="28"/> }
                .into_any()
        }
        None => view! { <Icon name="user"/> }.into_any(),
    })
}

/// Names, mail and role.
#[component]
fn Who() -> impl IntoView {
    let t = use_texts();
    let who = with_visitor(move |visitor| {
        let Some(profile) = visitor.profile else { return ().into_any() };
        let role = (profile.role == Role::Administrator)
            .then(|| view! { <span class="badge">{t.administrator}</span> });
        let (name, mail) = match profile.display_name {
            Some(name) => (name, format!("{} · {}", profile.username, profile.email)),
            None => (profile.username, profile.email),
        };
        view! {
            <p class="menu-name">{name} {role}</p>
            <p class="menu-mail">{mail}</p>
        }
        .into_any()
    });
    view! { <div class="menu-who">{who}</div> }
}

fn close_when_left(menu: NodeRef<html::Details>) {
    let close = move || {
        if let Some(menu) = menu.get_untracked().filter(|menu| menu.open()) {
            menu.set_open(false);
        }
    };
    Effect::new(move |_| {
        let clicks = window_event_listener(ev::pointerdown, move |event| {
            let inside = menu.get_untracked().is_some_and(|menu| {
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                menu.contains(target.as_ref())
            });
            if !inside {
                close();
            }
        });
        let keys = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                close();
            }
        });
        on_cleanup(move || {
            clicks.remove();
            keys.remove();
        });
    });
}
