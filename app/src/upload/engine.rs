//! Carries out in the browser what the queue decides: requests, timers, files, title.
//!
//! One engine per page, apart from the components: uploads go on while the person walks through folders. The server
//! never starts one; there, everything here does nothing.

mod exchange;
mod lock;
mod page;

use std::cell::RefCell;

use domain::{NodeId, UserId};
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use litemap::LiteMap;

pub(crate) use page::copy;

use super::entry::{FileKey, Picked};
use super::piece::Ticket;
use super::queue::{Action, Command, Event, Queue};
use super::snapshot::Snapshot;
use super::verdict::Problem;
use exchange::Exchange;
use lock::Lock;

/// How often the tray is drawn and time is told to the queue while something goes on, in milliseconds.
const FRAME: u32 = 250;

/// Where the tray looks, and who wants to know of new files.
#[derive(Clone, Copy)]
struct Audience {
    snapshot: RwSignal<Snapshot>,
    finished: Callback<Option<NodeId>>,
}

struct Engine {
    queue: Queue,
    files: LiteMap<FileKey, web_sys::File>,
    exchanges: LiteMap<Ticket, Exchange>,
    /// Exchanges that ended. They live on until the next event, since they may be the ones that are calling.
    spent: Vec<Exchange>,
    clock: Option<Interval>,
    /// Held while other pages must keep their hands off our uploads.
    lock: Option<Lock>,
    audience: Option<Audience>,
}

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// Starts the engine, once per page, and shows what it does in `snapshot` from now on. The uploads are those of `person`,
/// who stays the same for as long as the page lives. `finished` is called with the folder of every file that came to be.
pub(super) fn attach(
    snapshot: RwSignal<Snapshot>,
    person: Option<UserId>,
    finished: Callback<Option<NodeId>>,
) {
    let first = ENGINE.with_borrow_mut(|slot| {
        let first = slot.is_none();
        let engine = slot.get_or_insert_with(|| Engine {
            queue: Queue::new(page::seed()),
            files: LiteMap::new(),
            exchanges: LiteMap::new(),
            spent: Vec::new(),
            clock: None,
            lock: None,
            audience: None,
        });
        engine.audience = Some(Audience { snapshot, finished });
        first
    });
    if first {
        page::listen();
    }
    // Coming back to the pages is a reason to look at once.
    happen(if first { Event::Start { person } } else { Event::Kick });
}

/// Nobody looks any more; uploads go on.
pub(super) fn detach() {
    ENGINE.with_borrow_mut(|slot| {
        if let Some(engine) = slot {
            engine.audience = None;
        }
    });
}

/// Does what the person asked for.
pub(super) fn act(action: Action) {
    happen(Event::User(action));
}

/// Adds files to the queue, each with the folders that it came in; they go into `parent`, or into the root.
pub(super) fn add(files: Vec<(web_sys::File, String)>, parent: Option<NodeId>) {
    let described =
        files.iter().map(|(file, path)| Picked { path: path.clone(), ..describe(file) }).collect();
    let files = files.into_iter().map(|(file, _)| file).collect();
    happen_with(Event::Added { files: described, parent }, files);
}

/// Offers a file for the row that waits for one.
pub(super) fn offer(key: FileKey, file: web_sys::File) {
    happen_with(Event::Offered { key, file: describe(&file) }, vec![file]);
}

/// Notes that folders are being read.
pub(super) fn reading() {
    happen(Event::Reading);
}

/// Adds folders, by their paths below `parent`.
pub(super) fn add_folders(paths: Vec<String>, parent: Option<NodeId>) {
    happen(Event::Folders { paths, parent });
}

/// Notes that folders were read, but for some.
pub(super) fn read(unread: Vec<String>) {
    happen(Event::Read { unread });
}

/// Every file that failed: name, bytes, reason.
pub(super) fn failures() -> Vec<(String, u64, Problem)> {
    ENGINE.with_borrow(|slot| slot.iter().flat_map(|engine| engine.queue.failures()).collect())
}

/// Whether leaving the page would lose something.
pub(super) fn would_lose() -> bool {
    ENGINE.with_borrow(|slot| slot.as_ref().is_some_and(|engine| engine.queue.would_lose()))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "JavaScript has no other numbers; sizes and times are whole and below 2^53"
)]
fn describe(file: &web_sys::File) -> Picked {
    Picked {
        path: String::new(),
        name: file.name(),
        size: file.size() as u64,
        modified: file.last_modified() as i64,
        mime: file.type_(),
    }
}

fn happen(event: Event) {
    happen_with(event, Vec::new());
}

/// Tells the queue what happened and does what it says. `files` are those the event speaks of.
fn happen_with(event: Event, files: Vec<web_sys::File>) {
    // While something goes on, the clock draws; moving bytes alone are no reason to.
    let quiet = matches!(event, Event::Progress { .. } | Event::Answered { .. });
    let after = ENGINE.with_borrow_mut(|slot| {
        let engine = slot.as_mut()?;
        engine.spent.clear();
        let commands = engine.queue.reduce(page::now(), event);
        let folders = engine.carry_out(commands, files);
        let busy = engine.queue.is_busy();
        engine.keep_time(busy);
        engine.keep_lock();
        Some((engine.audience?, folders, (!quiet || !busy).then(|| Snapshot::of(&engine.queue))))
    });
    // The engine is not borrowed any more: whoever listens may speak to it.
    let Some((audience, folders, snapshot)) = after else { return };
    if let Some(snapshot) = snapshot {
        page::show_in_title(&snapshot.summary);
        if audience.snapshot.try_with_untracked(|shown| *shown != snapshot) == Some(true) {
            audience.snapshot.set(snapshot);
        }
    }
    for folder in folders {
        audience.finished.try_run(folder);
    }
}

impl Engine {
    fn carry_out(&mut self, commands: Vec<Command>, files: Vec<web_sys::File>) -> Vec<Option<NodeId>> {
        let mut files: Vec<Option<web_sys::File>> = files.into_iter().map(Some).collect();
        let mut folders = Vec::new();
        for command in commands {
            match command {
                Command::Send { ticket, request } => {
                    let file = request.body.and_then(|slice| self.files.get(&slice.file));
                    let exchange = Exchange::begin(ticket, &request, file);
                    self.exchanges.insert(ticket, exchange);
                }
                Command::Abort(ticket) => {
                    if let Some(exchange) = self.exchanges.remove(&ticket) {
                        exchange.abort();
                        self.spent.push(exchange);
                    }
                }
                Command::Keep { index, key } => {
                    if let Some(file) = files.get_mut(index).and_then(Option::take) {
                        self.files.insert(key, file);
                    }
                }
                Command::Release(key) => drop(self.files.remove(&key)),
                Command::LookAround => lock::look_around(|alone| happen(Event::Alone(alone))),
                Command::Finished(folder) => folders.push(folder),
            }
        }
        folders
    }

    fn keep_lock(&mut self) {
        let at_work = self.queue.is_at_work();
        if at_work != self.lock.is_some() {
            self.lock = at_work.then(Lock::hold);
        }
    }

    /// The clock runs only while time matters. It may be the one that is calling, so it is stopped a moment later.
    fn keep_time(&mut self, busy: bool) {
        if busy && self.clock.is_none() {
            self.clock = Some(Interval::new(FRAME, || happen(Event::Tick)));
        } else if !busy && let Some(clock) = self.clock.take() {
            leptos::task::spawn_local(async move { drop(clock) });
        }
    }
}

/// A request ended: takes its exchange out of the engine and tells the queue.
fn ended(ticket: Ticket, event: Event) {
    ENGINE.with_borrow_mut(|slot| {
        if let Some(engine) = slot
            && let Some(exchange) = engine.exchanges.remove(&ticket)
        {
            engine.spent.clear();
            engine.spent.push(exchange);
        }
    });
    leptos::task::spawn_local(async move { happen(event) });
}
