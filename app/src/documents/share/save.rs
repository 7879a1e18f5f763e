//! `/s/:token/save`: into which of one's own folders something shared is saved. Below the address of the share, since its
//! cookie is sent nowhere else; what is saved is looked at when the form is sent.

use axum::http::request::Parts;
use domain::{AppError, NodeId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::closed::Closed;
use crate::destination::Destination;
use crate::documents::entrance::Entrance;
use crate::documents::texts::use_document_texts;
use crate::i18n::{fill, use_language};
use crate::response::Response;
use crate::server::Context;
use crate::sheets::SheetTexts;

/// What the address says of what is to be saved, and where.
struct Wish {
    /// Nodes that were chosen; none is all that the page showed.
    nodes: Vec<String>,
    /// The shared folder that the page showed.
    folder: Option<String>,
    to: String,
    after: Option<String>,
}

impl Wish {
    fn of(query: &str) -> Self {
        let mut wish = Self { nodes: Vec::new(), folder: None, to: String::new(), after: None };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            // Only identifiers go on; what else stands here names nothing.
            let is_id = value.parse::<NodeId>().is_ok();
            match &*name {
                "node" if is_id => wish.nodes.push(value.into_owned()),
                "folder" if is_id => wish.folder = Some(value.into_owned()),
                "to" => wish.to = value.into_owned(),
                "after" => wish.after = Some(value.into_owned()),
                _ => {}
            }
        }
        wish
    }

    /// The same wish with another target, as an address.
    fn address(&self, token: &str, to: &str, after: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.nodes.iter().map(|node| ("node", node)));
        query.extend_pairs(self.folder.iter().map(|folder| ("folder", folder)));
        query.append_pair("to", to).extend_pairs(after.map(|after| ("after", after)));
        format!("/s/{token}/save?{}", query.finish())
    }
}

/// The page; whoever is not signed in is sent to do that.
#[component]
pub(in crate::documents) fn SavePage() -> impl IntoView {
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    let query = use_context::<Parts>().and_then(|parts| parts.uri.query().map(str::to_owned));
    let wish = Wish::of(&query.unwrap_or_default());
    let response = Response::current();
    let context = Context::current();
    let content = Suspend::new(async move {
        let found = async {
            let context = context?;
            let actor = context.actor()?;
            Destination::find(&context, actor, &wish.to, wish.after.clone(), &[]).await
        };
        match (found.await, response) {
            (Ok(target), _) => view! { <Choice token wish target/> }.into_any(),
            (Err(AppError::SignInRequired), Some(response)) => {
                (response.redirect)("/login");
                ().into_any()
            }
            (Err(error), response) => {
                if let Some(response) = response {
                    (response.status)(error.status());
                }
                view! { <Closed state=None failure=Some(error)/> }.into_any()
            }
        }
    });
    view! { <Suspense>{content}</Suspense> }
}

/// The folders, and the button that saves into the one that is shown.
#[component]
fn Choice(
    /// Of the share.
    token: String,
    /// What is saved.
    wish: Wish,
    /// Where.
    target: Destination,
) -> impl IntoView {
    let (d, t) = (use_document_texts(), SheetTexts::of(use_language()));
    let lead = match wish.nodes.len() {
        0 => d.share_save_all.to_owned(),
        count => fill(d.share_save_count, &[("count", &count.to_string())]),
    };
    let address = |to: &str| wish.address(&token, to, None);
    let more = target.next.as_deref().map(|after| {
        let href = wish.address(&token, target.query(), Some(after));
        view! { <p class="share-more"><a class="button" href=href>{t.more}</a></p> }
    });
    let hidden =
        |name: &'static str, value: &String| view! { <input type="hidden" name=name value=value.clone()/> };
    let nodes = wish.nodes.iter().map(|node| hidden("node", node)).collect_view();
    let folder = wish.folder.as_ref().map(|folder| hidden("folder", folder));
    let back = match &wish.folder {
        Some(folder) => format!("/s/{token}/folder/{folder}"),
        None => format!("/s/{token}"),
    };
    let (steps, list) = (target.steps(t.my_files, &address), target.list(t.transfer_no_folders, &address));
    let action = format!("/s/{token}/save");
    view! {
        <Entrance title=d.share_save wide=true>
            <div class="stack">
                <p class="lead">{lead}</p>
                <nav aria-label=d.share_save_way><ol class="crumbs">{steps}</ol></nav>
                <form method="post" action=action class="share-save">
                    {nodes}
                    {folder}
                    <input type="hidden" name="to" value=target.id.to_string()/>
                    <button type="submit" class="button primary">{d.share_save_here}</button>
                    <a class="button" href=back>{d.share_back}</a>
                </form>
                <h2>{t.transfer_into}</h2>
                {list}
                {more}
            </div>
        </Entrance>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_goes_on_with_another_target() {
        let (a, b) = (NodeId::from_random([1; 16]).to_string(), NodeId::from_random([2; 16]).to_string());
        let wish = Wish::of(&format!("node={a}&node=%3Cb%3E&node={b}&folder=..&to=x&after=1"));
        assert_eq!(wish.nodes, [a.clone(), b.clone()]);
        assert_eq!((wish.folder.as_deref(), wish.to.as_str(), wish.after.as_deref()), (None, "x", Some("1")));
        assert_eq!(wish.address("t", "y", Some("2")), format!("/s/t/save?node={a}&node={b}&to=y&after=2"));
    }
}
