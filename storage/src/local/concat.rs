//! Concatenation without copying: the pieces are moved into a directory of their own and one link is given the name.
//!
//! The steps, each of which may be the last before a crash:
//! 1. an *intent*, the future link, is put beside the target as `~<name>`;
//! 2. the pieces are moved to where the intent says;
//! 3. both directories are flushed;
//! 4. the intent is renamed to the target.
//!
//! A repeated call finds the intent and goes on. A lock on the whole store lets only one call at a time do this, so
//! that no other caller can take a half-done one for its own; it is held for milliseconds.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, absent_is_fine, pieces_directory, sync_directory};
use super::io_error;
use super::pieces::Joined;
use crate::joining::missing;
use crate::{Error, ErrorKind, Piece, Result, StorePath};

/// A point between two steps; the argument names the step that was just done. Tests stop there.
pub(super) type Checkpoint<'a> = dyn FnMut(&'static str) -> Result<()> + 'a;

/// See [`BlobStore::concat`](crate::BlobStore::concat); `total` is the sum of the pieces.
pub(super) fn concat(
    disk: &Disk,
    target: &StorePath,
    pieces: &[Piece],
    total: u64,
    checkpoint: &mut Checkpoint<'_>,
) -> Result<()> {
    let _lock = lock_store(disk.base())?;
    match disk.stat(target) {
        Ok(entry) if entry.kind == crate::EntryKind::File && entry.length == total => {
            return remove_leftovers(disk, target, pieces);
        }
        Ok(entry) => {
            let detail = format!("the target has {} bytes, the pieces have {total}", entry.length);
            return Err(Error::new(ErrorKind::AlreadyExists, detail).at(target));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let intent = intent_place(disk, target);
    let (joined, begun) = match read_intent(&intent)? {
        Some(joined) if joined.length != total => {
            let detail =
                format!("pieces of {} bytes were begun to be joined here, not {total}", joined.length);
            return Err(Error::new(ErrorKind::Corrupt, detail).at(target));
        }
        Some(joined) => (joined, true),
        None => (Joined::new(total), false),
    };
    // Looked at before anything moves, so that a call that cannot succeed changes nothing.
    let moves = plan_moves(disk, &joined, pieces)?;
    if !begun {
        joined.link(&intent).map_err(io_error)?;
        // Before a piece moves, it must last where the pieces are: without it nobody would find them again.
        sync_directory(&disk.parent(target))?;
        checkpoint("intent")?;
    }
    disk.make_directories(&joined.directory(disk.base()))?;
    checkpoint("directory")?;
    for (from, to) in &moves {
        fs::rename(from, to).map_err(io_error)?;
        checkpoint("piece")?;
    }
    let parent = disk.parent(target);
    sync_directory(&joined.directory(disk.base()))?;
    sync_directory(&pieces_directory(disk.base()))?;
    sync_directory(&parent)?;
    checkpoint("flushed")?;
    fs::rename(&intent, disk.locate(target)).map_err(io_error)?;
    checkpoint("named")?;
    sync_directory(&parent)
}

/// What still has to be moved, from where to where.
fn plan_moves(disk: &Disk, joined: &Joined, pieces: &[Piece]) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut moves = Vec::with_capacity(pieces.len());
    let mut offset = 0;
    for piece in pieces {
        let (from, to) = (disk.locate(&piece.path), joined.piece(disk.base(), offset));
        offset += piece.length;
        let length = match fs::symlink_metadata(&to) {
            Ok(moved) => moved.len(),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound) => {
                let length = disk.plain_file(&piece.path).map_err(|error| match error.kind() {
                    ErrorKind::NotFound => missing(&piece.path),
                    _ => error,
                })?;
                moves.push((from, to));
                length
            }
            Err(error) => return Err(io_error(error)),
        };
        if length != piece.length {
            let detail = format!("{length} bytes instead of {}", piece.length);
            return Err(Error::new(ErrorKind::Corrupt, detail).at(&piece.path));
        }
    }
    Ok(moves)
}

/// The target is whole: what an interrupted call may have left beside it goes.
fn remove_leftovers(disk: &Disk, target: &StorePath, pieces: &[Piece]) -> Result<()> {
    absent_is_fine(fs::remove_file(intent_place(disk, target)))?;
    for piece in pieces {
        disk.delete(&piece.path)?;
    }
    sync_directory(&disk.parent(target))
}

/// Where the intent to make `target` is.
pub(super) fn intent_place(disk: &Disk, target: &StorePath) -> PathBuf {
    disk.parent(target).join(format!("~{}", target.name()))
}

fn read_intent(place: &Path) -> Result<Option<Joined>> {
    match fs::symlink_metadata(place) {
        Ok(metadata) => Joined::at(place, &metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(error)),
    }
}

/// One concatenation at a time in the whole store, whichever process it is in.
fn lock_store(base: &Path) -> Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(base.join("~lock"));
    let file = file.map_err(io_error)?;
    file.lock().map_err(io_error)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::EntryKind;

    fn path(text: &str) -> StorePath {
        StorePath::parse(text).expect("path")
    }

    fn prepared(base: &Path) -> (Disk, Vec<Piece>) {
        let disk = Disk::open(base.to_owned()).expect("store");
        let pieces = ["abc", "defgh", "i", "jk"].iter().enumerate().map(|(index, text)| {
            let path = path(&format!("u/{index}"));
            disk.make_directories(&disk.parent(&path)).expect("directory");
            fs::write(disk.locate(&path), text).expect("piece");
            Piece { path, length: text.len() as u64 }
        });
        let pieces = pieces.collect();
        (disk, pieces)
    }

    fn content(disk: &Disk, target: &StorePath) -> String {
        let joined = disk.joined(target).expect("readable").expect("a concatenated file");
        let pieces = joined.pieces_in(disk.base(), 0, joined.length).expect("pieces");
        pieces.iter().map(|(_, _, place)| fs::read_to_string(place).expect("piece")).collect()
    }

    /// Stops after every step in turn, and after the step of the call that goes on, too.
    #[test]
    fn a_crash_after_any_step_is_mended_by_the_same_call() {
        let target = path("u/whole");
        let steps = RefCell::new(Vec::new());
        let run = |disk: &Disk, pieces: &[Piece], stop: usize| {
            let mut count = 0;
            concat(disk, &target, pieces, 11, &mut |step| {
                steps.borrow_mut().push(step);
                count += 1;
                if count > stop { Err(Error::new(ErrorKind::Unavailable, "crash")) } else { Ok(()) }
            })
        };
        let mut crashes = 0;
        for first in 0.. {
            let mut whole_at_once = false;
            for second in 0.. {
                let base = tempfile::tempdir().expect("tempdir");
                let (disk, pieces) = prepared(base.path());
                whole_at_once = run(&disk, &pieces, first).is_ok();
                let mended = run(&disk, &pieces, second).is_ok();
                if !mended {
                    crashes += 1;
                    run(&disk, &pieces, usize::MAX).expect("the third call completes it");
                }
                run(&disk, &pieces, usize::MAX).expect("and once more is fine");
                assert_eq!(content(&disk, &target), "abcdefghijk");
                let left = disk.list(&path("u")).expect("list");
                assert_eq!(left.len(), 1, "{left:?}");
                assert_eq!((left[0].kind, left[0].length), (EntryKind::File, 11));
                assert_eq!(fs::read_dir(base.path().join("u")).expect("u").count(), 1, "no intent is left");
                if mended {
                    break;
                }
            }
            if whole_at_once {
                break;
            }
        }
        assert!(crashes > 20, "{crashes}");
        for step in ["intent", "directory", "piece", "flushed", "named"] {
            assert!(steps.borrow().contains(&step), "{step} was a place to stop");
        }
    }

    #[test]
    fn a_deletion_takes_what_an_interrupted_call_has_swallowed() {
        let files = |place: &Path| fs::read_dir(place).map_or(0, Iterator::count);
        for stop in 1.. {
            let base = tempfile::tempdir().expect("tempdir");
            let (disk, pieces) = prepared(base.path());
            let mut count = 0;
            let outcome = concat(&disk, &path("u/whole"), &pieces, 11, &mut |_| {
                count += 1;
                if count == stop { Err(Error::new(ErrorKind::Unavailable, "crash")) } else { Ok(()) }
            });
            for piece in &pieces {
                disk.delete(&piece.path).expect("delete");
            }
            assert!(disk.delete(&path("u/whole")).expect("delete"), "stopped after {stop}");
            assert_eq!(files(&base.path().join("u")), 0, "stopped after {stop}");
            assert_eq!(files(&pieces_directory(base.path())), 0, "stopped after {stop}");
            if outcome.is_ok() {
                break;
            }
        }
    }

    #[test]
    fn a_call_that_cannot_succeed_changes_nothing() {
        let base = tempfile::tempdir().expect("tempdir");
        let (disk, mut pieces) = prepared(base.path());
        pieces[2].length = 2;
        let wrong = concat(&disk, &path("u/whole"), &pieces, 12, &mut |_| Ok(())).expect_err("wrong length");
        assert_eq!(wrong.kind(), ErrorKind::Corrupt);
        fs::remove_file(disk.locate(&pieces[2].path)).expect("remove");
        let absent =
            concat(&disk, &path("u/whole"), &pieces, 12, &mut |_| Ok(())).expect_err("missing piece");
        assert_eq!(absent.kind(), ErrorKind::NotFound);
        assert_eq!(
            fs::read_dir(base.path().join("u")).expect("u").count(),
            3,
            "three pieces and nothing else"
        );
    }

    #[test]
    fn instances_that_share_the_directory_may_call_at_once() {
        let base = tempfile::tempdir().expect("tempdir");
        let (disk, pieces) = prepared(base.path());
        let results = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let instance = Disk::open(base.path().to_owned()).expect("store");
                        concat(&instance, &path("u/whole"), &pieces, 11, &mut |_| Ok(()))
                    })
                })
                .collect();
            calls.into_iter().map(|call| call.join().expect("thread")).collect::<Vec<_>>()
        });
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        assert_eq!(content(&disk, &path("u/whole")), "abcdefghijk");
    }
}
