//! What is shared, as a list with a way up, downloads, and a form to save it to one's own drive.

use domain::{ByteSize, Node, NodeKind, ShareToken};
use leptos::prelude::*;

use super::Opened;
use crate::documents::entrance::Entrance;
use crate::documents::texts::{DocumentTexts, use_document_texts};
use crate::i18n::{Texts, fill, use_texts};
use crate::moment::When;
use crate::preview::{icon_of, small_picture};
use crate::server::{ELLIPSIS, elided};
use crate::ui::Icon;

/// The list of one folder of a share, or of all that it shares.
#[component]
pub(super) fn Listing(
    /// What is shown.
    opened: Opened,
    /// Whether somebody is there who has a drive to save to.
    signed_in: bool,
) -> impl IntoView {
    let (t, d) = (use_texts(), use_document_texts());
    let Opened { token, shared, way, page } = opened;
    let title = fill(d.share_title, &[("owner", &shared.owner)]);
    let until = shared.expires.map(|at| view! { <li>{d.share_until}" "<When at/></li> });
    let left = shared
        .downloads_left
        .map(|left| view! { <li>{fill(d.share_left, &[("count", &left.to_string())])}</li> });
    let folder = way.last().map(|node| node.id.to_string());
    let here = folder.as_ref().map_or_else(|| format!("/s/{token}"), |id| format!("/s/{token}/folder/{id}"));
    let more = page.next.map(|next| {
        let href = format!("{here}?after={next}");
        view! { <p class="share-more"><a class="button" href=href>{t.more}</a></p> }
    });
    let zip =
        folder.as_ref().map_or_else(|| format!("/s/{token}/zip"), |id| format!("/s/{token}/zip?id={id}"));
    let save = folder
        .as_ref()
        .map_or_else(|| format!("/s/{token}/save"), |id| format!("/s/{token}/save?folder={id}"));
    let is_empty = page.items.is_empty();
    // A file by itself needs no zip around it.
    let single = match page.items.as_slice() {
        [node] if folder.is_none() && node.kind == NodeKind::File => {
            Some(format!("/s/{token}/file/{}", node.id))
        }
        _ => None,
    };
    let is_saved = signed_in && single.is_none();
    let way_down = match single {
        Some(file) => view! { <a class="button primary" href=file><Icon name="download"/>{t.download}</a> }.into_any(),
        None => view! { <a class="button" class:primary=!signed_in href=zip><Icon name="download"/>{t.download_zip}</a> }.into_any(),
    };
    let rows = page.items.into_iter().map(|node| row(t, d, &token, node, signed_in)).collect_view();
    view! {
        <Entrance title=title wide=true>
            <ul class="share-facts">{until}{left}</ul>
            {(!way.is_empty()).then(|| crumbs(t, d, &token, &way))}
            <form method="post" action=format!("/s/{token}/save") class="stack">
                {folder.map(|id| view! { <input type="hidden" name="folder" value=id/> })}
                {is_empty.then(|| view! { <p class="muted">{d.share_empty}</p> })}
                <ul class="cards" class:unseen=is_empty>{rows}</ul>
                {more}
                <p>{way_down}</p>
                {if signed_in {
                    view! {
                        <div class="share-save">
                            <button type="submit" class="button" class:primary=is_saved>{d.share_save}</button>
                            <button type="submit" class="button" formmethod="get">{d.share_save_to}</button>
                            <p class="hint">{d.share_save_hint}</p>
                        </div>
                    }.into_any()
                } else {
                    // The page leads to signing in, and from there back to itself.
                    view! { <p class="hint"><a class="text-link" href=save>{d.sign_in}</a>{d.share_save_sign_in}</p> }.into_any()
                }}
            </form>
        </Entrance>
    }
}

/// The way from all that is shared to the folder that is shown.
pub(super) fn crumbs(
    t: &'static Texts,
    d: &'static DocumentTexts,
    token: &ShareToken,
    way: &[Node],
) -> AnyView {
    let last = way.len().saturating_sub(1);
    let elided = elided(way.len());
    let steps = way.iter().enumerate().filter_map(|(index, node)| {
        let name = match elided {
            Some(between) if index == between => ELLIPSIS.to_owned(),
            Some(between) if index > 0 && index < between => return None,
            _ => node.name.clone(),
        };
        let step = if index == last {
            view! { <li><span aria-current="page">{name}</span></li> }.into_any()
        } else {
            view! { <li><a href=format!("/s/{token}/folder/{}", node.id)>{name}</a></li> }.into_any()
        };
        Some(step)
    });
    view! {
        <nav aria-label=t.breadcrumb>
            <ol class="crumbs">
                <li><a href=format!("/s/{token}")>{d.share_all}</a></li>
                {steps.collect_view()}
            </ol>
        </nav>
    }
    .into_any()
}

fn row(
    t: &'static Texts,
    d: &'static DocumentTexts,
    token: &ShareToken,
    node: Node,
    signed_in: bool,
) -> AnyView {
    let icon = icon_of(&node);
    let is_file = node.kind == NodeKind::File;
    let place = if is_file { "file" } else { "folder" };
    let address = format!("/s/{token}/{place}/{}", node.id);
    let href = if is_file { format!("/s/{token}/view/{}", node.id) } else { address.clone() };
    let choose = signed_in.then(|| {
        let label = fill(d.share_choose, &[("name", &node.name)]);
        view! { <input type="checkbox" name="node" value=node.id.to_string() aria-label=label/> }
    });
    let download = is_file.then(|| {
        let label = fill(t.download_named, &[("name", &node.name)]);
        view! {
            <a class="button quiet square" href=address aria-label=label title=t.download>
                <Icon name="download"/>
            </a>
        }
    });
    let size = is_file.then(|| format!("{} · ", ByteSize(node.size)));
    view! {
        <li class="share-row">
            {choose}
            <span class=format!("kind {icon}")>
                {small_picture(&node, || format!("/s/{token}/thumbnail/{}", node.id))}
            </span>
            <div class="card-text">
                <p><a class="open" href=href>{node.name}</a></p>
                <p class="muted">{size}<When at=node.modified/></p>
            </div>
            {download}
        </li>
    }
    .into_any()
}
