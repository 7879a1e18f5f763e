//! What must be stopped when xtask ends, however it ends: normally, by an error, or by Ctrl-C and SIGTERM.
//!
//! Each started service registers how it is stopped; the last started is stopped first. SIGKILL cannot be helped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

type Action = Box<dyn FnOnce() + Send>;

static ACTIONS: Mutex<Vec<(u64, Action)>> = Mutex::new(Vec::new());
static NEXT: AtomicU64 = AtomicU64::new(0);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C and SIGTERM run everything registered before the process ends with 130.
///
/// # Errors
/// When the signal handler cannot be installed.
pub(crate) fn install() -> Result<()> {
    ctrlc::set_handler(interrupted).context("cannot listen for Ctrl-C")
}

#[expect(clippy::disallowed_methods, reason = "everything that had to be stopped has been, one line above")]
fn interrupted() {
    INTERRUPTED.store(true, Ordering::SeqCst);
    while let Some(action) = take(None) {
        action();
    }
    std::process::exit(130);
}

fn take(id: Option<u64>) -> Option<Action> {
    let mut actions = ACTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    match id {
        None => actions.pop().map(|(_, action)| action),
        Some(id) => {
            let position = actions.iter().position(|(other, _)| *other == id)?;
            Some(actions.remove(position).1)
        }
    }
}

/// Runs its action once: when dropped, or at Ctrl-C, whichever comes first.
pub(crate) struct OnExit(u64);

impl OnExit {
    /// Registers `action`.
    pub(crate) fn new(action: impl FnOnce() + Send + 'static) -> Self {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        ACTIONS.lock().unwrap_or_else(PoisonError::into_inner).push((id, Box::new(action)));
        Self(id)
    }

    /// Never runs the action.
    pub(crate) fn forget(self) {
        drop(take(Some(self.0)));
    }
}

impl Drop for OnExit {
    fn drop(&mut self) {
        if let Some(action) = take(Some(self.0)) {
            action();
        }
        wait_for_interrupt();
    }
}

/// Never returns once Ctrl-C was pressed: the handler is at work and ends the process itself.
pub(crate) fn wait_for_interrupt() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn an_action_runs_once_and_at_the_drop() {
        let runs = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&runs);
        let guard = OnExit::new(move || {
            seen.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(runs.load(Ordering::SeqCst), 0);
        drop(guard);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }
}
