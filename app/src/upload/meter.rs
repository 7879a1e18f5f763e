//! How fast bytes flow, smoothed so that the number can be read.

/// A sample is taken when at least this much time went by, in milliseconds.
const SAMPLE: u64 = 250;
/// The time in which an old speed loses 63 % of its weight, in milliseconds.
const MEMORY: f64 = 3_000.0;

/// An exponentially weighted speed of a counter of bytes.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    last: Option<(u64, u64)>,
    rate: f64,
}

impl Meter {
    /// A meter that knows nothing yet.
    pub(crate) const fn new() -> Self {
        Self { last: None, rate: 0.0 }
    }

    /// Tells the meter that the counter stands at `bytes` at time `now` (milliseconds). A counter that went back, as it
    /// does when a broken request is asked again, is a new beginning and not a negative speed.
    #[expect(clippy::cast_precision_loss, reason = "a speed is shown with three digits")]
    pub(crate) fn observe(&mut self, now: u64, bytes: u64) {
        let Some((then, before)) = self.last else {
            self.last = Some((now, bytes));
            return;
        };
        if bytes < before || now < then {
            self.last = Some((now, bytes));
            return;
        }
        let elapsed = now - then;
        if elapsed < SAMPLE {
            return;
        }
        let sample = (bytes - before) as f64 * 1_000.0 / elapsed as f64;
        let weight = if self.rate == 0.0 { 1.0 } else { 1.0 - (-(elapsed as f64) / MEMORY).exp() };
        self.rate += weight * (sample - self.rate);
        self.last = Some((now, bytes));
    }

    /// Forgets the speed: what flows after a pause says nothing about what flowed before.
    pub(crate) const fn stop(&mut self) {
        self.last = None;
        self.rate = 0.0;
    }

    /// Bytes per second; 0 while unknown.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "never negative; whole bytes are enough"
    )]
    pub(crate) const fn rate(&self) -> u64 {
        self.rate as u64
    }

    /// Seconds until `remaining` more bytes have gone; `None` while the speed is unknown or next to nothing.
    pub(crate) const fn seconds_left(&self, remaining: u64) -> Option<u64> {
        match self.rate() {
            0..1_000 => None,
            rate => Some(remaining.div_ceil(rate)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_flow_is_its_speed() {
        let mut meter = Meter::new();
        for tick in 0..40 {
            meter.observe(tick * 500, tick * 5_000_000);
        }
        assert!((9_900_000..=10_100_000).contains(&meter.rate()), "{}", meter.rate());
        assert_eq!(meter.seconds_left(100_000_000), Some(10));
    }

    #[test]
    fn one_burst_moves_it_a_little_and_silence_brings_it_down() {
        let mut meter = Meter::new();
        for tick in 0..40 {
            meter.observe(tick * 500, tick * 500_000);
        }
        meter.observe(20_000, 39 * 500_000 + 5_000_000);
        assert!((1_000_000..4_000_000).contains(&meter.rate()), "{}", meter.rate());
        for tick in 0..60 {
            meter.observe(20_500 + tick * 500, 39 * 500_000 + 5_000_000);
        }
        assert_eq!(meter.seconds_left(1), None);
    }

    #[test]
    fn going_back_is_a_new_beginning() {
        let mut meter = Meter::new();
        meter.observe(0, 1_000_000);
        meter.observe(1_000, 0);
        assert_eq!(meter.rate(), 0);
        meter.observe(2_000, 2_000_000);
        assert_eq!(meter.rate(), 2_000_000);
    }
}
