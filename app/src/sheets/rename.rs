//! `/rename/{id}`: another name for a file or folder. `?back=` is the page to go on at, where that is not the folder it is in.

use domain::{AppError, Field};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Content;
use super::request::Request;
use super::texts::SheetTexts;
use crate::actions::nodes::Rename;
use crate::documents::Refusal;
use crate::server::page_of_folder;
use crate::{Form, ui};

pub(super) async fn content(request: &Request, id: &str) -> Result<Content, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let node = request.context.drive.node(&request.actor, &id).await.map_err(|error| error.to_app_error())?;
    let parent = node.parent.ok_or(AppError::NotFound)?;
    let listed = request.query("back").filter(|back| back.starts_with('/')).map(str::to_owned);
    let folder = if parent == request.actor.root { String::new() } else { parent.to_string() };
    let back = listed.unwrap_or(folder);
    let t = SheetTexts::of(request.language);
    let flash = request.flash.clone();
    Ok(Content::new(t.rename, move || {
        let (refusal, typed) = Refusal::of(flash, Form::Rename);
        let value = if typed.name.is_empty() { node.name.clone() } else { typed.name };
        let error = refusal.beside(Field::Name).or_else(|| refusal.above(&[Field::Name]));
        view! {
            <div class="sheet">
                <h1>{t.rename}</h1>
                <p class="lead">{node.name}</p>
                <form method="post" action=Rename::url() class="stack narrow" novalidate>
                    <input type="hidden" name="id" value=node.id.to_string()/>
                    <input type="hidden" name="back" value=back.clone()/>
                    <ui::Field name="name" label=t.rename_label autocomplete="off" value error autofocus=true/>
                    <ui::Submit label=t.rename/>
                    <a class="button wide" href=page_of_folder(&back)>{t.cancel}</a>
                </form>
            </div>
        }
        .into_any()
    }))
}
