//! The model: what drives are, as plainly as it can be said.

use std::collections::BTreeMap;

use domain::{FileName, NodeId, Outcome};

pub(super) type Key = usize;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Why something was not done, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound,
    Taken,
    Forbidden,
    Invalid,
    Full,
    Closed,
    Gone,
}

/// What became of each thing that was asked for, or why nothing was done at all.
pub(super) type Told = Result<Vec<Result<Outcome, Refusal>>, Refusal>;

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) owner: usize,
    pub(super) parent: Option<Key>,
    pub(super) name: String,
    pub(super) folder: bool,
    /// Of a file: numbers of blobs, its versions and last what it holds.
    pub(super) contents: Vec<usize>,
    /// Since when it is in the trash itself.
    pub(super) trashed: Option<i64>,
}

#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) owner: usize,
    pub(super) nodes: Vec<Key>,
    pub(super) most: Option<u64>,
    pub(super) downloads: u64,
    pub(super) cancelled: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) entries: BTreeMap<Key, Entry>,
    /// Those of everything there ever was, so that changes also reach what is gone.
    pub(super) ids: BTreeMap<Key, NodeId>,
    pub(super) roots: Vec<Key>,
    pub(super) shares: Vec<Share>,
    /// Bytes of every blob there ever was.
    pub(super) sizes: Vec<u64>,
    pub(super) quotas: Vec<Option<u64>>,
    pub(super) now: i64,
    pub(super) next: Key,
}

pub(super) fn key_of(name: &str) -> String {
    FileName::parse(name).expect(name).unique_key()
}

impl Model {
    pub(super) fn add(&mut self, entry: Entry) -> Key {
        let key = self.next;
        self.next += 1;
        self.entries.insert(key, entry);
        key
    }

    pub(super) fn add_root(&mut self, owner: usize, id: NodeId, quota: Option<u64>) {
        let root = Entry {
            owner,
            parent: None,
            name: "/".into(),
            folder: true,
            contents: Vec::new(),
            trashed: None,
        };
        let key = self.add(root);
        self.ids.insert(key, id);
        self.roots.push(key);
        self.quotas.push(quota);
    }

    pub(super) fn is_live(&self, key: Key) -> bool {
        self.entries.get(&key).is_some_and(|entry| {
            entry.trashed.is_none() && entry.parent.is_none_or(|parent| self.is_live(parent))
        })
    }

    pub(super) fn is_own(&self, by: usize, key: Key) -> bool {
        self.entries.get(&key).is_some_and(|entry| entry.owner == by)
    }

    /// One of somebody's that the change is for; one time in eight anything there ever was, also what is gone or another's.
    pub(super) fn pick(&self, by: usize, number: usize, fit: impl Fn(Key, &Entry) -> bool) -> Key {
        let fitting: Vec<Key> = self
            .entries
            .iter()
            .filter(|(key, entry)| entry.owner == by && fit(**key, entry))
            .map(|(key, _)| *key)
            .collect();
        let any: Vec<Key> = self.ids.keys().copied().collect();
        let from = if number.is_multiple_of(8) || fitting.is_empty() { &any } else { &fitting };
        from[number / 8 % from.len()]
    }

    pub(super) fn pick_share(&self, number: usize) -> Option<usize> {
        (!self.shares.is_empty()).then(|| number % self.shares.len())
    }

    /// At or below what is shared, and there.
    pub(super) fn is_shared(&self, share: usize, key: Key) -> bool {
        let share = &self.shares[share];
        self.is_live(key)
            && self.is_own(share.owner, key)
            && share.nodes.iter().any(|top| self.is_above(*top, key))
    }

    pub(super) fn children(&self, parent: Key) -> Vec<Key> {
        let inside = self.entries.iter().filter(|(_, entry)| entry.parent == Some(parent));
        inside.map(|(key, _)| *key).collect()
    }

    pub(super) fn live_children(&self, parent: Key) -> Vec<Key> {
        self.children(parent).into_iter().filter(|key| self.entries[key].trashed.is_none()).collect()
    }

    pub(super) fn sibling(&self, parent: Key, name: &str) -> Option<Key> {
        let wanted = key_of(name);
        self.live_children(parent).into_iter().find(|key| key_of(&self.entries[key].name) == wanted)
    }

    /// The name, or with the first number up to 8 that is free, or with one that ends a run of taken ones.
    pub(super) fn free_name(&self, parent: Key, name: &str) -> String {
        if self.sibling(parent, name).is_none() {
            return name.to_owned();
        }
        let name = FileName::parse(name).expect(name);
        let numbered = |n: u32| name.numbered(n).as_str().to_owned();
        let is_free = |n: u32| self.sibling(parent, &numbered(n)).is_none();
        if let Some(n) = (1..=8).find(|n| is_free(*n)) {
            return numbered(n);
        }
        let (mut taken, mut free) = (8, 16);
        while !is_free(free) {
            (taken, free) = (free, free * 2);
        }
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2;
            if is_free(middle) { free = middle } else { taken = middle }
        }
        numbered(free)
    }

    /// Whether `key` is `below` or above it.
    pub(super) fn is_above(&self, key: Key, below: Key) -> bool {
        key == below || self.entries[&below].parent.is_some_and(|parent| self.is_above(key, parent))
    }

    /// How far from the root; what one does not own is nowhere.
    pub(super) fn depth(&self, by: usize, key: Key) -> usize {
        match self.entries.get(&key) {
            Some(entry) if entry.owner == by => 1 + entry.parent.map_or(0, |parent| self.depth(by, parent)),
            _ => 0,
        }
    }

    pub(super) fn size(&self, key: Key) -> u64 {
        self.entries[&key].contents.last().map_or(0, |blob| self.sizes[*blob])
    }

    pub(super) fn used(&self, owner: usize) -> u64 {
        let own = self.entries.values().filter(|entry| entry.owner == owner);
        own.flat_map(|entry| &entry.contents).map(|blob| self.sizes[*blob]).sum()
    }

    /// # Errors
    /// No room for so many bytes more.
    pub(super) fn charge(&self, owner: usize, bytes: u64) -> Result<(), Refusal> {
        let fits = self.quotas[owner].is_none_or(|quota| bytes == 0 || self.used(owner) + bytes <= quota);
        if fits { Ok(()) } else { Err(Refusal::Full) }
    }

    pub(super) fn new_blob(&mut self, size: u64) -> usize {
        self.sizes.push(size);
        self.sizes.len() - 1
    }

    /// Ends what was in the trash. What is in the trash by itself below it stays there, and has no place any more.
    pub(super) fn purge(&mut self, key: Key) {
        for child in self.children(key) {
            if self.entries[&child].trashed.is_some() {
                self.entries.get_mut(&child).expect("child").parent = None;
            } else {
                self.purge(child);
            }
        }
        self.entries.remove(&key);
    }

    pub(super) fn purge_where(&mut self, fit: impl Fn(&Entry, i64) -> bool) -> usize {
        let in_trash =
            self.entries.iter().filter(|(_, entry)| entry.trashed.is_some_and(|at| fit(entry, at)));
        let keys: Vec<Key> = in_trash.map(|(key, _)| *key).collect();
        for key in &keys {
            self.purge(*key);
        }
        keys.len()
    }

    /// Days go by, and the background does its work.
    pub(super) fn wait(&mut self, days: i64) {
        self.now += days * DAY;
        let before = self.now - 7 * DAY;
        self.purge_where(|_, at| at <= before);
    }
}
