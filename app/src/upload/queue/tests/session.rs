//! Other persons and other pages.

use super::world::{Server, World, person};
use super::{MIB, state_of};
use crate::upload::queue::{Action, Event};
use crate::upload::snapshot::{Snapshot, State};
use crate::upload::verdict::Why;

#[test]
fn nothing_goes_into_the_drive_of_somebody_else() {
    let mut world = World::fresh();
    world.add(&[("a", 300 * MIB), ("b", 10), ("c", 10), ("d", 10)]);
    world.deliver(0);
    let made = world.server.uploads.len();
    world.server.person = Some(person(2));
    while let Some(index) = world.wire.iter().position(|(_, request)| request.path != "/form/who") {
        world.refuse_with(index, 401);
    }
    assert_eq!(world.methods(), ["GET"], "who is it?");
    world.deliver(0);
    assert!(matches!(state_of(&world, "a"), State::Waiting { why: Why::OtherPerson, .. }));
    assert_eq!(state_of(&world, "d"), State::Queued, "it is said once");
    assert_eq!(Snapshot::of(&world.queue).summary.waiting, 4);
    world.act(Action::RetryFailed);
    world.happen(Event::Kick);
    for _ in 0..20 {
        while !world.wire.is_empty() {
            assert_eq!(world.wire[0].1.path, "/form/who");
            world.deliver(0);
        }
        world.pass(60_000);
    }
    assert_eq!(world.server.uploads.len(), made);
    world.server.person = Some(person(1));
    world.calm();
    assert_eq!(world.server.nodes.len(), 4);
}

#[test]
fn an_upload_that_vanished_is_begun_anew_only_for_the_same_person() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    world.deliver(0);
    world.server.person = Some(person(2));
    world.refuse_with(0, 404);
    world.pass(60_000);
    world.deliver(0);
    world.pass(1);
    assert!(world.wire.is_empty());
    assert!(matches!(state_of(&world, "a"), State::Waiting { why: Why::OtherPerson, .. }));
    world.server.person = Some(person(1));
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn who_signs_in_again_goes_on_at_once() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    world.server.person = None;
    for _ in 0..6 {
        world.pass(60_000);
        world.refuse_with(0, 401);
    }
    world.server.person = Some(person(1));
    world.happen(Event::Kick);
    world.deliver(0);
    assert_eq!(world.methods(), ["POST"]);
}

#[test]
fn uploads_of_another_page_are_not_offered() {
    let mut other = World::fresh();
    other.add(&[("a", 50 * MIB)]);
    other.deliver(0);
    assert!(other.queue.is_at_work());
    let mut world = World::open_beside(true, other.server, 7);
    assert!(world.wire.is_empty(), "no list");
    world.add(&[("b", 10)]);
    world.happen(Event::Kick);
    world.calm();
    assert_eq!(world.phases().len(), 1, "only its own");
    // The other page is closed.
    world.crowded = false;
    world.happen(Event::Kick);
    world.calm();
    assert_eq!(state_of(&world, "a"), State::NeedsFile { mismatch: false });
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn a_page_is_at_work_until_its_files_are_there_or_given_up() {
    let mut world = World::open(Server::default(), 7);
    world.deliver(0);
    assert!(!world.queue.is_at_work());
    world.add(&[("a", 10), ("b", 10)]);
    world.act(Action::PauseAll);
    assert!(world.queue.is_at_work(), "another page could discard what is paused here");
    world.act(Action::Cancel(world.key("a")));
    world.act(Action::ResumeAll);
    world.calm();
    assert!(!world.queue.is_at_work());
    assert_eq!(Snapshot::of(&world.queue).summary.done, 1);
}
