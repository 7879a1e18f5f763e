//! Where a file is in a store.

use std::fmt;

/// A path from the store's base: segments of `[A-Za-z0-9._-]`, joined by `/`; neither empty nor `.` nor `..`.
///
/// Names of people's files never occur in it, so nothing has to be escaped on the way to a file system or into a URL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StorePath(String);

/// The text is not a store path.
#[derive(Debug, thiserror::Error)]
#[error("not a store path: {0:?}")]
pub struct InvalidStorePath(String);

impl StorePath {
    /// Parses a path; it has at least one segment.
    ///
    /// # Errors
    /// [`InvalidStorePath`] with the text.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidStorePath> {
        let text = text.into();
        if text.split('/').all(is_segment) { Ok(Self(text)) } else { Err(InvalidStorePath(text)) }
    }

    /// This path with one more segment.
    ///
    /// # Errors
    /// [`InvalidStorePath`] when `segment` is not one.
    pub fn join(&self, segment: &str) -> Result<Self, InvalidStorePath> {
        if is_segment(segment) {
            Ok(Self(format!("{}/{segment}", self.0)))
        } else {
            Err(InvalidStorePath(segment.to_owned()))
        }
    }

    /// The directory this is in; `None` at the top.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// The last segment.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The text, without a leading slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment.len() <= 255
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

impl fmt::Display for StorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_segments_are_paths() {
        for good in ["a", "staging/u-1/00000", "blobs/ab/x.y_z"] {
            assert_eq!(StorePath::parse(good).expect(good).as_str(), good);
        }
        for bad in ["", "/", "/a", "a/", "a//b", ".", "a/../b", "a b", "a%2f", "a\0", "文", "a\\b"] {
            assert!(StorePath::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn parents_and_names() {
        let path = StorePath::parse("a/b").expect("path").join("c").expect("segment");
        assert_eq!((path.name(), path.parent().expect("parent").as_str()), ("c", "a/b"));
        assert!(path.join("..").is_err() && path.join("x/y").is_err());
        assert!(StorePath::parse("a").expect("path").parent().is_none());
    }
}
