//! A page that only the server renders, shown within the frame. Knows nothing of what it shows: links lead where they lead,
//! and a form is sent in the background, after which the page it leads to is asked for.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, HtmlElement, HtmlFormElement};

use super::notice::Notices;
use crate::Flash;
use crate::address::Address;
use crate::moment::localise;
use crate::submission::{fields_of, send_sheet_form};

/// What the server wrote.
#[component]
pub(super) fn Paper(
    /// The content, which the server's own views made.
    html: String,
    /// Asks for it once more when it is changed.
    again: RwSignal<u32>,
) -> impl IntoView {
    let notices = Notices::current();
    let address = Address::current();
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
                address.go(&format!("{path}?{}", String::from(fields.to_string())));
            }
            return;
        }
        if pending.get_value() {
            return;
        }
        pending.set_value(true);
        spawn_local(async move {
            match send_sheet_form(&form, button).await {
                Ok(done) => {
                    if let Some(flash) = done.flash {
                        notices.say(flash);
                    }
                    match done.next.filter(|next| !address.is_at(next)) {
                        Some(next) => address.go(&next),
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
