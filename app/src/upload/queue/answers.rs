//! What becomes of a request: answered, lost, or never sent because the file cannot be read.

use domain::{AppError, Conflict, UploadView};

use super::{FileKey, Listing, Owner, Phase, Queue, Ticket, Wait, Why, delay};
use crate::upload::entry::FLOOR;
use crate::upload::piece::{Piece, Work};
use crate::upload::verdict::{Problem, Verdict, judge};
use crate::upload::wire::Answer;

/// After how many failures in a row the request body is made smaller: something on the way may end large ones.
const SHRINK_AFTER: u32 = 3;
/// How often a deletion is tried. What stays then expires on the server.
const BIN_TRIES: u32 = 6;

impl Queue {
    /// A request was answered.
    pub(super) fn answered(&mut self, ticket: Ticket, answer: &Answer) {
        let Some(flight) = self.flights.remove(&ticket) else { return };
        if answer.status == 401 {
            self.doubt_session();
        }
        match flight.owner {
            Owner::Piece(key, index) => self.piece_answered(key, index, answer),
            Owner::Joining(key) => self.joining_answered(key, answer),
            Owner::Folder(key) => self.folder_answered(key, answer),
            Owner::Unwanted => self.bin.extend(answer.upload.clone().map(|upload| (upload, 0))),
            Owner::List => self.list_answered(answer),
            Owner::Who => self.who_answered(answer),
            Owner::Bin(upload, failures) => match judge(answer) {
                Verdict::Wait { why, after } => self.bin_again(upload, failures, why, after),
                Verdict::Stale => self.bin_again(upload, failures, Why::Busy, answer.retry_after),
                _ => {}
            },
        }
    }

    /// A request was not answered.
    pub(super) fn lost(&mut self, ticket: Ticket) {
        let Some(flight) = self.flights.remove(&ticket) else { return };
        match flight.owner {
            Owner::Piece(key, index) => {
                self.change_piece(key, index, Piece::lose);
                self.failed_try(key, Why::Network, None);
            }
            Owner::Joining(key) => {
                // The file may exist by now, in which case any part says so.
                self.doubt_parts(key, 1);
                self.failed_try(key, Why::Network, None);
            }
            Owner::Unwanted => {}
            Owner::Folder(key) => self.folder_later(key, Why::Network, None),
            Owner::List => self.list_later(Why::Network, None),
            Owner::Who => self.who_later(Why::Network, None),
            Owner::Bin(upload, failures) => self.bin_again(upload, failures, Why::Network, None),
        }
    }

    /// The browser cannot read a file any more: it has to be picked again.
    pub(super) fn unreadable(&mut self, ticket: Ticket) {
        let Some(flight) = self.flights.remove(&ticket) else { return };
        if let Owner::Piece(key, index) = flight.owner {
            self.change_piece(key, index, Piece::lose);
            self.fail(key, Problem::Unreadable);
        }
    }

    fn piece_answered(&mut self, key: FileKey, index: usize, answer: &Answer) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let Some(piece) = entry.pieces.get_mut(index) else { return };
        let work = std::mem::replace(&mut piece.work, Work::Idle);
        if !answer.is_success() {
            piece.sure = false;
            return self.piece_refused(key, index, work, answer);
        }
        if let Some(node) = answer.node.clone() {
            return self.finish(key, node);
        }
        let before = piece.offset;
        match (work, answer.offset, &answer.upload) {
            (Work::Creating(_), offset, Some(upload)) => {
                piece.upload = Some(upload.clone());
                piece.offset = offset.unwrap_or(0).min(piece.range.length);
                piece.sure = true;
            }
            // An upload without an address is none; any other success without one is not of our server.
            (Work::Creating(_), _, None) if answer.status == 201 => {
                return self.fail(key, Problem::Status(answer.status));
            }
            (Work::Creating(_), _, None) | (_, None, _) => return self.failed_try(key, Why::Server, None),
            (_, Some(offset), _) => {
                piece.offset = offset.min(piece.range.length);
                piece.sure = true;
            }
        }
        self.piece_moved(key, index, before);
    }

    /// A piece was told its offset, which was `before`. Only bytes that arrived make earlier failures forgotten: that the
    /// offset can be asked for does not mean that the store takes bytes.
    fn piece_moved(&mut self, key: FileKey, index: usize, before: u64) {
        let Some(entry) = self.entries.get(&key) else { return };
        let Some(piece) = entry.pieces.get(index) else { return };
        // All bytes are there and no file yet: the server is making it, or goes on with that when it is asked again.
        let unsettled = entry.group.is_none() && piece.is_complete();
        if piece.offset > before {
            self.relieve(key);
        }
        if unsettled {
            self.wait(key, Why::Publishing, None);
        }
    }

    fn piece_refused(&mut self, key: FileKey, index: usize, work: Work, answer: &Answer) {
        match judge(answer) {
            Verdict::Wait { why, after } => self.failed_try(key, why, after),
            // Asking at once is right the first time; if that does not help, somebody else writes to it.
            Verdict::Stale if matches!(work, Work::Sending { .. }) && !self.has_failed(key) => {
                if let Some(entry) = self.entries.get_mut(&key) {
                    entry.attempts = 1;
                }
            }
            Verdict::Stale => self.failed_try(key, Why::Busy, answer.retry_after),
            Verdict::Smaller => self.shrink(key, work, answer.status),
            // A folder that is not there is no upload that vanished.
            Verdict::Gone if matches!(work, Work::Creating(_)) => {
                let error = serde_json::from_slice(answer.body.as_bytes());
                self.fail(key, error.map_or(Problem::Status(answer.status), Problem::App));
            }
            Verdict::Gone => self.restart(key, index),
            Verdict::Final(problem) => self.fail(key, problem),
        }
    }

    /// The way to the server does not let a body of this size through: no file sends one as large again.
    fn shrink(&mut self, key: FileKey, work: Work, status: u16) {
        let Work::Sending { length, .. } = work else { return self.fail(key, Problem::Status(status)) };
        if length <= FLOOR {
            return self.fail(key, Problem::Status(status));
        }
        self.ceiling = self.ceiling.min(length / 2).max(FLOOR);
        for (_, entry) in self.entries.iter_mut() {
            entry.limit = entry.limit.min(self.ceiling);
        }
    }

    fn restart(&mut self, key: FileKey, index: usize) {
        let again =
            self.entries.get_mut(&key).and_then(|entry| entry.pieces.get_mut(index)).map(Piece::restart);
        // Uploads vanish for who is signed in as somebody else.
        self.doubt_session();
        match again {
            Some(false) => self.fail(key, Problem::App(domain::AppError::Gone)),
            _ => self.failed_try(key, Why::Server, None),
        }
    }

    fn joining_answered(&mut self, key: FileKey, answer: &Answer) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.joining = None;
        if let (true, Some(node)) = (answer.is_success(), answer.node.clone()) {
            return self.finish(key, node);
        }
        if answer.is_success() {
            // Accepted, but not made yet. Asking again for the same file gives the same answer, or the file.
            self.wait(key, Why::Publishing, answer.retry_after);
            return;
        }
        match judge(answer) {
            Verdict::Wait { why, after } => {
                self.wait(key, why, after);
            }
            Verdict::Stale | Verdict::Gone => {
                self.doubt_parts(key, usize::MAX);
                self.wait(key, Why::Busy, answer.retry_after);
            }
            Verdict::Smaller => self.fail(key, Problem::Status(answer.status)),
            Verdict::Final(problem) => self.fail(key, problem),
        }
    }

    /// Before the parts are joined again, the first `count` are asked whether they are what we think.
    fn doubt_parts(&mut self, key: FileKey, count: usize) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.joining = None;
        for piece in entry.pieces.iter_mut().take(count) {
            piece.sure = false;
        }
    }

    fn list_answered(&mut self, answer: &Answer) {
        if answer.is_success() {
            let views = serde_json::from_slice::<Vec<UploadView>>(answer.body.as_bytes()).unwrap_or_default();
            self.listing = Listing::Known;
            self.listing_wait = None;
            return self.restore(views);
        }
        match judge(answer) {
            Verdict::Wait { why, after } => self.list_later(why, after),
            // A server that has no list has nothing to go on with.
            _ => self.listing = Listing::Known,
        }
    }

    fn list_later(&mut self, why: Why, after: Option<u64>) {
        self.listing_attempts = self.listing_attempts.saturating_add(1);
        let until = self.now + delay(self.listing_attempts, after, &mut self.dice);
        self.listing_wait = Some(Wait { until, why, asked: after.is_some() });
    }

    fn bin_again(&mut self, upload: domain::UploadId, failures: u32, why: Why, after: Option<u64>) {
        if failures + 1 < BIN_TRIES {
            let until = self.now + delay(failures + 1, after, &mut self.dice);
            self.bin_wait = Some(Wait { until, why, asked: after.is_some() });
            self.bin.push_back((upload, failures + 1));
        }
    }

    /// A try failed in a way that another one may mend.
    fn failed_try(&mut self, key: FileKey, why: Why, after: Option<u64>) {
        // Parts that fail together fail once.
        if !self.wait(key, why, after) {
            return;
        }
        let Some(entry) = self.entries.get_mut(&key) else { return };
        // Who says why they cannot take it, does not mind its size.
        if entry.attempts >= SHRINK_AFTER && matches!(why, Why::Network | Why::Server) {
            entry.limit = (entry.limit / 2).max(FLOOR);
        }
    }

    /// A file ends without becoming one, or has to be asked about. Its requests end; what arrived stays for a retry.
    pub(super) fn fail(&mut self, key: FileKey, problem: Problem) {
        self.halt(key);
        // Of a file that still waits for its folder, it is the folder's name.
        let is_own = self
            .entries
            .get(&key)
            .is_some_and(|entry| entry.conflict == Conflict::Fail && entry.folder.is_none());
        let phase = if is_own && problem == Problem::App(AppError::NameTaken) {
            Phase::Taken
        } else {
            Phase::Failed(problem)
        };
        self.set_phase(key, phase);
    }

    fn has_failed(&self, key: FileKey) -> bool {
        self.entries.get(&key).is_some_and(|entry| entry.attempts > 0)
    }

    fn change_piece(&mut self, key: FileKey, index: usize, change: impl FnOnce(&mut Piece)) {
        if let Some(piece) = self.entries.get_mut(&key).and_then(|entry| entry.pieces.get_mut(index)) {
            change(piece);
        }
    }
}
