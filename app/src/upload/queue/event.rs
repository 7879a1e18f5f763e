//! What the queue is told, and what it tells.

use domain::{Conflict, NodeId, UserId};

use crate::upload::entry::{FileKey, Picked};
use crate::upload::piece::Ticket;
use crate::upload::wire::{Answer, Request};

/// What becomes of a file whose name is taken: `None` skips it.
pub(crate) type Decision = Option<Conflict>;

/// What the person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Stop this file for now.
    Pause(FileKey),
    /// Go on with this file; a waiting one does not wait longer.
    Resume(FileKey),
    /// Try a file again that failed.
    Retry(FileKey),
    /// Do not upload this file: forget it, and discard what arrived.
    Cancel(FileKey),
    /// Stop everything for now.
    PauseAll,
    /// Go on with everything that was stopped.
    ResumeAll,
    /// Try all files again that failed.
    RetryFailed,
    /// What is to be done with a file whose name is taken, or with all of these.
    Decide(Option<FileKey>, Decision),
    /// Take the files out of sight that are over, and the note about folders.
    Clear,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The page is there.
    Start {
        /// Who is signed in, if that is known.
        person: Option<UserId>,
    },
    /// Whether no other page of this browser is at work on uploads; answers [`Command::LookAround`].
    Alone(bool),
    /// Files were picked or dropped.
    Added {
        /// In order.
        files: Vec<Picked>,
        /// The folder they go into; `None` is the root.
        parent: Option<NodeId>,
    },
    /// A file was picked for this row.
    Offered {
        /// The row.
        key: FileKey,
        /// The file.
        file: Picked,
    },
    /// Folders were found, whether or not there is a file in them.
    Folders {
        /// Names from `parent` on, with slashes between.
        paths: Vec<String>,
        /// The folder they go into; `None` is the root.
        parent: Option<NodeId>,
    },
    /// Folders are being read from the disk.
    Reading,
    /// They were read.
    Read {
        /// Names of those that could not be.
        unread: Vec<String>,
    },
    /// A request's body is on its way.
    Progress {
        /// Which request.
        ticket: Ticket,
        /// Bytes of the body that have left the browser.
        sent: u64,
    },
    /// A request was answered.
    Answered {
        /// Which request.
        ticket: Ticket,
        /// By what.
        answer: Answer,
    },
    /// A request was not answered.
    Lost {
        /// Which request.
        ticket: Ticket,
    },
    /// A request was not sent, since its file cannot be read.
    Unreadable {
        /// Which request.
        ticket: Ticket,
    },
    /// Time went by.
    Tick,
    /// The person came back to the page: no reason to wait longer.
    Kick,
    /// The network came back: no reason to wait longer, not for what is silent either.
    Online,
    /// The person asked for something.
    User(Action),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Find out whether another page of this browser is at work on uploads, and tell by [`Event::Alone`].
    LookAround,
    /// Send this; what becomes of it is told with the ticket.
    Send {
        /// What to call it.
        ticket: Ticket,
        /// What to send.
        request: Request,
    },
    /// End this request, and tell no more of it.
    Abort(Ticket),
    /// Hold the file at this place of the last [`Event::Added`] (0 for [`Event::Offered`]) under this key.
    Keep {
        /// Its place.
        index: usize,
        /// Its key.
        key: FileKey,
    },
    /// Let go of the file of this key.
    Release(FileKey),
    /// A file has come to be in this folder of the drive; `None` is the root.
    Finished(Option<NodeId>),
}
