//! `/shares/new?nodes=…`, or with `ids[]` as check boxes send them: how something is to be shared.

use domain::{AppError, NodeId, NodeKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::form::{Refusal, inputs};
use crate::actions::shares::CreateShare;
use crate::sheets::Content;
use crate::sheets::request::Request;
use crate::sheets::texts::SheetTexts;

/// Names that are shown; how many more there are is said.
const NAMED: usize = 5;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let chosen: Vec<NodeId> = request.ids();
    let ids: Result<Vec<NodeId>, _> = match request.query("nodes") {
        Some(nodes) => nodes.split(',').map(str::parse).collect(),
        None => Ok(chosen),
    };
    let ids = ids.ok().filter(|ids| !ids.is_empty()).ok_or(AppError::NotFound)?;
    let nodes = ids.iter().map(NodeId::as_str).collect::<Vec<_>>().join(",");
    let mut names = Vec::new();
    for id in ids.iter().take(NAMED) {
        let node = request.context.drive.node(&request.actor, id).await;
        let node = node.map_err(|error| error.to_app_error())?;
        let slash = if node.kind == NodeKind::Folder { "/" } else { "" };
        names.push(format!("{}{slash}", node.name));
    }
    let more = ids.len().saturating_sub(NAMED);
    let t = SheetTexts::of(request.language);
    let refusal = Refusal::of(t, request);
    Ok(Content::new(t.share_new, move || {
        view! {
            <div class="sheet">
                <h1>{t.share_new}</h1>
                <ul class="share-names">
                    {names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}
                    {(more > 0).then(|| view! { <li>{crate::i18n::fill(t.share_more, &[("count", &more.to_string())])}</li> })}
                </ul>
                <form method="post" action=CreateShare::url() class="stack share-form" novalidate>
                    <p class="form-error" role="alert">{refusal.above()}</p>
                    <input type="hidden" name="nodes" value=nodes/>
                    {inputs(t, &refusal, false)}
                    <button type="submit" class="button primary">{t.share_create}</button>
                </form>
            </div>
        }
        .into_any()
    }))
}
