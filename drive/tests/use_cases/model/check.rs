//! Holds what there is against the model.

use std::collections::{BTreeMap, BTreeSet};

use domain::NodeKind;
use drive::{Actor, ListOptions};
use sqlx::Row;

use super::tree::{Key, Model, key_of};
use crate::world::World;

const HOUR: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// Whether the drives are what the model says, trees and trash; the model learns the ids of what is new in it.
///
/// # Errors
/// The first difference.
pub(super) async fn compare(world: &World, actors: &[Actor], model: &mut Model) -> Result<(), String> {
    for (owner, actor) in actors.iter().enumerate() {
        let mut open = vec![model.roots[owner]];
        while let Some(parent) = open.pop() {
            let options = ListOptions { limit: 1000, ..ListOptions::default() };
            let page = world.drive.children(actor, &model.ids[&parent], &options).await;
            let page = page.map_err(|error| format!("the list of {parent}: {error:?}"))?.items;
            let mut expected: BTreeMap<String, Key> = model
                .live_children(parent)
                .into_iter()
                .map(|key| (key_of(&model.entries[&key].name), key))
                .collect();
            for node in page {
                let key = expected.remove(&key_of(&node.name)).ok_or(format!("{node:?} is too much"))?;
                let entry = &model.entries[&key];
                let is_folder = node.kind == NodeKind::Folder;
                if (&node.name, is_folder, node.size) != (&entry.name, entry.folder, model.size(key)) {
                    return Err(format!("{node:?} should be {entry:?} of {} bytes", model.size(key)));
                }
                if model.ids.get(&key).is_some_and(|id| *id != node.id) {
                    return Err(format!("{node:?} is another one than {entry:?}"));
                }
                if is_folder {
                    open.push(key);
                }
                model.ids.insert(key, node.id);
            }
            if let Some((name, key)) = expected.pop_first() {
                return Err(format!("{name} ({:?}) is missing", model.entries[&key]));
            }
        }
        trash(world, actor, owner, model).await?;
        let used = world.drive.profile(actor).await.expect("profile").used;
        if used != model.used(owner) {
            return Err(format!("{owner} uses {used} bytes and should use {}", model.used(owner)));
        }
    }
    learn_below_trash(world, model).await
}

/// What was made at the moment when the folder above it was trashed is in no list; the rows tell its id.
async fn learn_below_trash(world: &World, model: &mut Model) -> Result<(), String> {
    // A parent stands before what is in it.
    let unknown: Vec<Key> =
        model.entries.keys().copied().filter(|key| !model.ids.contains_key(key)).collect();
    for key in unknown {
        let entry = &model.entries[&key];
        let parent = entry
            .parent
            .and_then(|parent| model.ids.get(&parent))
            .ok_or(format!("{entry:?} hangs nowhere"))?;
        let row =
            sqlx::query("SELECT id FROM nodes WHERE parent_id = $1 AND name = $2 AND trashed_at IS NULL")
                .bind(parent.as_str())
                .bind(entry.name.as_str())
                .fetch_optional(&world.sql)
                .await
                .expect("a row");
        let id: String = row.ok_or(format!("{entry:?} is missing below the trash"))?.get(0);
        model.ids.insert(key, id.parse().expect("an id"));
    }
    Ok(())
}

async fn trash(world: &World, actor: &Actor, owner: usize, model: &Model) -> Result<(), String> {
    let there = world.drive.trashed(actor, None, 1000).await.expect("trash").items;
    let there: BTreeSet<_> = there.into_iter().map(|entry| (entry.node.id, entry.trashed)).collect();
    let own = model.entries.iter().filter(|(_, entry)| entry.owner == owner);
    let expected: BTreeSet<_> =
        own.filter_map(|(key, entry)| Some((model.ids.get(key)?.clone(), entry.trashed?))).collect();
    if there == expected {
        Ok(())
    } else {
        Err(format!("the trash of {owner} is {there:?}, not {expected:?}"))
    }
}

/// Looks behind the use cases: rows, references, shares, bytes in the store; and asks the doctor.
pub(super) async fn examine(world: &World, actors: &[Actor], model: &mut Model) {
    // What was merged is still to be swept.
    world.drive.sweep_once().await;
    compare(world, actors, model).await.unwrap_or_else(|difference| panic!("{difference}"));
    references(world, model).await;
    shares(world, actors, model).await;
    let mut findings = Vec::new();
    let diagnosis = world.drive.examine(false, &mut |finding, _| findings.push(format!("{finding:?}"))).await;
    assert_eq!(diagnosis.expect("examined").findings, 0, "{findings:?}");
    // What was purged a while ago has left the store; nothing else has.
    world.wait(7 * HOUR);
    model.now += 7 * 60 * 60 * 1000;
    world.drive.sweep_once().await;
    references(world, model).await;
    let rows = sqlx::query("SELECT id, size FROM blobs").fetch_all(&world.sql).await.expect("blobs");
    let rows: BTreeSet<(String, u64)> =
        rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1).unsigned_abs())).collect();
    let files = world.store.files();
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let stored: BTreeSet<(String, u64)> =
        files.iter().map(|(path, length)| (name(path.as_str()), *length)).collect();
    assert_eq!(stored, rows, "what is stored, and what the database knows");
    let used: BTreeSet<usize> = model.entries.values().flat_map(|entry| entry.contents.clone()).collect();
    assert_eq!(rows.len(), used.len(), "blobs that something refers to");
}

/// Every file holds the blob that it should, its versions too, and every blob counts what refers to it.
async fn references(world: &World, model: &Model) {
    let query = async |statement| sqlx::query(statement).fetch_all(&world.sql).await.expect(statement);
    let mut held: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in query("SELECT node_id, blob_id FROM versions ORDER BY node_id, id").await {
        held.entry(row.get(0)).or_default().push(row.get(1));
    }
    let mut nodes = 0;
    for row in query("SELECT id, blob_id, kind FROM nodes").await {
        nodes += 1;
        let blob: Option<String> = row.get(1);
        assert_eq!(blob.is_some(), row.get::<i64, _>(2) == 1, "a file without a blob, or a folder with one");
        held.entry(row.get(0)).or_default().extend(blob);
    }
    assert_eq!(nodes, model.entries.len(), "rows of nodes");
    let mut known: BTreeMap<usize, String> = BTreeMap::new();
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (key, entry) in &model.entries {
        let found = held.remove(model.ids[key].as_str()).unwrap_or_default();
        assert_eq!(found.len(), entry.contents.len(), "versions of {entry:?}");
        if let (Some(last), Some(blob)) = (found.last(), entry.contents.last()) {
            assert_eq!(known.entry(*blob).or_insert_with(|| last.clone()), last, "what {entry:?} holds");
        }
        for blob in found {
            *counts.entry(blob).or_default() += 1;
        }
    }
    assert!(held.is_empty(), "versions of nothing: {held:?}");
    for row in query("SELECT id, refs, unused_at FROM blobs").await {
        let (id, refs, unused): (String, i64, Option<i64>) = (row.get(0), row.get(1), row.get(2));
        assert_eq!(refs, counts.remove(&id).unwrap_or(0), "references to {id}");
        assert_eq!(unused.is_some(), refs == 0, "{id} has {refs} references and is unused since {unused:?}");
    }
    assert!(counts.is_empty(), "blobs without a row: {counts:?}");
}

async fn shares(world: &World, actors: &[Actor], model: &Model) {
    for (owner, actor) in actors.iter().enumerate() {
        let views = world.drive.shares(actor, None, 1000).await.expect("shares").items;
        let mut found: Vec<_> = views.iter().map(|view| (view.items, view.downloads)).collect();
        let own = model.shares.iter().filter(|share| share.owner == owner);
        let mut expected: Vec<_> = own
            .map(|share| {
                let there = share.nodes.iter().filter(|node| model.is_live(**node)).count();
                (there as u64, share.downloads)
            })
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "what the shares of {owner} share");
    }
}
