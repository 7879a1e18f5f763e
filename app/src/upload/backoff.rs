//! How long to wait before the next try, and the randomness that keeps many browsers from trying at the same moment.
//!
//! Knows no clock and no timer: it only says how many milliseconds.

/// The shortest wait, in milliseconds.
pub(crate) const SHORTEST: u64 = 1_000;
/// The longest wait that we choose ourselves, in milliseconds.
pub(crate) const LONGEST: u64 = 60_000;
/// The longest wait that a server may ask for, in milliseconds: a mistyped `Retry-After` must not park an upload for days.
const LONGEST_ASKED: u64 = 600_000;

/// How much longer than asked we wait at most when tries go on failing, in milliseconds.
const SLACK: u64 = 10_000;

/// A small generator of random bits (splitmix64). Good for jitter and for names that must differ; not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// A generator that repeats itself for the same seed, which is what tests want.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `limit`, both included.
    const fn up_to(&mut self, limit: u64) -> u64 {
        match limit.checked_add(1) {
            Some(span) => self.bits() % span,
            None => self.bits(),
        }
    }
}

/// Milliseconds to wait before try number `attempt` + 1, when `attempt` tries failed in a row: evenly spread between one
/// second and a ceiling that doubles up to a minute. `retry_after` (seconds, the server's wish) is a lower bound, with up
/// to a tenth added, so that those who were sent away together do not come back together; and nearly an upper one
/// ([`SLACK`]), since a server that names a time knows more than a guess of ours.
pub(crate) fn delay(attempt: u32, retry_after: Option<u64>, dice: &mut Dice) -> u64 {
    let ceiling = SHORTEST.saturating_mul(1 << attempt.min(16)).clamp(2 * SHORTEST, LONGEST);
    let own = SHORTEST + dice.up_to(ceiling - SHORTEST);
    let Some(seconds) = retry_after else { return own };
    let asked = seconds.saturating_mul(1_000).min(LONGEST_ASKED);
    own.min(asked + SLACK).max(asked + dice.up_to(asked / 10))
}

// proptest does not compile to wasm.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_spread_doubles_up_to_a_minute() {
        let mut dice = Dice::new(7);
        for (attempt, ceiling) in
            [(1, 2_000), (2, 4_000), (3, 8_000), (5, 32_000), (6, 60_000), (400, 60_000)]
        {
            let delays: Vec<u64> = (0..2_000).map(|_| delay(attempt, None, &mut dice)).collect();
            let (low, high) = (delays.iter().min().copied(), delays.iter().max().copied());
            assert!(
                low.is_some_and(|low| low >= SHORTEST && low < SHORTEST + ceiling / 20),
                "{attempt}: {low:?}"
            );
            assert!(
                high.is_some_and(|high| high <= ceiling && high > ceiling * 9 / 10),
                "{attempt}: {high:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_the_server_asks_for_is_kept(attempt in 0u32..100, seconds in 0u64..10_000, seed: u64) {
            let wait = delay(attempt, Some(seconds), &mut Dice::new(seed));
            let asked = (seconds * 1_000).min(LONGEST_ASKED);
            prop_assert!(wait >= asked);
            prop_assert!(wait <= asked + SLACK.max(asked / 10));
        }
    }
}
