//! Waiting for something outside this process, always with a limit.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const PAUSE: Duration = Duration::from_millis(100);

/// Calls `attempt` until it answers `Some`, for at most `limit`.
///
/// # Errors
/// The first error of `attempt`, or, after `limit`, that `what` did not happen.
pub(crate) fn until<T>(
    limit: Duration,
    what: &str,
    mut attempt: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(value) = attempt()? {
            return Ok(value);
        }
        if Instant::now() >= end {
            bail!("{what} did not happen within {} s", limit.as_secs());
        }
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "another program's state can only be polled; `until` has the limit"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_as_soon_as_the_attempt_does() {
        let mut calls = 0;
        let value = until(Duration::from_secs(5), "the third call", || {
            calls += 1;
            Ok((calls == 3).then_some(calls))
        });
        assert_eq!(value.unwrap(), 3);
    }

    #[test]
    fn names_what_never_came() {
        let error = until::<()>(Duration::ZERO, "a miracle", || Ok(None)).unwrap_err();
        assert_eq!(error.to_string(), "a miracle did not happen within 0 s");
    }
}
