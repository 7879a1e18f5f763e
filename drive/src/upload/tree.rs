//! The BLAKE3 tree of a file, hashed in pieces: by several requests, by several processes, or in parallel parts.
//!
//! BLAKE3 is a binary tree over chunks of 1 KiB, so a run of bytes that starts at a multiple of a power of two is a
//! subtree of it whatever comes before and after (section 2.1 of the BLAKE3 paper; `blake3::hazmat`). This module keeps
//! subtrees of whole leaves of 1 MiB: few enough to store with the upload, small enough to read one again after a
//! restart. The result equals that of `b3sum`.
//!
//! Nothing here does I/O or decides when to hash; a run that does not start at a multiple of a leaf is refused.

use blake3::Hasher;
use blake3::hazmat::{HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};

/// Bytes of a leaf: a power of two. A resumed upload reads at most this much again per clean stop.
pub(crate) const LEAF: u64 = 1 << 20;

/// First byte of everything encoded here; another number is not understood and hashing starts over.
const FORMAT: u8 = 1;

type ChainingValue = [u8; 32];

/// A subtree of `2^level` leaves. The last one of a run may stand for a shorter leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subtree {
    level: u8,
    value: ChainingValue,
}

/// Subtrees that lie side by side from `start`, in bytes of the whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    start: u64,
    /// Bytes covered; a multiple of [`LEAF`] unless the last leaf is the short end of the file.
    length: u64,
    subtrees: Vec<Subtree>,
}

impl Row {
    const fn new(start: u64) -> Self {
        Self { start, length: 0, subtrees: Vec::new() }
    }

    /// Adds what follows. Two equal neighbours become one only now: as long as nothing follows, their parent may be the
    /// root, which is computed differently.
    fn push(&mut self, subtree: Subtree, length: u64) {
        let index = (self.start + self.length) / LEAF;
        while let [.., left, right] = self.subtrees.as_slice() {
            let size = 2_u64 << left.level;
            if left.level != right.level || !index.is_multiple_of(size) {
                break;
            }
            let value = merge_subtrees_non_root(&left.value, &right.value, Mode::Hash);
            let level = left.level + 1;
            self.subtrees.truncate(self.subtrees.len() - 2);
            self.subtrees.push(Subtree { level, value });
        }
        self.subtrees.push(subtree);
        self.length += length;
    }

    fn encode(&self, kind: u8, only_leaf: Option<&ChainingValue>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(51 + 33 * self.subtrees.len());
        bytes.extend([FORMAT, kind]);
        bytes.extend(self.start.to_le_bytes());
        bytes.extend(self.length.to_le_bytes());
        bytes.push(u8::from(only_leaf.is_some()));
        bytes.extend(only_leaf.into_iter().flatten());
        for subtree in &self.subtrees {
            bytes.push(subtree.level);
            bytes.extend(subtree.value);
        }
        bytes
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    fn decode(bytes: &[u8], kind: u8) -> Option<(Self, Option<ChainingValue>)> {
        let (head, rest) = bytes.split_first_chunk::<19>()?;
        if head[..2] != [FORMAT, kind] {
            return None;
        }
        let start = u64::from_le_bytes(head[2..10].try_into().ok()?);
        let length = u64::from_le_bytes(head[10..18].try_into().ok()?);
        let (only_leaf, rest) = match head[18] {
            0 => (None, rest),
            1 => rest.split_first_chunk::<32>().map(|(leaf, rest)| (Some(*leaf), rest))?,
            _ => return None,
        };
        let (entries, tail) = rest.as_chunks::<33>();
        let subtrees: Vec<Subtree> = entries
            .iter()
            .map(|entry| {
                let (level, value) = entry.split_first()?;
                Some(Subtree { level: *level, value: value.try_into().ok()? })
            })
            .collect::<Option<_>>()?;
        let leaves = subtrees.iter().try_fold(0_u64, |sum, subtree| {
            1_u64.checked_shl(subtree.level.into()).and_then(|leaves| sum.checked_add(leaves))
        })?;
        let whole = tail.is_empty() && start.is_multiple_of(LEAF) && length.div_ceil(LEAF) == leaves;
        whole.then_some((Self { start, length, subtrees }, only_leaf))
    }
}

const FRONTIER: u8 = 0;
const OUTLINE: u8 = 1;

/// A run of bytes on its way into the tree.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    row: Row,
    /// The leaf that was begun. It stays open when it is full: only what follows tells that it is not the root.
    leaf: Box<Hasher>,
}

impl Tree {
    /// A run that starts at `start` bytes of the file; `None` unless that is a multiple of [`LEAF`].
    pub(crate) fn new(start: u64) -> Option<Self> {
        start.is_multiple_of(LEAF).then(|| Self::continuing(Row::new(start)))
    }

    /// Continues where [`frontier`](Self::frontier) was taken, or earlier: at the last leaf known to end at or before
    /// `offset` bytes of the run. `None` when these bytes are no frontier of a run from `start`.
    pub(crate) fn restore(frontier: &[u8], start: u64, offset: u64) -> Option<Self> {
        let (mut row, _) = Row::decode(frontier, FRONTIER)?;
        if row.start != start || !row.length.is_multiple_of(LEAF) {
            return None;
        }
        while row.length > offset {
            row.length -= LEAF << row.subtrees.pop()?.level;
        }
        Some(Self::continuing(row))
    }

    fn continuing(row: Row) -> Self {
        let mut leaf = Box::new(Hasher::new());
        leaf.set_input_offset(row.start + row.length);
        Self { row, leaf }
    }

    /// Takes the next bytes. Costs about a millisecond per MiB: keep large ones off the async workers.
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.leaf.count() == LEAF {
                self.row.push(Subtree { level: 0, value: self.leaf.finalize_non_root() }, LEAF);
                *self = Self::continuing(std::mem::replace(&mut self.row, Row::new(0)));
            }
            let room = usize::try_from(LEAF - self.leaf.count()).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.leaf.update(now);
            bytes = later;
        }
    }

    /// Bytes of the run taken so far.
    pub(crate) fn length(&self) -> u64 {
        self.row.length + self.leaf.count()
    }

    /// The state up to the beginning of the leaf that is open, to be stored; the bytes from
    /// [`frontier_length`](Self::frontier_length) on have to be read again.
    pub(crate) fn frontier(&self) -> Vec<u8> {
        self.row.encode(FRONTIER, None)
    }

    /// Bytes of the run that [`frontier`](Self::frontier) covers.
    #[cfg(test)]
    pub(crate) const fn frontier_length(&self) -> u64 {
        self.row.length
    }

    /// What the run is when nothing more comes.
    pub(crate) fn outline(&self) -> Outline {
        let mut row = self.row.clone();
        let rest = self.leaf.count();
        let only_leaf = (row.start == 0 && row.length == 0).then(|| *self.leaf.finalize().as_bytes());
        if rest > 0 {
            row.push(Subtree { level: 0, value: self.leaf.finalize_non_root() }, rest);
        }
        Outline { row, only_leaf }
    }
}

/// The subtrees of a finished run: a whole file or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    row: Row,
    /// The file's hash if this run, of at most one leaf, turns out to be all of it.
    only_leaf: Option<ChainingValue>,
}

impl Outline {
    /// To be stored.
    pub(crate) fn encode(&self) -> Vec<u8> {
        self.row.encode(OUTLINE, self.only_leaf.as_ref())
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        Row::decode(bytes, OUTLINE).map(|(row, only_leaf)| Self { row, only_leaf })
    }

    /// Bytes of the run.
    pub(crate) const fn length(&self) -> u64 {
        self.row.length
    }

    /// The hash of the file that these runs make in this order, as 32 bytes. `None` unless each starts where the one
    /// before ends, the first at 0, and only the last ends within a leaf; or when the value is lost
    /// with what was cut off.
    pub(crate) fn root<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<[u8; 32]> {
        let mut file = Row::new(0);
        let mut only_leaf = Some(*blake3::hash(&[]).as_bytes());
        for part in parts.into_iter().filter(|part| part.row.length > 0) {
            if part.row.start != file.length || !file.length.is_multiple_of(LEAF) {
                return None;
            }
            only_leaf = part.only_leaf;
            for (nth, subtree) in part.row.subtrees.iter().enumerate() {
                let full = LEAF << subtree.level;
                let last = nth + 1 == part.row.subtrees.len();
                let length = if last { part.row.start + part.row.length - file.length } else { full };
                file.push(subtree.clone(), length);
            }
        }
        let mut values = file.subtrees.iter().rev().map(|subtree| subtree.value).peekable();
        let mut right = values.next();
        // A single subtree is a single leaf: two would not have been merged before something followed. Unless what
        // followed was given up again: as a root it would have another value, which is lost.
        let Some(_) = values.peek() else { return only_leaf };
        while let (Some(left), Some(joined)) = (values.next(), right) {
            if values.peek().is_none() {
                return Some(*merge_subtrees_root(&left, &joined, Mode::Hash).as_bytes());
            }
            right = Some(merge_subtrees_non_root(&left, &joined, Mode::Hash));
        }
        None
    }
}

#[cfg(test)]
mod tests;
