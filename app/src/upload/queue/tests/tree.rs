//! Folders that come with their files.

use domain::{AppError, Field, NodeId, Reason};

use super::MIB;
use super::world::{Server, World};
use crate::upload::entry::Phase;
use crate::upload::queue::{Action, Event};
use crate::upload::snapshot::Snapshot;
use crate::upload::verdict::Problem;

fn names(world: &World) -> Vec<String> {
    world.server.files().into_iter().map(|(path, _)| path).collect()
}

fn folders(world: &World) -> usize {
    world.server.tree.len() - world.server.files().len()
}

#[test]
fn a_tree_comes_to_be_as_it_was_with_each_folder_made_once() {
    let mut world = World::fresh();
    world.happen(Event::Reading);
    world.add(&[("photos/a", 1), ("photos/2024/b", 2)]);
    world.add(&[("photos/2024/c", 3), ("photos/2025/d", 0), ("alone", 5)]);
    let paths = vec!["photos".to_owned(), "photos/empty".to_owned()];
    world.happen(Event::Folders { paths, parent: None });
    world.happen(Event::Read { unread: Vec::new() });
    assert!(world.queue.is_uploading());
    world.calm();
    assert_eq!(names(&world), ["alone", "photos/2024/b", "photos/2024/c", "photos/2025/d", "photos/a"]);
    assert_eq!((folders(&world), world.widest <= 5), (4, true));
    assert!(world.finished.contains(&None), "the list is told of the new folder");
    assert!(!world.queue.is_uploading() && world.held.is_empty());
}

#[test]
fn a_folder_that_is_dropped_again_sends_only_what_is_missing() {
    let mut before = World::fresh();
    before.add(&[("p/a", 1), ("p/b", 2), ("p/c", 3), ("p/q/large", 50 * MIB)]);
    while before.server.files().len() < 3 || before.server.uploads.len() < 4 {
        before.deliver(0);
    }
    let at =
        before.methods().iter().position(|method| *method == "PATCH").expect("the large one is on its way");
    before.cut(at, Some(20 * MIB));
    let mut world = World::open(before.server, 7);
    world.deliver(0);
    assert_eq!(world.phases(), [Phase::NeedsFile]);
    world.add(&[("p/a", 1), ("p/b", 2), ("p/c", 3), ("p/q/large", 50 * MIB), ("p/q/new", 9)]);
    world.calm();
    assert_eq!(names(&world), ["p/a", "p/b", "p/c", "p/q/large", "p/q/new"], "none is there twice");
    assert_eq!(world.server.uploads.len(), 5, "nothing was begun anew");
    let sum = Snapshot::of(&world.queue).summary;
    assert_eq!((sum.files, sum.done), (5, 5));
}

#[test]
fn the_same_folder_dropped_twice_at_once_is_taken_once() {
    let mut world = World::fresh();
    for _ in 0..2 {
        world.add(&[("p/a", 1), ("p/b", 2)]);
    }
    world.deliver(0);
    world.add(&[("p/a", 1)]);
    assert_eq!(world.phases().len(), 2);
    world.calm();
    assert_eq!(names(&world), ["p/a", "p/b"]);
}

#[test]
fn a_folder_whose_name_cannot_be_one_fails_with_all_that_is_in_it() {
    let mut world = World::fresh();
    world.add(&[("bad\u{202E}/a", 1), ("bad\u{202E}/in/b", 1), ("good/c", 1)]);
    let refused = Phase::Failed(Problem::App(AppError::invalid(Field::Name, Reason::ControlCharacter)));
    assert_eq!(world.phases()[..2], [refused.clone(), refused]);
    world.calm();
    assert_eq!(names(&world), ["good/c"]);
    world.act(Action::RetryFailed);
    world.calm();
    assert_eq!(names(&world), ["good/c"]);
}

#[test]
fn a_folder_that_is_refused_is_made_when_its_files_are_tried_again() {
    let mut world = World::fresh();
    world.add(&[("p/q/a", 1), ("p/b", 1)]);
    world.refuse_with(0, 403);
    assert_eq!(world.phases(), vec![Phase::Failed(Problem::Status(403)); 2]);
    world.act(Action::RetryFailed);
    world.calm();
    assert_eq!(names(&world), ["p/b", "p/q/a"]);
}

#[test]
fn a_file_in_the_place_of_a_folder_is_said() {
    let mut world = World::fresh();
    world.add(&[("p", 1)]);
    world.calm();
    world.add(&[("p/a", 1)]);
    world.calm();
    assert_eq!(world.phases(), [Phase::Failed(Problem::App(AppError::NameTaken))]);
}

#[test]
fn folders_wait_for_a_server_that_is_away_and_pausing_keeps_the_files() {
    let mut world = World::fresh();
    world.add(&[("p/a", 1), ("p/b", 1)]);
    world.cut(0, None);
    assert!(world.wire.is_empty() && world.queue.is_busy());
    world.act(Action::PauseAll);
    world.calm();
    assert!(names(&world).is_empty());
    assert_eq!(world.phases(), [Phase::Paused, Phase::Paused]);
    world.act(Action::ResumeAll);
    world.calm();
    assert_eq!(names(&world), ["p/a", "p/b"]);
}

#[test]
fn a_folder_goes_where_it_was_dropped() {
    let mut world = World::fresh();
    let parent = NodeId::from_random([3; 16]);
    world.add_to(Some(parent.clone()), &[("p/a", 1)]);
    world.calm();
    let folder = world.server.tree.iter().find(|node| node.name == "p").expect("the folder");
    assert_eq!(folder.parent, Some(parent));
}

#[test]
fn ten_thousand_files_in_a_thousand_folders() {
    let mut world = World::open(Server::default(), 3);
    world.deliver(0);
    let files: Vec<String> = (0..10_000).map(|n| format!("p/{}/{n}", n / 10)).collect();
    for some in files.chunks(250) {
        world.add(&some.iter().map(|name| (name.as_str(), 0)).collect::<Vec<_>>());
    }
    assert_eq!(Snapshot::of(&world.queue).summary.pending, 10_000);
    for _ in 0..300 {
        world.deliver(0);
    }
    assert!(world.widest <= 5);
    assert!(!names(&world).is_empty(), "files do not wait for the last folder");
}
