//! The lines of `routes.txt`.

use super::source::{Route, route};
use super::things::picture;
use crate::support::upload_metadata;

pub(super) const FILE: &str = "server/tests/http/access/routes.txt";
const LINES: &str = include_str!("routes.txt");

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Own,
    Mine,
    Admin,
    Link,
    Anybody,
}

/// One route, and how it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) who: Who,
    pub(super) method: String,
    path: String,
    kind: String,
    sent: String,
}

/// What is sent.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

pub(super) fn lines() -> Vec<Line> {
    let is_line = |line: &&str| !line.is_empty() && !line.starts_with('#');
    LINES.lines().filter(is_line).map(|line| read(line).unwrap_or_else(|| panic!("{FILE}: {line}"))).collect()
}

fn read(line: &str) -> Option<Line> {
    let (who, rest) = line.split_once(' ')?;
    let (method, rest) = rest.trim_start().split_once(' ')?;
    let (path, rest) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
    let (kind, sent) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
    let who = match who {
        "own" => Who::Own,
        "mine" => Who::Mine,
        "admin" => Who::Admin,
        "link" => Who::Link,
        "anybody" => Who::Anybody,
        _ => return None,
    };
    let known =
        ["", "page", "json", "form", "tus", "files", "picture"].contains(&kind) && path.starts_with('/');
    let text = str::to_owned;
    known.then(|| Line {
        who,
        method: text(method),
        path: text(path),
        kind: text(kind),
        sent: text(sent.trim()),
    })
}

impl Line {
    pub(super) fn route(&self) -> Route {
        route(&self.method, &self.path)
    }

    /// Whether it names a thing that this stands for.
    pub(super) fn names(&self, what: &str) -> bool {
        let what = format!("{{{what}}}");
        self.path.contains(&what) || self.sent.contains(&what)
    }

    pub(super) fn is_page(&self) -> bool {
        self.kind == "page"
    }

    pub(super) fn is_form_of_files(&self) -> bool {
        self.kind == "files"
    }

    /// The same with a thing put in.
    pub(super) fn about(&self, what: &str, value: &str) -> Self {
        let put = |text: &str| text.replace(&format!("{{{what}}}"), value);
        Self { path: put(&self.path), sent: put(&self.sent), ..self.clone() }
    }

    pub(super) fn request(&self) -> Request {
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let (headers, body) = match self.kind.as_str() {
            "page" => (vec![own("accept", "text/html"), own("accept-language", "en")], Vec::new()),
            "json" => (vec![own("content-type", "application/json")], self.sent.clone().into_bytes()),
            "form" => {
                let pairs = self.sent.split('&').filter_map(|pair| pair.split_once('='));
                let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                let accept = own("accept", "application/json");
                (vec![own("content-type", "application/x-www-form-urlencoded"), accept], form.into_bytes())
            }
            "tus" => {
                let mut headers = vec![own("tus-resumable", "1.0.0")];
                let pairs = self.sent.split(';').filter_map(|pair| pair.split_once(": "));
                headers.extend(pairs.map(|(name, value)| own(name.trim(), value.trim())));
                headers.push(("upload-metadata".to_owned(), upload_metadata(&[("filename", "new.txt")])));
                (headers, Vec::new())
            }
            "files" => {
                let parent = part("form-data; name=\"parent\"", self.sent.as_bytes());
                parts(&[parent, part("form-data; name=\"f\"; filename=\"new.txt\"", b"new")])
            }
            "picture" => parts(&[part("form-data; name=\"avatar\"; filename=\"me.png\"", &picture(9))]),
            _ => (Vec::new(), Vec::new()),
        };
        // Where any method is taken, one is tried.
        let method = if self.method == "ANY" { "GET".to_owned() } else { self.method.clone() };
        Request { method, path: self.path.clone(), headers, body }
    }
}

/// Headers and body of a form of these parts.
fn parts(parts: &[Vec<u8>]) -> (Vec<(String, String)>, Vec<u8>) {
    let header = ("content-type".to_owned(), "multipart/form-data; boundary=x".to_owned());
    (vec![header], [parts.concat().as_slice(), b"--x--\r\n"].concat())
}

fn part(disposition: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--x\r\ncontent-disposition: {disposition}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}
