//! A file that bytes are landing in, and how much of it is known to last.
//!
//! Linux tells of a failed flush once: the next one succeeds, although the bytes are gone. So whatever came after the
//! last successful flush is cut off at once; a later look at the file must not take it for lasting.

use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

pub(super) struct Landing {
    file: File,
    /// `File::sync_data`, unless a test wants it to fail.
    flush: fn(&File) -> io::Result<()>,
    state: Mutex<State>,
}

struct State {
    /// Steps that have begun and not ended: the file is cut when nobody writes.
    running: u32,
    /// Bytes that the last flush has covered.
    lasting: u64,
    failed: bool,
}

impl Landing {
    /// `length` bytes are in the file and last.
    pub(super) fn new(file: File, length: u64) -> Arc<Self> {
        Self::flushed_by(File::sync_data, file, length)
    }

    pub(super) fn flushed_by(flush: fn(&File) -> io::Result<()>, file: File, length: u64) -> Arc<Self> {
        let state = Mutex::new(State { running: 0, lasting: length, failed: false });
        Arc::new(Self { file, flush, state })
    }

    /// Bytes in the file.
    pub(super) fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Begins to write these frames at the end.
    pub(super) fn write(self: &Arc<Self>, frames: Vec<Bytes>) -> JoinHandle<io::Result<()>> {
        self.begin(move |this| write_all(&this.file, &frames))
    }

    /// Begins to flush, when `length` bytes at least have been written.
    pub(super) fn flush(self: &Arc<Self>, length: u64) -> JoinHandle<io::Result<()>> {
        self.begin(move |this| {
            let flushed = (this.flush)(&this.file);
            let mut state = this.state();
            match &flushed {
                Ok(()) => state.lasting = state.lasting.max(length),
                Err(_) => state.failed = true,
            }
            flushed
        })
    }

    fn begin(
        self: &Arc<Self>,
        step: impl FnOnce(&Self) -> io::Result<()> + Send + 'static,
    ) -> JoinHandle<io::Result<()>> {
        self.state().running += 1;
        let this = Arc::clone(self);
        spawn_blocking(move || {
            let failed = this.state().failed;
            let outcome =
                if failed { Err(io::Error::other("a flush before has failed")) } else { step(&this) };
            this.end().and(outcome)
        })
    }

    fn end(&self) -> io::Result<()> {
        let mut state = self.state();
        state.running -= 1;
        if state.failed && state.running == 0 { self.file.set_len(state.lasting) } else { Ok(()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_all(mut file: &File, frames: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = frames.iter().map(|frame| IoSlice::new(frame)).collect();
    let mut rest = slices.as_mut_slice();
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
