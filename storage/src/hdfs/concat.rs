//! CONCAT, rename, and how to know what they did: by looking, never by the answer alone.

use std::collections::HashMap;

use reqwest::Method;

use super::Cluster;
use super::cluster::entry;
use super::rest::Operation;
use crate::joining::{Progress, missing, progress, taken};
use crate::{EntryKind, Error, ErrorKind, Overwrite, Piece, Result, StorePath};

/// Bytes of source paths in one request, as they are encoded; the NameNode takes 64 KiB of header.
const SOURCES: usize = 40 * 1024;
/// Looks without progress before the error is the caller's. More than one, for another instance may be at it, too.
const PATIENCE: usize = 3;

/// See [`BlobStore::concat`](crate::BlobStore::concat): grows the first piece, then gives it the target's name.
pub(super) async fn concat(cluster: &Cluster, target: &StorePath, pieces: &[Piece]) -> Result<()> {
    let mut reached = 0;
    let mut stuck = 0;
    loop {
        let joined = match look(cluster, target, pieces).await? {
            Progress::Complete => return remove_leftovers(cluster, pieces).await,
            Progress::Joined(joined) => joined,
        };
        let (Some(first), Some(rest)) = (pieces.first(), pieces.get(joined..)) else { return Ok(()) };
        let outcome = if rest.is_empty() {
            rename(cluster, &first.path, target, Overwrite::Never).await
        } else {
            let sources = batch(rest.iter().map(|piece| cluster.absolute(&piece.path)));
            cluster.control.concat(cluster.absolute(&first.path), sources).await
        };
        stuck = if joined > reached { 0 } else { stuck + 1 };
        reached = joined;
        if stuck >= PATIENCE {
            let nothing = || Error::new(ErrorKind::Unavailable, "the NameNode agrees and does nothing");
            return Err(outcome.err().map_or_else(nothing, explained).at(target));
        }
    }
}

/// All sources exist, are closed by their writers' word, and are not empty; what is left is a writer that lives on.
fn explained(error: Error) -> Error {
    if error.kind() == ErrorKind::Invalid && error.to_string().contains("underConstruction") {
        return Error::new(ErrorKind::Busy, "a piece is still being written").caused_by(error);
    }
    error
}

/// One listing tells everything.
async fn look(cluster: &Cluster, target: &StorePath, pieces: &[Piece]) -> Result<Progress> {
    let lengths = match cluster.control.list(directory_of(cluster, target)).await {
        Ok(statuses) => statuses.into_iter().map(|status| (status.path_suffix, status.length)).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => HashMap::new(),
        Err(error) => return Err(error.at(target)),
    };
    let length = |path: &StorePath| lengths.get(path.name()).and_then(|length| u64::try_from(*length).ok());
    let found: Vec<_> = pieces.iter().map(|piece| length(&piece.path)).collect();
    progress((target, length(target)), pieces, &found)
}

fn directory_of(cluster: &Cluster, path: &StorePath) -> String {
    cluster.rest.address.absolute(path.parent().as_ref())
}

/// As many sources as fit into one request, at least one.
fn batch(sources: impl Iterator<Item = String>) -> Vec<String> {
    let mut size = 0;
    let encoded = |source: &str| {
        let escaped = source.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count();
        source.len() + 2 * escaped + "%2C".len()
    };
    sources
        .take_while(|source| {
            let first = size == 0;
            size += encoded(source);
            first || size <= SOURCES
        })
        .collect()
}

async fn remove_leftovers(cluster: &Cluster, pieces: &[Piece]) -> Result<()> {
    let Some(first) = pieces.first() else { return Ok(()) };
    let statuses = cluster.control.list(directory_of(cluster, &first.path)).await?;
    let names: std::collections::HashSet<_> =
        statuses.iter().map(|status| status.path_suffix.as_str()).collect();
    for piece in pieces.iter().filter(|piece| names.contains(piece.path.name())) {
        cluster.control.delete(cluster.absolute(&piece.path)).await?;
    }
    Ok(())
}

/// See [`BlobStore::rename`](crate::BlobStore::rename). Plain RENAME moves *into* a directory and answers `false` to
/// everything else; with `renameoptions` it says what is wrong.
pub(super) async fn rename(
    cluster: &Cluster,
    from: &StorePath,
    to: &StorePath,
    overwrite: Overwrite,
) -> Result<()> {
    let options = match overwrite {
        Overwrite::Never => "NONE",
        Overwrite::Replace => "OVERWRITE",
    };
    let operation = Operation::new(Method::PUT, "RENAME")
        .with("destination", cluster.absolute(to))
        .with("renameoptions", options);
    let source = cluster.absolute(from);
    let error = match cluster.rest.call(&source, &operation).await {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    match error.kind() {
        // The source, or the directory of the target.
        ErrorKind::NotFound => {
            if cluster.entry(from).await?.kind == EntryKind::Directory {
                return Err(missing(from));
            }
            if let Some(parent) = to.parent() {
                let deadline = cluster.deadlines().control;
                cluster.control.mkdirs(cluster.absolute(&parent), deadline).await?;
            }
            cluster.rest.call(&source, &operation).await.map(drop).map_err(|error| error.at(from))
        }
        ErrorKind::AlreadyExists => Err(taken(to, overwrite)),
        // The answer was lost: what is there tells whether it happened.
        ErrorKind::Timeout | ErrorKind::Unavailable => {
            match (exists(cluster, from).await, exists(cluster, to).await) {
                (Ok(false), Ok(true)) => Ok(()),
                (Ok(false), Ok(false)) => Err(missing(from)),
                _ => Err(error.at(from)),
            }
        }
        _ => Err(error.at(from)),
    }
}

async fn exists(cluster: &Cluster, path: &StorePath) -> Result<bool> {
    match cluster.entry(path).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Entries of a directory; names that are no store paths are a stranger's.
pub(super) async fn list(cluster: &Cluster, directory: &StorePath) -> Result<Vec<crate::Entry>> {
    let statuses = match cluster.control.list(cluster.absolute(directory)).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|error| error.at(directory))?,
    };
    let entries =
        statuses.iter().filter_map(|status| entry(directory.join(&status.path_suffix).ok()?, status));
    Ok(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_stay_below_the_header_limit_and_are_never_empty() {
        let paths =
            |count: usize, name: &str| (0..count).map(|n| format!("/{name}/{n:05}")).collect::<Vec<_>>();
        let many = paths(5000, "网盘/staging/0123456789abcdef");
        let first = batch(many.iter().cloned());
        assert!(first.len() > 100 && first.len() < 5000, "{}", first.len());
        assert_eq!(first, many[..first.len()]);
        assert_eq!(batch(paths(3, "a").into_iter()).len(), 3);
        assert_eq!(batch([format!("/{}", "网".repeat(9000))].into_iter()).len(), 1, "one at least");
    }
}
