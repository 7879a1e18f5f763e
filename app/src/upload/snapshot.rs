//! What the tray shows of the queue: a bounded number of rows and a summary, as plain values.

use domain::{Category, NodeId};

use super::entry::{Entry, FileKey, Phase, Wait};
use super::queue::Queue;
use super::verdict::{Problem, Why};

/// The most rows that are shown at once; of more files, those that need attention come first.
pub(crate) const ROWS: usize = 100;

/// Where a file stands, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Its turn has not come.
    Queued,
    /// The server is being told of it.
    Starting,
    /// Bytes flow.
    Uploading {
        /// Bytes per second; 0 while unknown.
        speed: u64,
        /// Seconds; `None` while unknown.
        left: Option<u64>,
    },
    /// All bytes are there; the file is being made.
    Finishing,
    /// It goes on by itself.
    Waiting {
        /// What for.
        why: Why,
        /// Seconds until the next try.
        seconds: u64,
    },
    /// The person stopped it.
    Paused,
    /// The file has to be picked again.
    NeedsFile {
        /// Another file was picked.
        mismatch: bool,
    },
    /// Its name is taken in the folder.
    Taken,
    /// It is in the drive.
    Done {
        /// As this node.
        node: NodeId,
    },
    /// It ended without a file.
    Failed(Problem),
}

/// A row of the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which file.
    pub(crate) key: FileKey,
    /// Its name, with the folders that it came in.
    pub(crate) name: String,
    /// What its icon shows.
    pub(crate) category: Category,
    /// Bytes.
    pub(crate) size: u64,
    /// Bytes that the server has or that are on their way.
    pub(crate) sent: u64,
    /// Where it stands.
    pub(crate) state: State,
    /// Whether trying again can help; false for a name that cannot be one.
    pub(crate) may_retry: bool,
}

/// How many files stand where, and how far everything is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Files in all.
    pub(crate) files: usize,
    /// Queued or at work.
    pub(crate) pending: usize,
    /// Of the pending, those that wait for a better time.
    pub(crate) waiting: usize,
    /// Stopped by the person.
    pub(crate) paused: usize,
    /// To be picked again.
    pub(crate) needs_file: usize,
    /// With a name that is taken.
    pub(crate) taken: usize,
    /// In the drive.
    pub(crate) done: usize,
    /// Ended without a file.
    pub(crate) failed: usize,
    /// Of the failed, those that trying again can help.
    pub(crate) retryable: usize,
    /// Of what is pending, paused or done: how much has been sent, in percent. 100 only when all is done.
    pub(crate) percent: u8,
    /// Bytes per second; 0 while unknown.
    pub(crate) speed: u64,
    /// Seconds until everything pending is sent; `None` while unknown.
    pub(crate) left: Option<u64>,
}

/// What the tray shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// At most [`ROWS`] of the files.
    pub(crate) rows: Vec<Row>,
    /// How many files have no row.
    pub(crate) hidden: usize,
    /// All of them.
    pub(crate) summary: Summary,
    /// Folders that could not be read.
    pub(crate) unread: Vec<String>,
    /// Whether folders are being read.
    pub(crate) reading: bool,
}

impl Snapshot {
    /// What there is to see of `queue` now.
    pub(crate) fn of(queue: &Queue) -> Self {
        let mut keys: Vec<(u8, FileKey)> =
            queue.entries().map(|(key, entry)| (urgency(entry), key)).collect();
        let hidden = keys.len().saturating_sub(ROWS);
        if hidden > 0 {
            keys.sort_unstable();
            keys.truncate(ROWS);
        }
        let mut shown: Vec<FileKey> = keys.into_iter().map(|(_, key)| key).collect();
        shown.sort_unstable();
        let rows = queue.entries().filter(|(key, _)| shown.binary_search(key).is_ok());
        Self {
            rows: rows.map(|(key, entry)| row(queue, key, entry)).collect(),
            hidden,
            summary: summary(queue),
            unread: queue.unread().to_vec(),
            reading: queue.is_reading(),
        }
    }

    /// Whether there is anything to see.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.unread.is_empty() && !self.reading
    }
}

const fn urgency(entry: &Entry) -> u8 {
    match entry.phase {
        Phase::Active => 0,
        Phase::Taken => 1,
        Phase::Failed(_) => 2,
        Phase::NeedsFile => 3,
        Phase::Paused => 4,
        Phase::Queued => 5,
        Phase::Done { .. } => 6,
    }
}

fn row(queue: &Queue, key: FileKey, entry: &Entry) -> Row {
    Row {
        key,
        name: if entry.path.is_empty() {
            entry.label.clone()
        } else {
            format!("{}/{}", entry.path, entry.label)
        },
        category: entry.category,
        size: entry.size,
        sent: entry.sent().min(entry.size),
        state: state(queue, entry),
        may_retry: entry.name.is_some(),
    }
}

fn state(queue: &Queue, entry: &Entry) -> State {
    match &entry.phase {
        // Where files are at work, these say it: once for all.
        Phase::Queued => match queue.obstacle().filter(|_| queue.live().next().is_none()) {
            Some(wait) => waiting(queue.now(), wait),
            None => State::Queued,
        },
        Phase::Active => active(queue, entry),
        Phase::Paused => State::Paused,
        Phase::NeedsFile => State::NeedsFile { mismatch: entry.mismatch },
        Phase::Taken => State::Taken,
        Phase::Done { node } => State::Done { node: node.clone() },
        Phase::Failed(problem) => State::Failed(problem.clone()),
    }
}

fn waiting(now: u64, wait: Wait) -> State {
    State::Waiting { why: wait.why, seconds: wait.until.saturating_sub(now).div_ceil(1_000) }
}

/// The wait that keeps an active file from going on: its own, or that of everything.
fn standstill(queue: &Queue, entry: &Entry) -> Option<Wait> {
    let own = entry.wait.filter(|wait| wait.until > queue.now());
    queue.obstacle().filter(|_| entry.in_flight() == 0).or(own)
}

fn active(queue: &Queue, entry: &Entry) -> State {
    let sent = entry.sent();
    if entry.is_sending() && sent < entry.size {
        let left = entry.meter.seconds_left(entry.size.saturating_sub(sent));
        return State::Uploading { speed: entry.meter.rate(), left };
    }
    match standstill(queue, entry) {
        Some(wait) if wait.why == Why::Publishing => State::Finishing,
        Some(wait) => waiting(queue.now(), wait),
        None if sent >= entry.size && entry.size > 0 => State::Finishing,
        None => State::Starting,
    }
}

fn summary(queue: &Queue) -> Summary {
    let mut sum = Summary::default();
    let obstructed = queue.obstacle().is_some();
    // One more than its bytes for each file, so that empty ones count as well.
    let (mut sent, mut total, mut open) = (0_u64, 0_u64, 0_u64);
    for (_, entry) in queue.entries() {
        sum.files += 1;
        match entry.phase {
            Phase::Queued => {
                sum.pending += 1;
                sum.waiting += usize::from(obstructed);
            }
            Phase::Active => {
                sum.pending += 1;
                let waits = standstill(queue, entry).is_some_and(|wait| wait.why != Why::Publishing);
                sum.waiting += usize::from(waits && !entry.is_sending());
            }
            Phase::Paused => sum.paused += 1,
            Phase::NeedsFile => sum.needs_file += 1,
            Phase::Taken => sum.taken += 1,
            Phase::Done { .. } => sum.done += 1,
            Phase::Failed(_) => {
                sum.failed += 1;
                sum.retryable += usize::from(entry.name.is_some());
            }
        }
        if matches!(entry.phase, Phase::Queued | Phase::Active | Phase::Paused | Phase::Done { .. }) {
            total += entry.size + 1;
            sent += entry.sent().min(entry.size) + u64::from(matches!(entry.phase, Phase::Done { .. }));
        }
        if entry.is_pending() {
            open += entry.size.saturating_sub(entry.sent());
        }
    }
    sum.percent = percent(sent, total);
    sum.speed = queue.meter().rate();
    sum.left = queue.meter().seconds_left(open);
    sum
}

/// `part` of `whole` in percent, rounded down; 100 for nothing of nothing.
pub(crate) fn percent(part: u64, whole: u64) -> u8 {
    let percent = u128::from(part.min(whole)) * 100 / u128::from(whole.max(1));
    if whole == 0 { 100 } else { u8::try_from(percent).unwrap_or(100) }
}
