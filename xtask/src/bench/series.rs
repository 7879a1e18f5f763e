//! Two sides measured in turn, and their medians.

use anyhow::Result;

/// The seconds of each run of ours and of the ruler's.
pub(super) struct Series {
    ours: Vec<f64>,
    ruler: Vec<f64>,
}

impl Series {
    /// One run of each side to warm up, uncounted, then `runs` of each; the side that goes first changes every time.
    ///
    /// # Errors
    /// The first error of either side.
    pub(super) fn measure(
        runs: usize,
        mut ours: impl FnMut() -> Result<f64>,
        mut ruler: impl FnMut() -> Result<f64>,
    ) -> Result<Self> {
        ruler()?;
        ours()?;
        let mut series = Self { ours: Vec::new(), ruler: Vec::new() };
        for run in 0..runs {
            if run % 2 == 0 {
                series.ruler.push(ruler()?);
                series.ours.push(ours()?);
            } else {
                series.ours.push(ours()?);
                series.ruler.push(ruler()?);
            }
        }
        Ok(series)
    }

    /// Median seconds of ours.
    pub(super) fn ours(&self) -> f64 {
        median(&self.ours)
    }

    /// Median seconds of the ruler's.
    pub(super) fn ruler(&self) -> f64 {
        median(&self.ruler)
    }

    /// Our speed in units of the ruler's: above 1, we are faster.
    pub(super) fn ratio(&self) -> f64 {
        self.ruler() / self.ours()
    }
}

/// The middle value, or the mean of the two in the middle; NaN of nothing.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn the_sides_take_turns_and_the_first_run_does_not_count() {
        let order = std::cell::RefCell::new(String::new());
        let side = |letter: char, seconds: f64| {
            order.borrow_mut().push(letter);
            Ok(seconds)
        };
        let series = Series::measure(3, || side('o', 1.0), || side('r', 2.0)).unwrap();
        assert_eq!(order.into_inner(), "roroorro");
        assert!((series.ratio() - 2.0).abs() < f64::EPSILON);
    }
}
