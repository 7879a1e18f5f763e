//! What happens: as it is drawn, and as it is once it is known which files and folders there are.

use domain::Conflict;
use proptest::prelude::*;

use super::tree::{Key, Model};

pub(super) const USERS: usize = 3;

/// Alike and unlike, with numbers of their own, so that names collide.
pub(super) const NAMES: [&str; 5] = ["a", "A", "b.txt", "B.TXT", "a (1)"];

/// Something that somebody does. Numbers are drawn before it is known what there is; see [`Change::resolve`].
#[derive(Clone, Debug)]
pub(super) enum Change {
    Folder { by: usize, parent: usize, name: usize, conflict: Conflict },
    File { by: usize, parent: usize, name: usize, conflict: Conflict, size: u64 },
    Rename { by: usize, node: usize, name: usize },
    Move { by: usize, node: usize, parent: usize },
    MoveAll { by: usize, nodes: Vec<usize>, parent: usize, conflict: Conflict },
    CopyAll { by: usize, nodes: Vec<usize>, parent: usize, conflict: Conflict },
    Trash { by: usize, nodes: Vec<usize> },
    Restore { by: usize, nodes: Vec<usize> },
    RestoreInto { by: usize, nodes: Vec<usize>, parent: usize, conflict: Conflict },
    Purge { by: usize, nodes: Vec<usize> },
    Empty { by: usize },
    Share { by: usize, nodes: Vec<usize>, most: Option<u64> },
    Cancel { by: usize, share: usize },
    Save { by: usize, share: usize, nodes: Vec<usize>, parent: usize },
    Wait { days: u64 },
    Both(Box<Change>, Box<Change>),
}

/// The same of certain files and folders.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Folder { by: usize, parent: Key, name: &'static str, conflict: Conflict },
    File { by: usize, parent: Key, name: &'static str, conflict: Conflict, size: u64 },
    Rename { by: usize, node: Key, name: &'static str },
    Move { by: usize, node: Key, parent: Key },
    MoveAll { by: usize, nodes: Vec<Key>, parent: Key, conflict: Conflict },
    CopyAll { by: usize, nodes: Vec<Key>, parent: Key, conflict: Conflict },
    Trash { by: usize, nodes: Vec<Key> },
    Restore { by: usize, nodes: Vec<Key> },
    RestoreInto { by: usize, nodes: Vec<Key>, parent: Key, conflict: Conflict },
    Purge { by: usize, nodes: Vec<Key> },
    Empty { by: usize },
    Share { by: usize, nodes: Vec<Key>, most: Option<u64> },
    Cancel { by: usize, share: usize },
    Save { by: usize, share: usize, nodes: Vec<Key>, parent: Key },
    Wait { days: u64 },
}

pub(super) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at_once = (short(), short()).prop_map(|(one, other)| Change::Both(one.into(), other.into()));
    prop::collection::vec(prop_oneof![20 => short(), 9 => long(), 5 => at_once], 1..70)
}

/// A change of several transactions, between which another one can come.
fn long() -> impl Strategy<Value = Change> {
    let conflict = || prop_oneof![Just(Conflict::Rename), Just(Conflict::Replace), Just(Conflict::Fail)];
    prop_oneof![
        6 => (0..USERS, 0..10_000_usize, 0..NAMES.len(), conflict(), 0..9_u64)
            .prop_map(|(by, parent, name, conflict, size)| Change::File { by, parent, name, conflict, size }),
        1 => (1..10_u64).prop_map(|days| Change::Wait { days }),
    ]
}

/// A change of one transaction, or that may be taken for one.
fn short() -> impl Strategy<Value = Change> {
    let by = || 0..USERS;
    let node = || 0..10_000_usize;
    let nodes = || prop::collection::vec(0..10_000_usize, 1..4);
    let name = || 0..NAMES.len();
    let conflict = || prop_oneof![Just(Conflict::Rename), Just(Conflict::Replace), Just(Conflict::Fail)];
    let most = || prop_oneof![3 => Just(None), 1 => (1..3_u64).prop_map(Some)];
    let some = || prop_oneof![1 => Just(Vec::new()), 1 => nodes()];
    prop_oneof![
        6 => (by(), node(), name(), conflict())
            .prop_map(|(by, parent, name, conflict)| Change::Folder { by, parent, name, conflict }),
        2 => (by(), node(), name()).prop_map(|(by, node, name)| Change::Rename { by, node, name }),
        3 => (by(), node(), node()).prop_map(|(by, node, parent)| Change::Move { by, node, parent }),
        4 => (by(), nodes(), node(), conflict())
            .prop_map(|(by, nodes, parent, conflict)| Change::MoveAll { by, nodes, parent, conflict }),
        4 => (by(), nodes(), node(), conflict())
            .prop_map(|(by, nodes, parent, conflict)| Change::CopyAll { by, nodes, parent, conflict }),
        4 => (by(), nodes()).prop_map(|(by, nodes)| Change::Trash { by, nodes }),
        3 => (by(), nodes()).prop_map(|(by, nodes)| Change::Restore { by, nodes }),
        3 => (by(), nodes(), node(), conflict())
            .prop_map(|(by, nodes, parent, conflict)| Change::RestoreInto { by, nodes, parent, conflict }),
        2 => (by(), nodes()).prop_map(|(by, nodes)| Change::Purge { by, nodes }),
        1 => by().prop_map(|by| Change::Empty { by }),
        2 => (by(), nodes(), most()).prop_map(|(by, nodes, most)| Change::Share { by, nodes, most }),
        1 => (by(), node()).prop_map(|(by, share)| Change::Cancel { by, share }),
        3 => (by(), node(), some(), node())
            .prop_map(|(by, share, nodes, parent)| Change::Save { by, share, nodes, parent }),
    ]
}

impl Change {
    /// Which files and folders are meant, as things are. Nothing, where there is no share yet that could be.
    pub(super) fn resolve(&self, model: &Model) -> Vec<Step> {
        let folder = |by, number| model.pick(by, number, |key, entry| entry.folder && model.is_live(key));
        let live =
            |by, number| model.pick(by, number, |key, entry| entry.parent.is_some() && model.is_live(key));
        let gone = |by, number| model.pick(by, number, |_, entry| entry.trashed.is_some());
        let each = |numbers: &[usize], pick: &dyn Fn(usize) -> Key| {
            let mut keys = Vec::new();
            for key in numbers.iter().map(|number| pick(*number)) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            keys
        };
        let step = match *self {
            Self::Folder { by, parent, name, conflict } => {
                Step::Folder { by, parent: folder(by, parent), name: NAMES[name], conflict }
            }
            Self::File { by, parent, name, conflict, size } => {
                Step::File { by, parent: folder(by, parent), name: NAMES[name], conflict, size }
            }
            Self::Rename { by, node, name } => Step::Rename { by, node: live(by, node), name: NAMES[name] },
            Self::Move { by, node, parent } => {
                Step::Move { by, node: live(by, node), parent: folder(by, parent) }
            }
            Self::MoveAll { by, ref nodes, parent, conflict } => {
                let nodes = each(nodes, &|number| live(by, number));
                Step::MoveAll { by, nodes, parent: folder(by, parent), conflict }
            }
            Self::CopyAll { by, ref nodes, parent, conflict } => {
                let nodes = each(nodes, &|number| live(by, number));
                Step::CopyAll { by, nodes, parent: folder(by, parent), conflict }
            }
            Self::Trash { by, ref nodes } => {
                Step::Trash { by, nodes: each(nodes, &|number| live(by, number)) }
            }
            Self::Restore { by, ref nodes } => {
                Step::Restore { by, nodes: each(nodes, &|number| gone(by, number)) }
            }
            Self::RestoreInto { by, ref nodes, parent, conflict } => {
                let nodes = each(nodes, &|number| gone(by, number));
                Step::RestoreInto { by, nodes, parent: folder(by, parent), conflict }
            }
            Self::Purge { by, ref nodes } => {
                Step::Purge { by, nodes: each(nodes, &|number| gone(by, number)) }
            }
            Self::Empty { by } => Step::Empty { by },
            Self::Share { by, ref nodes, most } => {
                Step::Share { by, nodes: each(nodes, &|number| live(by, number)), most }
            }
            Self::Cancel { by, share } => match model.pick_share(share) {
                Some(share) => Step::Cancel { by, share },
                None => return Vec::new(),
            },
            Self::Save { by, share, ref nodes, parent } => match model.pick_share(share) {
                Some(share) => {
                    let owner = model.shares[share].owner;
                    let fit = |key, _: &_| model.is_shared(share, key);
                    let nodes = each(nodes, &|number| model.pick(owner, number, fit));
                    Step::Save { by, share, nodes, parent: folder(by, parent) }
                }
                None => return Vec::new(),
            },
            Self::Wait { days } => Step::Wait { days },
            Self::Both(ref one, ref other) => {
                let steps = [one.resolve(model), other.resolve(model)].concat();
                // Which share came first could not be told apart.
                let shares = steps.iter().filter(|step| matches!(step, Step::Share { .. })).count();
                return if shares > 1 { Vec::new() } else { steps };
            }
        };
        vec![step]
    }
}
