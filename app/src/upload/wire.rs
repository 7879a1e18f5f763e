//! The requests that the queue makes, as data, and the answers it gets: tus 1.0.0 as <https://tus.io/protocols/resumable-upload>
//! has it. Sends nothing itself.

use data_encoding::BASE64;
use domain::{Conflict, FileName, NodeId, Part, UploadId};
use leptos::server_fn::ServerFn;

use super::entry::FileKey;
use crate::actions::accounts::WhoLooks;

/// Where uploads are made; an upload lives at this path with its id behind.
const UPLOADS: &str = "/api/uploads";
const OFFSET_STREAM: &str = "application/offset+octet-stream";

/// A header: its name and value.
pub(crate) type Header = (&'static str, String);

/// The part of a file that goes into a request body: the bytes from `start` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    /// Whose bytes.
    pub(crate) file: FileKey,
    /// Position of the first byte in the file.
    pub(crate) start: u64,
    /// Position behind the last byte in the file.
    pub(crate) end: u64,
}

/// A request to the own origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// HTTP method.
    pub(crate) method: &'static str,
    /// Path on the own origin.
    pub(crate) path: String,
    /// All headers that are not the browser's business.
    pub(crate) headers: Vec<Header>,
    /// The bytes of a file that are the body; `None` where there are none.
    pub(crate) body: Option<Slice>,
    /// The body where it is JSON.
    pub(crate) json: Option<String>,
}

/// What came back, as far as the queue cares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// `Upload-Offset`, bytes.
    pub(crate) offset: Option<u64>,
    /// The id in `Location`.
    pub(crate) upload: Option<UploadId>,
    /// `Hayloft-Node`: the file is complete and this is it.
    pub(crate) node: Option<NodeId>,
    /// `Retry-After`, seconds.
    pub(crate) retry_after: Option<u64>,
    /// The body as text.
    pub(crate) body: String,
}

impl Answer {
    /// Reads an answer; `header` looks up a header by name. What does not parse counts as absent: a header that means
    /// nothing must not be acted on.
    pub(crate) fn read(status: u16, header: impl Fn(&str) -> Option<String>, body: String) -> Self {
        Self {
            status,
            offset: header("Upload-Offset").and_then(|text| text.trim().parse().ok()),
            upload: header("Location").as_deref().and_then(upload_of),
            node: header("Hayloft-Node").and_then(|text| text.trim().parse().ok()),
            retry_after: header("Retry-After").and_then(|text| text.trim().parse().ok()),
            body,
        }
    }

    /// Whether the request did what it was for.
    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// The upload that a `Location` names. Only its last segment counts: behind a proxy the server may not know by which
/// scheme and host the browser reached it, and uploads never live on another origin.
fn upload_of(location: &str) -> Option<UploadId> {
    let path = location.split(['?', '#']).next()?;
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

/// What is said of a file when its upload is created.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    /// Its name.
    pub(crate) name: &'a FileName,
    /// The media type the browser guessed; may be empty.
    pub(crate) mime: &'a str,
    /// The folder it goes into; `None` is the root.
    pub(crate) parent: Option<&'a NodeId>,
    /// Unix milliseconds.
    pub(crate) modified: i64,
    /// Bytes.
    pub(crate) size: u64,
    /// What is to be done where the name is taken.
    pub(crate) conflict: Conflict,
}

impl About<'_> {
    /// `Upload-Metadata` of the file, with what places a part of it (`group` and where it lies).
    fn metadata(&self, place: Option<(&str, Part)>) -> String {
        let mut pairs = vec![("filename", self.name.as_str().to_owned())];
        if !self.mime.is_empty() {
            pairs.push(("filetype", self.mime.to_owned()));
        }
        if let Some(parent) = self.parent {
            pairs.push(("parent", parent.to_string()));
        }
        pairs.push(("lastmodified", self.modified.to_string()));
        pairs.push(("conflict", self.conflict.as_str().to_owned()));
        if let Some((group, part)) = place {
            pairs.push(("group", group.to_owned()));
            pairs.push(("offset", part.offset.to_string()));
            pairs.push(("total", self.size.to_string()));
        }
        let pairs =
            pairs.into_iter().map(|(key, value)| format!("{key} {}", BASE64.encode(value.as_bytes())));
        pairs.collect::<Vec<_>>().join(",")
    }

    /// Makes an upload of the whole file, or, with a group, of one part of it.
    pub(crate) fn create(&self, group: Option<&str>, part: Part) -> Request {
        let mut headers = vec![
            ("Upload-Length", part.length.to_string()),
            ("Upload-Metadata", self.metadata(group.map(|group| (group, part)))),
        ];
        if group.is_some() {
            headers.push(("Upload-Concat", "partial".to_owned()));
        }
        tus("POST", UPLOADS.to_owned(), headers)
    }

    /// Makes the file of its parts, which are given in order.
    pub(crate) fn concatenate<'a>(&self, parts: impl Iterator<Item = &'a UploadId>) -> Request {
        let paths: Vec<String> = parts.map(path_of).collect();
        let headers = vec![
            ("Upload-Metadata", self.metadata(None)),
            ("Upload-Concat", format!("final;{}", paths.join(" "))),
        ];
        tus("POST", UPLOADS.to_owned(), headers)
    }
}

/// Asks how far an upload is.
pub(crate) fn inspect(upload: &UploadId) -> Request {
    tus("HEAD", path_of(upload), Vec::new())
}

/// Sends `slice`, which continues the upload at `offset`.
pub(crate) fn write(upload: &UploadId, offset: u64, slice: Slice) -> Request {
    let headers = vec![("Upload-Offset", offset.to_string()), ("Content-Type", OFFSET_STREAM.to_owned())];
    Request { body: Some(slice), ..tus("PATCH", path_of(upload), headers) }
}

/// Asks the server to make the file of an upload that has all its bytes: a request that adds none. Unlike a question for
/// the offset, its answer says why there can be no file.
pub(crate) fn settle(upload: &UploadId, offset: u64) -> Request {
    let headers = vec![("Upload-Offset", offset.to_string()), ("Content-Type", OFFSET_STREAM.to_owned())];
    tus("PATCH", path_of(upload), headers)
}

/// Ends an upload and discards its bytes.
pub(crate) fn delete(upload: &UploadId) -> Request {
    tus("DELETE", path_of(upload), Vec::new())
}

/// Asks who is signed in; the answer is a [`Visitor`](crate::actions::accounts::Visitor).
pub(crate) fn who() -> Request {
    ask(WhoLooks::url().to_owned())
}

/// Asks for the person's unfinished uploads.
pub(crate) fn list() -> Request {
    ask(UPLOADS.to_owned())
}

/// Makes a folder, or asks for the one of that name. `None` is the root.
pub(crate) fn make_folder(parent: Option<&NodeId>, name: &FileName) -> Request {
    let parent = parent.map_or("root", NodeId::as_str);
    // A name has no control characters: these two are all that JSON escapes.
    let name = name.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    let json = format!(r#"{{"parent":"{parent}","name":"{name}","conflict":"replace"}}"#);
    let headers = vec![("Content-Type", "application/json".to_owned())];
    Request { method: "POST", path: "/api/folders".to_owned(), headers, body: None, json: Some(json) }
}

/// Asks what a folder holds, a thousand at once.
pub(crate) fn children(folder: &NodeId, after: Option<&str>) -> Request {
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    ask(format!("/api/nodes/{folder}/children?limit=1000{after}"))
}

fn ask(path: String) -> Request {
    let headers = vec![("Accept", "application/json".to_owned())];
    Request { method: "GET", path, headers, body: None, json: None }
}

fn path_of(upload: &UploadId) -> String {
    format!("{UPLOADS}/{upload}")
}

fn tus(method: &'static str, path: String, mut headers: Vec<Header>) -> Request {
    headers.push(("Tus-Resumable", "1.0.0".to_owned()));
    Request { method, path, headers, body: None, json: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> UploadId {
        UploadId::from_random([3; 16])
    }

    #[test]
    fn a_location_is_read_however_it_is_written() {
        let id = id();
        for location in [
            format!("/api/uploads/{id}"),
            format!("http://inner:3000/api/uploads/{id}"),
            format!("https://drive.example/api/uploads/{id}/?x=1"),
            format!("{id}"),
        ] {
            assert_eq!(upload_of(&location), Some(id.clone()), "{location}");
        }
        for location in ["", "/api/uploads/", "/api/uploads/../../x", "https://x/y"] {
            assert_eq!(upload_of(location), None, "{location}");
        }
    }

    #[test]
    fn a_folder_of_any_name_is_asked_for_in_json() {
        let name = FileName::parse(r#"a "b" \c 照片"#).expect("name");
        let json = make_folder(None, &name).json.expect("a body");
        let read: std::collections::BTreeMap<String, String> = serde_json::from_str(&json).expect("JSON");
        assert_eq!((read["parent"].as_str(), read["name"].as_str()), ("root", name.as_str()));
    }

    #[test]
    fn headers_that_mean_nothing_are_absent() {
        let header = |name: &str| match name {
            "Upload-Offset" => Some("-1".to_owned()),
            "Retry-After" => Some(" 7 ".to_owned()),
            "Hayloft-Node" => Some("nonsense".to_owned()),
            _ => None,
        };
        let answer = Answer::read(204, header, String::new());
        assert_eq!(answer, Answer { status: 204, retry_after: Some(7), ..Answer::default() });
    }

    #[test]
    fn a_part_says_where_it_belongs() {
        let name = FileName::parse("黄山 日出.jpg").expect("name");
        let about = About {
            name: &name,
            mime: "image/jpeg",
            parent: None,
            modified: -5,
            size: 300,
            conflict: Conflict::Fail,
        };
        let request = about.create(Some("g1"), Part { offset: 200, length: 100 });
        assert_eq!((request.method, request.path.as_str()), ("POST", "/api/uploads"));
        let metadata =
            request.headers.iter().find(|(name, _)| *name == "Upload-Metadata").map(|(_, value)| value);
        let pairs: Vec<(String, String)> = metadata
            .expect("metadata")
            .split(',')
            .map(|pair| {
                let (key, value) = pair.split_once(' ').expect("a value");
                let value = BASE64.decode(value.as_bytes()).expect("base64");
                (key.to_owned(), String::from_utf8(value).expect("text"))
            })
            .collect();
        let expected = [
            ("filename", "黄山 日出.jpg"),
            ("filetype", "image/jpeg"),
            ("lastmodified", "-5"),
            ("conflict", "fail"),
            ("group", "g1"),
            ("offset", "200"),
            ("total", "300"),
        ];
        assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert!(request.headers.contains(&("Upload-Concat", "partial".to_owned())));
        assert!(request.headers.contains(&("Upload-Length", "100".to_owned())));
    }

    #[test]
    fn the_final_upload_names_its_parts_in_order() {
        let name = FileName::parse("a").expect("name");
        let about =
            About { name: &name, mime: "", parent: None, modified: 0, size: 2, conflict: Conflict::Rename };
        let (first, second) = (id(), UploadId::from_random([9; 16]));
        let request = about.concatenate([&first, &second].into_iter());
        let concat = format!("final;/api/uploads/{first} /api/uploads/{second}");
        assert!(request.headers.contains(&("Upload-Concat", concat)));
        assert!(!request.headers.iter().any(|(name, _)| *name == "Upload-Length"), "tus forbids it here");
    }
}
