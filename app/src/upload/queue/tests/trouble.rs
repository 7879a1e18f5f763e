//! How long trouble lasts, and what is said of it.

use domain::{NodeId, PART_SIZE};

use super::world::{Server, World};
use super::{MIB, state_of};
use crate::upload::queue::Event;
use crate::upload::snapshot::{Snapshot, State};
use crate::upload::verdict::Why;
use crate::upload::wire::Answer;

#[test]
fn coming_back_to_the_page_does_not_shorten_what_the_server_asked_for() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    world.refuse(0, Answer { status: 429, retry_after: Some(60), ..Answer::default() });
    world.happen(Event::Kick);
    world.happen(Event::Online);
    assert!(world.wire.is_empty());
    assert!(matches!(state_of(&world, "a"), State::Waiting { why: Why::Busy, seconds: 60.. }));
    world.pass(70_000);
    assert_eq!(world.methods(), ["POST"]);
}

#[test]
fn what_hangs_when_the_network_comes_back_is_sent_anew() {
    let mut world = World::fresh();
    world.add(&[("a", 100 * MIB), ("b", 100 * MIB)]);
    world.deliver(0);
    world.deliver(0);
    let (hangs, moves) = (world.wire[0].0, world.wire[1].0);
    world.pass(11_000);
    world.happen(Event::Progress { ticket: moves, sent: MIB });
    world.happen(Event::Kick);
    assert_eq!(world.wire.len(), 2, "the person alone is no reason");
    world.happen(Event::Online);
    assert!(world.wire.iter().all(|(ticket, _)| *ticket != hangs));
    assert!(world.wire.iter().any(|(ticket, _)| *ticket == moves));
    assert_eq!(world.methods(), ["PATCH", "HEAD"], "at once");
    world.calm();
    assert_eq!(world.server.nodes.len(), 2);
}

#[test]
fn parts_that_are_lost_together_count_once() {
    let mut world = World::fresh();
    world.add(&[("a", 8 * PART_SIZE)]);
    let mut limits = Vec::new();
    for _ in 0..4 {
        world.pass(60_000);
        while let Some(index) = world.wire.iter().position(|(_, request)| request.method != "PATCH") {
            world.deliver(index);
        }
        assert_eq!(world.methods(), ["PATCH"; 4]);
        (0..4).for_each(|_| world.cut(0, None));
        limits.extend(world.queue.entries().map(|(_, entry)| entry.limit));
    }
    assert_eq!(limits, [PART_SIZE, PART_SIZE, PART_SIZE / 2, PART_SIZE / 4]);
}

#[test]
fn a_file_that_is_being_made_is_asked_for_every_few_seconds() {
    let mut world = World::fresh();
    world.server.slow = 40;
    world.add(&[("a", 10)]);
    world.deliver(0);
    world.deliver(0);
    for _ in 0..30 {
        world.pass(5_000);
        assert_eq!(world.methods(), ["PATCH"]);
        world.deliver(0);
    }
}

#[test]
fn files_say_why_they_cannot_begin() {
    let mut world = World::open(Server::default(), 7);
    world.add(&[("a", 10)]);
    assert_eq!(state_of(&world, "a"), State::Queued);
    world.refuse(0, Answer { status: 503, retry_after: Some(8), ..Answer::default() });
    assert!(matches!(state_of(&world, "a"), State::Waiting { why: Why::Server, seconds: 8.. }));
    assert_eq!(Snapshot::of(&world.queue).summary.waiting, 1);
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn the_folder_of_a_file_is_told_that_it_arrived() {
    let mut world = World::fresh();
    let folder = NodeId::from_random([1; 16]);
    world.add_to(Some(folder.clone()), &[("a", 10)]);
    world.calm();
    world.add(&[("b", 10)]);
    world.calm();
    assert_eq!(world.finished, [Some(folder), None]);
}
