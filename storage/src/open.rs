//! From a URL to a store, and the proof that it works.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use url::Url;

use crate::{BlobStore, Deadlines, Error, ErrorKind, HdfsStore, LocalStore, Result, StorePath};

/// Opens the store that a URL names: `file:///directory` or `webhdfs://user@host:port/directory?alt=host:port`.
///
/// A local directory is made if it is missing; a cluster is not asked anything yet, see [`probe`].
///
/// # Errors
/// `Invalid` with one sentence that says what is wrong with the URL and how to mend it; what the file system says.
pub async fn open(url: &str) -> Result<Arc<dyn BlobStore>> {
    let invalid = |detail: String| Error::new(ErrorKind::Invalid, detail);
    let parsed = Url::parse(url).map_err(|error| {
        let advice = "write it as file:///absolute/directory or webhdfs://USER@NAMENODE:9870/DIRECTORY";
        invalid(format!("the store URL is not a URL ({error}); {advice}"))
    })?;
    match parsed.scheme() {
        "file" => {
            let directory = parsed.to_file_path().ok().filter(|path| path != Path::new("/"));
            let advice = "write it with three slashes and an absolute directory, as file:///var/lib/hayloft";
            let directory = directory
                .ok_or_else(|| invalid(format!("the store URL names no local directory; {advice}")))?;
            Ok(Arc::new(LocalStore::open(directory).await?))
        }
        "webhdfs" => Ok(Arc::new(HdfsStore::open(&parsed, Deadlines::default())?)),
        "hdfs" => {
            let advice = "write webhdfs:// with the NameNode's web port, which is 9870 unless configured";
            Err(invalid(format!(
                "the store URL begins with hdfs://, which this program does not speak; {advice}"
            )))
        }
        other => Err(invalid(format!(
            "the store URL begins with {other}://, which is no store; use file:// or webhdfs://"
        ))),
    }
}

/// Writes a small file, seals it, reads it back and removes it, so that a wrong store is found at the start and not by the first
/// upload.
///
/// # Errors
/// What the store reports; `Corrupt` when other bytes come back.
pub async fn probe(store: &dyn BlobStore) -> Result<()> {
    let name = format!("staging/probe-{:016x}", rand::random::<u64>());
    let path = StorePath::parse(name).map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
    let outcome = write_and_read(store, &path).await;
    // Also after a failure: the file may be there all the same.
    let removed = store.delete(&path).await;
    outcome?;
    removed.map(drop)
}

async fn write_and_read(store: &dyn BlobStore, path: &StorePath) -> Result<()> {
    const TEXT: &[u8] = b"Hayloft was here to see whether this store works.\n";
    let mut writer = store.create(path).await?;
    writer.write(Bytes::from_static(TEXT)).await?;
    writer.finish().await?;
    // A store that cannot say whether a file is being written is found here, too.
    let length = store.seal(path).await?;
    let mut stream = store.read(path, 0..u64::MAX).await?;
    let mut back = Vec::new();
    while let Some(frame) = stream.try_next().await? {
        back.extend_from_slice(&frame);
    }
    if back != TEXT || length != TEXT.len() as u64 {
        let detail = format!("{} bytes were written, other {} came back", TEXT.len(), back.len());
        return Err(Error::new(ErrorKind::Corrupt, detail).at(path));
    }
    Ok(())
}
