//! What is selected in a list, apart from any page: plain values that the page wires to signals, mouse and keys.

use domain::{Node, NodeId};

/// The selected items of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Sorted: each row asks, and thousands may be selected.
    ids: Vec<NodeId>,
    /// Where a range begins.
    anchor: Option<NodeId>,
    /// Whether all of the list was asked for, so that what is fetched later belongs to it.
    whole: bool,
}

impl Selection {
    /// Whether an item is selected.
    pub(crate) fn contains(&self, id: &NodeId) -> bool {
        self.ids.binary_search(id).is_ok()
    }

    /// Whether none is.
    pub(crate) const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether what is fetched later is selected, too.
    pub(crate) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// This item and no other.
    pub(crate) fn only(id: NodeId) -> Self {
        Self { ids: vec![id.clone()], anchor: Some(id), whole: false }
    }

    /// Takes an item in, or out when it is in.
    pub(crate) fn toggle(&mut self, id: &NodeId) {
        match self.ids.binary_search(id) {
            Ok(at) => drop(self.ids.remove(at)),
            Err(at) => self.ids.insert(at, id.clone()),
        }
        self.anchor = Some(id.clone());
        self.whole = false;
    }

    /// From where the range begins to `to`, and nothing else. Without a beginning, `from` is it.
    pub(crate) fn range(&mut self, items: &[Node], from: Option<&NodeId>, to: &NodeId) {
        let place = |id: &NodeId| items.iter().position(|node| node.id == *id);
        let begin = self.anchor.as_ref().or(from).unwrap_or(to);
        let (Some(begin), Some(end)) = (place(begin).or_else(|| place(to)), place(to)) else { return };
        self.anchor = items.get(begin).map(|node| node.id.clone());
        let range = items.get(begin.min(end)..=begin.max(end)).unwrap_or_default();
        self.ids = range.iter().map(|node| node.id.clone()).collect();
        self.ids.sort_unstable();
        self.whole = false;
    }

    /// All of them.
    pub(crate) fn all(&mut self, items: &[Node]) {
        self.ids = items.iter().map(|node| node.id.clone()).collect();
        self.ids.sort_unstable();
        self.whole = true;
    }

    /// What a list that has changed leaves of it; all, when all was asked for. `None` when nothing is different.
    pub(crate) fn within(&self, items: &[Node]) -> Option<Self> {
        if self.is_empty() {
            return None;
        }
        let mut ids: Vec<NodeId> = items
            .iter()
            .filter(|node| self.whole || self.contains(&node.id))
            .map(|node| node.id.clone())
            .collect();
        ids.sort_unstable();
        let anchor = self.anchor.clone().filter(|anchor| self.whole || ids.binary_search(anchor).is_ok());
        (ids != self.ids).then_some(Self { whole: self.whole && !ids.is_empty(), ids, anchor })
    }

    /// The selected of these items, in their order.
    pub(crate) fn of<'a>(&'a self, items: &'a [Node]) -> impl Iterator<Item = &'a Node> {
        items.iter().filter(|node| self.contains(&node.id))
    }
}

#[cfg(test)]
mod tests {
    use domain::NodeKind;

    use super::*;

    fn items() -> Vec<Node> {
        let node = |n: u8| Node {
            // Not in the order of the list.
            id: NodeId::from_random([n.wrapping_mul(37); 16]),
            parent: None,
            name: format!("file {n}"),
            kind: NodeKind::File,
            size: u64::from(n),
            mime: None,
            modified: 0,
            blake3: None,
            thumbnail: false,
        };
        (0..6).map(node).collect()
    }

    fn sizes(selection: &Selection, items: &[Node]) -> Vec<u64> {
        selection.of(items).map(|node| node.size).collect()
    }

    #[test]
    fn a_range_grows_and_shrinks_around_where_it_began() {
        let items = items();
        let mut selection = Selection::only(items[2].id.clone());
        selection.range(&items, None, &items[4].id);
        assert_eq!(sizes(&selection, &items), [2, 3, 4]);
        selection.range(&items, None, &items[0].id);
        assert_eq!(sizes(&selection, &items), [0, 1, 2]);
        selection.toggle(&items[5].id);
        assert_eq!(sizes(&selection, &items), [0, 1, 2, 5]);
        selection.toggle(&items[1].id);
        selection.range(&items, None, &items[2].id);
        assert_eq!(sizes(&selection, &items), [1, 2]);
    }

    #[test]
    fn without_a_beginning_a_range_begins_at_the_row_with_the_keyboard() {
        let items = items();
        let mut selection = Selection::default();
        selection.range(&items, Some(&items[3].id), &items[4].id);
        assert_eq!((sizes(&selection, &items), selection.anchor.as_ref()), (vec![3, 4], Some(&items[3].id)));
        let mut selection = Selection::default();
        selection.range(&items, None, &items[4].id);
        assert_eq!(sizes(&selection, &items), [4]);
    }

    #[test]
    fn what_left_the_list_is_not_selected_any_more() {
        let items = items();
        let mut selection = Selection::default();
        assert_eq!(selection.within(&items), None);
        selection.all(&items[..4]);
        let grown = selection.within(&items).expect("more was fetched");
        assert_eq!((grown.ids.len(), grown.is_whole()), (6, true));
        selection.toggle(&items[0].id);
        assert_eq!(selection.within(&items), None, "it is not all any more");
        let left = selection.within(&items[2..]).expect("some are gone");
        assert_eq!(sizes(&left, &items), [2, 3]);
        assert!(left.within(&items[4..]).expect("all are gone").is_empty());
    }
}
