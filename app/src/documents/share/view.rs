//! `/s/:token/view/:id`: a file of a share as it looks. Links alone; every file that is fetched for it counts as the download
//! that it is, so where downloads are counted it is shown when it is asked for.

use domain::{Node, NodeId, NodeKind, ShareToken};
use drive::{Error, Neighbours, Portion, ShareKey};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::listing::crumbs;
use crate::documents::entrance::Entrance;
use crate::documents::texts::use_document_texts;
use crate::i18n::{fill, use_language, use_texts};
use crate::preview::{Kind, Preview, PreviewTexts, facts, icon_of, way_on};
use crate::server::Context;
use crate::ui::Icon;

/// A file that is looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Viewed {
    token: ShareToken,
    owner: String,
    /// From what is shared to the file itself.
    way: Vec<Node>,
    before: Vec<Node>,
    after: Vec<Node>,
    /// `None`: it would count, and was not asked for.
    preview: Option<Preview>,
    left: Option<u64>,
}

/// Looks at a file. `is_asked_for`: although it counts.
///
/// # Errors
/// As [`shared_way`](drive::Drive::shared_way); [`Error::NotFound`] for a folder, too.
pub(super) async fn look(
    context: &Context,
    key: &ShareKey,
    id: &NodeId,
    is_asked_for: bool,
    as_written: bool,
) -> drive::Result<Viewed> {
    let drive = &context.drive;
    let way = drive.shared_way(key, id).await?;
    let node = way.last().filter(|node| node.kind == NodeKind::File).ok_or(Error::NotFound)?;
    let shared = drive.open_share(key).await?;
    let Neighbours { before, after } = drive.shared_neighbours(key, id, 1).await?;
    let source = format!("/s/{}/file/{id}", key.token);
    let kind = Kind::of(node);
    let preview = if kind.is_fetched() && shared.downloads_left.is_some() && !is_asked_for {
        None
    } else if kind.is_read() && kind.is_fetched() {
        // What is read is fetched.
        let content = drive.open_shared_content(key, id).await?;
        let content = drive.download_shared(content, Portion::Beginning, &context.client).await?;
        Some(Preview::read(&content, source, as_written).await?)
    } else {
        Some(Preview::by_address(node, source))
    };
    let (token, left) = (key.token.clone(), shared.downloads_left);
    Ok(Viewed { token, owner: shared.owner, way, before, after, preview, left })
}

/// The page of a file.
#[component]
pub(super) fn FileView(
    /// What is shown.
    viewed: Viewed,
) -> impl IntoView {
    let (d, texts, t) = (use_document_texts(), use_texts(), PreviewTexts::of(use_language()));
    let Viewed { token, owner, way, before, after, preview, left } = viewed;
    let Some(node) = way.last().cloned() else { return ().into_any() };
    let icon = icon_of(&node);
    let around = Neighbours { before, after };
    let next = token.clone();
    let links = way_on(t, &around, move |node| format!("/s/{next}/view/{}", node.id));
    let folder = way.len().checked_sub(2).and_then(|index| way.get(index));
    let back = folder.map_or_else(|| format!("/s/{token}"), |node| format!("/s/{token}/folder/{}", node.id));
    let left = left.map(|left| view! { <li>{fill(d.share_left, &[("count", &left.to_string())])}</li> });
    let encoding = preview.as_ref().and_then(|preview| preview.encoding().map(str::to_owned));
    let show = preview.is_none().then(|| {
        let href = format!("/s/{token}/view/{}?show", node.id);
        view! {
            <div class="view-stage view-quiet">
                <p>{t.counts}</p>
                <p><a class="button" href=href>{t.show}</a></p>
            </div>
        }
    });
    view! {
        <Entrance title=node.name.clone() wide=true>
            <ul class="share-facts"><li>{fill(d.share_title, &[("owner", &owner)])}</li>{left}</ul>
            {crumbs(texts, d, &token, &way)}
            <div class="view-acts">
                <a class="button primary" href=format!("/s/{token}/file/{}", node.id)>
                    <Icon name="download"/>{t.download}
                </a>
                <a class="button" href=back>{t.all_shared}</a>
                {links}
            </div>
            {show}
            {preview.map(|preview| preview.view(t))}
            <h2 class="view-details"><span class=format!("kind {icon}")><Icon name=icon/></span>{t.details}</h2>
            <dl class="facts">{facts(t, &node, encoding.as_deref())}</dl>
        </Entrance>
    }
    .into_any()
}
