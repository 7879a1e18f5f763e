//! Where one is, and what can be made here.

use domain::{AppError, Field, NodeId};
use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;

use crate::actions::nodes::{CreateFolder, Crumb};
use crate::app::use_visitor;
use crate::i18n::{sentence, use_language, use_texts};
use crate::pages::Notices;
use crate::pages::entrance::refused;
use crate::pages::frame::Desk;
use crate::ui::{self, Icon};
use crate::{Failure, Form};

/// Breadcrumb and the button for a new folder.
#[component]
pub(super) fn Heading(
    /// From the root to this folder.
    path: Vec<Crumb>,
    /// This folder.
    id: NodeId,
) -> impl IntoView {
    let t = use_texts();
    let last = path.len().saturating_sub(1);
    let crumbs = path.into_iter().enumerate().map(|(index, crumb)| {
        let name = if crumb.id.is_some() { crumb.name } else { t.my_files.to_owned() };
        let href = crumb.id.map_or_else(|| "/".to_owned(), |id| format!("/folder/{id}"));
        if index == last {
            view! { <li><h1 aria-current="page">{name}</h1></li> }.into_any()
        } else {
            view! { <li><a href=href>{name}</a></li> }.into_any()
        }
    });
    view! {
        <div class="heading">
            <nav aria-label=t.breadcrumb><ol class="crumbs">{crumbs.collect_view()}</ol></nav>
            <NewFolder parent=id/>
        </div>
    }
}

/// A form behind a button; open when it has just been refused.
#[component]
fn NewFolder(
    /// Where.
    parent: NodeId,
) -> impl IntoView {
    let t = use_texts();
    let language = use_language();
    let visitor = use_visitor();
    let desk = Desk::current();
    let notices = Notices::current();
    let action = ServerAction::<CreateFolder>::new();
    let menu = NodeRef::<html::Details>::new();
    Effect::new(move |_| {
        let Some(Ok(done)) = action.value().get() else { return };
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
        if let Some(flash) = done.flash {
            notices.say(flash);
        }
        desk.arrivals.update(|count| *count = count.wrapping_add(1));
    });
    let parent = parent.to_string();
    let form = move || {
        let parent = parent.clone();
        Suspend::new(async move {
            let flash = visitor.await.ok().and_then(|visitor| visitor.flash);
            let (flashed, typed) = refused(flash, Form::CreateFolder);
            let open = flashed.is_some();
            let error = Signal::derive(move || match action.value().get() {
                Some(Ok(_)) => None,
                Some(Err(failure)) => Some(explain(language, &failure)),
                None => flashed.as_ref().map(|failure| explain(language, failure)),
            });
            view! {
                <details class="menu" open=open node_ref=menu>
                    <summary class="button"><Icon name="plus"/><span>{t.new_folder}</span></summary>
                    <ActionForm action attr:class="menu-sheet stack" attr:novalidate="">
                        <input type="hidden" name="parent" value=parent/>
                        <ui::Field name="name" label=t.folder_name autocomplete="off" value=typed.name error/>
                        <ui::Submit label=t.create pending=action.pending()/>
                    </ActionForm>
                </details>
            }
        })
    };
    view! { <Suspense>{form}</Suspense> }
}

/// Every error of this form is about its one field.
fn explain(language: crate::Language, failure: &Failure) -> String {
    match failure {
        // The folder one stands in is gone; its name is not what is wrong.
        Failure::App(AppError::Invalid { field: Field::Parent, .. }) => {
            sentence(language, &AppError::NotFound.into())
        }
        other => sentence(language, other),
    }
}
