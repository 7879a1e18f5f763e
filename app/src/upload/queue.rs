//! The upload queue as a state machine: events in, commands out. Knows no browser, no clock and no network, so that
//! every order of events can be tried on the host.
//!
//! The server holds the truth about what was uploaded; nothing is kept in the browser's storage. After a reload the list
//! of unfinished uploads is asked for, and a file that is picked again goes on with its own.

mod actions;
mod answers;
mod event;
mod folders;
mod restore;
mod schedule;
mod session;
// proptest does not compile to wasm.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use std::collections::VecDeque;

use domain::{PART_SIZE, UploadId};
use litemap::LiteMap;

use super::backoff::{Dice, delay};
use super::entry::{Entry, FileKey, FolderKey, Phase, Picked, Wait};
use super::meter::Meter;
use super::piece::Ticket;
use super::verdict::{Problem, Why};
use super::wire::Request;
pub(crate) use event::{Action, Command, Decision, Event};
use folders::Folder;
use session::Session;

/// Requests in flight at once. A browser opens six connections to one HTTP/1.1 origin: one stays for the rest of the page.
const TOTAL: usize = 5;
/// Of these, for one file.
const PER_FILE: usize = 4;
/// Failures in a row after which a waiting file leaves its place to others.
const PATIENCE: u32 = 4;

/// The longest pause between two questions whether a file has been made, in milliseconds.
const PUBLISHING: u64 = 5_000;

/// Whose request it is.
#[derive(Clone, Debug)]
enum Owner {
    /// About a folder that files wait for.
    Folder(FolderKey),
    /// Of the piece at this place of a file.
    Piece(FileKey, usize),
    /// That which makes a file of its parts.
    Joining(FileKey),
    /// An upload being made for a file that is not wanted any more.
    Unwanted,
    /// The list of unfinished uploads.
    List,
    /// Who is signed in.
    Who,
    /// An upload being deleted, after this many failures.
    Bin(UploadId, u32),
}

#[derive(Clone, Debug)]
struct Flight {
    owner: Owner,
    /// When something was last heard of it.
    heard: u64,
}

/// What is known of the unfinished uploads of earlier pages. Nothing is begun before that is known, since a new file
/// could be one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listing {
    /// Another page may be at work on them: that comes first.
    Asking,
    Wanted,
    Known,
    /// Another page is at work on some, and nobody can tell on which. They stay out of sight.
    Elsewhere,
}

/// Some of the files.
type Keys = LiteMap<FileKey, ()>;

/// The queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    now: u64,
    /// Boxed, since the map moves what comes behind a file that goes.
    entries: LiteMap<FileKey, Box<Entry>>,
    /// The keys of the files that are queued.
    line: Keys,
    /// The keys of the files that are queued, but whose folder has to be there first.
    held: Keys,
    /// The keys of the files that are active.
    live: Keys,
    flights: LiteMap<Ticket, Flight>,
    /// When a connection broke last.
    broke: Option<u64>,
    listing: Listing,
    listing_wait: Option<Wait>,
    listing_attempts: u32,
    /// Uploads to be deleted, each with its failures so far, and when to go on with that.
    bin: VecDeque<(UploadId, u32)>,
    bin_wait: Option<Wait>,
    /// The largest request body that the way to the server lets through, in bytes.
    ceiling: u64,
    session: Session,
    /// Those above before those within.
    folders: Vec<Folder>,
    /// As many folders from the first on are settled.
    settled: usize,
    /// Whether folders are being read from the disk.
    reading: bool,
    /// Names of folders that could not be read.
    unread: Vec<String>,
    /// How fast everything goes.
    meter: Meter,
    next_key: u32,
    next_ticket: u64,
    dice: Dice,
    out: Vec<Command>,
}

impl Queue {
    /// An empty queue. `seed` makes its jitter and its group names differ from those of other pages.
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            now: 0,
            entries: LiteMap::new(),
            line: Keys::new(),
            held: Keys::new(),
            live: Keys::new(),
            flights: LiteMap::new(),
            broke: None,
            listing: Listing::Asking,
            listing_wait: None,
            listing_attempts: 0,
            bin: VecDeque::new(),
            bin_wait: None,
            ceiling: PART_SIZE,
            session: Session::new(),
            folders: Vec::new(),
            settled: 0,
            reading: false,
            unread: Vec::new(),
            meter: Meter::new(),
            next_key: 0,
            next_ticket: 0,
            dice: Dice::new(seed),
            out: Vec::new(),
        }
    }

    /// Takes one event at `now` (unix milliseconds) and says what is to be done, in order.
    pub(crate) fn reduce(&mut self, now: u64, event: Event) -> Vec<Command> {
        self.now = now;
        match event {
            Event::Start { person } => {
                self.session.person = person;
                self.out.push(Command::LookAround);
            }
            Event::Alone(alone) => self.looked_around(alone),
            Event::Tick => self.measure(),
            Event::Added { files, parent } => self.add(files, parent.as_ref()),
            Event::Offered { key, file } => self.offer(key, &file),
            Event::Folders { paths, parent } => {
                for path in paths {
                    self.folder_at(parent.as_ref(), &path);
                }
            }
            Event::Reading => {
                self.begin_batch();
                self.unread.clear();
                self.reading = true;
            }
            Event::Read { unread } => {
                self.unread = unread;
                self.reading = false;
            }
            Event::Progress { ticket, sent } => self.progress(ticket, sent),
            Event::Answered { ticket, answer } => self.answered(ticket, &answer),
            Event::Lost { ticket } => {
                // Also what we ended ourselves comes back as lost, and says nothing of the network.
                if self.flights.contains_key(&ticket) {
                    self.broke = Some(now);
                }
                self.lost(ticket);
            }
            Event::Unreadable { ticket } => self.unreadable(ticket),
            Event::Kick => self.kick(),
            Event::Online => self.come_online(),
            Event::User(action) => self.act(action),
        }
        self.drop_stalled();
        self.fill();
        if self.live.is_empty() {
            self.meter.stop();
        }
        std::mem::take(&mut self.out)
    }

    /// Whether time matters: something is in flight or waits.
    pub(crate) fn is_busy(&self) -> bool {
        !self.flights.is_empty() || self.is_uploading() || !self.bin.is_empty() || self.listing_wait.is_some()
    }

    /// Whether leaving the page would interrupt something.
    pub(crate) fn is_uploading(&self) -> bool {
        !self.line.is_empty()
            || !self.live.is_empty()
            || !self.held.is_empty()
            || self.reading
            || self.makes_folders()
    }

    /// Whether another page must keep its hands off what the server has of ours: files are on their way, or were stopped
    /// and can go on.
    pub(crate) fn is_at_work(&self) -> bool {
        let rests = |entry: &Entry| entry.has_file && matches!(entry.phase, Phase::Paused | Phase::Taken);
        self.is_uploading() || self.entries().any(|(_, entry)| rests(entry))
    }

    /// Whether leaving the page would lose something: bytes on their way, or files that wait for a word about their names.
    pub(crate) fn would_lose(&self) -> bool {
        self.is_uploading() || self.entries.values().any(|entry| entry.phase == Phase::Taken)
    }

    /// All files, in the order in which they came.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (FileKey, &Entry)> {
        self.entries.iter().map(|(key, entry)| (*key, &**entry))
    }

    /// The files that are at work.
    pub(crate) fn live(&self) -> impl Iterator<Item = (FileKey, &Entry)> {
        self.live.keys().filter_map(|key| Some((*key, &**self.entries.get(key)?)))
    }

    /// Every file that failed: name, bytes, reason.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (String, u64, Problem)> {
        self.entries.values().filter_map(|entry| match &entry.phase {
            Phase::Failed(problem) => Some((entry.label.clone(), entry.size, problem.clone())),
            _ => None,
        })
    }

    /// Names of folders that could not be read.
    pub(crate) fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Whether folders are being read from the disk.
    pub(crate) const fn is_reading(&self) -> bool {
        self.reading
    }

    /// How fast everything goes together.
    pub(crate) const fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The time of the last event, unix milliseconds.
    pub(crate) const fn now(&self) -> u64 {
        self.now
    }

    /// Why nothing at all can begin for now: it is not known what earlier pages left, or who is signed in.
    pub(crate) fn obstacle(&self) -> Option<Wait> {
        let listing = self.listing_wait.filter(|_| self.listing == Listing::Wanted);
        self.session
            .obstacle()
            .or(listing)
            .or_else(|| self.folder_wait())
            .filter(|wait| wait.until > self.now)
    }

    /// Changes where a file stands, and keeps the lists by it.
    fn set_phase(&mut self, key: FileKey, phase: Phase) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        self.line.remove(&key);
        self.held.remove(&key);
        self.live.remove(&key);
        match phase {
            Phase::Queued if entry.folder.is_some() => self.held.insert(key, ()),
            Phase::Queued => self.line.insert(key, ()),
            Phase::Active => self.live.insert(key, ()),
            _ => None,
        };
        if phase != Phase::Active {
            entry.meter.stop();
            entry.wait = None;
        }
        entry.phase = phase;
    }

    fn insert(&mut self, entry: Entry) -> FileKey {
        let key = FileKey(self.next_key);
        self.next_key += 1;
        let phase = entry.phase.clone();
        self.entries.insert(key, Box::new(entry));
        self.set_phase(key, phase);
        key
    }

    fn send(&mut self, owner: Owner, request: Request) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.flights.insert(ticket, Flight { owner, heard: self.now });
        self.out.push(Command::Send { ticket, request });
        ticket
    }

    fn abort(&mut self, ticket: Ticket) {
        if self.flights.remove(&ticket).is_some() {
            self.out.push(Command::Abort(ticket));
        }
    }

    /// A file has to wait after a failure. Failures that come while it waits already belong to the same trouble: they do
    /// not make it wait longer, unless the server asks for it. Says whether this is a new trouble.
    fn wait(&mut self, key: FileKey, why: Why, after: Option<u64>) -> bool {
        let Some(entry) = self.entries.get_mut(&key) else { return false };
        let waits_already = entry.wait.is_some_and(|wait| wait.until > self.now);
        if !waits_already {
            entry.attempts = entry.attempts.saturating_add(1);
        } else if after.is_none() {
            return false;
        }
        let mut pause = delay(entry.attempts, after, &mut self.dice);
        if why == Why::Publishing && after.is_none() {
            // Nothing failed: the file is ready at some moment, and the person looks at it.
            pause = pause.min(PUBLISHING);
        }
        let until = self.now + pause;
        let until = entry.wait.map_or(until, |wait| wait.until.max(until));
        entry.wait = Some(Wait { until, why, asked: after.is_some() });
        !waits_already
    }

    /// A file got on: whatever stood in its way is gone.
    fn relieve(&mut self, key: FileKey) {
        let ceiling = self.ceiling;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.attempts = 0;
            entry.wait = None;
            entry.limit = entry.limit.saturating_mul(2).min(ceiling);
        }
    }
}
