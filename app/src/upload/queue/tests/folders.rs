//! The same file for several folders is as many uploads.

use domain::NodeId;

use super::MIB;
use super::world::{World, picked};
use crate::upload::entry::Phase;
use crate::upload::queue::{Action, Event};
use crate::upload::verdict::Problem;

fn folder(n: u8) -> Option<NodeId> {
    Some(NodeId::from_random([n; 16]))
}

#[test]
fn a_file_on_its_way_to_one_folder_is_taken_for_another_as_well() {
    let mut world = World::fresh();
    world.add_to(folder(1), &[("a", 10)]);
    world.add_to(folder(2), &[("a", 10)]);
    world.add_to(folder(2), &[("a", 10)]);
    assert_eq!(world.phases(), [Phase::Active, Phase::Active]);
    world.calm();
    let parents: Vec<_> =
        world.server.uploads.values().map(|stored| stored.metadata["parent"].clone()).collect();
    assert_eq!(parents, [1, 2].map(|n| folder(n).expect("a folder").to_string()));
}

#[test]
fn a_failed_file_stays_with_its_folder() {
    let mut world = World::fresh();
    world.add_to(folder(1), &[("a", 10)]);
    world.refuse_with(0, 403);
    world.add_to(folder(2), &[("a", 10)]);
    assert_eq!(world.phases(), [Phase::Failed(Problem::Status(403)), Phase::Active]);
    world.add_to(folder(1), &[("a", 10)]);
    assert_eq!(world.phases(), [Phase::Active, Phase::Active]);
}

#[test]
fn a_paused_file_that_is_picked_again_goes_on() {
    let mut world = World::fresh();
    world.add(&[("a", 100 * MIB)]);
    world.deliver(0);
    world.act(Action::PauseAll);
    world.add(&[("a", 100 * MIB)]);
    assert_eq!((world.phases(), world.methods()), (vec![Phase::Active], vec!["HEAD"]));
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn what_an_earlier_page_left_goes_on_in_its_own_folder() {
    let mut before = World::fresh();
    for n in 1..=2 {
        before.add_to(folder(n), &[("a", 50 * MIB)]);
    }
    before.deliver(0);
    before.deliver(0);
    let mut world = World::open(before.server, 7);
    world.add_to(folder(2), &[("a", 50 * MIB)]);
    world.add_to(folder(3), &[("a", 50 * MIB)]);
    world.deliver(0);
    let shown: Vec<_> =
        world.queue.entries().map(|(_, entry)| (entry.parent.clone(), entry.phase.clone())).collect();
    let wanted = [(folder(2), Phase::Active), (folder(3), Phase::Active), (folder(1), Phase::NeedsFile)];
    assert_eq!(shown, wanted);
    world.calm();
    assert_eq!(world.server.uploads.len(), 3, "one went on, one is new, one waits");
    let key = world.key_in(&NodeId::from_random([1; 16]));
    world.happen(Event::Offered { key, file: picked("a", 50 * MIB) });
    world.calm();
    assert_eq!((world.server.nodes.len(), world.server.uploads.len()), (3, 3));
}
