//! What a concatenation has achieved so far, read from what is there: the rules that every backend shares.
//!
//! Nothing here does I/O, and nothing keeps a journal: the lengths of the pieces are enough to tell how far an earlier
//! call got, so a crash or a lost answer never needs more than a repeated call.

use crate::{Error, ErrorKind, Overwrite, Piece, Result, StorePath};

/// How far a concatenation got.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The target is whole. Pieces that are still there are copies of nothing and can go.
    Complete,
    /// The first piece has swallowed the pieces before this index (at least itself: 1); the rest stands untouched.
    Joined(usize),
}

/// Checks what can be checked without looking: pieces exist, none is empty, all are beside the target, none is it.
pub(crate) fn check_request(target: &StorePath, pieces: &[Piece]) -> Result<u64> {
    let invalid = |detail: &str| Err(Error::new(ErrorKind::Invalid, detail).at(target));
    if pieces.is_empty() {
        return invalid("a concatenation needs at least one piece");
    }
    let parent = target.parent();
    let mut seen = std::collections::HashSet::with_capacity(pieces.len());
    let mut total: u64 = 0;
    for piece in pieces {
        if piece.length == 0 {
            return invalid("a piece is empty");
        }
        if piece.path.parent() != parent {
            return invalid("the pieces and the target are in different directories");
        }
        if &piece.path == target || !seen.insert(&piece.path) {
            return invalid("a piece occurs twice or is the target");
        }
        match total.checked_add(piece.length) {
            Some(sum) => total = sum,
            None => return invalid("the pieces are longer than a file can be"),
        }
    }
    Ok(total)
}

/// Judges a concatenation that grows its first piece and then renames it, by the lengths found (`None`: nothing there).
///
/// # Errors
/// `AlreadyExists` when the target has another length than the sum, `NotFound` when a piece is missing, `Corrupt` when a
/// piece has another length than stated.
pub(crate) fn progress(
    target: (&StorePath, Option<u64>),
    pieces: &[Piece],
    found: &[Option<u64>],
) -> Result<Progress> {
    let total: u64 = pieces.iter().map(|piece| piece.length).sum();
    match target {
        (_, Some(length)) if length == total => return Ok(Progress::Complete),
        (path, Some(length)) => {
            let detail = format!("the target has {length} bytes, the pieces have {total}");
            return Err(Error::new(ErrorKind::AlreadyExists, detail).at(path));
        }
        (_, None) => {}
    }
    let (Some(first), Some(Some(grown))) = (pieces.first(), found.first()) else {
        return Err(missing(pieces.first().map_or(target.0, |piece| &piece.path)));
    };
    let joined = joined_by_length(pieces, *grown);
    let swallowed_are_gone = |count: usize| found.iter().take(count).skip(1).all(Option::is_none);
    let Some(joined) = joined.filter(|count| swallowed_are_gone(*count)) else {
        let detail = format!("{grown} bytes instead of {}", first.length);
        return Err(Error::new(ErrorKind::Corrupt, detail).at(&first.path));
    };
    for (piece, length) in pieces.iter().zip(found).skip(joined) {
        match length {
            None => return Err(missing(&piece.path)),
            Some(length) if *length != piece.length => {
                let detail = format!("{length} bytes instead of {}", piece.length);
                return Err(Error::new(ErrorKind::Corrupt, detail).at(&piece.path));
            }
            Some(_) => {}
        }
    }
    Ok(Progress::Joined(joined))
}

/// The number of pieces whose lengths add up to `grown`; no piece is empty, so there is at most one such number.
fn joined_by_length(pieces: &[Piece], grown: u64) -> Option<usize> {
    let mut sum: u64 = 0;
    for (index, piece) in pieces.iter().enumerate() {
        sum = sum.checked_add(piece.length)?;
        if sum == grown {
            return Some(index + 1);
        }
    }
    None
}

/// Refuses to move a file onto itself: with links and overwriting, that is how files get lost.
pub(crate) fn check_rename(from: &StorePath, to: &StorePath) -> Result<()> {
    if from == to {
        return Err(Error::new(ErrorKind::Invalid, "the file would be moved onto itself").at(from));
    }
    Ok(())
}

/// The refusal of [`Overwrite::Never`], or the target being a directory.
pub(crate) fn taken(path: &StorePath, overwrite: Overwrite) -> Error {
    let detail = match overwrite {
        Overwrite::Never => "something is there already",
        Overwrite::Replace => "a directory is there",
    };
    Error::new(ErrorKind::AlreadyExists, detail).at(path)
}

/// The refusal to append to a file that is not as long as the caller knows it.
pub(crate) fn check_length(path: &StorePath, found: u64, expected: u64) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let detail = format!("it has {found} bytes, not the {expected} it was closed with");
    Err(Error::new(ErrorKind::Corrupt, detail).at(path))
}

/// Nothing is at `path`.
pub(crate) fn missing(path: &StorePath) -> Error {
    Error::new(ErrorKind::NotFound, "no such file").at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> StorePath {
        StorePath::parse(text).expect("path")
    }

    fn pieces() -> Vec<Piece> {
        [("u/0", 5), ("u/1", 3), ("u/2", 4)].map(|(name, length)| Piece { path: path(name), length }).to_vec()
    }

    fn judge(target: Option<u64>, found: [Option<u64>; 3]) -> Result<Progress, ErrorKind> {
        progress((&path("u/whole"), target), &pieces(), &found).map_err(|error| error.kind())
    }

    #[test]
    fn every_state_between_nothing_and_complete_is_told_by_lengths() {
        assert_eq!(judge(None, [Some(5), Some(3), Some(4)]), Ok(Progress::Joined(1)));
        assert_eq!(judge(None, [Some(8), None, Some(4)]), Ok(Progress::Joined(2)));
        assert_eq!(judge(None, [Some(12), None, None]), Ok(Progress::Joined(3)));
        assert_eq!(judge(Some(12), [None, None, None]), Ok(Progress::Complete));
    }

    #[test]
    fn states_that_no_concatenation_makes_are_errors() {
        assert_eq!(judge(Some(11), [None, None, None]), Err(ErrorKind::AlreadyExists));
        assert_eq!(judge(None, [None, Some(3), Some(4)]), Err(ErrorKind::NotFound));
        assert_eq!(judge(None, [Some(5), None, Some(4)]), Err(ErrorKind::NotFound));
        assert_eq!(judge(None, [Some(6), Some(3), Some(4)]), Err(ErrorKind::Corrupt));
        assert_eq!(judge(None, [Some(5), Some(3), Some(1)]), Err(ErrorKind::Corrupt));
        assert_eq!(
            judge(None, [Some(8), Some(3), Some(4)]),
            Err(ErrorKind::Corrupt),
            "grown, yet the second is there"
        );
    }

    #[test]
    fn requests_that_can_not_work_are_refused() {
        let good = pieces();
        assert_eq!(check_request(&path("u/whole"), &good).expect("good"), 12);
        assert!(check_request(&path("other/whole"), &good).is_err(), "another directory");
        assert!(check_request(&path("u/1"), &good).is_err(), "the target is a piece");
        assert!(check_request(&path("u/whole"), &[]).is_err(), "no pieces");
        let twice = [good[0].clone(), good[0].clone()];
        assert!(check_request(&path("u/whole"), &twice).is_err(), "twice the same");
        let empty = [Piece { path: path("u/0"), length: 0 }];
        assert!(check_request(&path("u/whole"), &empty).is_err(), "empty piece");
    }
}
