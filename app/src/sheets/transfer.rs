//! `/move?ids=…&from=…&to=…`: choose a folder for what was chosen, and what happens where a name is taken. Each folder on the
//! way is a link to the same page, so it works without script.

use domain::{AppError, Node, NodeId, NodeKind};
use drive::ListOptions;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Content;
use super::parts::next_page;
use super::request::Request;
use super::texts::SheetTexts;
use crate::actions::nodes::{Crumb, Transfer};
use crate::i18n::fill;
use crate::server::{crumbs, page_of_folder};
use crate::ui::Icon;

const PATH: &str = "/move";
const PAGE: u32 = 200;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let ids: Vec<NodeId> = request.ids();
    // The root has an address of its own.
    let from =
        request.query("from").filter(|id| *id != request.actor.root.as_str()).unwrap_or_default().to_owned();
    let to = match request.query("to").unwrap_or(&from) {
        "" => request.actor.root.clone(),
        id => id.parse().map_err(|_| AppError::NotFound)?,
    };
    let way = crumbs(&request.context, &request.actor, &to).await?;
    let options = ListOptions {
        after: request.query("after").map(str::to_owned),
        limit: PAGE,
        ..ListOptions::default()
    };
    let page = request.context.drive.children(&request.actor, &to, &options).await;
    let page = page.map_err(|error| error.to_app_error())?;
    // Folders come first: where files begin, there are no more.
    let all = page.items.iter().all(|node| node.kind == NodeKind::Folder);
    let next = page.next.filter(|_| all);
    // What is moved is no place to move it to.
    let is_target = |node: &Node| node.kind == NodeKind::Folder && !ids.contains(&node.id);
    let folders: Vec<Node> = page.items.into_iter().filter(is_target).collect();
    let joined = ids.iter().map(NodeId::as_str).collect::<Vec<_>>().join(".");
    let t = SheetTexts::of(request.language);
    Ok(Content::new(t.transfer, move || {
        let address = |to: &str| {
            let query = [("ids", joined.as_str()), ("from", from.as_str()), ("to", to)];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            format!("{PATH}?{query}")
        };
        let target = if way.len() < 2 { String::new() } else { to.to_string() };
        let count = fill(t.transfer_count, &[("count", &ids.len().to_string())]);
        let rows = folders.iter().map(|folder| {
            let href = address(folder.id.as_str());
            view! { <li><a class="card-text" href=href><span><Icon name="folder"/>" "{folder.name.clone()}</span></a></li> }
        });
        let rows = rows.collect::<Vec<_>>();
        let list = if rows.is_empty() {
            view! { <p class="muted">{t.transfer_no_folders}</p> }.into_any()
        } else {
            view! { <ul class="cards">{rows}</ul> }.into_any()
        };
        let query = [("ids", joined.as_str()), ("from", from.as_str()), ("to", target.as_str())];
        // One item may get another name instead.
        let rename = match ids.as_slice() {
            [id] => {
                let href = format!("/rename/{id}");
                Some(view! { <p><a class="button" href=href>{t.rename}</a></p> })
            }
            _ => None,
        };
        view! {
            <div class="sheet">
                <h1>{t.transfer}</h1>
                <p class="lead">{count}</p>
                {rename}
                <nav aria-label=t.transfer_way><ol class="crumbs">{steps(t, &way, &address)}</ol></nav>
                {form(t, &joined, &to, &from)}
                <h2>{t.transfer_into}</h2>
                {list}
                {next_page(PATH, &query, next, t.more)}
            </div>
        }
        .into_any()
    }))
}

/// The way to the folder that is shown; all but itself are links.
fn steps(t: &'static SheetTexts, way: &[Crumb], address: &impl Fn(&str) -> String) -> Vec<AnyView> {
    let last = way.len().saturating_sub(1);
    let step = |(index, crumb): (usize, &Crumb)| {
        let name = if crumb.id.is_some() { crumb.name.clone() } else { t.my_files.to_owned() };
        if index == last {
            return view! { <li aria-current="true"><b>{name}</b></li> }.into_any();
        }
        let href = address(crumb.id.as_ref().map_or("", NodeId::as_str));
        view! { <li><a href=href>{name}</a></li> }.into_any()
    };
    way.iter().enumerate().map(step).collect()
}

fn form(t: &'static SheetTexts, ids: &str, to: &NodeId, from: &str) -> impl IntoView + use<> {
    let choices = [("rename", t.transfer_rename), ("replace", t.transfer_replace), ("fail", t.transfer_skip)];
    let choices = choices.map(|(value, text)| {
        view! {
            <label class="check">
                <input type="radio" name="conflict" value=value checked={value == "rename"}/>
                {text}
            </label>
        }
    });
    view! {
        <form method="post" action=Transfer::url() class="stack">
            <input type="hidden" name="ids" value=ids.to_owned()/>
            <input type="hidden" name="parent" value=to.to_string()/>
            <input type="hidden" name="back" value=from.to_owned()/>
            <fieldset class="choices">
                <legend>{t.transfer_taken}</legend>
                {choices}
            </fieldset>
            <div class="filter">
                <button type="submit" class="button primary" name="how" value="move">{t.transfer_move}</button>
                <button type="submit" class="button" name="how" value="copy">{t.transfer_copy}</button>
                <a class="button" href=page_of_folder(from)>{t.cancel}</a>
            </div>
        </form>
    }
}
