//! Choosing a folder without script: each folder on the way and each one below is a link to the same page.

use domain::{AppError, Node, NodeId, NodeKind};
use drive::{Actor, ListOptions};
use leptos::prelude::*;

use crate::actions::nodes::Crumb;
use crate::server::{Context, crumbs};
use crate::ui::Icon;

/// Folders of one page.
const PAGE: u32 = 200;

/// A folder that something may go to, with what is around it.
pub(crate) struct Destination {
    /// The folder itself.
    pub(crate) id: NodeId,
    /// What a page after this one is asked for with.
    pub(crate) next: Option<String>,
    way: Vec<Crumb>,
    folders: Vec<Node>,
}

impl Destination {
    /// The folder that an address asks for; nothing asks for the root. Folders of `without` are no place to go to: they are
    /// what goes.
    ///
    /// # Errors
    /// Not found, or those of the database.
    pub(crate) async fn find(
        context: &Context,
        actor: &Actor,
        to: &str,
        after: Option<String>,
        without: &[NodeId],
    ) -> Result<Self, AppError> {
        let id = match to {
            "" => actor.root.clone(),
            id => id.parse().map_err(|_| AppError::NotFound)?,
        };
        let way = crumbs(context, actor, &id).await?;
        let options = ListOptions { after, limit: PAGE, ..ListOptions::default() };
        let page = context.drive.children(actor, &id, &options).await;
        let page = page.map_err(|error| error.to_app_error())?;
        // Folders come first: where files begin, there are no more.
        let all = page.items.iter().all(|node| node.kind == NodeKind::Folder);
        let is_target = |node: &Node| node.kind == NodeKind::Folder && !without.contains(&node.id);
        let folders = page.items.into_iter().filter(is_target).collect();
        Ok(Self { id, next: page.next.filter(|_| all), way, folders })
    }

    /// What asks for it in an address.
    pub(crate) fn query(&self) -> &str {
        if self.way.len() < 2 { "" } else { self.id.as_str() }
    }

    /// The way to it, as the items of a list; all but itself are links.
    pub(crate) fn steps(&self, root: &'static str, address: &impl Fn(&str) -> String) -> Vec<AnyView> {
        let last = self.way.len().saturating_sub(1);
        let step = |(index, crumb): (usize, &Crumb)| {
            let name = if crumb.id.is_some() { crumb.name.clone() } else { root.to_owned() };
            if index == last {
                return view! { <li aria-current="true"><b>{name}</b></li> }.into_any();
            }
            let href = address(crumb.id.as_ref().map_or("", NodeId::as_str));
            view! { <li><a href=href>{name}</a></li> }.into_any()
        };
        self.way.iter().enumerate().map(step).collect()
    }

    /// The folders in it, or a sentence that there are none.
    pub(crate) fn list(&self, none: &'static str, address: &impl Fn(&str) -> String) -> AnyView {
        if self.folders.is_empty() {
            return view! { <p class="muted">{none}</p> }.into_any();
        }
        let row = |folder: &Node| {
            let href = address(folder.id.as_str());
            view! { <li><a class="card-text" href=href><span><Icon name="folder"/>" "{folder.name.clone()}</span></a></li> }
        };
        view! { <ul class="cards">{self.folders.iter().map(row).collect_view()}</ul> }.into_any()
    }
}
