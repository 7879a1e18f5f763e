//! Who may send next: fills the free places for requests, and takes them back from requests that hang.

use domain::NodeId;

use super::{Command, Entry, FileKey, Listing, Owner, PATIENCE, PER_FILE, Phase, Queue, TOTAL, Ticket, Wait};
use crate::upload::piece::{Step, Work};
use crate::upload::wire;

/// How long a request may be silent while its bytes flow, in milliseconds: longer than HDFS takes to replace a lost DataNode.
const STALL: u64 = 120_000;
/// How long an answer may take once all bytes are sent, in milliseconds: the server closes the file on the store first.
const ANSWER: u64 = 180_000;
/// How long a request may have been silent when the network comes back, in milliseconds.
const SILENT: u64 = 10_000;
/// How long a request may hear nothing after another one's connection broke, in milliseconds: one that died without a word, as
/// behind a proxy that keeps its own half open, is found out by those that died aloud.
const SUSPECT: u64 = 5_000;
/// Deletions in flight at once.
const BINS: usize = 2;

impl Queue {
    /// Begins what may begin now.
    pub(super) fn fill(&mut self) {
        if !self.is_session_sure() {
            return;
        }
        self.ask_for_list();
        self.empty_bin();
        if matches!(self.listing, Listing::Asking | Listing::Wanted) {
            return;
        }
        let mut room = TOTAL.saturating_sub(self.places_taken());
        self.make_folders(&mut room);
        let live: Vec<FileKey> = self.live.keys().copied().collect();
        for key in live {
            self.advance(key, &mut room);
        }
        while room > 0 {
            let Some(key) = self.line.first().map(|(key, ())| *key) else { return };
            self.set_phase(key, Phase::Active);
            self.advance(key, &mut room);
        }
    }

    /// Places for requests that are taken: by those in flight, and by files whose turn it is but that have to wait. So a
    /// store that is down does not send thousands of files into waiting one after the other; a file that waits for long
    /// gives its place up all the same.
    fn places_taken(&self) -> usize {
        let held =
            |entry: &&Entry| entry.in_flight() == 0 && entry.wait.is_some_and(|wait| wait.until > self.now);
        let patient = |entry: &Entry| entry.attempts < PATIENCE;
        let waiting = self.live().map(|(_, entry)| entry).filter(held).filter(|entry| patient(entry)).count();
        let uploads = |owner: &Owner| {
            matches!(owner, Owner::Piece(..) | Owner::Joining(_) | Owner::Folder(_) | Owner::Unwanted)
        };
        waiting + self.flights.values().filter(|flight| uploads(&flight.owner)).count()
    }

    /// Begins as many requests of a file as it and the room allow.
    fn advance(&mut self, key: FileKey, room: &mut usize) {
        while *room > 0 {
            let Some(entry) = self.entries.get(&key) else { return };
            let waits = entry.wait.is_some_and(|wait| wait.until > self.now);
            if waits || entry.in_flight() >= PER_FILE || !self.begin_next(key) {
                return;
            }
            *room -= 1;
        }
    }

    /// Begins one request of a file; says whether there was one to begin.
    fn begin_next(&mut self, key: FileKey) -> bool {
        let Some(entry) = self.entries.get(&key) else { return false };
        let Some(about) = entry.about() else { return false };
        if entry.is_ready_to_join() {
            let parts = entry.pieces.iter().filter_map(|piece| piece.upload.as_ref());
            let request = about.concatenate(parts);
            let ticket = self.send(Owner::Joining(key), request);
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.joining = Some(ticket);
            }
            return true;
        }
        let Some((index, step)) = entry.next() else { return false };
        if matches!(step, Step::Create | Step::Send) && !entry.has_file {
            // It was to be finished without its file, but the server misses bytes of it.
            self.halt(key);
            self.set_phase(key, Phase::NeedsFile);
            return false;
        }
        let Some(piece) = entry.pieces.get(index) else { return false };
        let (request, length) = match (step, &piece.upload, entry.slice(key, index)) {
            (Step::Ask, Some(upload), _) => (wire::inspect(upload), 0),
            (Step::Send, Some(upload), Some(slice)) => {
                (wire::write(upload, piece.offset, slice), slice.end - slice.start)
            }
            (Step::Settle, Some(upload), _) => (wire::settle(upload, piece.offset), 0),
            _ => (about.create(entry.group.as_deref(), piece.range), 0),
        };
        let ticket = self.send(Owner::Piece(key, index), request);
        if let Some(piece) = self.entries.get_mut(&key).and_then(|entry| entry.pieces.get_mut(index)) {
            piece.work = match step {
                Step::Create => Work::Creating(ticket),
                Step::Ask => Work::Asking(ticket),
                Step::Send | Step::Settle => Work::Sending { ticket, length, sent: 0 },
            };
        }
        true
    }

    /// It is known whether another page is at work on uploads: only without one are those of the server left over.
    pub(super) fn looked_around(&mut self, alone: bool) {
        if self.listing == Listing::Asking {
            self.listing = if alone { Listing::Wanted } else { Listing::Elsewhere };
        }
    }

    /// The other page may have ended by now. Not while we are at work: what is just being made here would be in the list.
    fn look_again(&mut self) {
        let uploads = |flight: &super::Flight| !matches!(flight.owner, Owner::Who | Owner::Bin(..));
        if self.listing == Listing::Elsewhere && !self.is_at_work() && !self.flights.values().any(uploads) {
            self.listing = Listing::Asking;
            self.out.push(Command::LookAround);
        }
    }

    fn ask_for_list(&mut self) {
        let waits = self.listing_wait.is_some_and(|wait| wait.until > self.now);
        let asked = self.flights.values().any(|flight| matches!(flight.owner, Owner::List));
        if self.listing == Listing::Wanted && !waits && !asked {
            self.send(Owner::List, wire::list());
        }
    }

    fn empty_bin(&mut self) {
        let mut running =
            self.flights.values().filter(|flight| matches!(flight.owner, Owner::Bin(..))).count();
        let waits = self.bin_wait.is_some_and(|wait| wait.until > self.now);
        while running < BINS && !waits {
            let Some((upload, failures)) = self.bin.pop_front() else { return };
            let request = wire::delete(&upload);
            self.send(Owner::Bin(upload, failures), request);
            running += 1;
        }
    }

    /// Takes note that a request's body moves.
    pub(super) fn progress(&mut self, ticket: Ticket, bytes: u64) {
        let Some(flight) = self.flights.get_mut(&ticket) else { return };
        flight.heard = self.now;
        let Owner::Piece(key, index) = flight.owner else { return };
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if let Some(Work::Sending { length, sent, .. }) =
            entry.pieces.get_mut(index).map(|piece| &mut piece.work)
        {
            *sent = bytes.min(*length);
        }
        self.measure();
    }

    /// Feeds the speeds with the bytes sent by now; silence brings them down.
    pub(super) fn measure(&mut self) {
        for key in self.live.keys() {
            if let Some(entry) = self.entries.get_mut(key) {
                entry.meter.observe(self.now, entry.sent());
            }
        }
        let sent = self.entries.values().map(|entry| entry.sent()).sum();
        self.meter.observe(self.now, sent);
    }

    /// Ends requests that have been silent for too long: a connection that died without a word looks just like that.
    pub(super) fn drop_stalled(&mut self) {
        let is_stalled = |(ticket, flight): (&Ticket, &super::Flight)| {
            let patience = if self.is_flowing(*ticket, &flight.owner) { STALL } else { ANSWER };
            let is_silent = self.now.saturating_sub(flight.heard) > patience;
            let is_suspect = self
                .broke
                .is_some_and(|broke| flight.heard < broke && self.now.saturating_sub(broke) > SUSPECT);
            (is_silent || is_suspect).then_some(*ticket)
        };
        let stalled: Vec<Ticket> = self.flights.iter().filter_map(is_stalled).collect();
        self.give_up(stalled);
    }

    fn give_up(&mut self, silent: Vec<Ticket>) {
        for ticket in silent {
            self.out.push(Command::Abort(ticket));
            self.lost(ticket);
        }
    }

    /// The network is back. What has been silent for a while went out through the one before and hears nothing any more.
    pub(super) fn come_online(&mut self) {
        let is_silent = |flight: &super::Flight| self.now.saturating_sub(flight.heard) > SILENT;
        let flights = self.flights.iter().filter(|(_, flight)| is_silent(flight));
        let silent = flights.map(|(ticket, _)| *ticket).collect();
        self.give_up(silent);
        self.kick();
    }

    fn is_flowing(&self, ticket: Ticket, owner: &Owner) -> bool {
        let Owner::Piece(key, index) = owner else { return false };
        let work = self.entries.get(key).and_then(|entry| entry.pieces.get(*index)).map(|piece| piece.work);
        matches!(work, Some(Work::Sending { ticket: own, length, sent }) if own == ticket && sent < length)
    }

    /// No reason to wait longer, unless the server asked for it.
    pub(super) fn kick(&mut self) {
        let stays = |wait: &Wait| !wait.yields();
        self.look_again();
        self.session.hurry();
        self.bin_wait = self.bin_wait.filter(stays);
        self.listing_wait = self.listing_wait.filter(stays);
        self.hurry_folders(stays);
        for key in self.live.keys() {
            if let Some(entry) = self.entries.get_mut(key) {
                entry.wait = entry.wait.filter(stays);
            }
        }
    }

    /// A file is in the drive.
    pub(super) fn finish(&mut self, key: FileKey, node: NodeId) {
        self.set_phase(key, Phase::Done { node });
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let tickets: Vec<Ticket> = entry.pieces.iter().filter_map(|piece| piece.work.ticket()).collect();
        let (spare, parent) = (std::mem::take(&mut entry.spare), entry.parent.clone());
        entry.joining = None;
        for piece in &mut entry.pieces {
            piece.work = Work::Idle;
        }
        for ticket in tickets {
            self.abort(ticket);
        }
        self.bin.extend(spare.into_iter().map(|upload| (upload, 0)));
        self.out.push(Command::Release(key));
        self.out.push(Command::Finished(parent));
    }
}
