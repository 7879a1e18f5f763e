//! What the cluster reports, as our kinds of error: the one place that knows Java class names.

use serde::Deserialize;

use crate::{Error, ErrorKind};

/// The body of a refusal.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "RemoteException")]
    exception: Exception,
}

/// A Java exception as WebHDFS tells it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Exception {
    /// The simple class name.
    #[serde(rename = "exception")]
    pub(super) class: String,
    /// The text; DataNodes put the whole stack trace behind it.
    #[serde(default)]
    pub(super) message: String,
}

/// A call that did not succeed, and what that means for the choice of the NameNode.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// The other NameNode may do it: this one is on standby or was not reached.
    pub(super) elsewhere: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, elsewhere: false }
    }
}

impl Failure {
    /// This NameNode was not reached, or it broke off.
    pub(super) fn unreachable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let source = source.into();
        let detail = format!("the cluster cannot be reached: {}", causes(&*source));
        Self { error: Error::new(ErrorKind::Unavailable, detail).caused_by(source), elsewhere: true }
    }

    /// A refusal by HTTP status and body.
    pub(super) fn refused(status: u16, body: &[u8]) -> Self {
        match serde_json::from_slice::<Refusal>(body) {
            Ok(refusal) => refusal.exception.into(),
            Err(_) => {
                let kind = match status {
                    401 | 403 => ErrorKind::Denied,
                    408 | 429 | 500.. => ErrorKind::Unavailable,
                    _ => ErrorKind::Invalid,
                };
                Error::new(kind, format!("HTTP status {status} without an explanation; is this WebHDFS?"))
                    .into()
            }
        }
    }
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Self {
        let kind = exception.kind();
        let message = exception.message.split("\n\tat ").next().unwrap_or_default();
        let error = Error::new(kind, format!("{}: {message}", exception.class));
        Self { error, elsewhere: exception.is_standby() }
    }
}

impl Exception {
    /// What it means, by class, and by message where HDFS has only one class for several things.
    pub(super) fn kind(&self) -> ErrorKind {
        match self.class.as_str() {
            "FileNotFoundException" | "NoSuchElementException" => ErrorKind::NotFound,
            // "Not the lease owner", or the file is gone: who has it is to be asked again, nothing follows from this.
            "LeaseExpiredException" => ErrorKind::Unavailable,
            "FileAlreadyExistsException" => ErrorKind::AlreadyExists,
            "AlreadyBeingCreatedException" | "RecoveryInProgressException" => ErrorKind::Busy,
            "SafeModeException" => ErrorKind::SafeMode,
            "DSQuotaExceededException"
            | "NSQuotaExceededException"
            | "QuotaExceededException"
            | "QuotaByStorageTypeExceededException"
            | "DiskOutOfSpaceException" => ErrorKind::Full,
            "AccessControlException" | "SecurityException" | "AuthorizationException" | "InvalidToken" => {
                ErrorKind::Denied
            }
            "SocketTimeoutException" => ErrorKind::Timeout,
            "ChecksumException" => ErrorKind::Corrupt,
            "IllegalArgumentException"
            | "HadoopIllegalArgumentException"
            | "UnsupportedOperationException"
            | "InvalidPathException"
            | "ParentNotDirectoryException"
            | "PathComponentTooLongException" => ErrorKind::Invalid,
            _ => self.kind_by_message(),
        }
    }

    /// `RetriableException` and `RemoteException` wrap others and name them; plain `IOException` only has words.
    fn kind_by_message(&self) -> ErrorKind {
        let says = |words: &str| self.message.contains(words);
        if says("SafeModeException") || says("Name node is in safe mode") {
            ErrorKind::SafeMode
        } else if says("QuotaExceededException")
            || says("No space left on device")
            // Nodes refuse when they are full; where none runs, or where those that failed a moment ago are left out,
            // that is another matter. If the rest is full, the next attempt is told so without anybody left out.
            || (says("could only be written to 0 of the")
                && !says("There are 0 datanode(s) running")
                && (says("no node(s) are excluded") || !says("node(s) are excluded")))
        {
            ErrorKind::Full
        } else if says("AlreadyBeingCreatedException") || says("RecoveryInProgressException") {
            ErrorKind::Busy
        } else if says("must both be directories") {
            ErrorKind::AlreadyExists
        } else {
            ErrorKind::Unavailable
        }
    }

    fn is_standby(&self) -> bool {
        let standby =
            |text: &str| text.contains("StandbyException") || text.contains("ObserverRetryOnActive");
        standby(&self.class) || (self.class == "RetriableException" && standby(&self.message))
    }
}

/// An error and what caused it, in one line: HTTP clients put the interesting part at the end of the chain.
pub(super) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(class: &str, message: &str) -> Failure {
        Exception { class: class.to_owned(), message: message.to_owned() }.into()
    }

    #[test]
    fn classes_become_kinds() {
        for (class, message, kind) in [
            ("FileNotFoundException", "", ErrorKind::NotFound),
            (
                "LeaseExpiredException",
                "No lease on /x (inode 16390): Client (=1) is not the lease owner (=2)",
                ErrorKind::Unavailable,
            ),
            ("FileAlreadyExistsException", "", ErrorKind::AlreadyExists),
            ("SafeModeException", "", ErrorKind::SafeMode),
            (
                "RetriableException",
                "org.apache.hadoop.hdfs.server.namenode.SafeModeException: x",
                ErrorKind::SafeMode,
            ),
            ("NSQuotaExceededException", "", ErrorKind::Full),
            (
                "IOException",
                "File /x could only be written to 0 of the 1 minReplication nodes.",
                ErrorKind::Full,
            ),
            (
                "IOException",
                "could only be written to 0 of the 1 minReplication nodes. There are 0 datanode(s) running",
                ErrorKind::Unavailable,
            ),
            (
                "IOException",
                "File /x could only be written to 0 of the 1 minReplication nodes. There are 3 datanode(s) running \
                 and no node(s) are excluded in this operation.",
                ErrorKind::Full,
            ),
            (
                "IOException",
                "File /x could only be written to 0 of the 1 minReplication nodes. There are 2 datanode(s) running \
                 and 2 node(s) are excluded in this operation.",
                ErrorKind::Unavailable,
            ),
            ("AccessControlException", "", ErrorKind::Denied),
            ("AlreadyBeingCreatedException", "", ErrorKind::Busy),
            ("RecoveryInProgressException", "", ErrorKind::Busy),
            ("IOException", "anything", ErrorKind::Unavailable),
            ("SomethingNew", "", ErrorKind::Unavailable),
        ] {
            assert_eq!(failure(class, message).error.kind(), kind, "{class}: {message}");
        }
    }

    #[test]
    fn only_standby_sends_the_caller_elsewhere() {
        assert!(failure("StandbyException", "").elsewhere);
        assert!(failure("RetriableException", "org.apache.hadoop.ipc.StandbyException: no").elsewhere);
        assert!(!failure("SafeModeException", "").elsewhere);
    }

    #[test]
    fn stack_traces_stay_out_of_messages() {
        let body = br#"{"RemoteException":{"exception":"IOException","javaClassName":"java.io.IOException",
            "message":"broken\n\tat org.apache.Foo.bar(Foo.java:1)"}}"#;
        let text = Failure::refused(403, body).error.to_string();
        assert!(text.contains("broken") && !text.contains("Foo.java"), "{text}");
        assert_eq!(Failure::refused(502, b"<html>").error.kind(), ErrorKind::Unavailable);
        assert_eq!(Failure::refused(404, b"<html>").error.kind(), ErrorKind::Invalid);
    }
}
