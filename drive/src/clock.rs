//! The time, which tests may set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where a drive reads the time. Clones of a clock that was set show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at the present and moves when it is told to, for tests of expiry and retention.
    #[must_use]
    pub fn stopped() -> Self {
        Self(Some(Arc::new(AtomicI64::new(system_ms()))))
    }

    /// Moves a stopped clock forward; the system's clock goes its own way.
    pub fn advance(&self, by: Duration) {
        if let Some(time) = &self.0 {
            time.fetch_add(millis(by), Ordering::SeqCst);
        }
    }

    /// Unix milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.0.as_ref().map_or_else(system_ms, |time| time.load(Ordering::SeqCst))
    }
}

/// A duration in milliseconds, as SQL keeps times; saturates.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn system_ms() -> i64 {
    // A machine whose clock stands before 1970 counts from there.
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_when_told() {
        let clock = Clock::stopped();
        let before = clock.now_ms();
        let other = clock.clone();
        other.advance(Duration::from_secs(2));
        assert_eq!((clock.now_ms(), other.now_ms()), (before + 2000, before + 2000));
        assert!(Clock::system().now_ms() > 1_600_000_000_000);
    }
}
