//! `/view/{id}`: a file as it looks, what is known of it, what can be done with it, and the way to the next one in its folder.

use domain::{AppError, Node, NodeId, NodeKind, ShareView, Sort};
use drive::Neighbours;
use leptos::prelude::*;

use super::Content;
use super::changes::changes;
use super::parts::fact;
use super::request::Request;
use crate::actions::nodes::Crumb;
use crate::address::ordered;
use crate::i18n::fill;
use crate::preview::{Kind, Preview, PreviewTexts, facts, icon_of, small_picture, way_on};
use crate::server::{crumbs, page_of_folder};
use crate::ui::Icon;

/// Files on either side in the strip.
const REACH: usize = 4;

/// What the page shows.
struct Page {
    node: Node,
    /// Of a file.
    preview: Option<Preview>,
    around: Neighbours,
    /// From the root to its folder.
    place: Vec<Crumb>,
    shares: Vec<ShareView>,
    sort: Sort,
    as_written: bool,
}

pub(super) async fn content(request: &Request, id: &str) -> Result<Content, AppError> {
    let id: NodeId = id.parse().map_err(|_| AppError::NotFound)?;
    let page = look(request, &id).await?;
    let t = PreviewTexts::of(request.language);
    Ok(Content::new(page.node.name.clone(), move || page.view(t)))
}

async fn look(request: &Request, id: &NodeId) -> Result<Page, AppError> {
    let (drive, actor) = (&request.context.drive, &request.actor);
    let told = |error: drive::Error| error.to_app_error();
    let node = drive.node(actor, id).await.map_err(told)?;
    let parent = node.parent.clone().ok_or(AppError::NotFound)?;
    let sort: Sort = request.query("sort").and_then(|text| text.parse().ok()).unwrap_or_default();
    let as_written = request.query("as") == Some("text");
    let source = format!("/api/nodes/{id}/content");
    let preview = match node.kind {
        NodeKind::Folder => None,
        NodeKind::File if Kind::of(&node).is_read() => {
            let content = drive.open_content(actor, id).await.map_err(told)?;
            Some(Preview::read(&content, source, as_written).await.map_err(told)?)
        }
        NodeKind::File => Some(Preview::by_address(&node, source)),
    };
    Ok(Page {
        preview,
        around: drive.neighbours(actor, id, sort, REACH).await.map_err(told)?,
        place: crumbs(&request.context, actor, &parent).await?,
        shares: drive.shares_of_node(actor, id).await.map_err(told)?,
        node,
        sort,
        as_written,
    })
}

impl Page {
    fn view(self, t: &'static PreviewTexts) -> AnyView {
        let Self { node, preview, around, place, shares, sort, as_written } = self;
        let icon = icon_of(&node);
        let encoding = preview.as_ref().and_then(|preview| preview.encoding().map(str::to_owned));
        let address = move |node: &Node| format!("/view/{}?sort={sort}", node.id);
        let other = preview.as_ref().and_then(|preview| {
            let (suffix, text) = match (preview.is_laid_out(), as_written) {
                (true, _) => ("&as=text", t.as_written),
                (false, true) => ("", t.laid_out),
                (false, false) => return None,
            };
            Some(view! { <a class="button" href=format!("{}{suffix}", address(&node))>{text}</a> })
        });
        let folder =
            place.last().and_then(|crumb| crumb.id.as_ref()).map(ToString::to_string).unwrap_or_default();
        let back = ordered(page_of_folder(&folder), sort);
        // What goes to the trash leaves its page with it.
        let next = around.after.first().map_or_else(|| back.clone(), address);
        let changes = changes(&node, &address(&node), Some(next));
        let way = way_on(t, &around, address);
        let strip = strip(t, &around, &node, address);
        view! {
            <div class="sheet wide view">
                <div class="view-head">
                    <h1><span class=format!("kind {icon}")><Icon name=icon/></span>{node.name.clone()}</h1>
                    {way}
                </div>
                <div class="view-acts">
                    <a class="button primary" href=download_of(&node) download rel="external">
                        <Icon name="download"/>{if node.kind == NodeKind::Folder { t.download_zip } else { t.download }}
                    </a>
                    <a class="button" href=format!("/shares/new?nodes={}", node.id)><Icon name="share"/>{t.share}</a>
                    {changes}
                    {other}
                    <a class="button" href=back>{t.back}</a>
                </div>
                {preview.map(|preview| preview.view(t))}
                {strip}
                <h2>{t.details}</h2>
                <dl class="facts">
                    {facts(t, &node, encoding.as_deref())}
                    {fact(t.place, places(t, place, sort))}
                    {fact(t.shares, shared(t, shares))}
                </dl>
            </div>
        }
        .into_any()
    }
}

fn download_of(node: &Node) -> String {
    match node.kind {
        NodeKind::File => format!("/api/nodes/{}/content", node.id),
        NodeKind::Folder => format!("/api/zip?id={}", node.id),
    }
}

/// The files around, to go to one of them at once.
fn strip(
    t: &'static PreviewTexts,
    around: &Neighbours,
    here: &Node,
    address: impl Fn(&Node) -> String,
) -> Option<AnyView> {
    if around.before.is_empty() && around.after.is_empty() {
        return None;
    }
    let entry = |node: &Node| {
        let icon = icon_of(node);
        let is_here = node.id == here.id;
        view! {
            <li>
                <a href=address(node) aria-current=is_here.then_some("page") title=node.name.clone()>
                    <span class=format!("view-tile kind {icon}")>
                        {small_picture(node, || format!("/api/nodes/{}/thumbnail", node.id))}
                    </span>
                    <span class="view-tile-name">{node.name.clone()}</span>
                </a>
            </li>
        }
    };
    let all = around.before.iter().chain(std::iter::once(here)).chain(&around.after);
    let entries = all.map(entry).collect_view();
    Some(view! { <nav aria-label=t.around><ul class="view-strip">{entries}</ul></nav> }.into_any())
}

/// The folder it is in, with the way to it.
fn places(t: &'static PreviewTexts, place: Vec<Crumb>, sort: Sort) -> impl IntoView {
    let steps = place.into_iter().enumerate().map(|(index, crumb)| {
        let name = if crumb.id.is_some() { crumb.name } else { t.my_files.to_owned() };
        let href = crumb.id.map_or_else(|| "/".to_owned(), |id| format!("/folder/{id}"));
        let href = ordered(href, sort);
        let slash = (index > 0).then_some(" / ");
        view! { {slash}<a class="text-link" href=href>{name}</a> }
    });
    steps.collect_view()
}

/// Who else can open it: the shares that it is in, with what became of them.
fn shared(t: &'static PreviewTexts, shares: Vec<ShareView>) -> AnyView {
    if shares.is_empty() {
        return t.shares_none.into_any();
    }
    let entries = shares.into_iter().map(|share| {
        let text = fill(t.share_entry, &[("title", &share.title), ("count", &share.downloads.to_string())]);
        view! { <li><a class="text-link" href=format!("/shares/{}", share.id)>{text}</a></li> }
    });
    view! { <ul>{entries.collect_view()}</ul> }.into_any()
}
