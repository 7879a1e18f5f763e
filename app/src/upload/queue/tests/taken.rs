//! Names that are taken: the person is asked, before any byte flows where that can be known.

use domain::{Conflict, NodeId, NodeKind, PART_SIZE};

use super::state_of;
use super::world::World;
use crate::upload::queue::Action;
use crate::upload::snapshot::{Snapshot, State};
use crate::upload::texts;
use crate::upload::verdict::Problem;

/// A page whose folder holds these files.
fn beside(names: &[&str]) -> World {
    let mut world = World::fresh();
    for name in names {
        world.server.grow(None, (*name).to_owned(), NodeKind::File, 1, 0);
    }
    world
}

fn grow(world: &mut World, name: &str) {
    world.server.grow(None, name.to_owned(), NodeKind::File, 1, 0);
}

#[test]
fn a_taken_name_is_asked_about_before_bytes_flow() {
    let mut world = beside(&["a"]);
    world.add(&[("a", 10), ("b", 10)]);
    world.calm();
    assert_eq!((state_of(&world, "a"), world.server.uploads.len()), (State::Taken, 1));
    assert!(matches!(state_of(&world, "b"), State::Done { .. }), "others go on");
    assert!(
        !world.queue.is_uploading() && world.queue.would_lose(),
        "it waits for a word and for nothing else"
    );
    assert!(world.queue.is_at_work(), "another page must not take what is here for left over");
    let summary = Snapshot::of(&world.queue).summary;
    assert_eq!((summary.taken, summary.failed, summary.pending), (1, 0, 0));
    assert_eq!(texts::head(crate::Language::English, &summary), "1 file with a name that is taken");
}

#[test]
fn both_are_kept_or_one_replaced_or_it_is_skipped() {
    for (decision, files) in [
        (Some(Conflict::Rename), vec![("a".to_owned(), 1), ("a".to_owned(), 10)]),
        (Some(Conflict::Replace), vec![("a".to_owned(), 10)]),
        (None, vec![("a".to_owned(), 1)]),
    ] {
        let mut world = beside(&["a"]);
        world.add(&[("a", 10)]);
        world.calm();
        world.act(Action::Decide(Some(world.key("a")), decision));
        world.calm();
        assert_eq!(world.server.files(), files, "{decision:?}");
        assert!(world.held.is_empty(), "{decision:?}");
        assert_eq!(world.phases().len(), usize::from(decision.is_some()), "what is skipped leaves the tray");
    }
}

#[test]
fn one_word_is_enough_for_all() {
    let names: Vec<String> = (0..30).map(|n| format!("{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut world = beside(&names);
    world.add(&names.iter().map(|name| (*name, 10)).collect::<Vec<_>>());
    world.calm();
    assert_eq!(Snapshot::of(&world.queue).summary.taken, 30);
    world.act(Action::Decide(Some(world.key("7")), None));
    world.act(Action::Decide(None, Some(Conflict::Replace)));
    world.calm();
    let sizes: Vec<u64> = world.server.files().into_iter().map(|(_, size)| size).collect();
    assert_eq!((sizes.iter().filter(|size| **size == 10).count(), sizes.len()), (29, 30));
}

#[test]
fn the_parts_of_a_large_file_are_asked_about_once() {
    let mut world = beside(&["large"]);
    world.add(&[("large", 3 * PART_SIZE)]);
    world.calm();
    assert_eq!((state_of(&world, "large"), world.server.uploads.len()), (State::Taken, 0));
    world.act(Action::Decide(None, Some(Conflict::Replace)));
    world.calm();
    assert_eq!(world.server.files(), [("large".to_owned(), 3 * PART_SIZE)]);
}

#[test]
fn a_name_that_is_taken_meanwhile_costs_a_small_file_another_try_and_a_large_one_nothing() {
    let mut world = World::fresh();
    world.add(&[("small", 10)]);
    world.deliver(0);
    grow(&mut world, "small");
    world.calm();
    assert_eq!(state_of(&world, "small"), State::Taken);
    world.act(Action::Decide(None, Some(Conflict::Rename)));
    world.calm();
    assert_eq!(world.server.files().len(), 2);
    assert_eq!(world.server.uploads.len(), 1, "the upload that was told otherwise is discarded");

    let mut world = World::fresh();
    world.add(&[("large", 3 * PART_SIZE)]);
    while world.methods() != ["POST"] || world.server.uploads.len() < 3 {
        world.deliver(0);
    }
    grow(&mut world, "large");
    world.calm();
    assert_eq!(state_of(&world, "large"), State::Taken);
    world.act(Action::Decide(None, Some(Conflict::Replace)));
    while !world.wire.is_empty() {
        assert!(world.wire.iter().all(|(_, request)| request.body.is_none()), "no byte is sent again");
        world.deliver(0);
    }
    assert_eq!(world.server.files(), [("large".to_owned(), 3 * PART_SIZE)]);
}

#[test]
fn a_file_cannot_replace_a_folder_and_a_folder_no_file() {
    let mut world = World::fresh();
    world.server.grow(None, "a".to_owned(), NodeKind::Folder, 0, 0);
    grow(&mut world, "b");
    world.add(&[("a", 10), ("b/c", 10)]);
    world.calm();
    assert_eq!(state_of(&world, "a"), State::Taken);
    assert!(
        matches!(state_of(&world, "b/c"), State::Failed(Problem::App(_))),
        "it is the folder's name that is taken"
    );
    world.act(Action::Decide(None, Some(Conflict::Replace)));
    world.calm();
    assert!(matches!(state_of(&world, "a"), State::Failed(Problem::App(_))));
    assert_eq!(world.server.files(), [("b".to_owned(), 1)]);
}

#[test]
fn what_lies_in_another_folder_is_no_matter() {
    let mut world = beside(&["a"]);
    let folder = NodeId::from_random([7; 16]);
    world.add_to(Some(folder), &[("a", 10)]);
    world.calm();
    assert!(matches!(state_of(&world, "a"), State::Done { .. }));
}
