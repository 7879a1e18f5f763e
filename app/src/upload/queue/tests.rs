//! The queue against a server that keeps the rules of tus.

mod folders;
mod property;
mod session;
mod taken;
mod tree;
mod trouble;
mod world;

use domain::{AppError, Field, PART_SIZE, Reason};

use super::{Action, Event};
use crate::upload::entry::Phase;
use crate::upload::snapshot::{ROWS, Snapshot, State};
use crate::upload::verdict::{Problem, Why};
use crate::upload::wire::Answer;
use world::{World, picked};

const MIB: u64 = 1 << 20;

fn state_of(world: &World, name: &str) -> State {
    let snapshot = Snapshot::of(&world.queue);
    snapshot.rows.into_iter().find(|row| row.name == name).map(|row| row.state).expect(name)
}

#[test]
fn a_small_file_is_one_upload() {
    let mut world = World::fresh();
    world.add(&[("a.txt", 10)]);
    assert_eq!(world.methods(), ["POST"]);
    world.deliver(0);
    assert_eq!(world.methods(), ["PATCH"]);
    world.deliver(0);
    assert!(matches!(state_of(&world, "a.txt"), State::Done { .. }));
    assert_eq!(world.finished.len(), 1);
    assert!(world.held.is_empty(), "the file is let go");
    assert!(!world.queue.is_busy());
}

#[test]
fn an_empty_file_is_done_when_it_is_made() {
    let mut world = World::fresh();
    world.add(&[("empty", 0)]);
    world.deliver(0);
    assert_eq!(world.server.nodes, [("empty".to_owned(), 0)]);
    assert!(world.wire.is_empty());
}

#[test]
fn a_large_file_goes_in_four_parts_at_once_and_is_joined() {
    let mut world = World::fresh();
    world.add(&[("large", 5 * PART_SIZE + 1)]);
    assert_eq!(world.methods(), ["POST"; 4]);
    world.calm();
    assert_eq!(world.server.nodes, [("large".to_owned(), 5 * PART_SIZE + 1)]);
    assert_eq!(world.server.joined.keys().map(Vec::len).collect::<Vec<_>>(), [6]);
    assert_eq!(world.widest, 4);
}

#[test]
fn small_files_share_the_places() {
    let mut world = World::fresh();
    let names: Vec<String> = (0..50).map(|n| format!("{n}")).collect();
    let files: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 5)).collect();
    world.add(&files);
    assert_eq!(world.wire.len(), 5);
    world.calm();
    assert_eq!((world.server.nodes.len(), world.widest), (50, 5));
}

#[test]
fn a_cut_connection_goes_on_where_the_server_stopped() {
    let mut world = World::fresh();
    world.add(&[("a", 100 * MIB)]);
    world.deliver(0);
    world.cut(0, Some(40 * MIB));
    let State::Waiting { why: Why::Network, seconds: 1..=2 } = state_of(&world, "a") else {
        panic!("{:?}", state_of(&world, "a"))
    };
    assert!(world.wire.is_empty());
    world.pass(2_000);
    assert_eq!(world.methods(), ["HEAD"]);
    world.deliver(0);
    let slice = world.wire[0].1.body.expect("a body");
    assert_eq!((slice.start, slice.end), (40 * MIB, 100 * MIB));
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn coming_online_ends_the_wait() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    for _ in 0..8 {
        world.cut(0, None);
        world.pass(60_000);
    }
    world.cut(0, None);
    assert!(world.wire.is_empty());
    world.happen(Event::Kick);
    assert_eq!(world.methods(), ["POST"]);
}

#[test]
fn what_the_store_asks_for_is_waited_for_and_shown() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    world.deliver(0);
    let body = r#"{"status":503,"code":"store-unavailable","retry_after":8}"#.to_owned();
    world.refuse(0, Answer { status: 503, retry_after: Some(8), body, ..Answer::default() });
    let State::Waiting { why: Why::Store, seconds } = state_of(&world, "a") else { panic!() };
    assert!((8..=9).contains(&seconds), "{seconds}");
    world.pass(7_900);
    assert!(world.wire.is_empty(), "not a moment earlier");
    world.pass(2_000);
    assert_eq!(world.methods(), ["HEAD"]);
}

#[test]
fn a_proxy_that_wants_less_gets_less() {
    let mut world = World::fresh();
    world.add(&[("a", 100 * MIB)]);
    world.deliver(0);
    let mut sizes = Vec::new();
    while let Some(index) = world.wire.iter().position(|(_, request)| request.method == "PATCH") {
        let slice = world.wire[index].1.body.expect("a body");
        sizes.push(slice.end - slice.start);
        assert!(sizes.len() < 100, "it never becomes small enough: {sizes:?}");
        if slice.end - slice.start > 10 * MIB {
            world.refuse_with(index, 413);
            world.deliver(0);
        } else {
            world.deliver(index);
        }
    }
    assert_eq!(sizes[..5], [100 * MIB, 50 * MIB, 25 * MIB, 25 * MIB / 2, 25 * MIB / 4]);
    assert!(sizes[5..].iter().all(|size| *size <= 10 * MIB), "it is not tried again: {sizes:?}");
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn a_file_too_large_for_the_server_is_refused_in_words() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    let body = r#"{"code":"too-large","limit":5}"#.to_owned();
    world.refuse(0, Answer { status: 413, body, ..Answer::default() });
    assert_eq!(state_of(&world, "a"), State::Failed(Problem::App(AppError::TooLarge { limit: 5 })));
    world.act(Action::Retry(world.key("a")));
    world.calm();
    assert!(matches!(state_of(&world, "a"), State::Done { .. }));
}

#[test]
fn a_name_that_cannot_be_one_fails_alone() {
    let mut world = World::fresh();
    world.add(&[("bad\u{202E}name", 10), ("good", 10)]);
    let refused = AppError::invalid(Field::Name, Reason::ControlCharacter);
    assert_eq!(state_of(&world, "bad\u{202E}name"), State::Failed(Problem::App(refused)));
    world.act(Action::RetryFailed);
    world.calm();
    assert_eq!(world.server.nodes, [("good".to_owned(), 10)]);
    let sum = Snapshot::of(&world.queue).summary;
    assert_eq!((sum.failed, sum.retryable), (1, 0), "nothing is there that trying again could help");
}

#[test]
fn nothing_new_begins_while_nobody_is_signed_in() {
    let mut world = World::fresh();
    let names: Vec<String> = (0..20).map(|n| format!("{n}")).collect();
    world.add(&names.iter().map(|name| (name.as_str(), 5)).collect::<Vec<_>>());
    for _ in 0..5 {
        world.refuse_with(0, 401);
    }
    assert!(matches!(state_of(&world, "0"), State::Waiting { why: Why::SignIn, .. }));
    assert_eq!(state_of(&world, "5"), State::Queued);
    for _ in 0..30 {
        world.pass(60_000);
        assert!(world.wire.len() <= 5);
        while !world.wire.is_empty() {
            world.refuse_with(0, 401);
        }
    }
    assert_eq!(state_of(&world, "5"), State::Queued);
    world.happen(Event::Kick);
    world.calm();
    assert_eq!(world.server.nodes.len(), 20);
}

#[test]
fn a_conflict_asks_once_and_then_takes_its_time() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    world.deliver(0);
    world.refuse_with(0, 409);
    assert_eq!(world.methods(), ["HEAD"], "at once");
    world.deliver(0);
    world.refuse_with(0, 409);
    assert!(matches!(state_of(&world, "a"), State::Waiting { why: Why::Busy, .. }));
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn failures_after_a_good_head_still_slow_down() {
    let mut world = World::fresh();
    world.add(&[("a", 100 * MIB)]);
    world.deliver(0);
    let mut tries = 0;
    let end = world.now + 600_000;
    while world.now < end {
        match world.methods().first() {
            Some(&"PATCH") => {
                tries += 1;
                world.cut(0, None);
            }
            Some(_) => world.deliver(0),
            None => world.pass(500),
        }
    }
    assert!((10..40).contains(&tries), "{tries} in ten minutes");
    let (_, entry) = world.queue.entries().next().expect("an entry");
    assert_eq!(entry.limit, MIB, "and each is smaller, down to the floor");
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn a_silent_connection_is_given_up() {
    let mut world = World::fresh();
    world.add(&[("a", 100 * MIB)]);
    world.deliver(0);
    let ticket = world.wire[0].0;
    for step in 1..=10 {
        world.pass(60_000);
        world.happen(Event::Progress { ticket, sent: step * MIB });
    }
    assert_eq!(world.methods(), ["PATCH"], "slow is not silent");
    world.pass(121_000);
    assert!(world.wire.is_empty());
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn what_hears_nothing_after_another_connection_broke_is_given_up_soon() {
    let mut world = World::fresh();
    world.add(&[("a", 300 * MIB)]);
    for _ in 0..3 {
        world.deliver(0);
    }
    assert_eq!(world.methods(), ["PATCH"; 3]);
    let (alive, dead) = (world.wire[1].0, world.wire[2].0);
    let on_its_way = |world: &World, ticket| world.wire.iter().any(|(other, _)| *other == ticket);
    world.pass(1_000);
    world.cut(0, None);
    world.pass(4_000);
    world.happen(Event::Progress { ticket: alive, sent: MIB });
    assert!(on_its_way(&world, alive) && on_its_way(&world, dead), "for a moment both may be slow");
    world.pass(1_001);
    assert!(!on_its_way(&world, dead));
    assert!(on_its_way(&world, alive), "it was heard of afterwards");
    world.pass(60_000);
    assert!(on_its_way(&world, alive), "and has all the time of others");
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn pause_stops_and_resume_goes_on() {
    let mut world = World::fresh();
    world.add(&[("a", 300 * MIB)]);
    world.deliver(0);
    world.deliver(0);
    let key = world.key("a");
    world.act(Action::Pause(key));
    assert_eq!(world.methods(), ["POST"], "what is being made is waited for");
    world.deliver(0);
    assert!(world.wire.is_empty());
    assert_eq!(state_of(&world, "a"), State::Paused);
    assert!(!world.queue.is_uploading());
    world.act(Action::Resume(key));
    assert_eq!(world.methods(), ["HEAD", "HEAD", "PATCH"]);
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn a_file_that_waits_can_be_paused_and_does_not_begin_by_itself() {
    let mut world = World::fresh();
    world.add(&[("a", 9)]);
    world.deliver(0);
    world.cut(0, Some(4));
    assert!(matches!(state_of(&world, "a"), State::Waiting { why: Why::Network, .. }));
    let key = world.key("a");
    world.act(Action::Pause(key));
    assert_eq!(state_of(&world, "a"), State::Paused);
    world.pass(600_000);
    world.happen(Event::Kick);
    assert!(world.wire.is_empty());
    world.act(Action::Resume(key));
    assert_eq!(world.methods(), ["HEAD"]);
    world.calm();
    assert_eq!(world.server.nodes, [("a".to_owned(), 9)]);
}

#[test]
fn cancel_discards_every_upload_of_the_file() {
    let mut world = World::fresh();
    world.add(&[("a", 300 * MIB)]);
    world.deliver(0);
    let key = world.key("a");
    world.act(Action::Cancel(key));
    assert!(Snapshot::of(&world.queue).is_empty());
    assert!(world.held.is_empty(), "the file is let go");
    world.calm();
    assert!(world.server.uploads.is_empty(), "{:?}", world.server.uploads);
    assert!(world.server.nodes.is_empty());
}

#[test]
fn after_a_reload_the_same_file_goes_on() {
    let mut before = World::fresh();
    before.add(&[("large", 600 * MIB), ("small", 50 * MIB)]);
    for _ in 0..5 {
        before.deliver(0);
    }
    while let Some(index) = before.wire.iter().position(|(_, request)| request.method == "PATCH") {
        let (_, request) = before.wire.remove(index);
        before.server.apply(&request, 20 * MIB);
    }
    let sent: u64 = before.server.uploads.values().map(|stored| stored.offset).sum();
    assert_eq!(sent, 100 * MIB);

    let mut world = World::open(before.server, 7);
    world.deliver(0);
    assert!(world.wire.is_empty(), "nothing begins by itself");
    assert_eq!(state_of(&world, "large"), State::NeedsFile { mismatch: false });
    assert_eq!(state_of(&world, "small"), State::NeedsFile { mismatch: false });
    let key = world.key("small");
    world.happen(Event::Offered { key, file: picked("small", 49 * MIB) });
    assert_eq!(state_of(&world, "small"), State::NeedsFile { mismatch: true });
    assert!(world.wire.is_empty());
    world.happen(Event::Offered { key, file: picked("small", 50 * MIB) });
    world.add(&[("large", 600 * MIB)]);
    world.calm();
    let mut nodes = world.server.nodes.clone();
    nodes.sort();
    assert_eq!(nodes, [("large".to_owned(), 600 * MIB), ("small".to_owned(), 50 * MIB)]);
    let made = world.server.uploads.values().filter(|stored| stored.partial).count();
    assert_eq!(made, 5, "no part was begun anew");
}

#[test]
fn a_file_picked_before_the_list_is_there_goes_on_as_well() {
    let mut before = World::fresh();
    before.add(&[("a", 50 * MIB)]);
    before.deliver(0);
    before.cut(0, Some(20 * MIB));
    let mut world = World::open(before.server, 7);
    world.add(&[("a", 50 * MIB)]);
    assert_eq!(world.methods(), ["GET"]);
    world.deliver(0);
    assert_eq!(world.methods(), ["HEAD"]);
    world.calm();
    assert_eq!((world.server.nodes.len(), world.server.uploads.len()), (1, 1));
}

#[test]
fn a_file_whose_parts_are_all_there_needs_no_file() {
    let mut before = World::fresh();
    before.add(&[("a", 300 * MIB)]);
    while !before
        .wire
        .iter()
        .any(|(_, request)| request.headers.iter().any(|(_, value)| value.starts_with("final;")))
    {
        before.deliver(0);
    }
    let mut world = World::open(before.server, 7);
    world.deliver(0);
    assert_eq!(state_of(&world, "a"), State::Paused);
    world.act(Action::Resume(world.key("a")));
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
    assert!(world.held.is_empty());
}

#[test]
fn a_lost_answer_to_the_last_request_makes_no_second_file() {
    for size in [10, 300 * MIB] {
        let mut world = World::fresh();
        world.add(&[("a", size)]);
        while world.server.nodes.is_empty() {
            let last = world.wire.len() == 1 && world.methods()[0] != "POST" && size == 10;
            let joins = world
                .wire
                .iter()
                .any(|(_, request)| request.headers.iter().any(|(_, value)| value.starts_with("final;")));
            if last || joins {
                world.cut(0, Some(u64::MAX));
            } else {
                world.deliver(0);
            }
        }
        assert!(world.finished.is_empty());
        world.calm();
        assert_eq!((world.server.nodes.len(), world.finished.len()), (1, 1), "{size}");
    }
}

#[test]
fn a_file_that_is_not_made_at_once_is_asked_for_until_it_is() {
    let mut world = World::fresh();
    world.server.slow = 3;
    world.add(&[("a", 10)]);
    world.deliver(0);
    world.deliver(0);
    assert_eq!(state_of(&world, "a"), State::Finishing);
    world.pass(2_000);
    assert_eq!((world.methods(), world.wire[0].1.body), (vec!["PATCH"], None), "a request without bytes");
    let body = r#"{"status":507,"code":"quota-exceeded","available":3}"#.to_owned();
    world.refuse(0, Answer { status: 507, body, ..Answer::default() });
    assert!(matches!(state_of(&world, "a"), State::Failed(_)));
    world.act(Action::RetryFailed);
    world.calm();
    assert_eq!((world.server.nodes.len(), world.server.uploads.len()), (1, 1));
}

#[test]
fn the_same_file_twice_is_taken_once() {
    let mut world = World::fresh();
    world.add(&[("a", 10)]);
    world.add(&[("a", 10)]);
    assert_eq!(world.phases(), [Phase::Active]);
    world.calm();
    assert_eq!(world.server.nodes.len(), 1);
}

#[test]
fn thirteen_thousand_files_are_counted_and_a_hundred_shown() {
    let mut world = World::fresh();
    let names: Vec<String> = (0..13_000).map(|n| format!("{n}.jpg")).collect();
    world.add(&names.iter().map(|name| (name.as_str(), 5)).collect::<Vec<_>>());
    let shown = Snapshot::of(&world.queue);
    assert_eq!((shown.rows.len(), shown.hidden, shown.summary.files), (ROWS, 12_900, 13_000));
    assert_eq!((shown.summary.pending, shown.summary.percent), (13_000, 0));
    let key = world.key("12999.jpg");
    world.act(Action::PauseAll);
    while !world.wire.is_empty() {
        world.deliver(0);
    }
    world.act(Action::Resume(key));
    let shown = Snapshot::of(&world.queue);
    assert!(shown.rows.iter().any(|row| row.key == key), "what is at work is always shown");
    world.act(Action::ResumeAll);
    assert_eq!(Snapshot::of(&world.queue).summary.paused, 0);
}

#[test]
fn the_percentage_is_a_hundred_only_at_the_end() {
    let mut world = World::fresh();
    world.add(&[("a", 1_000 * MIB), ("b", 0)]);
    let mut last = 0;
    while world.queue.is_busy() {
        let percent = Snapshot::of(&world.queue).summary.percent;
        assert!(percent >= last && percent < 100, "{last} {percent}");
        last = percent;
        world.deliver(0);
    }
    assert_eq!(Snapshot::of(&world.queue).summary.percent, 100);
}

#[test]
fn a_new_batch_clears_what_is_done_and_keeps_what_failed() {
    let mut world = World::fresh();
    world.add(&[("done", 1), ("bad\u{202E}name", 1)]);
    world.calm();
    world.add(&[("next", 1)]);
    let names: Vec<_> = world.queue.entries().map(|(_, entry)| entry.label.clone()).collect();
    assert_eq!(names, ["bad\u{202E}name", "next"]);
}

#[test]
fn folders_that_cannot_be_read_are_named() {
    let mut world = World::fresh();
    world.happen(Event::Reading);
    assert!(Snapshot::of(&world.queue).reading && !Snapshot::of(&world.queue).is_empty());
    world.happen(Event::Read { unread: vec!["photos".to_owned()] });
    assert_eq!(Snapshot::of(&world.queue).unread, ["photos"]);
    world.act(Action::Clear);
    assert!(Snapshot::of(&world.queue).is_empty());
}
