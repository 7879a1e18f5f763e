//! Uploads that earlier pages began and did not finish: makes rows of the server's list of them.
//!
//! Begins none by itself: another tab may be at work on them, and the bytes are on the person's disk.

use domain::{NodeId, Part, UploadId, UploadKind, UploadView, plan_parts};
use litemap::LiteMap;

use super::{Entry, FileKey, Phase, Queue};
use crate::upload::piece::Piece;

/// What uploads have in common that belong to one file.
type Fingerprint = (Option<NodeId>, Option<String>, String, u64, i64);

impl Queue {
    /// Takes the server's list. Uploads that a browser could not continue (without a name, a length or a time of change)
    /// are other programs' business and stay out of sight.
    pub(super) fn restore(&mut self, views: Vec<UploadView>) {
        let mut files: LiteMap<Fingerprint, Vec<UploadView>> = LiteMap::new();
        let own = self.own_uploads();
        for view in views {
            if let Some(fingerprint) = fingerprint(&view).filter(|_| own.binary_search(&view.id).is_err()) {
                files.entry(fingerprint).or_default().push(view);
            }
        }
        let mut untouched = self.untouched();
        for ((parent, group, _, size, modified), views) in files {
            if let Some(mut found) = resumed(group, size, modified, views) {
                found.parent = parent;
                found.limit = self.ceiling;
                self.place(found, &mut untouched);
            }
        }
    }

    /// The uploads that this page works on, sorted: both they and the listed ones may be thousands.
    fn own_uploads(&self) -> Vec<UploadId> {
        let entries = self.entries.values();
        let mut own: Vec<UploadId> = entries
            .flat_map(|entry| {
                entry
                    .pieces
                    .iter()
                    .filter_map(|piece| piece.upload.clone())
                    .chain(entry.spare.iter().cloned())
            })
            .collect();
        own.sort_unstable();
        own
    }

    /// Files that were picked and for which nothing was begun.
    fn untouched(&self) -> Vec<FileKey> {
        let fresh = |entry: &Entry| {
            entry.has_file && entry.may_go_on() && entry.pieces.iter().all(Piece::is_untouched)
        };
        self.entries.iter().filter(|(_, entry)| fresh(entry)).map(|(key, _)| *key).collect()
    }

    /// Files may have been picked before the list was there: such a one goes on with what it finds in it.
    fn place(&mut self, found: Entry, untouched: &mut Vec<FileKey>) {
        let is_found = |key: &FileKey| self.entries.get(key).is_some_and(|entry| found.is_same_upload(entry));
        if let Some(at) = untouched.iter().position(is_found)
            && let Some(entry) = self.entries.get_mut(&untouched.swap_remove(at))
        {
            entry.pieces = found.pieces;
            entry.group = found.group;
            entry.spare = found.spare;
            return;
        }
        let complete = !found.needs_bytes();
        let key = self.insert(found);
        if complete {
            self.set_phase(key, Phase::Paused);
        }
    }
}

/// A file of the uploads that were begun for it; `None` where none of them is a piece as we would cut it.
fn resumed(group: Option<String>, size: u64, modified: i64, views: Vec<UploadView>) -> Option<Entry> {
    let plan = if group.is_some() { plan_parts(size) } else { vec![Part { offset: 0, length: size }] };
    let mut pieces: Vec<Piece> = plan.into_iter().map(Piece::planned).collect();
    let name = views.iter().find_map(|view| view.name.clone())?;
    let mut spare = Vec::new();
    for view in views {
        let place = pieces.iter_mut().find(|piece| {
            piece.range.offset == view.part_offset.unwrap_or(0) && Some(piece.range.length) == view.length
        });
        match place {
            // The same bytes twice, because an answer was lost: the one that is farther is the one to go on with.
            Some(piece) if piece.upload.is_none() || piece.offset < view.offset => {
                let range = piece.range;
                spare.extend(std::mem::replace(piece, Piece::resumed(range, view.id, view.offset)).upload);
            }
            Some(_) => spare.push(view.id),
            None => {}
        }
    }
    if pieces.iter().all(|piece| piece.upload.is_none()) {
        return None;
    }
    let mut entry = Entry::resumed(name, size, modified, pieces, group);
    entry.spare = spare;
    Some(entry)
}

/// What makes a file of uploads, when a browser can go on with this one.
fn fingerprint(view: &UploadView) -> Option<Fingerprint> {
    let name = view.name.as_ref()?.as_str().to_owned();
    let modified = view.last_modified?;
    let length = view.length?;
    let parent = view.parent.clone();
    match view.kind {
        UploadKind::Partial => Some((parent, Some(view.group.clone()?), name, view.total?, modified)),
        UploadKind::Whole => Some((parent, None, name, length, modified)),
        UploadKind::Final => None,
    }
}
