//! One file of the queue and its pieces: what is known of them, and what each needs next. Decides nothing about other files.

use domain::{Category, Conflict, FileName, Node, NodeId, NodeKind, UploadId, plan_parts};

use super::meter::Meter;
use super::piece::{Piece, Step, Ticket, Work};
use super::verdict::{Problem, Why};
use super::wire::{About, Slice};

/// A file in the queue, for as long as the page lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileKey(pub(crate) u32);

/// A folder that comes with its files, for as long as the page lives: its place among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FolderKey(pub(crate) usize);

/// A file as the browser describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picked {
    /// The folders that it came in, with slashes between; empty for a file alone.
    pub(crate) path: String,
    /// Its name, as it is on the disk.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
    /// Unix milliseconds.
    pub(crate) modified: i64,
    /// Media type, or empty.
    pub(crate) mime: String,
}

/// The smallest request body that failures lead to, in bytes.
pub(crate) const FLOOR: u64 = 1 << 20;

/// Where a file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Ready, until there is room for it.
    Queued,
    /// At work, or waiting for a better time.
    Active,
    /// The person stopped it.
    Paused,
    /// Begun by an earlier page: the file has to be picked again.
    NeedsFile,
    /// Its name is taken in the folder: the person says what is to be done.
    Taken,
    /// It is a file in the drive.
    Done {
        /// Which.
        node: NodeId,
    },
    /// It ended without a file.
    Failed(Problem),
}

/// A time before which nothing new is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// Unix milliseconds.
    pub(crate) until: u64,
    /// What for.
    pub(crate) why: Why,
    /// Whether the server named the time.
    pub(crate) asked: bool,
}

impl Wait {
    /// Whether it ends when the network or the person comes back: not what the server asked for, and not a publish, which
    /// goes on at its own pace. Who comes back may just have signed in.
    pub(crate) fn yields(&self) -> bool {
        match self.why {
            Why::SignIn | Why::OtherPerson => true,
            Why::Publishing => false,
            _ => !self.asked,
        }
    }
}

/// A file of the queue.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its name as shown: what the person's disk says, even where that cannot be a name here.
    pub(crate) label: String,
    /// The folders that it came in, with slashes between.
    pub(crate) path: String,
    /// The folder that has to be there first; `parent` is not known before.
    pub(crate) folder: Option<FolderKey>,
    /// Its name in the drive; `None` where `label` cannot be one, or a name of its `path`.
    pub(crate) name: Option<FileName>,
    /// What its icon shows.
    pub(crate) category: Category,
    /// Bytes.
    pub(crate) size: u64,
    /// Unix milliseconds.
    pub(crate) modified: i64,
    mime: String,
    /// The folder; `None` is the root.
    pub(crate) parent: Option<NodeId>,
    /// What the person said of a taken name; `Fail` as long as they were not asked.
    pub(crate) conflict: Conflict,
    /// What its parts have in common; `None` for a file that is one upload.
    pub(crate) group: Option<String>,
    /// In order, without gaps.
    pub(crate) pieces: Vec<Piece>,
    /// The request that makes the file of its parts.
    pub(crate) joining: Option<Ticket>,
    /// Where it stands; changed by the queue only, which keeps lists by it.
    pub(crate) phase: Phase,
    /// Set while it has to wait; may lie in the past.
    pub(crate) wait: Option<Wait>,
    /// Failures in a row.
    pub(crate) attempts: u32,
    /// The largest request body, in bytes.
    pub(crate) limit: u64,
    /// Whether the browser holds the file.
    pub(crate) has_file: bool,
    /// Whether another file was offered in its place.
    pub(crate) mismatch: bool,
    /// How fast it goes.
    pub(crate) meter: Meter,
    /// More uploads of the same bytes, less far: for the bin.
    pub(crate) spare: Vec<UploadId>,
}

impl Entry {
    /// A file that was just picked, cut into parts as the server likes them. `group` names the parts where there are many.
    pub(crate) fn picked(picked: Picked, parent: Option<NodeId>, limit: u64, group: String) -> Self {
        let parsed = FileName::parse(&picked.name);
        let phase = match &parsed {
            Ok(_) => Phase::Queued,
            Err(reason) => {
                let error = domain::AppError::invalid(domain::Field::Name, *reason);
                Phase::Failed(Problem::App(error))
            }
        };
        let pieces: Vec<Piece> = plan_parts(picked.size).into_iter().map(Piece::planned).collect();
        let group = (pieces.len() > 1).then_some(group);
        let mut entry = Self::bare(picked.name, parsed.ok(), picked.size, picked.modified, pieces, group);
        entry.mime = picked.mime;
        entry.path = picked.path;
        entry.parent = parent;
        entry.phase = phase;
        entry.limit = limit;
        entry.has_file = true;
        entry
    }

    /// A file that an earlier page began. It waits for the person: to pick it, or, when the server has all of its parts,
    /// to say that it shall be finished.
    pub(crate) fn resumed(
        name: FileName,
        size: u64,
        modified: i64,
        pieces: Vec<Piece>,
        group: Option<String>,
    ) -> Self {
        Self::bare(name.as_str().to_owned(), Some(name), size, modified, pieces, group)
    }

    fn bare(
        label: String,
        name: Option<FileName>,
        size: u64,
        modified: i64,
        pieces: Vec<Piece>,
        group: Option<String>,
    ) -> Self {
        Self {
            category: name.as_ref().map_or(Category::Other, Category::guess),
            label,
            name,
            path: String::new(),
            folder: None,
            size,
            modified,
            mime: String::new(),
            parent: None,
            conflict: Conflict::Fail,
            group,
            pieces,
            joining: None,
            phase: Phase::NeedsFile,
            wait: None,
            attempts: 0,
            limit: domain::PART_SIZE,
            has_file: false,
            mismatch: false,
            meter: Meter::new(),
            spare: Vec::new(),
        }
    }

    /// Whether `picked` is this very file, as far as a browser can tell: same name, size and time of change.
    pub(crate) fn is_same_file(&self, picked: &Picked) -> bool {
        self.size == picked.size
            && self.modified == picked.modified
            && (self.label == picked.name || self.name == FileName::parse(&picked.name).ok())
    }

    /// Whether `other` brings this very file into the same folder.
    pub(crate) fn is_same_upload(&self, other: &Self) -> bool {
        (self.size, self.modified) == (other.size, other.modified)
            && (&self.parent, self.folder) == (&other.parent, other.folder)
            && (self.label == other.label || self.name == other.name)
    }

    /// Whether a node is this very file: same name, size and time of change.
    pub(crate) fn is_node(&self, node: &Node) -> bool {
        let named = self.name.as_ref().is_some_and(|name| name.as_str() == node.name);
        named && node.kind == NodeKind::File && (self.size, self.modified) == (node.size, node.modified)
    }

    /// Whether it is on its way: neither ended nor left by the person.
    pub(crate) const fn is_pending(&self) -> bool {
        matches!(self.phase, Phase::Queued | Phase::Active)
    }

    /// Whether picking its file again goes on with it.
    pub(crate) const fn may_go_on(&self) -> bool {
        self.name.is_some() && !matches!(self.phase, Phase::Done { .. })
    }

    /// Whether it ended, in whichever way.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Done { .. } | Phase::Failed(_))
    }

    /// What is told about it when an upload is made; `None` for a file whose name cannot be one.
    pub(crate) fn about(&self) -> Option<About<'_>> {
        let name = self.name.as_ref()?;
        let parent = self.parent.as_ref();
        let (modified, size, conflict) = (self.modified, self.size, self.conflict);
        Some(About { name, mime: &self.mime, parent, modified, size, conflict })
    }

    /// The bytes that the next request of piece `index` carries.
    pub(crate) fn slice(&self, key: FileKey, index: usize) -> Option<Slice> {
        let piece = self.pieces.get(index)?;
        let left = piece.range.length.saturating_sub(piece.offset);
        let start = piece.range.offset + piece.offset;
        Some(Slice { file: key, start, end: start + left.min(self.limit) })
    }

    /// Bytes that the server has or that are on their way to it.
    pub(crate) fn sent(&self) -> u64 {
        match self.phase {
            Phase::Done { .. } => self.size,
            _ => self.pieces.iter().map(Piece::sent).sum(),
        }
    }

    /// Its requests in flight.
    pub(crate) fn in_flight(&self) -> usize {
        let pieces = self.pieces.iter().filter(|piece| piece.work != Work::Idle).count();
        pieces + usize::from(self.joining.is_some())
    }

    /// Whether all parts are on the server and only the file has to be made of them.
    pub(crate) fn is_ready_to_join(&self) -> bool {
        self.group.is_some() && self.joining.is_none() && self.pieces.iter().all(Piece::is_complete)
    }

    /// What is to be done next: which piece, and what it needs.
    pub(crate) fn next(&self) -> Option<(usize, Step)> {
        let next = self.pieces.iter().enumerate().find_map(|(index, piece)| Some((index, piece.next()?)));
        let is_unsettled = |piece: &Piece| piece.work == Work::Idle && piece.is_complete();
        next.or_else(|| {
            (self.group.is_none() && self.pieces.iter().all(is_unsettled)).then_some((0, Step::Settle))
        })
    }

    /// Whether bytes are missing on the server, as far as we know.
    pub(crate) fn needs_bytes(&self) -> bool {
        self.pieces.iter().any(|piece| piece.upload.is_none() || piece.offset < piece.range.length)
    }

    /// Whether bytes are flowing now.
    pub(crate) fn is_sending(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece.work, Work::Sending { .. }))
    }
}
