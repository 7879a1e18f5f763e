//! Folders that come with their files: each is made once, or the one of its name is taken, before what is in it begins.
//!
//! What a folder holds already is looked at first. So a folder that is dropped again, because the page was closed in the
//! middle, goes on: what arrived is not sent twice, and what was begun continues.

use domain::{AppError, Field, FileName, Node, NodeId, Page};

use super::{Command, FileKey, Owner, Phase, Queue, Wait, Why, delay};
use crate::upload::entry::FolderKey;
use crate::upload::verdict::{Problem, Verdict, judge};
use crate::upload::wire::{self, Answer, Request};

/// Requests about folders in flight at once.
const AT_ONCE: usize = 2;

/// A folder of the person's disk on its way into the drive.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// The folder of the drive that everything goes into; `None` is the root.
    root: Option<NodeId>,
    /// Names from there, with slashes between.
    path: String,
    /// The folder it is in, if that is one of these.
    parent: Option<FolderKey>,
    /// Its name in the drive, or why it cannot be one.
    name: Result<FileName, Problem>,
    state: State,
    /// When the next try may be made.
    pub(super) wait: Option<Wait>,
    attempts: u32,
    /// Files that it held before, by name.
    present: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Wanted,
    /// It is there; what it holds is being looked at.
    Seen {
        node: NodeId,
        after: Option<String>,
    },
    There(NodeId),
    Failed(Problem),
}

impl Folder {
    const fn is_settled(&self) -> bool {
        matches!(self.state, State::There(_) | State::Failed(_))
    }

    const fn node(&self) -> Option<&NodeId> {
        match &self.state {
            State::Seen { node, .. } | State::There(node) => Some(node),
            _ => None,
        }
    }
}

impl Queue {
    fn folder(&self, key: FolderKey) -> Option<&Folder> {
        self.folders.get(key.0)
    }

    /// What a folder is in the drive, once all is known of it.
    pub(super) fn folder_node(&self, key: FolderKey) -> Option<&NodeId> {
        self.folder(key)
            .and_then(|folder| if let State::There(node) = &folder.state { Some(node) } else { None })
    }

    /// The folder at a path below `root`, and those on its way; `None` for the root itself. One that failed is tried again.
    pub(super) fn folder_at(&mut self, root: Option<&NodeId>, path: &str) -> Option<FolderKey> {
        if path.is_empty() {
            return None;
        }
        // Files come folder by folder: it is mostly the last.
        let is_it = |folder: &Folder| folder.path == path && folder.root.as_ref() == root;
        if let Some(at) = self.folders.iter().rposition(is_it) {
            self.want(FolderKey(at));
            return Some(FolderKey(at));
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.folder_at(root, above);
        let name =
            FileName::parse(name).map_err(|reason| Problem::App(AppError::invalid(Field::Name, reason)));
        let above = parent.and_then(|parent| self.folder(parent)).map(|parent| &parent.state);
        let state = match (&name, above) {
            (Err(problem), _) | (_, Some(State::Failed(problem))) => State::Failed(problem.clone()),
            _ => State::Wanted,
        };
        self.folders.push(Folder {
            root: root.cloned(),
            path: path.to_owned(),
            parent,
            name,
            state,
            wait: None,
            attempts: 0,
            present: Vec::new(),
        });
        Some(FolderKey(self.folders.len() - 1))
    }

    /// Tries a folder again that failed, and those on its way.
    pub(super) fn want(&mut self, key: FolderKey) {
        let Some(folder) = self.folders.get_mut(key.0) else { return };
        if !matches!(folder.state, State::Failed(_)) {
            return;
        }
        let (parent, hopeless) = (folder.parent, folder.name.is_err());
        if let Some(parent) = parent {
            self.want(parent);
        }
        let above_failed = parent
            .and_then(|parent| self.folder(parent))
            .is_some_and(|above| matches!(above.state, State::Failed(_)));
        if let Some(folder) = self.folders.get_mut(key.0).filter(|_| !hopeless && !above_failed) {
            (folder.state, folder.attempts, folder.wait) = (State::Wanted, 0, None);
            self.settled = self.settled.min(key.0);
        }
    }

    /// Forgets folders that nothing refers to: they may be gone by the next time.
    pub(super) fn forget_folders(&mut self) {
        if !self.is_uploading() && self.entries.values().all(|entry| entry.folder.is_none()) {
            self.folders.clear();
            self.settled = 0;
        }
    }

    /// Whether some are still to be made.
    pub(super) fn makes_folders(&self) -> bool {
        self.folders.iter().skip(self.settled).any(|folder| !folder.is_settled())
    }

    /// What keeps folders from being made, if anything does.
    pub(super) fn folder_wait(&self) -> Option<Wait> {
        self.folders.iter().skip(self.settled).find_map(|folder| folder.wait.filter(|_| !folder.is_settled()))
    }

    /// Folders do not wait longer than `stays` says.
    pub(super) fn hurry_folders(&mut self, stays: impl Fn(&Wait) -> bool) {
        for folder in self.folders.iter_mut().skip(self.settled) {
            folder.wait = folder.wait.filter(&stays);
        }
    }

    /// Begins what may begin for folders.
    pub(super) fn make_folders(&mut self, room: &mut usize) {
        while self.folders.get(self.settled).is_some_and(Folder::is_settled) {
            self.settled += 1;
        }
        let busy: Vec<FolderKey> = self
            .flights
            .values()
            .filter_map(|flight| if let Owner::Folder(key) = flight.owner { Some(key) } else { None })
            .collect();
        let mut running = busy.len();
        for at in self.settled..self.folders.len() {
            if *room == 0 || running >= AT_ONCE {
                return;
            }
            let key = FolderKey(at);
            if let Some(request) = self.folder_request(key).filter(|_| !busy.contains(&key)) {
                self.send(Owner::Folder(key), request);
                running += 1;
                *room -= 1;
            }
        }
    }

    fn folder_request(&self, key: FolderKey) -> Option<Request> {
        let folder = self.folder(key)?;
        if folder.wait.is_some_and(|wait| wait.until > self.now) {
            return None;
        }
        match (&folder.state, folder.parent) {
            (State::Wanted, None) => {
                Some(wire::make_folder(folder.root.as_ref(), folder.name.as_ref().ok()?))
            }
            (State::Wanted, Some(parent)) => {
                let above = self.folder(parent)?.node()?;
                Some(wire::make_folder(Some(above), folder.name.as_ref().ok()?))
            }
            (State::Seen { node, after }, _) => Some(wire::children(node, after.as_deref())),
            _ => None,
        }
    }

    /// A request about a folder was answered.
    pub(super) fn folder_answered(&mut self, key: FolderKey, answer: &Answer) {
        if !answer.is_success() {
            return match judge(answer) {
                Verdict::Wait { why, after } => self.folder_later(key, why, after),
                Verdict::Stale | Verdict::Smaller => self.folder_later(key, Why::Busy, answer.retry_after),
                Verdict::Gone => self.fail_folder(key, &Problem::App(AppError::NotFound)),
                Verdict::Final(problem) => self.fail_folder(key, &problem),
            };
        }
        let Some(folder) = self.folders.get_mut(key.0) else { return };
        folder.wait = None;
        let body = answer.body.as_bytes();
        let read = match &folder.state {
            State::Seen { node, .. } => serde_json::from_slice::<Page<Node>>(body).map(|page| {
                folder.present.extend(page.items);
                match page.next {
                    None => State::There(node.clone()),
                    after => State::Seen { node: node.clone(), after },
                }
            }),
            _ => serde_json::from_slice::<Node>(body).map(|node| State::Seen { node: node.id, after: None }),
        };
        let Ok(state) = read else { return self.folder_later(key, Why::Server, None) };
        let made = folder.state == State::Wanted && folder.parent.is_none();
        let root = folder.root.clone();
        (folder.state, folder.attempts) = (state, 0);
        if made {
            self.out.push(Command::Finished(root));
        }
        self.open_folder(key);
    }

    /// The next try about a folder is made later.
    pub(super) fn folder_later(&mut self, key: FolderKey, why: Why, after: Option<u64>) {
        let Some(folder) = self.folders.get_mut(key.0) else { return };
        folder.attempts = folder.attempts.saturating_add(1);
        let until = self.now + delay(folder.attempts, after, &mut self.dice);
        folder.wait = Some(Wait { until, why, asked: after.is_some() });
    }

    /// A folder cannot be made, and with it nothing that is in it.
    fn fail_folder(&mut self, key: FolderKey, problem: &Problem) {
        let Some(folder) = self.folders.get_mut(key.0) else { return };
        folder.state = State::Failed(problem.clone());
        for file in self.files_of(key) {
            self.fail(file, problem.clone());
        }
        let is_below = |folder: &Folder| folder.parent == Some(key) && !folder.is_settled();
        let below = (key.0 + 1)..self.folders.len();
        for at in below {
            if self.folders.get(at).is_some_and(is_below) {
                self.fail_folder(FolderKey(at), problem);
            }
        }
    }

    fn files_of(&self, key: FolderKey) -> Vec<FileKey> {
        self.entries.iter().filter(|(_, entry)| entry.folder == Some(key)).map(|(key, _)| *key).collect()
    }

    /// What is in a folder that is there now may begin.
    fn open_folder(&mut self, key: FolderKey) {
        let Some(Folder { state: State::There(_), .. }) = self.folder(key) else { return };
        for file in self.files_of(key) {
            self.enter_folder(file, key);
        }
    }

    /// A file comes to its folder, if that is there: it ends where the same file is in it, and goes on where an earlier page
    /// began it. Where the folder failed, so does the file.
    pub(super) fn enter_folder(&mut self, file: FileKey, key: FolderKey) {
        let Some(folder) = self.folders.get(key.0) else { return };
        let node = match &folder.state {
            State::There(node) => node.clone(),
            State::Failed(problem) => {
                let (problem, hopeless) = (problem.clone(), folder.name.is_err());
                self.fail(file, problem);
                if let Some(entry) = self.entries.get_mut(&file).filter(|_| hopeless) {
                    entry.name = None;
                }
                return;
            }
            _ => return,
        };
        let Some(entry) = self.entries.get_mut(&file) else { return };
        let same = folder.present.iter().find(|node| entry.is_node(node)).map(|node| node.id.clone());
        (entry.folder, entry.parent) = (None, Some(node));
        let phase = entry.phase.clone();
        if let Some(node) = same {
            self.set_phase(file, Phase::Done { node });
            return self.out.push(Command::Release(file));
        }
        self.take_over(file);
        self.set_phase(file, phase);
    }

    /// What an earlier page began of this very file is gone on with.
    fn take_over(&mut self, file: FileKey) {
        let Some(entry) = self.entries.get(&file) else { return };
        let left = self.entries.iter().find(|(key, other)| {
            let left = matches!(other.phase, Phase::NeedsFile | Phase::Paused) && !other.has_file;
            **key != file && left && other.is_same_upload(entry)
        });
        let Some(left) = left.map(|(key, _)| *key).and_then(|key| self.take_out(key)) else { return };
        if let Some(entry) = self.entries.get_mut(&file) {
            (entry.pieces, entry.group, entry.spare) = (left.pieces, left.group, left.spare);
        }
    }
}
