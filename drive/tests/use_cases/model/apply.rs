//! What a change does to the model, and what is told of it.

use domain::{Conflict, FileName, Outcome};

use super::change::Step;
use super::tree::{Entry, Key, Model, Refusal, Share, Told};

/// What became of one thing.
type Item = Result<Outcome, Refusal>;

impl Model {
    /// Changes nothing where nothing is done at all.
    pub(super) fn apply(&mut self, step: &Step) -> Told {
        let before = self.clone();
        let told = self.change(step);
        if told.is_err() {
            *self = before;
        }
        told
    }

    fn change(&mut self, step: &Step) -> Told {
        let one = |item: Result<(), Refusal>| item.map(|()| vec![Ok(Outcome::Done)]);
        match *step {
            Step::Folder { by, parent, name, conflict } => one(self.create(by, parent, name, conflict, None)),
            Step::File { by, parent, name, conflict, size } => {
                // Of an upload the folder is an input like any other.
                self.target(by, parent).map_err(|_| Refusal::Invalid)?;
                one(self.create(by, parent, name, conflict, Some(size)))
            }
            Step::Rename { by, node, name } => one(self.rename(by, node, name)),
            Step::Move { by, node, parent } => one(self.move_one(by, node, parent)),
            Step::MoveAll { by, ref nodes, parent, conflict } => {
                self.target(by, parent)?;
                Ok(nodes.iter().map(|node| self.move_in(by, *node, parent, conflict)).collect())
            }
            Step::CopyAll { by, ref nodes, parent, conflict } => {
                self.target(by, parent)?;
                let mut items = Vec::new();
                for node in nodes {
                    match self.copy_in(by, *node, parent, conflict) {
                        Err(Refusal::Full) => return Err(Refusal::Full),
                        item => items.push(item),
                    }
                }
                Ok(items)
            }
            Step::Trash { by, ref nodes } => Ok(self.each(by, nodes, true, Self::trash)),
            Step::Restore { by, ref nodes } => {
                Ok(self.each(by, nodes, false, |model, by, node| model.restore(by, node, None)))
            }
            Step::RestoreInto { by, ref nodes, parent, conflict } => {
                self.target(by, parent)?;
                let to = Some((parent, conflict));
                Ok(self.each(by, nodes, false, |model, by, node| model.restore(by, node, to)))
            }
            Step::Purge { by, ref nodes } => {
                // All are marked before the first one goes.
                let marked: Vec<bool> = nodes.iter().map(|node| self.is_in_trash(by, *node)).collect();
                let gone = nodes.iter().zip(&marked).filter(|(_, marked)| **marked);
                gone.for_each(|(node, _)| self.purge(*node));
                let item = |marked| if marked { Ok(Outcome::Done) } else { Err(Refusal::NotFound) };
                Ok(marked.into_iter().map(item).collect())
            }
            Step::Empty { by } => {
                self.purge_where(|entry, _| entry.owner == by);
                Ok(Vec::new())
            }
            Step::Share { by, ref nodes, most } => one(self.share(by, nodes, most)),
            Step::Cancel { by, share } => {
                let share = &mut self.shares[share];
                if share.owner != by {
                    return Err(Refusal::NotFound);
                }
                share.cancelled = true;
                one(Ok(()))
            }
            Step::Save { by, share, ref nodes, parent } => one(self.save(by, share, nodes, parent)),
            Step::Wait { days } => {
                self.wait(i64::try_from(days).expect("few"));
                Ok(Vec::new())
            }
        }
    }

    /// # Errors
    /// Nothing can be put there.
    fn target(&self, by: usize, parent: Key) -> Result<(), Refusal> {
        match self.entries.get(&parent) {
            Some(entry) if self.is_own(by, parent) && self.is_live(parent) => {
                if entry.folder {
                    Ok(())
                } else {
                    Err(Refusal::Invalid)
                }
            }
            _ => Err(Refusal::NotFound),
        }
    }

    /// # Errors
    /// It is not there, or is a root.
    fn movable(&self, by: usize, node: Key) -> Result<Entry, Refusal> {
        match self.entries.get(&node) {
            Some(entry) if entry.owner == by && self.is_live(node) => {
                if entry.parent.is_some() {
                    Ok(entry.clone())
                } else {
                    Err(Refusal::Forbidden)
                }
            }
            _ => Err(Refusal::NotFound),
        }
    }

    fn is_in_trash(&self, by: usize, node: Key) -> bool {
        self.entries.get(&node).is_some_and(|entry| entry.owner == by && entry.trashed.is_some())
    }

    fn entry(&mut self, key: Key) -> &mut Entry {
        self.entries.get_mut(&key).expect("an entry")
    }

    fn create(
        &mut self,
        by: usize,
        parent: Key,
        name: &str,
        conflict: Conflict,
        size: Option<u64>,
    ) -> Result<(), Refusal> {
        self.target(by, parent)?;
        let there = self.sibling(parent, name);
        let is_other_kind = there.is_some_and(|there| self.entries[&there].folder == size.is_some());
        if there.is_some() && (conflict == Conflict::Fail || conflict == Conflict::Replace && is_other_kind) {
            return Err(Refusal::Taken);
        }
        self.charge(by, size.unwrap_or(0))?;
        let contents: Vec<usize> = size.map(|size| self.new_blob(size)).into_iter().collect();
        match there {
            Some(there) if conflict == Conflict::Replace => self.entry(there).contents.extend(contents),
            _ => {
                let (name, folder) = (self.free_name(parent, name), size.is_none());
                self.add(Entry { owner: by, parent: Some(parent), name, folder, contents, trashed: None });
            }
        }
        Ok(())
    }

    fn rename(&mut self, by: usize, node: Key, name: &str) -> Result<(), Refusal> {
        let entry = self.movable(by, node)?;
        match self.sibling(entry.parent.expect("parent"), name) {
            Some(other) if other != node => Err(Refusal::Taken),
            _ => {
                name.clone_into(&mut self.entry(node).name);
                Ok(())
            }
        }
    }

    fn move_one(&mut self, by: usize, node: Key, parent: Key) -> Result<(), Refusal> {
        self.movable(by, node)?;
        self.target(by, parent)?;
        self.move_in(by, node, parent, Conflict::Fail).map(drop)
    }

    fn move_in(&mut self, by: usize, node: Key, parent: Key, conflict: Conflict) -> Item {
        let entry = self.movable(by, node)?;
        if entry.parent == Some(parent) {
            return Ok(Outcome::Done);
        }
        self.settle(node, parent, conflict)
    }

    fn settle(&mut self, node: Key, parent: Key, conflict: Conflict) -> Item {
        let entry = self.entries[&node].clone();
        if self.is_above(node, parent) {
            return Err(Refusal::Invalid);
        }
        let (outcome, name) = match (conflict, self.sibling(parent, &entry.name)) {
            (_, None) => (Outcome::Done, entry.name),
            (Conflict::Rename, Some(_)) => (Outcome::Renamed, self.free_name(parent, &entry.name)),
            (Conflict::Replace, Some(there)) if self.entries[&there].folder == entry.folder => {
                if self.is_above(there, node) {
                    return Err(Refusal::Invalid);
                }
                self.merge(node, there);
                return Ok(if entry.folder { Outcome::Merged } else { Outcome::Replaced });
            }
            (Conflict::Fail | Conflict::Replace, Some(_)) => return Err(Refusal::Taken),
        };
        let entry = self.entry(node);
        (entry.parent, entry.name, entry.trashed) = (Some(parent), name, None);
        Ok(outcome)
    }

    /// One becomes part of the other, which is of its kind.
    fn merge(&mut self, from: Key, into: Key) {
        if !self.entries[&from].folder {
            let contents = self.entries[&from].contents.clone();
            self.entry(into).contents.extend(contents);
            self.entries.remove(&from);
            return;
        }
        let (alone, both): (Vec<Key>, Vec<Key>) = self.children(from).into_iter().partition(|child| {
            let child = &self.entries[child];
            child.trashed.is_some() || self.sibling(into, &child.name).is_none()
        });
        for child in alone {
            self.entry(child).parent = Some(into);
        }
        for child in both {
            let name = self.entries[&child].name.clone();
            let there = self.sibling(into, &name).expect("both have it");
            if self.entries[&there].folder == self.entries[&child].folder {
                self.merge(child, there);
            } else {
                let name = self.free_name(into, &name);
                let child = self.entry(child);
                (child.parent, child.name) = (Some(into), name);
            }
        }
        self.entries.remove(&from);
    }

    fn copy_in(&mut self, by: usize, node: Key, parent: Key, conflict: Conflict) -> Item {
        let entry = self.movable(by, node)?;
        if self.is_above(node, parent) {
            return Err(Refusal::Invalid);
        }
        match (conflict, self.sibling(parent, &entry.name)) {
            (_, None) => self.copy_whole(by, node, parent).map(|()| Outcome::Done),
            (Conflict::Rename, Some(_)) => self.copy_whole(by, node, parent).map(|()| Outcome::Renamed),
            (Conflict::Replace, Some(there))
                if there != node && self.entries[&there].folder == entry.folder =>
            {
                if !entry.folder {
                    return self.copy_version(by, node, there).map(|()| Outcome::Replaced);
                }
                if self.is_above(there, node) {
                    return Err(Refusal::Invalid);
                }
                self.copy_merge(by, node, there).map(|()| Outcome::Merged)
            }
            (Conflict::Fail | Conflict::Replace, Some(_)) => Err(Refusal::Taken),
        }
    }

    fn copy_version(&mut self, by: usize, node: Key, there: Key) -> Result<(), Refusal> {
        self.charge(by, self.size(node))?;
        let content = *self.entries[&node].contents.last().expect("content");
        self.entry(there).contents.push(content);
        Ok(())
    }

    fn copy_merge(&mut self, by: usize, from: Key, into: Key) -> Result<(), Refusal> {
        for child in self.live_children(from) {
            let entry = self.entries[&child].clone();
            match self.sibling(into, &entry.name) {
                Some(there) if self.entries[&there].folder && entry.folder => {
                    self.copy_merge(by, child, there)?;
                }
                Some(there) if !self.entries[&there].folder && !entry.folder => {
                    self.copy_version(by, child, there)?;
                }
                _ => self.copy_whole(by, child, into)?,
            }
        }
        Ok(())
    }

    fn copy_whole(&mut self, by: usize, node: Key, parent: Key) -> Result<(), Refusal> {
        self.charge(by, self.bytes_below(node))?;
        let before = self.clone();
        self.plant(&before, by, node, parent);
        Ok(())
    }

    fn bytes_below(&self, node: Key) -> u64 {
        self.size(node)
            + self.live_children(node).into_iter().map(|child| self.bytes_below(child)).sum::<u64>()
    }

    /// A copy of things as they were.
    fn plant(&mut self, before: &Self, by: usize, node: Key, parent: Key) {
        let entry = before.entries[&node].clone();
        let contents = entry.contents.last().copied().into_iter().collect();
        let name = self.free_name(parent, &entry.name);
        let copy = self.add(Entry {
            owner: by,
            parent: Some(parent),
            name,
            folder: entry.folder,
            contents,
            trashed: None,
        });
        for child in before.live_children(node) {
            self.plant(before, by, child, copy);
        }
    }

    /// The items in the order in which they are taken: those nearest to the root first, or last.
    fn each(
        &mut self,
        by: usize,
        nodes: &[Key],
        deepest_first: bool,
        act: impl Fn(&mut Self, usize, Key) -> Item,
    ) -> Vec<Item> {
        let mut order: Vec<(usize, usize)> =
            nodes.iter().enumerate().map(|(index, node)| (self.depth(by, *node), index)).collect();
        order.sort_unstable();
        if deepest_first {
            order.reverse();
        }
        let mut items = vec![Ok(Outcome::Done); nodes.len()];
        for (_, index) in order {
            items[index] = act(self, by, nodes[index]);
        }
        items
    }

    fn trash(&mut self, by: usize, node: Key) -> Item {
        self.movable(by, node)?;
        self.entry(node).trashed = Some(self.now);
        Ok(Outcome::Done)
    }

    /// To its place where nothing else is said.
    fn restore(&mut self, by: usize, node: Key, to: Option<(Key, Conflict)>) -> Item {
        if !self.is_in_trash(by, node) {
            let is_there = self.is_own(by, node) && self.is_live(node);
            return if is_there { Ok(Outcome::Done) } else { Err(Refusal::NotFound) };
        }
        let place = self.entries[&node].parent.filter(|place| self.is_live(*place));
        let (parent, conflict) = to.or(place.map(|place| (place, Conflict::Fail))).ok_or(Refusal::Invalid)?;
        self.settle(node, parent, conflict)
    }

    fn share(&mut self, by: usize, nodes: &[Key], most: Option<u64>) -> Result<(), Refusal> {
        for node in nodes {
            self.movable(by, *node)?;
        }
        self.shares.push(Share { owner: by, nodes: nodes.to_vec(), most, downloads: 0, cancelled: false });
        Ok(())
    }

    fn save(&mut self, by: usize, share: usize, nodes: &[Key], parent: Key) -> Result<(), Refusal> {
        self.target(by, parent)?;
        let Share { most, downloads, cancelled, nodes: shared, .. } = self.shares[share].clone();
        if cancelled || most.is_some_and(|most| downloads >= most) {
            return Err(Refusal::Closed);
        }
        let wanted = if nodes.is_empty() {
            let mut items: Vec<Key> = shared.into_iter().filter(|key| self.is_live(*key)).collect();
            // Folders first, then by name as people sort.
            items.sort_by_key(|key| {
                let entry = &self.entries[key];
                (!entry.folder, FileName::parse(&entry.name).expect("name").sort_key(), self.ids[key].clone())
            });
            items
        } else if nodes.iter().all(|node| self.is_shared(share, *node)) {
            nodes.to_vec()
        } else {
            return Err(Refusal::NotFound);
        };
        if wanted.is_empty() {
            return Err(Refusal::Closed);
        }
        self.charge(by, wanted.iter().map(|node| self.bytes_below(*node)).sum())?;
        self.shares[share].downloads += 1;
        // All are read before the first is written.
        let before = self.clone();
        for node in wanted {
            self.plant(&before, by, node, parent);
        }
        Ok(())
    }
}
