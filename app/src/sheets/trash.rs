//! `/trash`: what was deleted, until when it is kept, and how to bring it back or end it.
//!
//! One form around the list; the questions before an end are popovers inside of it, which need no script. What is about the
//! whole page is a form of its own, which names all of it.

use domain::{AppError, ByteSize, NodeKind, TrashEntry};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Content;
use super::parts::{blank, next_page};
use super::request::Request;
use super::texts::SheetTexts;
use crate::actions::nodes::{EmptyTrash, Purge, Restore};
use crate::i18n::fill;
use crate::moment::When;

const PATH: &str = "/trash";
const PAGE: u32 = 100;
/// Id of the form that restores the whole page.
const ALL: &str = "restore-all";
const DAY: i64 = 86_400_000;

pub(super) async fn content(request: &Request) -> Result<Content, AppError> {
    let drive = &request.context.drive;
    let page = drive.trashed(&request.actor, request.query("after"), PAGE).await;
    let page = page.map_err(|error| error.to_app_error())?;
    let (now, keeps) = (drive.now(), drive.rules().trash_retention);
    let t = SheetTexts::of(request.language);
    Ok(Content::new(t.trash, move || {
        let intro = match keeps {
            Some(keeps) => {
                let days = keeps.as_secs().div_ceil(24 * 3600).to_string();
                fill(t.trash_keeps, &[("days", &days)])
            }
            None => t.trash_keeps_all.to_owned(),
        };
        let list = if page.items.is_empty() {
            blank("trash", t.trash_empty, intro)
        } else {
            view! { <p class="lead">{intro}</p>{list(t, now, page.items)} }.into_any()
        };
        view! {
            <div class="sheet wide">
                <h1>{t.trash}</h1>
                {list}
                {next_page(PATH, &[], page.next, t.more)}
            </div>
        }
        .into_any()
    }))
}

fn list(t: &'static SheetTexts, now: i64, items: Vec<TrashEntry>) -> AnyView {
    let named = |entry: &TrashEntry| {
        let id = entry.node.id.to_string();
        view! { <input type="hidden" name="ids[]" value=id/> }
    };
    let all = items.iter().map(named).collect_view();
    let rows = items.into_iter().map(|entry| row(t, now, entry)).collect_view();
    view! {
        <form method="post" action=Restore::url() class="stack">
            <div class="filter">
                <button type="submit" class="button">{t.restore}</button>
                <button type="submit" class="button" form=ALL>{t.restore_all}</button>
                {ask(t, "ask-purge", t.purge, t.purge_ask, t.purge_yes, Purge::url())}
                <span class="end">{ask(t, "ask-empty", t.empty, t.empty_ask, t.empty_yes, EmptyTrash::url())}</span>
            </div>
            <div class="scrolled" tabindex="0" role="region" aria-label=t.trash>
                <table class="figures folding">
                    <thead>
                        <tr>
                            <th scope="col">
                                <span class="unseen">{t.trash_column_choose}</span>
                                // The page's script answers it. It has no name: it is not sent.
                                <input type="checkbox" class="pick only-script" data-all="" aria-label=t.trash_choose_all autocomplete="off"/>
                            </th>
                            <th scope="col">{t.trash_column_name}</th>
                            <th scope="col">{t.trash_column_place}</th>
                            <th scope="col" class="number">{t.trash_column_size}</th>
                            <th scope="col">{t.trash_column_when}</th>
                            <th scope="col">{t.trash_column_left}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </form>
        <form method="post" action=Restore::url() id=ALL hidden>{all}</form>
    }
    .into_any()
}

/// A button that asks before it does what it says.
fn ask(
    t: &'static SheetTexts,
    id: &'static str,
    label: &'static str,
    question: &'static str,
    answer: &'static str,
    action: &'static str,
) -> impl IntoView {
    let (title, labelled) = (format!("{id}-title"), format!("{id}-title"));
    view! {
        <button type="button" class="button danger" popovertarget=id>{label}</button>
        <div popover id=id class="question" role="dialog" aria-labelledby=labelled>
            <h2 id=title>{answer}</h2>
            <p>{question}</p>
            <div class="filter">
                <button type="button" class="button" popovertarget=id popovertargetaction="hide">{t.cancel}</button>
                <button type="submit" class="button danger" formaction=action>{answer}</button>
            </div>
        </div>
    }
}

fn row(t: &'static SheetTexts, now: i64, entry: TrashEntry) -> impl IntoView {
    let TrashEntry { node, trashed, expires, place } = entry;
    let label = fill(t.trash_choose, &[("name", &node.name)]);
    let size = match node.kind {
        NodeKind::Folder => "—".to_owned(),
        NodeKind::File => ByteSize(node.size).to_string(),
    };
    let place = match place {
        None => t.trash_place_gone.to_owned(),
        Some(names) if names.is_empty() => t.my_files.to_owned(),
        Some(names) => names.join(" / "),
    };
    view! {
        <tr>
            <td class="fold-lead"><input type="checkbox" class="pick" name="ids[]" value=node.id.to_string() aria-label=label/></td>
            <td class="strong fold-title">{node.name}</td>
            <td data-label=t.trash_column_place>{place}</td>
            <td class="number" data-label=t.trash_column_size>{size}</td>
            <td data-label=t.trash_column_when><When at=trashed/></td>
            <td data-label=t.trash_column_left>{left(t, now, expires)}</td>
        </tr>
    }
}

/// How long something is kept yet. A day that has begun counts: what was just deleted has all of its days before it.
fn left(t: &'static SheetTexts, now: i64, expires: Option<i64>) -> String {
    match expires.map(|at| at - now) {
        None => t.trash_ever.to_owned(),
        Some(left) if left < DAY => t.trash_today.to_owned(),
        Some(left) => {
            let days = (left + DAY - 1).div_euclid(DAY);
            fill(t.trash_days, &[("count", &days.to_string())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn time_left_is_told_in_days_that_have_begun() {
        let t = SheetTexts::of(Language::English);
        for (expires, text) in [
            (None, "Kept"),
            (Some(7 * DAY), "7 d"),
            (Some(7 * DAY - 20), "7 d"),
            (Some(DAY + 1), "2 d"),
            (Some(DAY), "1 d"),
            (Some(DAY - 1), "Less than a day"),
            (Some(-5), "Less than a day"),
        ] {
            assert_eq!(left(t, 0, expires), text);
        }
    }
}
