//! A server and a network to try the queue against: they keep the protocol's rules and complain when the queue does not.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use domain::{
    FileName, Node, NodeId, NodeKind, Page, Profile, Role, UploadId, UploadKind, UploadView, UserId,
};

use crate::actions::accounts::Visitor;
use crate::upload::entry::{FileKey, Phase, Picked};
use crate::upload::piece::Ticket;
use crate::upload::queue::{Action, Command, Event, Queue};
use crate::upload::wire::{Answer, Request};

/// An upload on the server.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) partial: bool,
    pub(super) length: u64,
    pub(super) offset: u64,
    pub(super) node: Option<NodeId>,
}

impl Stored {
    fn number(&self, key: &str) -> Option<u64> {
        self.metadata.get(key).and_then(|text| text.parse().ok())
    }
}

/// The server's side.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) uploads: BTreeMap<UploadId, Stored>,
    /// Every file that came to be, by the parts it was made of.
    pub(super) joined: BTreeMap<Vec<UploadId>, NodeId>,
    pub(super) nodes: Vec<(String, u64)>,
    /// Files and folders, each in its folder; without one, in the root.
    pub(super) tree: Vec<Node>,
    /// How many times more it takes all bytes and makes no file of them.
    pub(super) slow: u32,
    /// Who is signed in.
    pub(super) person: Option<UserId>,
    made: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            uploads: BTreeMap::new(),
            joined: BTreeMap::new(),
            nodes: Vec::new(),
            tree: Vec::new(),
            slow: 0,
            person: Some(person(1)),
            made: 0,
        }
    }
}

pub(super) fn person(n: u8) -> UserId {
    UserId::from_random([n; 16])
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

fn place_of(metadata: &BTreeMap<String, String>) -> Option<NodeId> {
    metadata.get("parent").map(|id| id.parse().expect("an id"))
}

fn is_place(node: &Node, metadata: &BTreeMap<String, String>) -> bool {
    node.parent == place_of(metadata) && node.name == metadata["filename"]
}

impl Server {
    fn bits(&mut self) -> [u8; 16] {
        self.made += 1;
        let mut bits = [0; 16];
        bits[..8].copy_from_slice(&self.made.to_be_bytes());
        bits
    }

    /// Whether the name may not be used; `None` for a name that is free, or may be taken.
    fn refusal(&self, metadata: &BTreeMap<String, String>) -> Option<Answer> {
        let there = self.tree.iter().find(|node| is_place(node, metadata))?;
        let allowed = match metadata["conflict"].as_str() {
            "rename" => true,
            "replace" => there.kind == NodeKind::File,
            "fail" => false,
            other => panic!("no such conflict: {other}"),
        };
        let body = r#"{"code":"name-taken"}"#.to_owned();
        (!allowed).then(|| Answer { status: 409, body, ..Answer::default() })
    }

    /// Makes the file. What is kept beside another is numbered by the server, which is not told here.
    fn publish(&mut self, metadata: &BTreeMap<String, String>, size: u64) -> NodeId {
        let name = metadata["filename"].clone();
        if metadata["conflict"] == "replace" {
            self.tree.retain(|node| !is_place(node, metadata));
            self.nodes.retain(|(other, _)| *other != name);
        }
        self.nodes.push((name.clone(), size));
        let modified = metadata["lastmodified"].parse().expect("a time");
        self.grow(place_of(metadata), name, NodeKind::File, size, modified)
    }

    pub(super) fn grow(
        &mut self,
        parent: Option<NodeId>,
        name: String,
        kind: NodeKind,
        size: u64,
        modified: i64,
    ) -> NodeId {
        let id = NodeId::from_random(self.bits());
        self.tree.push(Node {
            id: id.clone(),
            parent,
            name,
            kind,
            size,
            mime: None,
            modified,
            blake3: None,
            thumbnail: false,
        });
        id
    }

    /// The folder of that name, made if need be.
    fn folder(&mut self, json: &str) -> Answer {
        let asked: BTreeMap<String, String> = serde_json::from_str(json).expect("JSON");
        assert_eq!(asked["conflict"], "replace");
        let parent = (asked["parent"] != "root").then(|| asked["parent"].parse().expect("an id"));
        let name = asked["name"].clone();
        let there = |node: &&Node| node.parent == parent && node.name == name;
        let (status, body) = match self.tree.iter().find(there) {
            Some(node) if node.kind == NodeKind::File => (409, r#"{"code":"name-taken"}"#.to_owned()),
            Some(node) => (200, serde_json::to_string(node).expect("JSON")),
            None => {
                self.grow(parent, name, NodeKind::Folder, 0, 0);
                (200, serde_json::to_string(self.tree.last().expect("it is there")).expect("JSON"))
            }
        };
        Answer { status, body, ..Answer::default() }
    }

    /// What a folder holds, two at once.
    fn children(&self, path: &str) -> Answer {
        let (id, query) = path["/api/nodes/".len()..].split_once("/children?").expect("a folder");
        let id: NodeId = id.parse().expect("an id");
        let from: usize =
            query.split_once("&after=").map_or(0, |(_, after)| after.parse().expect("a cursor"));
        let all: Vec<Node> =
            self.tree.iter().filter(|node| node.parent.as_ref() == Some(&id)).cloned().collect();
        let next = (from + 2 < all.len()).then(|| (from + 2).to_string());
        let page = Page { items: all.into_iter().skip(from).take(2).collect(), next };
        Answer { status: 200, body: serde_json::to_string(&page).expect("JSON"), ..Answer::default() }
    }

    /// Paths and sizes of all files.
    pub(super) fn files(&self) -> Vec<(String, u64)> {
        let path = |node: &Node| {
            let (mut path, mut at) = (node.name.clone(), node.parent.clone());
            while let Some(above) = at.and_then(|id| self.tree.iter().find(|node| node.id == id)) {
                path = format!("{}/{path}", above.name);
                at = above.parent.clone();
            }
            path
        };
        let files = self.tree.iter().filter(|node| node.kind == NodeKind::File);
        let mut files: Vec<_> = files.map(|node| (path(node), node.size)).collect();
        files.sort();
        files
    }

    /// Does what is asked. Of a body only `taken` bytes arrive; fewer than it has means that the connection broke.
    pub(super) fn apply(&mut self, request: &Request, taken: u64) -> Answer {
        let id = request.path.strip_prefix("/api/uploads/").and_then(|id| id.parse::<UploadId>().ok());
        match (request.method, id) {
            ("GET", None) if request.path == "/form/who" => self.who(),
            ("GET", None) if request.path.starts_with("/api/nodes/") => self.children(&request.path),
            ("GET", None) => self.list(),
            ("POST", None) if request.path == "/api/folders" => {
                self.folder(request.json.as_deref().expect("a body"))
            }
            ("POST", None) => self.create(request),
            ("HEAD", Some(id)) => self.inspect(&id),
            ("PATCH", Some(id)) => self.write(request, &id, taken),
            ("DELETE", Some(id)) => {
                let status = if self.uploads.remove(&id).is_some() { 204 } else { 404 };
                Answer { status, ..Answer::default() }
            }
            _ => panic!("no such route: {request:?}"),
        }
    }

    fn create(&mut self, request: &Request) -> Answer {
        let pairs = header(request, "Upload-Metadata").expect("metadata").split(',').map(|pair| {
            let (key, value) = pair.split_once(' ').expect("a value");
            let value = String::from_utf8(BASE64.decode(value.as_bytes()).expect("base64")).expect("text");
            (key.to_owned(), value)
        });
        let metadata: BTreeMap<String, String> = pairs.collect();
        if let Some(parts) = header(request, "Upload-Concat").and_then(|text| text.strip_prefix("final;")) {
            return self.join(&metadata, parts);
        }
        if let Some(refusal) = self.refusal(&metadata) {
            return refusal;
        }
        let length = header(request, "Upload-Length").and_then(|text| text.parse().ok()).expect("a length");
        let partial = header(request, "Upload-Concat") == Some("partial");
        let node = (length == 0).then(|| self.publish(&metadata, 0));
        let id = UploadId::from_random(self.bits());
        let stored = Stored { metadata, partial, length, offset: 0, node: node.clone() };
        self.uploads.insert(id.clone(), stored);
        Answer { status: 201, upload: Some(id), node, ..Answer::default() }
    }

    fn join(&mut self, metadata: &BTreeMap<String, String>, parts: &str) -> Answer {
        let ids: Vec<UploadId> =
            parts.split(' ').map(|path| path.rsplit('/').next().expect("id").parse().expect("id")).collect();
        if let Some(node) = self.joined.get(&ids) {
            return Answer { status: 201, node: Some(node.clone()), ..Answer::default() };
        }
        let mut end = 0;
        let mut groups = BTreeSet::new();
        for id in &ids {
            let Some(part) = self.uploads.get(id) else { return Answer { status: 404, ..Answer::default() } };
            assert!(part.partial && part.offset == part.length, "joined before it was complete: {part:?}");
            assert_eq!(part.number("offset"), Some(end), "parts are joined in order and without gap");
            groups.insert(part.metadata["group"].clone());
            end += part.length;
        }
        assert_eq!(groups.len(), 1, "parts of one file have one group");
        if let Some(refusal) = self.refusal(metadata) {
            return refusal;
        }
        let node = self.publish(metadata, end);
        self.joined.insert(ids, node.clone());
        Answer { status: 201, node: Some(node), ..Answer::default() }
    }

    fn inspect(&self, id: &UploadId) -> Answer {
        match self.uploads.get(id) {
            Some(stored) => Answer {
                status: 200,
                offset: Some(stored.offset),
                node: stored.node.clone(),
                ..Answer::default()
            },
            None => Answer { status: 404, ..Answer::default() },
        }
    }

    fn write(&mut self, request: &Request, id: &UploadId, taken: u64) -> Answer {
        let offset: u64 =
            header(request, "Upload-Offset").and_then(|text| text.parse().ok()).expect("an offset");
        let Some(stored) = self.uploads.get_mut(id) else {
            return Answer { status: 404, ..Answer::default() };
        };
        if stored.offset != offset {
            return Answer { status: 409, ..Answer::default() };
        }
        let place = stored.number("offset").unwrap_or(0);
        match request.body {
            Some(slice) => {
                assert_eq!(slice.start, place + offset, "these are the bytes that belong there");
                assert!(
                    slice.end <= place + stored.length && slice.start < slice.end,
                    "not empty, not overlong"
                );
                stored.offset += taken.min(slice.end - slice.start);
            }
            None => assert_eq!((offset, stored.partial), (stored.length, false), "nothing is left to send"),
        }
        let complete = stored.offset == stored.length && !stored.partial && stored.node.is_none();
        if complete && self.slow > 0 {
            self.slow -= 1;
        } else if complete {
            let (metadata, length) = (stored.metadata.clone(), stored.length);
            if let Some(refusal) = self.refusal(&metadata) {
                return refusal;
            }
            let node = self.publish(&metadata, length);
            self.uploads.get_mut(id).expect("it is there").node = Some(node);
        }
        let stored = &self.uploads[id];
        Answer { status: 204, offset: Some(stored.offset), node: stored.node.clone(), ..Answer::default() }
    }

    fn who(&self) -> Answer {
        let profile = self.person.clone().map(|id| Profile {
            root: NodeId::from_random([9; 16]),
            username: id.to_string(),
            email: String::new(),
            role: Role::User,
            used: 0,
            quota: None,
            display_name: None,
            avatar: None,
            id,
        });
        let body = serde_json::to_string(&Visitor { profile, ..Visitor::default() }).expect("json");
        Answer { status: 200, body, ..Answer::default() }
    }

    fn list(&self) -> Answer {
        let taken: BTreeSet<&UploadId> = self.joined.keys().flatten().collect();
        let open = self.uploads.iter().filter(|(id, stored)| stored.node.is_none() && !taken.contains(id));
        let views: Vec<UploadView> = open.map(|(id, stored)| view(id, stored)).collect();
        Answer { status: 200, body: serde_json::to_string(&views).expect("json"), ..Answer::default() }
    }
}

fn view(id: &UploadId, stored: &Stored) -> UploadView {
    UploadView {
        id: id.clone(),
        kind: if stored.partial { UploadKind::Partial } else { UploadKind::Whole },
        offset: stored.offset,
        length: Some(stored.length),
        name: FileName::parse(&stored.metadata["filename"]).ok(),
        parent: stored.metadata.get("parent").and_then(|id| id.parse().ok()),
        last_modified: stored.metadata["lastmodified"].parse().ok(),
        group: stored.metadata.get("group").cloned(),
        part_offset: stored.number("offset"),
        total: stored.number("total"),
        expires: i64::MAX,
    }
}

/// The queue of one page, its network and the server.
#[derive(Debug)]
pub(super) struct World {
    pub(super) queue: Queue,
    pub(super) server: Server,
    pub(super) now: u64,
    /// Requests that were sent and not answered.
    pub(super) wire: Vec<(Ticket, Request)>,
    /// The folder of every file that was made.
    pub(super) finished: Vec<Option<NodeId>>,
    /// Whether another page is at work on uploads.
    pub(super) crowded: bool,
    /// The keys whose file the browser holds.
    pub(super) held: BTreeSet<FileKey>,
    /// The most requests there were at once.
    pub(super) widest: usize,
}

pub(super) fn picked(name: &str, size: u64) -> Picked {
    let (path, name) = name.rsplit_once('/').unwrap_or(("", name));
    Picked {
        path: path.to_owned(),
        name: name.to_owned(),
        size,
        modified: 1_700_000_000_000,
        mime: String::new(),
    }
}

impl World {
    /// A page that was just opened; the list was asked for and not answered.
    pub(super) fn open(server: Server, seed: u64) -> Self {
        Self::open_beside(false, server, seed)
    }

    /// A page that was just opened; `crowded` beside another one that is at work.
    pub(super) fn open_beside(crowded: bool, server: Server, seed: u64) -> Self {
        let mut world = Self {
            crowded,
            queue: Queue::new(seed),
            server,
            now: 1_000_000,
            wire: Vec::new(),
            finished: Vec::new(),
            held: BTreeSet::new(),
            widest: 0,
        };
        world.happen(Event::Start { person: Some(person(1)) });
        world
    }

    /// A page that knows that there is nothing to go on with.
    pub(super) fn fresh() -> Self {
        let mut world = Self::open(Server::default(), 42);
        world.deliver(0);
        world
    }

    pub(super) fn happen(&mut self, event: Event) {
        let mut looks = false;
        for command in self.queue.reduce(self.now, event) {
            match command {
                Command::LookAround => looks = true,
                Command::Send { ticket, request } => {
                    let twice = |(_, other): &&(Ticket, Request)| {
                        request.method == "PATCH" && other.path == request.path && other.method == "PATCH"
                    };
                    assert!(!self.wire.iter().any(|one| twice(&one)), "sent twice at once: {request:?}");
                    if let Some(slice) = request.body {
                        assert!(self.held.contains(&slice.file), "bytes of a file that nobody holds");
                    }
                    self.wire.push((ticket, request));
                }
                Command::Abort(ticket) => self.wire.retain(|(other, _)| *other != ticket),
                Command::Keep { key, .. } => drop(self.held.insert(key)),
                Command::Release(key) => drop(self.held.remove(&key)),
                Command::Finished(folder) => self.finished.push(folder),
            }
        }
        let uploads = self.wire.iter().filter(|(_, request)| !matches!(request.method, "GET" | "DELETE"));
        self.widest = self.widest.max(uploads.count());
        if looks {
            self.happen(Event::Alone(!self.crowded));
        }
    }

    pub(super) fn add(&mut self, files: &[(&str, u64)]) {
        self.add_to(None, files);
    }

    pub(super) fn add_to(&mut self, parent: Option<NodeId>, files: &[(&str, u64)]) {
        let files = files.iter().map(|(name, size)| picked(name, *size)).collect();
        self.happen(Event::Added { files, parent });
    }

    pub(super) fn act(&mut self, action: Action) {
        self.happen(Event::User(action));
    }

    /// The request at `index` arrives whole and is answered.
    pub(super) fn deliver(&mut self, index: usize) {
        let (ticket, request) = self.wire.remove(index);
        let answer = self.server.apply(&request, u64::MAX);
        self.happen(Event::Answered { ticket, answer });
    }

    /// The request at `index` is answered by something before the server.
    pub(super) fn refuse(&mut self, index: usize, answer: Answer) {
        let (ticket, _) = self.wire.remove(index);
        self.happen(Event::Answered { ticket, answer });
    }

    pub(super) fn refuse_with(&mut self, index: usize, status: u16) {
        self.refuse(index, Answer { status, ..Answer::default() });
    }

    /// The connection of the request at `index` breaks. `taken` bytes of its body had arrived; `None`: it never did.
    pub(super) fn cut(&mut self, index: usize, taken: Option<u64>) {
        let (ticket, request) = self.wire.remove(index);
        if let Some(taken) = taken {
            self.server.apply(&request, taken);
        }
        self.happen(Event::Lost { ticket });
    }

    pub(super) fn pass(&mut self, milliseconds: u64) {
        self.now += milliseconds;
        self.happen(Event::Tick);
    }

    /// Everything works from now on, until there is nothing left to do.
    pub(super) fn calm(&mut self) {
        for _ in 0..20_000 {
            if !self.wire.is_empty() {
                self.deliver(0);
            } else if self.queue.is_busy() {
                self.pass(1_000);
            } else {
                return;
            }
        }
        panic!("it never comes to rest: {:#?}", self.queue);
    }

    pub(super) fn phases(&self) -> Vec<Phase> {
        self.queue.entries().map(|(_, entry)| entry.phase.clone()).collect()
    }

    pub(super) fn key(&self, name: &str) -> FileKey {
        self.queue.entries().find(|(_, entry)| entry.label == name).map(|(key, _)| key).expect(name)
    }

    pub(super) fn key_in(&self, parent: &NodeId) -> FileKey {
        self.queue
            .entries()
            .find(|(_, entry)| entry.parent.as_ref() == Some(parent))
            .map(|(key, _)| key)
            .expect("an entry")
    }

    /// Method and position of what is on the wire.
    pub(super) fn methods(&self) -> Vec<&'static str> {
        self.wire.iter().map(|(_, request)| request.method).collect()
    }
}
