//! Counting tests by what their runners say.

use std::fmt;
use std::ops::AddAssign;

use serde::Deserialize;

/// How many tests did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Outcome {
    /// One step that went well.
    pub(super) fn success() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    /// One step that did not.
    pub(super) fn failure() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// Whether nothing failed.
    pub(super) fn is_success(self) -> bool {
        self.failed == 0
    }

    /// Whether there was anything to count.
    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Reads the line with which libtest and the wasm runner end: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        let counts = line.trim().strip_prefix("test result: ")?.split_once(". ")?.1;
        let count = |word: &str| {
            counts
                .split(';')
                .filter_map(|part| part.trim().split_once(' '))
                .find(|(_, name)| *name == word)
                .and_then(|(number, _)| number.parse().ok())
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored").unwrap_or(0),
        })
    }

    /// Reads the summary of Playwright's JSON report. A test that passed only when repeated has failed: it would hide a
    /// race.
    ///
    /// # Errors
    /// When this is no such report.
    pub(super) fn of_playwright(report: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            stats: Stats,
            #[serde(default)]
            errors: Vec<serde_json::Value>,
        }
        #[derive(Deserialize)]
        struct Stats {
            expected: usize,
            unexpected: usize,
            flaky: usize,
            skipped: usize,
        }
        let Report { stats, errors } = serde_json::from_str(report)?;
        Ok(Self {
            passed: stats.expected,
            // Errors outside any test, such as a file that does not compile.
            failed: stats.unexpected + stats.flaky + errors.len(),
            skipped: stats.skipped,
        })
    }
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            text += &format!(", {} skipped", self.skipped);
        }
        formatter.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_summary_of_a_test_program() {
        let line =
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.11s";
        assert_eq!(Outcome::of_line(line), Some(Outcome { passed: 12, failed: 0, skipped: 1 }));
        let line = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Outcome::of_line(line), Some(Outcome { passed: 1, failed: 2, skipped: 0 }));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["test storage::works ... ok", "test result: strange", "", "running 3 tests"] {
            assert_eq!(Outcome::of_line(line), None, "{line}");
        }
    }

    #[test]
    fn a_flaky_browser_test_has_failed() {
        let report = r#"{"config":{},"errors":[],"stats":{"startTime":"","duration":1.5,
            "expected":7,"skipped":1,"unexpected":2,"flaky":1}}"#;
        let outcome = Outcome::of_playwright(report).unwrap();
        assert_eq!(outcome, Outcome { passed: 7, failed: 3, skipped: 1 });
    }

    #[test]
    fn a_spec_that_does_not_load_is_a_failure() {
        let report = r#"{"errors":[{"message":"SyntaxError"}],"stats":{"expected":0,"skipped":0,"unexpected":0,"flaky":0}}"#;
        assert_eq!(Outcome::of_playwright(report).unwrap().failed, 1);
    }
}
