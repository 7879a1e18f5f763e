//! The state of a list on the page, and what changes it. All signals; dropped with the list, so answers that come later
//! find nothing to change.

mod change;

use domain::{Node, NodeId, Page, Sort};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pointer::Hand;
use super::texts::ListTexts;
use crate::actions::nodes::folder;
use crate::address::{Address, MOST_NAMED};
use crate::i18n::{fill, use_language};
use crate::listing::{Listing, Taken, window};
use crate::pages::Notices;
use crate::pages::frame::{Desk, Usage};
use crate::pages::stage::FIRST_PAGE;
use crate::selection::Selection;
use crate::{Failure, Flash};

/// Items fetched at once while scrolling.
const NEXT_PAGE: u32 = 500;
/// The most that one request may ask for.
const MOST: u32 = 1000;
/// Fetching begins when this many rows are left below the drawn ones.
const AHEAD: usize = 60;
/// Milliseconds between two reloads, however many files arrive, for each request that a reload takes: a list of ten
/// thousand asks no more often than one of a hundred.
const RELOAD_PAUSE: u32 = 800;

/// Milliseconds after which the pictures of what has arrived are there, if they can be made: the server looks for new ones
/// every four seconds, give or take a third.
const PICTURES_FOLLOW: u32 = 6_500;

/// Sizes of the list on the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measure {
    /// How far it is scrolled down.
    pub(super) scroll: f64,
    /// How much is visible.
    pub(super) height: f64,
    /// Height of a row.
    pub(super) row: f64,
    /// Rows beside one another: more than one where they are cards.
    pub(super) columns: usize,
}

/// What fetching the next part is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fetching {
    /// Nothing.
    Idle,
    /// It is on its way.
    Busy,
    /// It failed and waits for the reader.
    Failed(Failure),
}

/// A list on the page.
#[derive(Clone, Copy)]
pub(super) struct Model {
    folder: StoredValue<NodeId>,
    /// The order.
    pub(super) sort: Sort,
    /// The items.
    pub(super) listing: RwSignal<Listing>,
    /// Where the list is scrolled to; `None` until script has measured it, and all rows are drawn.
    pub(super) measure: RwSignal<Option<Measure>>,
    /// The row that keys act on.
    pub(super) active: RwSignal<Option<NodeId>>,
    /// What is selected.
    pub(super) selection: RwSignal<Selection>,
    /// Where the menu of what is selected is open.
    pub(super) menu: RwSignal<Option<(i32, i32)>>,
    /// What the pointer is doing.
    pub(super) hand: StoredValue<Hand>,
    /// Fetching the next part.
    pub(super) fetching: RwSignal<Fetching>,
    /// The sentences of the list.
    texts: StoredValue<&'static ListTexts>,
    reloading: StoredValue<Reloading>,
    taken: StoredValue<Taken>,
    notices: Notices,
    usage: Usage,
    address: Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reloading {
    No,
    Yes,
    /// Something came while the list was on its way.
    Again,
}

impl Model {
    /// The list of a folder, with its first items.
    pub(super) fn new(folder: NodeId, sort: Sort, first: Page<Node>) -> Self {
        let model = Self {
            folder: StoredValue::new(folder),
            sort,
            listing: RwSignal::new(first.into()),
            measure: RwSignal::new(None),
            active: RwSignal::new(None),
            selection: RwSignal::new(Selection::default()),
            menu: RwSignal::new(None),
            hand: StoredValue::new(Hand::default()),
            texts: StoredValue::new(ListTexts::of(use_language())),
            fetching: RwSignal::new(Fetching::Idle),
            reloading: StoredValue::new(Reloading::No),
            taken: StoredValue::new(Taken::default()),
            notices: Notices::current(),
            usage: expect_context(),
            address: Address::current(),
        };
        model.notices.undo_by(Callback::new(move |ids| model.restore(ids)));
        model.follow_arrivals(Desk::current().arrivals);
        Effect::new(move |_| {
            let near_end = model.drawn().end + AHEAD >= model.listing.read().items.len();
            let wanted = near_end || model.selection.read().is_whole();
            if model.measure.read().is_some() && wanted && *model.fetching.read() == Fetching::Idle {
                model.fetch_more();
            }
        });
        // What the list has lost is not selected any more.
        Effect::new(move |_| {
            let listing = model.listing.read();
            let left = model.selection.with_untracked(|selection| selection.within(&listing.items));
            if let Some(left) = left {
                model.selection.set(left);
            }
        });
        model
    }

    /// Reloads when something has arrived, and once more for the pictures of what has: they are made in the background. With
    /// each arrival the wait begins anew, and with the list it ends.
    fn follow_arrivals(self, arrivals: RwSignal<u32>) {
        Effect::new(move |before: Option<(u32, Option<Timeout>)>| {
            let now = arrivals.get();
            let follow = before.is_some_and(|(before, _)| before != now).then(|| {
                self.reload();
                Timeout::new(PICTURES_FOLLOW, move || {
                    if self.listing.try_with_untracked(Listing::waits_for_picture) == Some(true) {
                        self.reload();
                    }
                })
            });
            (now, follow)
        });
    }

    /// The rows to draw.
    pub(super) fn drawn(self) -> std::ops::Range<usize> {
        let total = self.listing.read().items.len();
        self.measure.get().map_or(0..total, |m| {
            let lines = window(m.scroll, m.height, m.row, total.div_ceil(m.columns));
            (lines.start * m.columns).min(total)..(lines.end * m.columns).min(total)
        })
    }

    /// Fetches the next part, if there is one.
    pub(super) fn fetch_more(self) {
        let Some(after) = self.listing.with_untracked(|listing| listing.next.clone()) else { return };
        self.fetching.set(Fetching::Busy);
        let Some(folder) = self.folder.try_get_value() else { return };
        spawn_local(async move {
            let answer = part(folder, self.sort, Some(after.clone()), NEXT_PAGE).await;
            let state = match answer {
                Ok(mut page) => {
                    self.taken.try_with_value(|taken| taken.sift(&mut page.items));
                    self.listing.try_update(|listing| listing.append(&after, page));
                    Fetching::Idle
                }
                Err(failure) => Fetching::Failed(failure),
            };
            self.fetching.try_set(state);
        });
    }

    /// Fetches anew what is known, in the background: one request at a time, and one more for all that asked meanwhile.
    /// Nothing once the list is gone: an undo may be answered after that.
    pub(super) fn reload(self) {
        match self.reloading.try_get_value() {
            Some(Reloading::No) => self.reloading.set_value(Reloading::Yes),
            Some(_) => return self.reloading.set_value(Reloading::Again),
            None => return,
        }
        spawn_local(async move {
            while let Some(folder) = self.folder.try_get_value() {
                let known = self.listing.try_with_untracked(|listing| listing.items.len()).unwrap_or(0);
                if self.fetching.try_get_untracked() != Some(Fetching::Busy) {
                    self.taken.try_update_value(Taken::forget_settled);
                }
                if let Ok(mut fresh) = fetch_all(folder, self.sort, known).await {
                    self.taken.try_with_value(|taken| taken.sift(&mut fresh.items));
                    self.listing.try_set(fresh);
                }
                self.usage.refresh();
                gloo_timers::future::TimeoutFuture::new(RELOAD_PAUSE * requests(known)).await;
                match self.reloading.try_get_value() {
                    Some(Reloading::Again) => self.reloading.set_value(Reloading::Yes),
                    _ => break,
                }
            }
            self.reloading.try_set_value(Reloading::No);
        });
    }

    /// What is selected, in order; tracked.
    pub(super) fn selected(self) -> Vec<Node> {
        let selection = self.selection.read();
        if selection.is_empty() {
            Vec::new()
        } else {
            selection.of(&self.listing.read().items).cloned().collect()
        }
    }

    /// What is selected, in order; not tracked.
    pub(super) fn selected_now(self) -> Vec<Node> {
        untrack(|| self.selected())
    }

    /// What is told of: what is selected, or else the row that has the keyboard; tracked.
    pub(super) fn subject(self) -> Vec<Node> {
        let selected = self.selected();
        let active = self.active.get();
        if !selected.is_empty() {
            return selected;
        }
        let listing = self.listing.read();
        listing.items.iter().filter(|node| Some(&node.id) == active.as_ref()).cloned().collect()
    }

    /// What keys act on: what is selected, or else the row that has the keyboard.
    pub(super) fn targets(self) -> Vec<NodeId> {
        let selected: Vec<NodeId> = self.selected_now().into_iter().map(|node| node.id).collect();
        if selected.is_empty() { self.active.get_untracked().into_iter().collect() } else { selected }
    }

    /// Selects all, also what is fetched later.
    pub(super) fn select_all(self) {
        self.listing.with_untracked(|listing| {
            self.selection.update(|selection| selection.all(&listing.items));
        });
    }

    /// Whether what is selected is here. Where all of a list was selected whose rest is still on its way, the part that is
    /// here would pass for all of it: that is said instead, and the rest fetched.
    pub(super) fn is_selection_here(self) -> bool {
        let missing = self.selection.with_untracked(Selection::is_whole)
            && self.listing.with_untracked(|listing| listing.next.is_some());
        if missing {
            if self.fetching.with_untracked(|fetching| *fetching != Fetching::Busy) {
                self.fetch_more();
            }
            let text = self.texts.get_value().loading.to_owned();
            self.notices.say(Flash::Said { text });
        }
        !missing
    }

    /// Shows what can be done with what is selected.
    pub(super) fn offer(self, at: (i32, i32)) {
        if self.is_selection_here() {
            self.menu.set(Some(at));
        }
    }

    /// Selects from where the range begins, or else from the row that has the keyboard, to a row.
    pub(super) fn select_to(self, to: &NodeId) {
        let active = self.active.get_untracked();
        self.listing.with_untracked(|listing| {
            self.selection.update(|selection| selection.range(&listing.items, active.as_ref(), to));
        });
    }

    /// Says that an address cannot name as many.
    pub(super) fn say_too_many(self) {
        let text = fill(self.texts.get_value().too_many, &[("count", &MOST_NAMED.to_string())]);
        self.notices.say(Flash::Said { text });
    }
}

/// How many requests a list of `known` items takes.
fn requests(known: usize) -> u32 {
    u32::try_from(known).unwrap_or(u32::MAX).div_ceil(MOST).clamp(1, 100)
}

/// The first `known` items of a folder, as they are now.
async fn fetch_all(id: NodeId, sort: Sort, known: usize) -> Result<Listing, Failure> {
    let limit = u32::try_from(known).unwrap_or(MOST).clamp(FIRST_PAGE, MOST);
    let mut fresh = Listing::from(part(id.clone(), sort, None, limit).await?);
    while let Some(after) = fresh.next.clone().filter(|_| fresh.items.len() < known) {
        let page = part(id.clone(), sort, Some(after.clone()), limit).await?;
        fresh.append(&after, page);
    }
    Ok(fresh)
}

/// One part of a folder's list.
async fn part(id: NodeId, sort: Sort, after: Option<String>, limit: u32) -> Result<Page<Node>, Failure> {
    folder(Some(id), sort.to_string(), after, limit).await.map(|view| view.page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Place;
    use crate::preferences::View;

    #[test]
    fn a_list_that_is_gone_is_not_reloaded() {
        let page = Owner::new();
        page.with(|| {
            Notices::provide();
            Usage::provide();
            provide_context(Place::default());
            Address::provide();
            let folder = Memo::new(|_| None);
            provide_context(Desk {
                folder,
                arrivals: RwSignal::new(0),
                view: RwSignal::new(View::List),
                details: RwSignal::new(false),
                help: RwSignal::new(false),
            });
            let list = page.child();
            let first = Page { items: Vec::new(), next: None };
            let model = list.with(|| Model::new(NodeId::from_random([1; 16]), Sort::default(), first));
            list.cleanup();
            // It would panic, or begin a request that no test can answer.
            model.reload();
            assert_eq!(model.reloading.try_get_value(), None);
        });
    }
}
