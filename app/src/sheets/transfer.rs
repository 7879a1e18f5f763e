//! `/move?ids=…&from=…&to=…&how=…`: choose a folder for what was chosen, and what happens where a name is taken. Each folder on the
//! way is a link to the same page, so it works without script.

use domain::{AppError, NodeId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Content;
use super::parts::next_page;
use super::request::Request;
use super::taken::taken_names;
use super::texts::SheetTexts;
use crate::actions::nodes::Transfer;
use crate::destination::Destination;
use crate::i18n::fill;
use crate::server::page_of_folder;

const PATH: &str = "/move";
/// Names that are told of what was chosen; the rest is counted.
const NAMED: usize = 3;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let ids: Vec<NodeId> = request.ids();
    // The root has an address of its own.
    let from =
        request.query("from").filter(|id| *id != request.actor.root.as_str()).unwrap_or_default().to_owned();
    let to = request.query("to").unwrap_or(&from);
    let after = request.query("after").map(str::to_owned);
    let target = Destination::find(&request.context, &request.actor, to, after, &ids).await?;
    let how = if request.query("how") == Some("copy") { "copy" } else { "move" };
    let joined = ids.iter().map(NodeId::as_str).collect::<Vec<_>>().join(".");
    let t = SheetTexts::of(request.language);
    let chosen = names_of(t, request, &ids).await?;
    Ok(Content::new(t.transfer, move || {
        let address = |to: &str| {
            let query = [("ids", joined.as_str()), ("from", from.as_str()), ("to", to), ("how", how)];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            format!("{PATH}?{query}")
        };
        let query = [("ids", joined.as_str()), ("from", from.as_str()), ("to", target.query()), ("how", how)];
        let more = next_page(PATH, &query, target.next.clone(), t.more);
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
                <p class="strong names">{chosen}</p>
                <p class="lead">{t.transfer_choose}</p>
                {rename}
                <nav aria-label=t.transfer_way><ol class="crumbs">{target.steps(t.my_files, &address)}</ol></nav>
                {form(t, &joined, &target.id, &from, how)}
                <h2>{t.transfer_into}</h2>
                {target.list(t.transfer_no_folders, &address)}
                {more}
            </div>
        }
        .into_any()
    }))
}

/// What was chosen: the first names, and how many more there are. What has gone meanwhile is told by its change.
///
/// # Errors
/// Not found when none of the named ones is there.
async fn names_of(t: &'static SheetTexts, request: &Request, ids: &[NodeId]) -> Result<String, AppError> {
    let mut names = Vec::new();
    for id in ids.iter().take(NAMED) {
        match request.context.drive.node(&request.actor, id).await.map_err(|error| error.to_app_error()) {
            Ok(node) => names.push(node.name),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if names.is_empty() {
        return Err(AppError::NotFound);
    }
    let names = names.join(t.comma);
    match ids.len().saturating_sub(NAMED) {
        0 => Ok(names),
        more => Ok(fill(t.transfer_more, &[("names", &names), ("count", &more.to_string())])),
    }
}

/// What was asked for is the first of the two buttons.
fn form(t: &'static SheetTexts, ids: &str, to: &NodeId, from: &str, how: &str) -> impl IntoView + use<> {
    let mut ways = [("move", t.transfer_move), ("copy", t.transfer_copy)];
    if how == "copy" {
        ways.reverse();
    }
    let [first, second] = ways;
    view! {
        <form method="post" action=Transfer::url() class="stack">
            <input type="hidden" name="ids" value=ids.to_owned()/>
            <input type="hidden" name="parent" value=to.to_string()/>
            <input type="hidden" name="back" value=from.to_owned()/>
            {taken_names(t)}
            <div class="filter">
                <button type="submit" class="button primary" name="how" value=first.0>{first.1}</button>
                <button type="submit" class="button" name="how" value=second.0>{second.1}</button>
                <a class="button" href=page_of_folder(from)>{t.cancel}</a>
            </div>
        </form>
    }
}
