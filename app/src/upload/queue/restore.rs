//! Uploads that earlier pages began and did not finish: makes rows of the server's list of them.
//!
//! Begins none by itself: another tab may be at work on them, and the bytes are on the person's disk.

use std::collections::BTreeMap;

use domain::{Part, UploadKind, UploadView, plan_parts};

use super::{Entry, Phase, Queue};
use crate::upload::entry::Picked;
use crate::upload::piece::Piece;

/// What uploads have in common that belong to one file.
type Fingerprint = (Option<String>, String, u64, i64);

impl Queue {
    /// Takes the server's list. Uploads that a browser could not continue (without a name, a length or a time of change)
    /// are other programs' business and stay out of sight.
    pub(super) fn restore(&mut self, views: Vec<UploadView>) {
        let mut files: BTreeMap<Fingerprint, Vec<UploadView>> = BTreeMap::new();
        for view in views {
            if let Some(fingerprint) = fingerprint(&view).filter(|_| !self.knows(&view)) {
                files.entry(fingerprint).or_default().push(view);
            }
        }
        for ((group, _, size, modified), views) in files {
            self.restore_file(group, size, modified, views);
        }
    }

    fn knows(&self, view: &UploadView) -> bool {
        let mut pieces = self.entries.values().flat_map(|entry| &entry.pieces);
        pieces.any(|piece| piece.upload.as_ref() == Some(&view.id))
    }

    fn restore_file(&mut self, group: Option<String>, size: u64, modified: i64, views: Vec<UploadView>) {
        let plan = if group.is_some() { plan_parts(size) } else { vec![Part { offset: 0, length: size }] };
        let mut pieces: Vec<Piece> = plan.into_iter().map(Piece::planned).collect();
        let Some(name) = views.iter().find_map(|view| view.name.clone()) else { return };
        let parent = views.iter().find_map(|view| view.parent.clone());
        let mut spare = Vec::new();
        for view in views {
            let place = pieces.iter_mut().find(|piece| {
                piece.range.offset == view.part_offset.unwrap_or(0) && Some(piece.range.length) == view.length
            });
            match place {
                // The same bytes twice, because an answer was lost: the one that is farther is the one to go on with.
                Some(piece) if piece.upload.is_none() || piece.offset < view.offset => {
                    let range = piece.range;
                    spare
                        .extend(std::mem::replace(piece, Piece::resumed(range, view.id, view.offset)).upload);
                }
                Some(_) => spare.push(view.id),
                None => {}
            }
        }
        if pieces.iter().all(|piece| piece.upload.is_none()) {
            return;
        }
        let mut entry = Entry::resumed(name, size, modified, pieces, group);
        entry.parent = parent;
        entry.spare = spare;
        entry.limit = self.ceiling;
        self.place(entry);
    }

    /// Files may have been picked before the list was there: such a one goes on with what it finds in it.
    fn place(&mut self, found: Entry) {
        let picked = |entry: &Entry| Picked {
            name: entry.label.clone(),
            size: entry.size,
            modified: entry.modified,
            mime: String::new(),
        };
        let fresh = |entry: &&mut Entry| {
            let untouched = entry.pieces.iter().all(|piece| piece.upload.is_none());
            entry.has_file && entry.may_go_on() && untouched && found.is_same_file(&picked(entry))
        };
        if let Some(entry) = self.entries.values_mut().find(fresh) {
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

/// What makes a file of uploads, when a browser can go on with this one.
fn fingerprint(view: &UploadView) -> Option<Fingerprint> {
    let name = view.name.as_ref()?.as_str().to_owned();
    let modified = view.last_modified?;
    let length = view.length?;
    match view.kind {
        UploadKind::Partial => Some((Some(view.group.clone()?), name, view.total?, modified)),
        UploadKind::Whole => Some((None, name, length, modified)),
        UploadKind::Final => None,
    }
}
