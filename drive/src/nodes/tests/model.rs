//! Random changes to a drive and to a model of it in memory: the same outcomes, trees, quota and references.

use std::collections::{BTreeMap, BTreeSet};

use domain::FileName;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use super::*;
use crate::ListOptions;

#[derive(Clone, Debug)]
enum Change {
    Folder { parent: usize, name: usize, conflict: Conflict },
    File { parent: usize, name: usize, conflict: Conflict, size: u64 },
    Rename { node: usize, name: usize },
    Move { node: usize, parent: usize },
    Trash { node: usize },
    Restore { node: usize },
    Purge { node: usize },
}

const NAMES: [&str; 5] = ["a", "A", "b.txt", "B.TXT", "a (1)"];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let node = || 0..10_000_usize;
    let name = || 0..NAMES.len();
    let conflict = || prop_oneof![Just(Conflict::Rename), Just(Conflict::Replace), Just(Conflict::Fail)];
    let change = prop_oneof![
        3 => (node(), name(), conflict()).prop_map(|(parent, name, conflict)| Change::Folder { parent, name, conflict }),
        3 => (node(), name(), conflict(), 0..9_u64)
            .prop_map(|(parent, name, conflict, size)| Change::File { parent, name, conflict, size }),
        1 => (node(), name()).prop_map(|(node, name)| Change::Rename { node, name }),
        3 => (node(), node()).prop_map(|(node, parent)| Change::Move { node, parent }),
        3 => node().prop_map(|node| Change::Trash { node }),
        2 => node().prop_map(|node| Change::Restore { node }),
        1 => node().prop_map(|node| Change::Purge { node }),
    ];
    prop::collection::vec(change, 1..80)
}

#[derive(Clone, Debug)]
struct Entry {
    parent: Option<NodeId>,
    name: String,
    folder: bool,
    /// Of the file and its versions.
    sizes: Vec<u64>,
    trashed: bool,
}

#[derive(Default)]
struct Model {
    /// Every node there ever was, in order, so that changes also reach what is gone.
    ids: Vec<NodeId>,
    entries: BTreeMap<NodeId, Entry>,
    /// References that were ever taken, and that are left.
    blobs: usize,
}

/// An outcome without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    NotFound,
    Taken,
    Forbidden,
    Invalid,
}

fn outcome<T>(result: &Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(Error::NotFound) => Outcome::NotFound,
        Err(Error::NameTaken) => Outcome::Taken,
        Err(Error::Forbidden) => Outcome::Forbidden,
        Err(Error::Invalid { .. }) => Outcome::Invalid,
        Err(other) => panic!("{other:?}"),
    }
}

fn key(text: &str) -> String {
    FileName::parse(text).expect(text).unique_key()
}

impl Model {
    fn live(&self, id: &NodeId) -> Option<&Entry> {
        let entry = self.entries.get(id).filter(|entry| !entry.trashed)?;
        entry.parent.as_ref().is_none_or(|parent| self.live(parent).is_some()).then_some(entry)
    }

    /// One of those that the change is for; one time in eight any node there ever was, also what is gone.
    fn pick(&self, number: usize, fit: impl Fn(&NodeId, &Entry) -> bool) -> NodeId {
        let fitting: Vec<_> =
            self.ids.iter().filter(|id| self.entries.get(id).is_some_and(|entry| fit(id, entry))).collect();
        if number.is_multiple_of(8) || fitting.is_empty() {
            self.ids[number / 8 % self.ids.len()].clone()
        } else {
            fitting[number / 8 % fitting.len()].clone()
        }
    }

    fn sibling(&self, parent: &NodeId, name: &str) -> Option<NodeId> {
        let held = |entry: &Entry| {
            !entry.trashed && entry.parent.as_ref() == Some(parent) && key(&entry.name) == key(name)
        };
        self.entries.iter().find(|(_, entry)| held(entry)).map(|(id, _)| id.clone())
    }

    fn is_above(&self, id: &NodeId, below: &NodeId) -> bool {
        id == below || self.entries[below].parent.as_ref().is_some_and(|parent| self.is_above(id, parent))
    }

    fn target(&self, parent: &NodeId) -> Option<Outcome> {
        match self.live(parent) {
            None => Some(Outcome::NotFound),
            Some(entry) => (!entry.folder).then_some(Outcome::Invalid),
        }
    }

    /// The given or a numbered name, and free.
    fn check_name(&self, parent: &NodeId, wanted: &str, given: &str) {
        assert!(self.sibling(parent, given).is_none(), "{given} is taken");
        let wanted = FileName::parse(wanted).expect("name");
        let numbered = (1..50).any(|n| wanted.numbered(n).as_str() == given);
        let free = self.sibling(parent, wanted.as_str()).is_none();
        assert!(if free { wanted.as_str() == given } else { numbered }, "{given} for {wanted}");
    }

    fn create(&self, parent: &NodeId, name: &str, conflict: Conflict, folder: bool) -> Outcome {
        if let Some(outcome) = self.target(parent) {
            return outcome;
        }
        match (conflict, self.sibling(parent, name)) {
            (Conflict::Fail, Some(_)) => Outcome::Taken,
            (Conflict::Replace, Some(present)) if self.entries[&present].folder != folder => Outcome::Taken,
            _ => Outcome::Done,
        }
    }

    /// Takes in a node that was made, or that answered for one that was there.
    fn created(&mut self, node: &Node, wanted: &str, sizes: &[u64]) {
        let parent = node.parent.clone().expect("parent");
        if let Some(entry) = self.entries.get_mut(&node.id) {
            assert_eq!(key(&entry.name), key(wanted));
            entry.sizes.extend(sizes);
        } else {
            self.check_name(&parent, wanted, &node.name);
            let entry = Entry {
                parent: Some(parent),
                name: node.name.clone(),
                folder: node.kind == domain::NodeKind::Folder,
                sizes: sizes.to_vec(),
                trashed: false,
            };
            self.entries.insert(node.id.clone(), entry);
            self.ids.push(node.id.clone());
        }
    }

    fn purge(&mut self, root: &NodeId, id: &NodeId) {
        let children: Vec<_> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.parent.as_ref() == Some(id))
            .map(|(child, entry)| (child.clone(), entry.trashed))
            .collect();
        for (child, trashed) in children {
            if trashed {
                self.entries.get_mut(&child).expect("child").parent = Some(root.clone());
            } else {
                self.purge(root, &child);
            }
        }
        self.entries.remove(id);
    }
}

async fn apply(world: &World, actor: &Actor, model: &mut Model, change: &Change) {
    let folder = |number| model.pick(number, |id, entry| entry.folder && model.live(id).is_some());
    let live = |number| model.pick(number, |id, entry| entry.parent.is_some() && model.live(id).is_some());
    let trashed = |number| model.pick(number, |_, entry| entry.trashed);
    match *change {
        Change::Folder { parent, name: wanted, conflict } => {
            let (parent, wanted) = (folder(parent), NAMES[wanted]);
            let made = world.drive.create_folder(actor, &parent, &name(wanted), conflict).await;
            assert_eq!(outcome(&made), model.create(&parent, wanted, conflict, true), "{change:?}");
            if let Ok(node) = made {
                model.created(&node, wanted, &[]);
            }
        }
        Change::File { parent, name: wanted, conflict, size } => {
            let (parent, wanted) = (folder(parent), NAMES[wanted]);
            let made = put(world, actor, &parent, wanted, conflict, size).await;
            assert_eq!(outcome(&made), model.create(&parent, wanted, conflict, false), "{change:?}");
            if let Ok(node) = made {
                assert_eq!(node.size, size);
                model.created(&node, wanted, &[size]);
                model.blobs += 1;
            }
        }
        Change::Rename { node, name: wanted } => {
            rename(world, actor, model, &live(node), NAMES[wanted]).await;
        }
        Change::Move { node, parent } => move_to(world, actor, model, &live(node), &folder(parent)).await,
        Change::Trash { node } => {
            let id = live(node);
            let expected = match model.live(&id) {
                None => Outcome::NotFound,
                Some(_) if id == actor.root => Outcome::Forbidden,
                Some(_) => Outcome::Done,
            };
            assert_eq!(outcome(&world.drive.trash(actor, &id).await), expected, "{change:?}");
            if expected == Outcome::Done {
                model.entries.get_mut(&id).expect("live").trashed = true;
            }
        }
        Change::Restore { node } => restore(world, actor, model, &trashed(node)).await,
        Change::Purge { node } => {
            let id = trashed(node);
            let trashed = model.entries.get(&id).is_some_and(|entry| entry.trashed);
            let expected = if trashed { Outcome::Done } else { Outcome::NotFound };
            assert_eq!(outcome(&world.drive.purge(actor, &id).await), expected, "{change:?}");
            if trashed {
                model.purge(&actor.root, &id);
            }
        }
    }
}

async fn rename(world: &World, actor: &Actor, model: &mut Model, id: &NodeId, wanted: &str) {
    let expected = match model.live(id) {
        None => Outcome::NotFound,
        Some(Entry { parent: None, .. }) => Outcome::Forbidden,
        Some(Entry { parent: Some(parent), .. }) => match model.sibling(parent, wanted) {
            Some(other) if other != *id => Outcome::Taken,
            _ => Outcome::Done,
        },
    };
    let renamed = world.drive.rename(actor, id, &name(wanted)).await;
    assert_eq!(outcome(&renamed), expected);
    if renamed.is_ok() {
        model.entries.get_mut(id).expect("live").name = wanted.to_owned();
    }
}

async fn move_to(world: &World, actor: &Actor, model: &mut Model, id: &NodeId, parent: &NodeId) {
    let expected = match (model.live(id), model.target(parent)) {
        (None, _) => Outcome::NotFound,
        (Some(Entry { parent: None, .. }), _) => Outcome::Forbidden,
        (_, Some(outcome)) => outcome,
        (Some(entry), None) if entry.parent.as_ref() == Some(parent) => Outcome::Done,
        (Some(_), None) if model.is_above(id, parent) => Outcome::Invalid,
        (Some(entry), None) if model.sibling(parent, &entry.name).is_some() => Outcome::Taken,
        _ => Outcome::Done,
    };
    let moved = world.drive.move_to(actor, id, parent).await;
    assert_eq!(outcome(&moved), expected);
    if moved.is_ok() {
        model.entries.get_mut(id).expect("live").parent = Some(parent.clone());
    }
}

async fn restore(world: &World, actor: &Actor, model: &mut Model, id: &NodeId) {
    let restored = world.drive.restore(actor, id).await;
    let Some(entry) = model.entries.get(id).filter(|entry| entry.trashed) else {
        let expected = if model.live(id).is_some() { Outcome::Done } else { Outcome::NotFound };
        assert_eq!(outcome(&restored), expected);
        return;
    };
    let node = restored.expect("in the trash");
    let former = entry.parent.clone().expect("parent");
    let parent = if model.live(&former).is_some() { former } else { actor.root.clone() };
    assert_eq!(node.parent.as_ref(), Some(&parent));
    model.check_name(&parent, &entry.name, &node.name);
    let entry = model.entries.get_mut(id).expect("entry");
    (entry.trashed, entry.parent, entry.name) = (false, Some(parent), node.name);
}

/// Reads the whole drive and holds it against the model.
async fn compare(world: &World, actor: &Actor, model: &Model) {
    let (mut seen, mut open) = (BTreeSet::from([actor.root.clone()]), vec![actor.root.clone()]);
    while let Some(parent) = open.pop() {
        let page = world.drive.children(actor, &parent, &ListOptions::default()).await.expect("children");
        for node in page.items {
            let entry = &model.entries[&node.id];
            let size = entry.sizes.last().copied().unwrap_or(0);
            assert_eq!((&node.name, node.parent.as_ref(), node.size), (&entry.name, Some(&parent), size));
            if entry.folder {
                open.push(node.id.clone());
            }
            assert!(seen.insert(node.id), "twice");
        }
    }
    let live: BTreeSet<_> = model.entries.keys().filter(|id| model.live(id).is_some()).cloned().collect();
    assert_eq!(seen, live);
    let trash = world.drive.trashed(actor, None, 1000).await.expect("trash").items;
    let trash: BTreeSet<_> = trash.into_iter().map(|entry| entry.node.id).collect();
    let trashed: BTreeSet<_> =
        model.entries.iter().filter(|(_, entry)| entry.trashed).map(|(id, _)| id.clone()).collect();
    assert_eq!(trash, trashed);
    let bytes: u64 = model.entries.values().flat_map(|entry| &entry.sizes).sum();
    assert_eq!(used(world, actor).await, bytes);
    let references: usize = model.entries.values().map(|entry| entry.sizes.len()).sum();
    let count = async |statement: &'static str| world.number(statement).await as usize;
    assert_eq!(count("SELECT CAST(COALESCE(SUM(refs), 0) AS BIGINT) FROM blobs").await, references);
    assert_eq!(
        count("SELECT COUNT(*) FROM blobs WHERE refs = 0 AND unused_at IS NOT NULL").await,
        model.blobs - references
    );
    assert_eq!(count("SELECT COUNT(*) FROM blobs WHERE refs > 0 AND unused_at IS NULL").await, references);
    assert_eq!(count("SELECT COUNT(*) FROM nodes").await, model.entries.len());
}

async fn play(world: &World, case: usize, changes: &[Change]) {
    let actor = world.user(&format!("user_{case}")).await;
    let root = Entry { parent: None, name: "/".into(), folder: true, sizes: vec![], trashed: false };
    let mut model = Model { ids: vec![actor.root.clone()], ..Model::default() };
    model.entries.insert(actor.root.clone(), root);
    for change in changes {
        apply(world, &actor, &mut model, change).await;
    }
    compare(world, &actor, &model).await;
    // The next case begins with an empty database: counts above are of all there is.
    for table in ["versions", "nodes", "blobs", "audit", "users"] {
        let statement = sqlx::AssertSqlSafe(format!("DELETE FROM {table}"));
        sqlx::query(statement).execute(&world.sql).await.expect(table);
    }
}

on_both_engines! {
    async fn behaves_like_a_model(world: World) {
        let runtime = tokio::runtime::Handle::current();
        let outcome = tokio::task::spawn_blocking(move || {
            let case = std::sync::atomic::AtomicUsize::new(1000);
            let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
            TestRunner::new(config).run(&changes(), |changes| {
                let case = case.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let world = world.clone();
                // A task, so that a failed assertion is a failed case and can be made smaller.
                let task = runtime.spawn(async move { play(&world, case, &changes).await });
                runtime.block_on(task).map_err(|panic| TestCaseError::fail(panic.to_string()))
            })
        });
        outcome.await.expect("runner").expect("every case");
    }
}
