//! What a list of files knows, apart from any page: the items so far, which of them are drawn, and where the keys lead.
//!
//! Plain values and plain functions; the page wires them to signals and to the scroll bar.

use std::ops::Range;

use domain::{Category, Node, NodeId, Page};

/// Items in order, as far as they were fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// What is known.
    pub(crate) items: Vec<Node>,
    /// Where the rest begins; `None` when everything is here.
    pub(crate) next: Option<String>,
}

impl From<Page<Node>> for Listing {
    fn from(page: Page<Node>) -> Self {
        Self { items: page.items, next: page.next }
    }
}

impl Listing {
    /// Adds the page that was asked for with `after`. A page that answers an older question is dropped: the list has been
    /// reloaded in the meantime.
    pub(crate) fn append(&mut self, after: &str, page: Page<Node>) {
        if self.next.as_deref() != Some(after) {
            return;
        }
        self.items.extend(page.items);
        self.next = page.next;
    }

    /// Whether there is an image without a small picture: it may be about to be made, or cannot be.
    pub(crate) fn waits_for_picture(&self) -> bool {
        self.items.iter().any(|node| !node.thumbnail && node.category() == Some(Category::Image))
    }

    /// Takes items out, each with its place, in order. Those that are not here are left out.
    pub(crate) fn take(&mut self, ids: &[NodeId]) -> Vec<(usize, Node)> {
        let mut wanted: Vec<&NodeId> = ids.iter().collect();
        wanted.sort_unstable();
        let mut taken = Vec::new();
        let items = std::mem::take(&mut self.items).into_iter().enumerate();
        let left = items.filter_map(|(index, node)| match wanted.binary_search(&&node.id) {
            Ok(_) => {
                taken.push((index, node));
                None
            }
            Err(_) => Some(node),
        });
        self.items = left.collect();
        taken
    }

    /// Puts an item back where it was, unless a reload has brought it back already.
    pub(crate) fn put_back(&mut self, index: usize, node: Node) {
        if self.items.iter().all(|other| other.id != node.id) {
            self.items.insert(index.min(self.items.len()), node);
        }
    }
}

/// Items that were taken out on the page, while a list that was asked for earlier may still have them. Sorted, since they may
/// be thousands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(Vec<(NodeId, bool)>);

impl Taken {
    fn place(&self, id: &NodeId) -> Result<usize, usize> {
        self.0.binary_search_by(|(taken, _)| taken.cmp(id))
    }

    /// It was taken out here; the server is being told.
    pub(crate) fn take(&mut self, id: &NodeId) {
        match self.place(id) {
            Ok(at) => self.0[at].1 = false,
            Err(at) => self.0.insert(at, (id.clone(), false)),
        }
    }

    /// The server knows: what is asked for from now on comes without it.
    pub(crate) fn settle(&mut self, id: &NodeId) {
        if let Ok(at) = self.place(id) {
            self.0[at].1 = true;
        }
    }

    /// It is not taken out any more.
    pub(crate) fn give_back(&mut self, id: &NodeId) {
        if let Ok(at) = self.place(id) {
            self.0.remove(at);
        }
    }

    /// Nothing that was asked for earlier is under way any more: what the server knows need not be remembered.
    pub(crate) fn forget_settled(&mut self) {
        self.0.retain(|(_, settled)| !settled);
    }

    /// Takes them out of a page that has just come.
    pub(crate) fn sift(&self, items: &mut Vec<Node>) {
        items.retain(|node| self.place(&node.id).is_err());
    }
}

/// Rows kept above and below the visible ones, so that a quick turn of the wheel finds them drawn.
const MARGIN: usize = 12;

/// Which of `total` rows to draw when the list is scrolled down by `scroll` and `height` is visible; pixels. The first
/// row is even, so that nothing that alternates by row can flicker.
pub(crate) fn window(scroll: f64, height: f64, row: f64, total: usize) -> Range<usize> {
    if row <= 0.0 || !scroll.is_finite() || !height.is_finite() {
        return 0..total;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; negative while a touch screen overscrolls"
    )]
    let (first, count) = ((scroll / row) as usize, (height / row).ceil() as usize + 1);
    let start = first.saturating_sub(MARGIN).min(total) & !1;
    let end = first.saturating_add(count + MARGIN).min(total);
    start.min(end)..end
}

/// A key that moves in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// One up.
    Up,
    /// One down.
    Down,
    /// To the one before, where they stand beside one another.
    Left,
    /// To the next one.
    Right,
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
}

impl Step {
    /// The step of a key by its `KeyboardEvent.key`.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "PageUp" => Self::PageUp,
            "PageDown" => Self::PageDown,
            "Home" => Self::First,
            "End" => Self::Last,
            _ => return None,
        })
    }

    /// The row it leads to from `current`, in a list of `total` rows, `columns` beside one another, of which `screen` lines are
    /// seen; `None` in an empty list, and to the side where there is one column.
    pub(crate) fn from(
        self,
        current: Option<usize>,
        total: usize,
        screen: usize,
        columns: usize,
    ) -> Option<usize> {
        let last = total.checked_sub(1)?;
        let page = screen.max(1) * columns;
        let target = match (self, current) {
            (Self::Left | Self::Right, _) if columns < 2 => return None,
            (Self::Last, _) => last,
            (Self::First, _) | (_, None) => 0,
            (Self::Up, Some(index)) => index.checked_sub(columns).unwrap_or(index),
            (Self::Down, Some(index)) if index + columns > last => index,
            (Self::Down, Some(index)) => index + columns,
            (Self::Left, Some(index)) => index.saturating_sub(1),
            (Self::Right, Some(index)) => index + 1,
            (Self::PageUp, Some(index)) => index.saturating_sub(page),
            (Self::PageDown, Some(index)) => index + page,
        };
        Some(target.min(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::NodeKind;

    fn node(n: u8) -> Node {
        Node {
            id: NodeId::from_random([n; 16]),
            parent: None,
            name: format!("file {n}"),
            kind: NodeKind::File,
            size: u64::from(n),
            mime: None,
            modified: 0,
            blake3: None,
            thumbnail: false,
        }
    }

    fn listing(count: u8, next: Option<&str>) -> Listing {
        Listing { items: (0..count).map(node).collect(), next: next.map(str::to_owned) }
    }

    #[test]
    fn a_page_is_added_once_and_only_where_it_belongs() {
        let mut list = listing(2, Some("a"));
        let page = Page { items: vec![node(2)], next: Some("b".into()) };
        list.append("a", page.clone());
        list.append("a", page);
        assert_eq!((list.items.len(), list.next.as_deref()), (3, Some("b")));
    }

    #[test]
    fn images_alone_wait_for_a_picture() {
        let mut list = listing(1, None);
        assert!(!list.waits_for_picture());
        list.items[0].mime = Some("image/png".into());
        assert!(list.waits_for_picture());
        list.items[0].thumbnail = true;
        assert!(!list.waits_for_picture());
    }

    #[test]
    fn what_is_taken_out_comes_back_to_its_place_once() {
        let mut list = listing(3, None);
        let whole = list.clone();
        let ids = [whole.items[2].id.clone(), whole.items[0].id.clone()];
        let taken = list.take(&ids);
        assert_eq!(taken, [(0, whole.items[0].clone()), (2, whole.items[2].clone())]);
        assert_eq!(list.take(&ids), []);
        for (index, node) in taken.into_iter().chain([(0, whole.items[0].clone())]) {
            list.put_back(index, node);
        }
        assert_eq!(list, whole);
    }

    #[test]
    fn what_was_taken_out_is_not_brought_back_by_an_older_list() {
        let mut taken = Taken::default();
        let left = |taken: &Taken| {
            let mut list = listing(3, None);
            taken.sift(&mut list.items);
            list.items.iter().map(|node| node.size).collect::<Vec<_>>()
        };
        taken.take(&node(0).id);
        taken.take(&node(1).id);
        taken.settle(&node(1).id);
        assert_eq!(left(&taken), [2], "asked for before the server knew");
        taken.forget_settled();
        assert_eq!(left(&taken), [1, 2], "one that somebody else restored");
        taken.give_back(&node(0).id);
        assert_eq!(left(&taken), [0, 1, 2]);
    }

    #[test]
    fn few_rows_are_drawn_however_long_the_list_is() {
        assert_eq!(window(0.0, 880.0, 44.0, 10_000), 0..33);
        let middle = window(220_000.0, 880.0, 44.0, 10_000);
        assert_eq!(middle, 4988..5033);
        assert_eq!(window(439_560.0, 880.0, 44.0, 10_000).end, 10_000);
        // A list that became shorter than the scroll position, an overscroll, a list that is not laid out yet.
        assert_eq!(window(220_000.0, 880.0, 44.0, 10), 10..10);
        assert_eq!(window(-50.0, 880.0, 44.0, 3), 0..3);
        assert_eq!(window(0.0, f64::NAN, 44.0, 3), 0..3);
        assert_eq!(window(0.0, 880.0, 0.0, 3), 0..3);
    }

    #[test]
    fn keys_stay_inside_the_list() {
        for (key, current, target) in [
            ("ArrowDown", None, 0),
            ("ArrowDown", Some(8), 9),
            ("ArrowDown", Some(9), 9),
            ("ArrowUp", Some(0), 0),
            ("PageDown", Some(3), 8),
            ("PageUp", Some(3), 0),
            ("Home", Some(5), 0),
            ("End", Some(5), 9),
        ] {
            let step = Step::of_key(key).expect(key);
            assert_eq!(step.from(current, 10, 5, 1), Some(target), "{key} from {current:?}");
            assert_eq!(step.from(current, 0, 5, 1), None);
        }
        for (key, current, target) in [
            ("ArrowDown", 2, 6),
            ("ArrowDown", 7, 7),
            ("ArrowUp", 3, 3),
            ("ArrowUp", 6, 2),
            ("ArrowRight", 3, 4),
            ("ArrowLeft", 0, 0),
            ("PageDown", 1, 9),
        ] {
            let step = Step::of_key(key).expect(key);
            assert_eq!(
                step.from(Some(current), 10, 5, 4),
                Some(target),
                "{key} from {current} of four columns"
            );
        }
        assert_eq!(Step::Right.from(Some(1), 10, 5, 1), None);
        assert_eq!(Step::of_key("a"), None);
    }
}
