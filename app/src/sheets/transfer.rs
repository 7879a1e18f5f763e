//! `/move?ids=…&from=…&to=…&how=…`: choose a folder for what was chosen, and what happens where a name is taken. Each folder on the
//! way is a link to the same page, so it works without script. `how` is `move`, `copy`, or `restore` for what cannot go back from
//! the trash to where it was.

use domain::{AppError, ItemReport, NodeId, Outcome};
use drive::Obstacle;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Content;
use super::parts::next_page;
use super::request::Request;
use super::taken::taken_names;
use super::texts::SheetTexts;
use crate::actions::nodes::Transfer;
use crate::address::MOST_NAMED;
use crate::destination::Destination;
use crate::i18n::fill;
use crate::server::page_of_folder;

const PATH: &str = "/move";
/// Names that are told of what was chosen; the rest is counted.
const NAMED: usize = 3;

/// Where a page goes on after a change (`how`), and what is left to tell: what was skipped is asked about, as far as an
/// address names it. `from` is the page to come back to, `to` the folder that is proposed.
pub(crate) fn ask_where(
    reports: Vec<ItemReport>,
    from: &str,
    to: Option<&str>,
    how: &str,
) -> (Option<String>, Vec<ItemReport>) {
    let (mut asked, mut told): (Vec<_>, Vec<_>) =
        reports.into_iter().partition(|report| report.outcome == Outcome::Skipped);
    told.extend(asked.split_off(asked.len().min(MOST_NAMED)));
    let ids: Vec<&str> = asked.iter().map(|report| report.id.as_str()).collect();
    let page = (!ids.is_empty()).then(|| address(&ids.join("."), from, to, how));
    (page, told)
}

/// This page; `to` is the folder that is looked at.
fn address(ids: &str, from: &str, to: Option<&str>, how: &str) -> String {
    let query = [("ids", Some(ids)), ("from", Some(from)), ("to", to), ("how", Some(how))];
    let query = query.into_iter().filter_map(|(name, value)| Some((name, value?)));
    format!("{PATH}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish())
}

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let ids: Vec<NodeId> = request.ids();
    // The root has an address of its own.
    let from =
        request.query("from").filter(|id| *id != request.actor.root.as_str()).unwrap_or_default().to_owned();
    let how = match request.query("how") {
        Some("copy") => "copy",
        Some("restore") => "restore",
        _ => "move",
    };
    let t = SheetTexts::of(request.language);
    let Subject { title, names, lead, to } = match how {
        "restore" => Subject::in_trash(t, request, &ids).await?,
        _ => Subject::there(t, request, &ids, &from).await?,
    };
    let to = request.query("to").unwrap_or(&to);
    let after = request.query("after").map(str::to_owned);
    let target = Destination::find(&request.context, &request.actor, to, after, &ids).await?;
    let joined = ids.iter().map(NodeId::as_str).collect::<Vec<_>>().join(".");
    Ok(Content::new(title, move || {
        let address = |to: &str| address(&joined, &from, Some(to), how);
        let query = [("ids", joined.as_str()), ("from", from.as_str()), ("to", target.query()), ("how", how)];
        let more = next_page(PATH, &query, target.next.clone(), t.more);
        // One item may get another name instead.
        let rename = match ids.as_slice() {
            [id] if how != "restore" => {
                let href = format!("/rename/{id}");
                Some(view! { <p><a class="button" href=href>{t.rename}</a></p> })
            }
            _ => None,
        };
        let lead = lead.into_iter().map(|sentence| view! { <p class="lead">{sentence}</p> });
        view! {
            <div class="sheet">
                <h1>{title}</h1>
                <p class="strong names">{names}</p>
                {lead.collect_view()}
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

/// What the page is about.
struct Subject {
    title: &'static str,
    names: String,
    /// What there is to decide, and why.
    lead: Vec<String>,
    /// The folder that is proposed; empty for the root.
    to: String,
}

impl Subject {
    /// Something to move or copy. What has gone meanwhile is told by its change.
    ///
    /// # Errors
    /// Not found when none of the named ones is there.
    async fn there(
        t: &'static SheetTexts,
        request: &Request,
        ids: &[NodeId],
        from: &str,
    ) -> Result<Self, AppError> {
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
        let lead = vec![t.transfer_choose.to_owned()];
        Ok(Self { title: t.transfer, names: named(t, &names, ids.len()), lead, to: from.to_owned() })
    }

    /// Something in the trash. Where all of it was in one folder that is there, that one is proposed.
    ///
    /// # Errors
    /// Not found when none of it is in the trash any more.
    async fn in_trash(t: &'static SheetTexts, request: &Request, ids: &[NodeId]) -> Result<Self, AppError> {
        let found = request.context.drive.obstacles(&request.actor, ids).await;
        let found = found.map_err(|error| error.to_app_error())?;
        let count = |obstacle| found.iter().filter(|(_, kept)| *kept == Some(obstacle)).count();
        let (gone, taken) = (count(Obstacle::PlaceGone), count(Obstacle::NameTaken));
        let reasons = [(t.restore_gone, gone), (t.restore_taken, taken)].into_iter();
        let reasons = reasons.filter(|(_, count)| *count > 0);
        let reasons = reasons.map(|(sentence, count)| fill(sentence, &[("count", &count.to_string())]));
        let (first, _) = found.first().ok_or(AppError::NotFound)?;
        let is_one_place = gone == 0 && found.iter().all(|(node, _)| node.parent == first.parent);
        let place = first.parent.as_ref().filter(|place| is_one_place && **place != request.actor.root);
        let names: Vec<String> = found.iter().take(NAMED).map(|(node, _)| node.name.clone()).collect();
        Ok(Self {
            title: t.restore_title,
            names: named(t, &names, found.len()),
            lead: reasons.chain([t.restore_choose.to_owned()]).collect(),
            to: place.map(ToString::to_string).unwrap_or_default(),
        })
    }
}

/// The first names, and how many more there are.
fn named(t: &SheetTexts, names: &[String], count: usize) -> String {
    let names = names.join(t.comma);
    match count.saturating_sub(NAMED) {
        0 => names,
        more => fill(t.transfer_more, &[("names", &names), ("count", &more.to_string())]),
    }
}

/// What was asked for is the first button. What is moved may as well be copied.
fn form(t: &'static SheetTexts, ids: &str, to: &NodeId, from: &str, how: &str) -> impl IntoView + use<> {
    let (way_move, way_copy) = (("move", t.transfer_move), ("copy", t.transfer_copy));
    let (first, second) = match how {
        "restore" => (("restore", t.restore_here), None),
        "copy" => (way_copy, Some(way_move)),
        _ => (way_move, Some(way_copy)),
    };
    let second = second.map(|(value, text)| {
        view! { <button type="submit" class="button" name="how" value=value>{text}</button> }
    });
    view! {
        <form method="post" action=Transfer::url() class="stack">
            <input type="hidden" name="ids" value=ids.to_owned()/>
            <input type="hidden" name="parent" value=to.to_string()/>
            <input type="hidden" name="back" value=from.to_owned()/>
            {taken_names(t)}
            <div class="filter">
                <button type="submit" class="button primary" name="how" value=first.0>{first.1}</button>
                {second}
                <a class="button" href=page_of_folder(from)>{t.cancel}</a>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(number: u8, outcome: Outcome) -> ItemReport {
        ItemReport { id: NodeId::from_random([number; 16]), outcome, node: None, error: None }
    }

    #[test]
    fn what_stayed_in_the_trash_is_asked_about_and_the_rest_is_told() {
        let [one, two] = [1, 2].map(|number| NodeId::from_random([number; 16]));
        let reports =
            vec![report(1, Outcome::Skipped), report(3, Outcome::Done), report(2, Outcome::Skipped)];
        let (next, told) = ask_where(reports, "/trash?after=x", None, "restore");
        let page = format!("/move?ids={one}.{two}&from=%2Ftrash%3Fafter%3Dx&how=restore");
        assert_eq!((next, told), (Some(page), vec![report(3, Outcome::Done)]));
        let done = vec![report(3, Outcome::Done), report(4, Outcome::Refused)];
        assert_eq!(ask_where(done.clone(), "/", None, "restore"), (None, done));
        let (next, _) = ask_where(vec![report(1, Outcome::Skipped)], "/", Some("x"), "move");
        assert_eq!(next, Some(format!("/move?ids={one}&from=%2F&to=x&how=move")));
        let many = (0..=200).map(|number| report(number, Outcome::Skipped)).collect();
        let (next, told) = ask_where(many, "/", None, "restore");
        assert!(next.is_some_and(|page| page.len() < 6000));
        assert_eq!(told, [report(200, Outcome::Skipped)]);
    }
}
