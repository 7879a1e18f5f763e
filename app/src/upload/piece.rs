//! A piece of a file: one tus upload, and what it needs next.

use domain::{Part, UploadId};

/// A request in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket(pub(crate) u64);

/// How often a piece whose upload vanished is begun anew before that counts as an error.
const RESTARTS: u8 = 3;

/// What a piece is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Nothing.
    Idle,
    /// Its upload is being made.
    Creating(Ticket),
    /// Its offset is being asked for.
    Asking(Ticket),
    /// Bytes flow.
    Sending {
        /// The request.
        ticket: Ticket,
        /// How many bytes the request carries.
        length: u64,
        /// How many of them have left the browser.
        sent: u64,
    },
}

impl Work {
    /// The request, if there is one.
    pub(crate) const fn ticket(self) -> Option<Ticket> {
        match self {
            Self::Idle => None,
            Self::Creating(ticket) | Self::Asking(ticket) | Self::Sending { ticket, .. } => Some(ticket),
        }
    }
}

/// What a piece needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An upload.
    Create,
    /// To know its offset.
    Ask,
    /// To send bytes.
    Send,
    /// To become a file, which it did not with its last byte.
    Settle,
}

/// A run of bytes of a file that is one tus upload.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Where it lies in the file.
    pub(crate) range: Part,
    /// Its upload, once made.
    pub(crate) upload: Option<UploadId>,
    /// Bytes of it that the server has, as far as we know.
    pub(crate) offset: u64,
    /// Whether `offset` is what the server said last, with nothing sent since.
    pub(crate) sure: bool,
    /// How often it was begun anew.
    restarts: u8,
    /// What it is doing.
    pub(crate) work: Work,
}

impl Piece {
    /// A piece that nothing was done for.
    pub(crate) const fn planned(range: Part) -> Self {
        Self { range, upload: None, offset: 0, sure: false, restarts: 0, work: Work::Idle }
    }

    /// A piece that an earlier page began; its offset is a hint until asked for.
    pub(crate) const fn resumed(range: Part, upload: UploadId, offset: u64) -> Self {
        Self { range, upload: Some(upload), offset, sure: false, restarts: 0, work: Work::Idle }
    }

    /// Whether nothing was begun for it.
    pub(crate) fn is_untouched(&self) -> bool {
        self.upload.is_none() && self.work == Work::Idle
    }

    /// Whether the server has all of it for certain.
    pub(crate) const fn is_complete(&self) -> bool {
        self.upload.is_some() && self.sure && self.offset >= self.range.length
    }

    /// What it needs next; `None` while it is at work or has all it needs.
    pub(crate) const fn next(&self) -> Option<Step> {
        match (self.work, &self.upload) {
            (Work::Idle, None) => Some(Step::Create),
            (Work::Idle, Some(_)) if !self.sure => Some(Step::Ask),
            (Work::Idle, Some(_)) if self.offset < self.range.length => Some(Step::Send),
            _ => None,
        }
    }

    /// Bytes that the server has or that are on their way to it.
    pub(crate) const fn sent(&self) -> u64 {
        match self.work {
            Work::Sending { sent, .. } => self.offset + sent,
            _ => self.offset,
        }
    }

    /// Its request came to no end that we know of.
    pub(crate) const fn lose(&mut self) {
        self.work = Work::Idle;
        self.sure = false;
    }

    /// Its upload is not there any more: begins anew, and says whether it still may.
    pub(crate) fn restart(&mut self) -> bool {
        let again = self.restarts < RESTARTS;
        *self = Self { restarts: self.restarts.saturating_add(1), ..Self::planned(self.range) };
        again
    }
}
