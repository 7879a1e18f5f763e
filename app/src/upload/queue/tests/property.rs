//! Any order of events ends well: every file is in the drive once, or its row says why not.

use std::collections::BTreeMap;

use domain::Conflict;
use proptest::prelude::*;

use super::world::{Server, World};
use crate::upload::entry::{FileKey, Phase};
use crate::upload::queue::{Action, Event};
use crate::upload::snapshot::Snapshot;

const MIB: u64 = 1 << 20;

/// Something that happens; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Happening {
    Deliver(usize),
    Refuse(usize, u16),
    CutBefore(usize),
    CutAfter(usize, u64),
    Progress(usize, u64),
    Unreadable(usize),
    Vanish(usize),
    Pass(u64),
    Kick,
    Online,
    Act(u8, u32),
    Add(u64),
    Slow(u32),
    Reload,
}

fn happening(cancels: bool) -> impl Strategy<Value = Happening> {
    let which = any::<usize>();
    let status = prop::sample::select(vec![401_u16, 408, 409, 413, 423, 429, 500, 502, 503, 504]);
    prop_oneof![
        8 => which.prop_map(Happening::Deliver),
        2 => (which, status).prop_map(|(index, status)| Happening::Refuse(index, status)),
        1 => which.prop_map(Happening::CutBefore),
        3 => (which, 0..200 * MIB).prop_map(|(index, taken)| Happening::CutAfter(index, taken)),
        2 => (which, 0..200 * MIB).prop_map(|(index, sent)| Happening::Progress(index, sent)),
        1 => which.prop_map(if cancels { Happening::Unreadable } else { Happening::CutBefore }),
        1 => which.prop_map(if cancels { Happening::Vanish } else { Happening::Deliver }),
        4 => (0_u64..200_000).prop_map(Happening::Pass),
        1 => prop_oneof![Just(Happening::Kick), Just(Happening::Online)],
        3 => (0..if cancels { 8_u8 } else { 6 }, any::<u32>()).prop_map(|(action, key)| Happening::Act(action, key)),
        1 => prop::sample::select(vec![0, 1, 5 * MIB, 128 * MIB, 300 * MIB, 700 * MIB]).prop_map(Happening::Add),
        1 => (1_u32..4).prop_map(Happening::Slow),
        1 => Just(Happening::Reload),
    ]
}

/// The world and the files on the person's disk, by name.
struct Story {
    world: World,
    disk: BTreeMap<String, u64>,
    seed: u64,
}

impl Story {
    fn tell(&mut self, happening: &Happening) {
        let world = &mut self.world;
        let pick = |index: usize| (!world.wire.is_empty()).then(|| index % world.wire.len());
        match *happening {
            Happening::Deliver(index) => pick(index).into_iter().for_each(|index| world.deliver(index)),
            Happening::Refuse(index, status) => {
                pick(index).into_iter().for_each(|index| world.refuse_with(index, status));
            }
            Happening::CutBefore(index) => pick(index).into_iter().for_each(|index| world.cut(index, None)),
            Happening::CutAfter(index, taken) => {
                pick(index).into_iter().for_each(|index| world.cut(index, Some(taken)));
            }
            Happening::Progress(index, sent) => {
                if let Some(ticket) = pick(index).map(|index| world.wire[index].0) {
                    world.happen(Event::Progress { ticket, sent });
                }
            }
            Happening::Unreadable(index) => {
                if let Some(index) = pick(index).filter(|index| world.wire[*index].1.body.is_some()) {
                    let (ticket, _) = world.wire.remove(index);
                    world.happen(Event::Unreadable { ticket });
                }
            }
            Happening::Vanish(index) => {
                let gone = world.server.uploads.keys().nth(index % 7).cloned();
                gone.into_iter().for_each(|id| drop(world.server.uploads.remove(&id)));
            }
            Happening::Pass(time) => world.pass(time),
            Happening::Kick => world.happen(Event::Kick),
            Happening::Online => world.happen(Event::Online),
            Happening::Act(action, key) => self.act(action, key),
            Happening::Add(size) => {
                let name = format!("file {}", self.disk.len());
                self.disk.insert(name.clone(), size);
                world.add(&[(&name, size)]);
            }
            Happening::Slow(times) => world.server.slow = times,
            Happening::Reload => self.reload(),
        }
    }

    fn act(&mut self, action: u8, key: u32) {
        let key = FileKey(key % (self.disk.len() as u32 + 1));
        self.world.act(match action {
            0 => Action::Pause(key),
            1 => Action::Resume(key),
            2 => Action::Retry(key),
            3 => Action::PauseAll,
            4 => Action::ResumeAll,
            5 => Action::RetryFailed,
            6 => Action::Cancel(key),
            _ => Action::Clear,
        });
    }

    /// The page is closed and opened again: what was on the wire may have arrived.
    fn reload(&mut self) {
        self.seed += 1;
        for (_, request) in std::mem::take(&mut self.world.wire) {
            if request.method == "PATCH" {
                self.world.server.apply(&request, 3 * MIB);
            }
        }
        let server: Server = self.world.server.clone();
        let now = self.world.now;
        self.world = World::open(server, self.seed);
        self.world.now = now;
    }

    /// The person picks everything again that is not in the drive, and wants all of it.
    fn end_well(&mut self) {
        self.world.happen(Event::Kick);
        for _ in 0..20 {
            let missing: Vec<(&str, u64)> = self
                .disk
                .iter()
                .filter(|(name, _)| !self.world.server.nodes.iter().any(|(other, _)| other == *name))
                .map(|(name, size)| (name.as_str(), *size))
                .collect();
            let last = missing.is_empty();
            self.world.add(&missing);
            self.world.act(Action::ResumeAll);
            self.world.act(Action::RetryFailed);
            self.world.act(Action::Decide(None, Some(Conflict::Rename)));
            self.world.calm();
            if last {
                break;
            }
        }
    }
}

fn story(events: &[Happening], seed: u64) -> Story {
    let world = World::open(Server::default(), seed);
    let mut story = Story { world, disk: BTreeMap::new(), seed };
    for event in events {
        story.tell(event);
        let shown = Snapshot::of(&story.world.queue);
        assert!(shown.summary.percent <= 100);
        assert!(story.world.widest <= 5, "{} requests at once", story.world.widest);
    }
    story
}

proptest! {
    /// Whatever the network, the server and a person who never cancels do: in the end every file is in the drive,
    /// whole, and exactly once.
    #[test]
    fn every_file_arrives_once(events in prop::collection::vec(happening(false), 0..120), seed: u64) {
        let mut story = story(&events, seed >> 1);
        story.end_well();
        let mut there = story.world.server.nodes.clone();
        there.sort();
        // An empty file is in the drive as soon as it is made. If that answer is lost its name is taken when it is made
        // again: the person is asked, and here they keep both.
        there.dedup_by(|one, other| one == other && one.1 == 0);
        let mut wanted: Vec<(String, u64)> = story.disk.into_iter().collect();
        wanted.sort();
        prop_assert_eq!(there, wanted);
    }

    /// The same with cancelling, files that vanish from the disk and uploads that vanish from the server: the queue comes
    /// to rest, and every row is in a state that says what to do.
    #[test]
    fn every_row_ends_in_a_state_that_is_shown(events in prop::collection::vec(happening(true), 0..120), seed: u64) {
        let mut story = story(&events, seed >> 1);
        story.end_well();
        for phase in story.world.phases() {
            prop_assert!(!matches!(phase, Phase::Queued | Phase::Active | Phase::Paused), "{phase:?}");
        }
        for (name, size) in &story.world.server.nodes {
            prop_assert_eq!(story.disk.get(name), Some(size));
        }
    }
}
