//! What became of several items, in the few numbers that a page tells.

use axum::http::request::Parts;
use domain::{AppError, ItemReport, Node, NodeId};
use drive::Actor;
use leptos::prelude::*;

use super::Context;
use super::answer::ours;
use crate::flash::Done;
use crate::i18n::{fill, use_language};
use crate::sheets::SheetTexts;
use crate::{Failure, Flash};

/// What was done to several nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// They are in the trash.
    Trashed,
    /// They came back from it.
    Restored,
    /// They were deleted for ever.
    Purged,
    /// They are in another folder.
    Moved,
    /// There are others like them in another folder.
    Copied,
}

/// Ids that a flash holds for undoing: it travels in a cookie, which holds about 4000 bytes. More are taken back from the
/// trash itself.
const MOST_TO_UNDO: usize = 60;

/// Numbers of a change.
pub(crate) struct Tally {
    /// The node, where exactly one was asked for and is there now.
    pub(crate) only: Option<Node>,
    /// Those that were changed, unless they are too many to be told.
    pub(crate) done: Vec<NodeId>,
    count: u32,
    /// How many stayed.
    left: u32,
}

impl Tally {
    /// Counts.
    ///
    /// # Errors
    /// Why the only one was refused: a number would tell less.
    pub(crate) fn of(reports: &[ItemReport]) -> Result<Self, AppError> {
        if let [ItemReport { error: Some(error), .. }] = reports {
            return Err(error.clone());
        }
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let done: Vec<&ItemReport> = reports.iter().filter(|report| report.is_done()).collect();
        let only = match reports {
            [report] => report.node.clone(),
            _ => None,
        };
        Ok(Self {
            only,
            count: number(done.len()),
            left: number(reports.len() - done.len()),
            done: done.iter().map(|report| report.id.clone()).collect(),
        })
    }

    /// What a page says of it, in its language.
    pub(crate) fn say(&self, t: &SheetTexts, change: Change) -> String {
        let mut text = counted(t, change, u64::from(self.count));
        if self.left > 0 {
            text.push(' ');
            text.push_str(&fill(t.many_left, &[("count", &self.left.to_string())]));
        }
        text
    }
}

/// What was done to how many.
pub(crate) fn counted(t: &SheetTexts, change: Change, count: u64) -> String {
    let sentence = match change {
        Change::Trashed => t.many_trashed,
        Change::Restored => t.many_restored,
        Change::Purged => t.many_purged,
        Change::Moved => t.many_moved,
        Change::Copied => t.many_copied,
    };
    fill(sentence, &[("count", &count.to_string())])
}

/// The language of who sent a form. To be asked for before anything is awaited.
pub(crate) fn language_of_sender() -> crate::Language {
    if use_context::<crate::Preferences>().is_none()
        && let Some(parts) = use_context::<Parts>()
    {
        provide_context(super::preferences_of(&parts.headers));
    }
    use_language()
}

/// The sentences in the language of who sent a form. To be asked for before anything is awaited.
pub(crate) fn words() -> &'static SheetTexts {
    SheetTexts::of(language_of_sender())
}

/// Carries out a change to what was chosen in a list, with the sentences to tell it in; says so where nothing was chosen.
///
/// # Errors
/// Those of the change, to whoever sent the form.
pub(crate) async fn change_chosen(
    ids: &[NodeId],
    change: impl AsyncFnOnce(&Context, &Actor, &SheetTexts) -> Result<Done, AppError>,
) -> Result<Done, Failure> {
    let t = words();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        if ids.is_empty() {
            return Ok(Done::say(Flash::Said { text: t.nothing_chosen.to_owned() }));
        }
        change(&context, actor, t).await
    };
    super::reply(outcome.await)
}

/// The page to go on at by what a form says of it: the id of a folder, a path of ours, or anything else for the root.
pub(crate) fn page_of_folder(id: &str) -> String {
    if id.starts_with('/') {
        return ours(id);
    }
    id.parse::<NodeId>().map_or_else(|_| "/".to_owned(), |id| format!("/folder/{id}"))
}

/// The ids that a flash in a cookie can hold; none where they are too many.
pub(crate) fn short(flash: Flash) -> Flash {
    match flash {
        Flash::TrashedMany { ids, text } if ids.len() > MOST_TO_UNDO => Flash::Said { text },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use domain::Outcome;

    use super::*;

    #[test]
    fn one_goes_on_at_a_folder_or_another_page_of_ours() {
        let id = NodeId::from_random([1; 16]);
        assert_eq!(page_of_folder(id.as_str()), format!("/folder/{id}"));
        for (back, page) in [
            ("", "/"),
            ("nonsense", "/"),
            ("root", "/"),
            ("../x", "/"),
            ("/\t/evil.example", "/"),
            ("/\n/x", "/"),
            ("/search?q=a%20b", "/search?q=a%20b"),
            ("//evil.example", "/evil.example"),
            ("/\\evil.example", "/evil.example"),
            ("https://evil.example", "/"),
        ] {
            assert_eq!(page_of_folder(back), page, "{back}");
        }
    }

    fn report(number: u8, outcome: Outcome) -> ItemReport {
        let error = (outcome == Outcome::Refused).then_some(AppError::NotFound);
        ItemReport { id: NodeId::from_random([number; 16]), outcome, node: None, error }
    }

    #[test]
    fn one_that_is_refused_is_an_error_and_several_are_counted() {
        assert_eq!(Tally::of(&[report(1, Outcome::Refused)]).err(), Some(AppError::NotFound));
        let outcomes = [Outcome::Done, Outcome::Refused, Outcome::Renamed, Outcome::Skipped, Outcome::Merged];
        let reports: Vec<_> =
            outcomes.into_iter().zip(1..).map(|(outcome, number)| report(number, outcome)).collect();
        let tally = Tally::of(&reports).expect("several");
        let text = tally.say(SheetTexts::of(crate::Language::English), Change::Moved);
        assert!(text.starts_with("Items moved: 3. ") && text.contains(" 2 skipped: "), "{text}");
        assert_eq!(tally.done, [1, 3, 5].map(|number| NodeId::from_random([number; 16])));
    }

    #[test]
    fn what_a_cookie_holds_can_be_undone_and_more_is_counted() {
        let ids = |count: u8| (0..count).map(|n| NodeId::from_random([n; 16])).collect();
        let many = |count: u8| Flash::TrashedMany { ids: ids(count), text: "x".into() };
        assert_eq!(short(many(60)), many(60));
        assert!(crate::server::flash_cookie(&many(60), false).is_some());
        let told = Flash::Said { text: "x".into() };
        assert_eq!(short(many(61)), told);
    }
}
