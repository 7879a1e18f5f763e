//! A page that only the server renders, shown within the frame. Knows nothing of what it shows: links lead where they lead,
//! and a form is sent in the background, after which the page it leads to is asked for.

use domain::AppError;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_navigate};
use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, HtmlElement, HtmlFormElement};

use super::notice::Notices;
use super::trouble::answer_trouble;
use crate::actions::sheets::{Sheet, read_sheet};
use crate::i18n::use_texts;
use crate::moment::localise;
use crate::response::{Response, load};
use crate::submission::{fields_of, send_sheet_form};
use crate::{Failure, Flash};

/// The sheet that the address names, or why it cannot be shown.
#[component]
pub(crate) fn SheetPage() -> impl IntoView {
    let t = use_texts();
    let location = use_location();
    let again = RwSignal::new(0_u32);
    // On the way to a folder this page is still there for a moment, and must not ask for a sheet of that address.
    let address = Memo::new(move |before: Option<&(String, String)>| {
        let path = location.pathname.get();
        match before {
            Some(before) if path == "/" || path.starts_with("/folder/") => before.clone(),
            _ => (path, location.search.get()),
        }
    });
    let answer = Resource::new(
        move || (address.get(), again.get()),
        |((path, query), _)| read_sheet(path, query.trim_start_matches('?').to_owned()),
    );
    let notices = Notices::current();
    Effect::new(move |_| match &*answer.read() {
        Some(Err(Failure::App(AppError::SignInRequired))) => load("/login"),
        Some(Ok(Sheet { flash: Some(flash), .. })) => notices.say(flash.clone()),
        _ => {}
    });
    let response = Response::current();
    let content = move || {
        let response = response.clone();
        Suspend::new(async move {
            match answer.await {
                Ok(Sheet { title, html, .. }) => view! { <Title text=title/><Paper html again/> }.into_any(),
                Err(failure) => answer_trouble(response.as_ref(), &failure),
            }
        })
    };
    view! { <Transition fallback=move || view! { <p class="waiting">{t.loading}</p> }>{content}</Transition> }
}

/// What the server wrote.
#[component]
fn Paper(
    /// The content, which the server's own views made.
    html: String,
    /// Asks for it once more when it is changed.
    again: RwSignal<u32>,
) -> impl IntoView {
    let notices = Notices::current();
    let navigate = use_navigate();
    let language = crate::i18n::use_language();
    let paper = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let Some(paper) = paper.get() else { return };
        localise(&paper, language);
        // Inserted by script, `autofocus` does nothing by itself.
        if let Ok(Some(field)) = paper.query_selector("[aria-invalid=true], [autofocus]")
            && let Ok(field) = field.dyn_into::<HtmlElement>()
        {
            let _ = field.focus();
        }
    });
    let pending = StoredValue::new(false);
    let send = move |event: SubmitEvent| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else {
            return;
        };
        if form.enctype() == "multipart/form-data" {
            return;
        }
        event.prevent_default();
        let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
        if form.method() == "get" {
            if let Ok(fields) = fields_of(&form, button.as_ref()) {
                let path = form.get_attribute("action").unwrap_or_default();
                navigate(
                    &format!("{path}?{}", String::from(fields.to_string())),
                    leptos_router::NavigateOptions::default(),
                );
            }
            return;
        }
        if pending.get_value() {
            return;
        }
        pending.set_value(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match send_sheet_form(&form, button).await {
                Ok(done) => {
                    if let Some(flash) = done.flash {
                        notices.say(flash);
                    }
                    match done.next.filter(|next| *next != here()) {
                        Some(next) => navigate(&next, leptos_router::NavigateOptions::default()),
                        None => {
                            again.try_update(|count| *count = count.wrapping_add(1));
                        }
                    }
                }
                Err(failure) => notices.say(Flash::Failed(failure)),
            }
            pending.try_set_value(false);
        });
    };
    view! { <div class="paper" node_ref=paper on:submit=send inner_html=html></div> }
}

/// Path and query of the page that is shown.
fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}
