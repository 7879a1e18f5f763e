//! What the person does: adds, pauses, resumes, retries, cancels, clears.

use domain::{FileName, NodeId};

use super::{Action, Command, Decision, Entry, FileKey, Owner, Phase, Picked, Queue, Ticket};
use crate::upload::piece::{Piece, Work};

impl Queue {
    /// What is added from now on is looked at by itself, unless something is still on its way.
    pub(super) fn begin_batch(&mut self) {
        if !self.is_uploading() {
            self.clear(|entry| matches!(entry.phase, Phase::Done { .. }));
        }
        self.forget_folders();
    }

    /// Files were picked for a folder. One of this folder that waits to be picked again, failed or was paused goes on; one
    /// that is on its way there already is not taken twice; all others are new, the same file for another folder too.
    pub(super) fn add(&mut self, files: Vec<Picked>, parent: Option<&NodeId>) {
        self.begin_batch();
        let going = self.entries.iter().filter(|(_, entry)| entry.may_go_on());
        let mut known: Vec<(String, u64, FileKey)> = going
            .map(|(key, entry)| {
                let name = entry.name.as_ref().map_or(entry.label.as_str(), FileName::as_str);
                (name.to_owned(), entry.size, *key)
            })
            .collect();
        known.sort_unstable();
        for (index, picked) in files.into_iter().enumerate() {
            let folder = self.folder_at(parent, &picked.path);
            let home = folder.map_or(Some(parent), |folder| self.folder_node(folder).map(Some));
            let name = FileName::parse(&picked.name).map_or_else(|_| picked.name.clone(), String::from);
            let wanted = (name.as_str(), picked.size);
            let from = known.partition_point(|(name, size, _)| (name.as_str(), *size) < wanted);
            let alike = known.get(from..).unwrap_or_default().iter();
            let alike = alike.take_while(|(name, size, _)| (name.as_str(), *size) == wanted);
            let alike = alike.filter_map(|(_, _, key)| Some((*key, self.entries.get(key)?)));
            let same = alike.filter(|(_, entry)| entry.is_same_file(&picked));
            let here = same.filter(|(_, entry)| match home {
                Some(home) => entry.folder.is_none() && entry.parent.as_ref() == home,
                None => entry.folder == folder,
            });
            // One that waits for its file comes first.
            match here.max_by_key(|(_, entry)| !entry.has_file) {
                Some((_, entry)) if entry.has_file && entry.is_pending() => {}
                Some((key, _)) => self.adopt(index, key),
                None => {
                    let group = format!("{:016x}{:016x}", self.dice.bits(), self.dice.bits());
                    let mut entry = Entry::picked(picked, parent.cloned(), self.ceiling, group);
                    entry.folder = folder;
                    let key = self.insert(entry);
                    self.out.push(Command::Keep { index, key });
                    if let Some(folder) = folder {
                        self.enter_folder(key, folder);
                    }
                }
            }
        }
    }

    /// A file was picked for one row: it goes on if it is that file; else nothing is begun.
    pub(super) fn offer(&mut self, key: FileKey, file: &Picked) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.mismatch = !entry.is_same_file(file);
        if !entry.mismatch {
            self.adopt(0, key);
        }
    }

    fn adopt(&mut self, index: usize, key: FileKey) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.has_file = true;
        entry.mismatch = false;
        entry.attempts = 0;
        entry.limit = self.ceiling;
        for piece in &mut entry.pieces {
            piece.sure = false;
        }
        self.out.push(Command::Keep { index, key });
        self.set_phase(key, Phase::Queued);
    }

    /// Does what the person asked for.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Pause(key) => self.pause(key),
            Action::Resume(key) => self.resume(key),
            Action::Retry(key) => self.retry(key),
            Action::Cancel(key) => self.cancel(key),
            Action::PauseAll => self.for_all(Entry::is_pending, Self::pause),
            Action::ResumeAll => self.for_all(|entry| entry.phase == Phase::Paused, Self::resume),
            Action::RetryFailed => self.for_all(|entry| matches!(entry.phase, Phase::Failed(_)), Self::retry),
            Action::Decide(Some(key), decision) => self.decide(key, decision),
            Action::Decide(None, decision) => {
                self.for_all(|entry| entry.phase == Phase::Taken, |queue, key| queue.decide(key, decision));
            }
            Action::Clear => {
                self.unread.clear();
                self.clear(Entry::is_over);
            }
        }
    }

    fn for_all(&mut self, which: impl Fn(&Entry) -> bool, change: impl Fn(&mut Self, FileKey)) {
        let keys: Vec<FileKey> =
            self.entries.iter().filter(|(_, entry)| which(entry)).map(|(key, _)| *key).collect();
        for key in keys {
            change(self, key);
        }
    }

    fn pause(&mut self, key: FileKey) {
        if self.entries.get(&key).is_some_and(|entry| entry.is_pending()) {
            self.halt(key);
            self.set_phase(key, Phase::Paused);
        }
    }

    fn resume(&mut self, key: FileKey) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        match entry.phase {
            Phase::Paused => {
                entry.attempts = 0;
                entry.wait = None;
                self.set_phase(key, Phase::Queued);
            }
            Phase::Active => {
                entry.wait = None;
                self.session.hurry();
            }
            _ => {}
        }
    }

    fn retry(&mut self, key: FileKey) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        // A name that cannot be one does not become one by trying.
        if !matches!(entry.phase, Phase::Failed(_)) || entry.name.is_none() {
            return;
        }
        entry.attempts = 0;
        entry.limit = self.ceiling;
        for piece in &mut entry.pieces {
            piece.sure = false;
        }
        let next = if entry.has_file { Phase::Queued } else { Phase::NeedsFile };
        let folder = entry.folder;
        self.set_phase(key, next);
        if let Some(folder) = folder {
            self.want(folder);
            self.enter_folder(key, folder);
        }
    }

    /// The person said what is to be done about a taken name.
    fn decide(&mut self, key: FileKey, decision: Decision) {
        let Some(entry) = self.entries.get_mut(&key).filter(|entry| entry.phase == Phase::Taken) else {
            return;
        };
        let Some(conflict) = decision else { return self.cancel(key) };
        entry.conflict = conflict;
        entry.attempts = 0;
        for piece in &mut entry.pieces {
            piece.sure = false;
        }
        // Of parts it is told when they are joined. A single upload was told when it was made, and begins anew.
        if entry.group.is_none() {
            self.discard(key);
        }
        self.set_phase(key, Phase::Queued);
    }

    fn cancel(&mut self, key: FileKey) {
        let Some(entry) = self.entries.get(&key) else { return };
        if matches!(entry.phase, Phase::Done { .. }) || entry.joining.is_some() {
            return;
        }
        self.halt(key);
        self.discard(key);
        self.forget(key);
    }

    /// Puts a file's uploads into the bin, those included that are just being made.
    fn discard(&mut self, key: FileKey) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        self.bin.extend(std::mem::take(&mut entry.spare).into_iter().map(|upload| (upload, 0)));
        for piece in &mut entry.pieces {
            let old = std::mem::replace(piece, Piece::planned(piece.range));
            if let Some(flight) = old.work.ticket().and_then(|ticket| self.flights.get_mut(&ticket)) {
                flight.owner = Owner::Unwanted;
            }
            self.bin.extend(old.upload.map(|upload| (upload, 0)));
        }
    }

    /// Ends the requests of a file, but those that make something on the server: of these we want to know what they made.
    pub(super) fn halt(&mut self, key: FileKey) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let mut tickets: Vec<Ticket> = Vec::new();
        for piece in &mut entry.pieces {
            if let Work::Asking(ticket) | Work::Sending { ticket, .. } = piece.work {
                piece.lose();
                tickets.push(ticket);
            }
        }
        for ticket in tickets {
            self.abort(ticket);
        }
    }

    /// Takes out of sight what is over. A failed file's uploads go into the bin: nobody can go on with them any more.
    fn clear(&mut self, which: impl Fn(&Entry) -> bool) {
        let over: Vec<FileKey> =
            self.entries.iter().filter(|(_, entry)| which(entry)).map(|(key, _)| *key).collect();
        for key in over {
            if self.entries.get(&key).is_some_and(|entry| matches!(entry.phase, Phase::Failed(_))) {
                self.discard(key);
            }
            self.forget(key);
        }
    }

    fn forget(&mut self, key: FileKey) {
        self.take_out(key);
        self.out.push(Command::Release(key));
    }

    /// Takes a file out of all lists.
    pub(super) fn take_out(&mut self, key: FileKey) -> Option<Box<Entry>> {
        self.line.remove(&key);
        self.held.remove(&key);
        self.live.remove(&key);
        self.entries.remove(&key)
    }
}
