//! Who in this process works on which upload: one at a time, and the newest comes next.
//!
//! Between processes the lease in SQL decides; this only makes it prompt and clean within one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::UploadId;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

use crate::{Error, Result};

/// How long a newer request waits for the older one to close its file.
const PATIENCE: Duration = Duration::from_secs(10);

/// The uploads that somebody in this process works on or waits for.
#[derive(Clone, Debug, Default)]
pub(super) struct Registry(Arc<Mutex<HashMap<UploadId, Slot>>>);

#[derive(Debug, Default)]
struct Slot {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Cancelled when a newer claim comes.
    newest: CancellationToken,
    /// Claims that hold the turn or wait for it; the last one removes the slot.
    claims: usize,
}

/// The right to work on an upload, within this process. Dropping it lets the next one begin.
#[derive(Debug)]
pub(super) struct Claim {
    superseded: CancellationToken,
    _turn: OwnedMutexGuard<()>,
    _place: Place,
}

/// A place in the queue; counts for as long as it lives, also when the one who waits goes away.
#[derive(Debug)]
struct Place {
    registry: Registry,
    id: UploadId,
}

impl Registry {
    /// Tells whoever works on the upload to stop, and waits until they have.
    ///
    /// # Errors
    /// [`Error::Busy`] when they do not stop in time.
    pub(super) async fn claim(&self, id: &UploadId) -> Result<Claim> {
        self.claim_within(id, PATIENCE).await
    }

    async fn claim_within(&self, id: &UploadId, patience: Duration) -> Result<Claim> {
        let (turn, superseded, place) = {
            let mut slots = self.slots();
            let slot = slots.entry(id.clone()).or_default();
            slot.newest.cancel();
            slot.newest = CancellationToken::new();
            slot.claims += 1;
            let place = Place { registry: self.clone(), id: id.clone() };
            (Arc::clone(&slot.turn), slot.newest.clone(), place)
        };
        let turn = tokio::time::timeout(patience, turn.lock_owned()).await.map_err(|_| Error::Busy)?;
        Ok(Claim { superseded, _turn: turn, _place: place })
    }

    /// Claims an upload that nobody works on; disturbs nobody.
    pub(super) fn claim_idle(&self, id: &UploadId) -> Option<Claim> {
        let mut slots = self.slots();
        if slots.contains_key(id) {
            return None;
        }
        let slot = Slot { claims: 1, ..Slot::default() };
        let turn = Arc::clone(&slot.turn).try_lock_owned().ok()?;
        let superseded = slot.newest.clone();
        slots.insert(id.clone(), slot);
        Some(Claim { superseded, _turn: turn, _place: Place { registry: self.clone(), id: id.clone() } })
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<UploadId, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Cancelled when somebody newer wants the upload.
    pub(super) const fn superseded(&self) -> &CancellationToken {
        &self.superseded
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut slots = self.registry.slots();
        if let Some(slot) = slots.get_mut(&self.id) {
            slot.claims -= 1;
            if slot.claims == 0 {
                slots.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_stops_the_older_ones() {
        let registry = Registry::default();
        let id = UploadId::from_random([1; 16]);
        let first = registry.claim(&id).await.expect("free");
        assert!(registry.claim_idle(&id).is_none());
        let waiting = tokio::spawn({
            let (registry, id) = (registry.clone(), id.clone());
            async move { registry.claim(&id).await }
        });
        first.superseded().cancelled().await;
        drop(first);
        let second = waiting.await.expect("task").expect("claim");
        assert!(!second.superseded().is_cancelled());
        drop(second);
        assert!(registry.slots().is_empty());
        drop(registry.claim_idle(&id).expect("free again"));
        assert!(registry.slots().is_empty());
    }

    #[tokio::test]
    async fn waiting_ends() {
        let registry = Registry::default();
        let id = UploadId::from_random([1; 16]);
        let first = registry.claim(&id).await.expect("free");
        assert!(matches!(registry.claim_within(&id, Duration::from_millis(1)).await, Err(Error::Busy)));
        assert!(first.superseded().is_cancelled());
        drop(first);
        assert!(registry.slots().is_empty());
    }
}
