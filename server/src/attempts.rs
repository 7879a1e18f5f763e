//! How often one address may try a password: some at once, and as many again in a minute. Kept in memory, per instance.
//!
//! The limit per account, whatever the address, is the drive's.

use std::net::IpAddr;
use std::num::NonZeroU32;

use domain::AppError;
use drive::network;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Addresses that are kept before those are dropped whose tries have all come back.
const SWEEP_ABOVE: usize = 10_000;

/// The tries of every address.
#[derive(Debug)]
pub(crate) struct Attempts {
    limiter: DefaultKeyedRateLimiter<Option<IpAddr>>,
    clock: DefaultClock,
}

impl Attempts {
    /// So many tries at once and in a minute.
    pub(crate) fn per_minute(tries: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::keyed(Quota::per_minute(tries)), clock: DefaultClock::default() }
    }

    /// Takes one try of this address. Requests without an address share theirs.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] with the seconds until the next one.
    pub(crate) fn take(&self, address: Option<IpAddr>) -> Result<(), AppError> {
        if self.limiter.len() > SWEEP_ABOVE {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&address.map(network)).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            AppError::TooManyRequests { retry_after: wait.as_secs() + 1 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: NonZeroU32 = NonZeroU32::new(5).expect("not zero");

    #[test]
    fn tries_run_out_per_address() {
        let attempts = Attempts::per_minute(FIVE);
        let one: Option<IpAddr> = Some("198.51.100.1".parse().expect("an address"));
        let other: Option<IpAddr> = Some("198.51.100.2".parse().expect("an address"));
        for _ in 0..FIVE.get() {
            assert_eq!(attempts.take(one), Ok(()));
        }
        let Err(AppError::TooManyRequests { retry_after }) = attempts.take(one) else {
            panic!("one too many")
        };
        assert!((1..=13).contains(&retry_after), "{retry_after}");
        assert_eq!(attempts.take(other), Ok(()));
    }

    #[test]
    fn a_neighbour_in_the_same_ipv6_network_is_the_same() {
        let attempts = Attempts::per_minute(FIVE);
        for n in 0..FIVE.get() {
            let address = format!("2001:db8::{n:x}").parse().expect("an address");
            assert_eq!(attempts.take(Some(address)), Ok(()));
        }
        assert!(attempts.take(Some("2001:db8::ffff".parse().expect("an address"))).is_err());
        assert!(attempts.take(Some("2001:db8:0:1::1".parse().expect("an address"))).is_ok());
    }
}
