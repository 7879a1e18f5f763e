//! Where one is, and what can be made here.

use domain::{AppError, Field, NodeId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::chosen::Chosen;
use super::model::Model;
use super::texts::ListTexts;
use super::view::ViewSwitch;
use crate::actions::nodes::{CreateFolder, Crumb};
use crate::address::ordered;
use crate::app::with_visitor;
use crate::flash::refused;
use crate::i18n::{sentence, use_language, use_texts};
use crate::pages::Notices;
use crate::pages::frame::Desk;
use crate::submission::Submission;
use crate::ui::{self, Icon};
use crate::{Failure, Form, upload};

/// Breadcrumb, the selection, and the ways to folders that are not there yet.
#[component]
pub(super) fn Heading(
    /// From the root to this folder.
    path: Vec<Crumb>,
    /// This folder.
    id: NodeId,
    /// Its list.
    model: Model,
) -> impl IntoView {
    let t = use_texts();
    let uploads = upload::use_uploads();
    let l = ListTexts::of(use_language());
    let desk = Desk::current();
    let last = path.len().saturating_sub(1);
    let crumbs = path.into_iter().enumerate().map(|(index, crumb)| {
        let name = if crumb.id.is_some() { crumb.name } else { t.my_files.to_owned() };
        let href = crumb.id.as_ref().map_or_else(|| "/".to_owned(), |id| format!("/folder/{id}"));
        let href = ordered(href, model.sort);
        let into = crumb.id.map(|id| id.to_string()).unwrap_or_default();
        if index == last {
            view! { <li><h1 aria-current="page">{name}</h1></li> }.into_any()
        } else {
            view! { <li><a href=href data-into=into>{name}</a></li> }.into_any()
        }
    });
    view! {
        <div class="heading">
            <nav aria-label=t.breadcrumb><ol class="crumbs">{crumbs.collect_view()}</ol></nav>
            <Chosen model folder=id.to_string()/>
            // What needs script stands first, so that nothing moves when it comes.
            <div class="heading-end">
                <button
                    type="button"
                    class="button quiet square only-script"
                    aria-pressed=move || desk.details.get().to_string()
                    aria-label=l.details
                    title=l.details
                    on:click=move |_| desk.details.update(|open| *open = !*open)
                >
                    <Icon name="info"/>
                </button>
                <button type="button" class="button only-script only-mouse" title=t.upload_folder on:click=move |_| uploads.pick_folder()>
                    <Icon name="upload"/><span>{t.upload_folder}</span>
                </button>
                <a class="button quiet square" href=format!("/api/zip?id={id}") download rel="external" aria-label=t.download_zip title=t.download_zip>
                    <Icon name="download"/>
                </a>
                <ViewSwitch/>
                <NewFolder parent=id/>
            </div>
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
    let desk = Desk::current();
    let notices = Notices::current();
    let submission = Submission::new();
    let menu = NodeRef::<html::Details>::new();
    Effect::new(move |_| {
        let Some(Ok(done)) = submission.answer.get() else { return };
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
        if let Some(flash) = done.flash {
            notices.say(flash);
        }
        desk.arrivals.update(|count| *count = count.wrapping_add(1));
    });
    let parent = parent.to_string();
    with_visitor(move |visitor| {
        let (flashed, typed) = refused(visitor.flash, Form::CreateFolder);
        let open = flashed.is_some();
        let error = Signal::derive(move || match submission.answer.get() {
            Some(Ok(_)) => None,
            Some(Err(failure)) => Some(explain(language, &failure)),
            None => flashed.as_ref().map(|failure| explain(language, failure)),
        });
        let send = move |event: SubmitEvent| submission.send(&event);
        view! {
            <details class="menu" open=open node_ref=menu>
                <summary class="button"><Icon name="plus"/><span>{t.new_folder}</span></summary>
                <form method="post" action=CreateFolder::url() class="menu-sheet stack" novalidate on:submit=send>
                    <input type="hidden" name="parent" value=parent.clone()/>
                    <ui::Field name="name" label=t.folder_name autocomplete="off" value=typed.name error/>
                    <ui::Submit label=t.create pending=submission.pending/>
                </form>
            </details>
        }
        .into_any()
    })
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
