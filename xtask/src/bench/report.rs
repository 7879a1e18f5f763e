//! What was measured: as a table for people, as JSON for programs.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::series::Series;

/// What a figure is meant to be.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Goal {
    /// Nothing in particular.
    None,
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Below(f64),
}

impl Goal {
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtLeast(limit) => Some(value >= limit),
            Self::AtMost(limit) => Some(value <= limit),
            Self::Below(limit) => Some(value < limit),
        }
    }

    fn text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::AtLeast(limit) => format!("≥ {limit}"),
            Self::AtMost(limit) => format!("≤ {limit}"),
            Self::Below(limit) => format!("< {limit}"),
        }
    }
}

/// One figure.
#[derive(Serialize)]
struct Row {
    what: String,
    /// `ratio` (ours over the ruler's), `s`, `ms` or `MiB`.
    unit: String,
    value: f64,
    goal: Goal,
    met: Option<bool>,
    /// What it was compared with, and the absolute speeds in MB/s: ours, the ruler's.
    ruler: Option<(String, f64, f64)>,
}

/// All figures so far.
#[derive(Default, Serialize)]
pub(super) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a comparison of `bytes` moved by both sides.
    pub(super) fn ratio(&mut self, what: &str, ruler: &str, series: &Series, bytes: u64, goal: Goal) {
        #[expect(clippy::cast_precision_loss, reason = "a speed is shown with three digits")]
        let megabytes = bytes as f64 / 1e6;
        let speeds = (ruler.to_owned(), megabytes / series.ours(), megabytes / series.ruler());
        self.add(what, "ratio", series.ratio(), goal, Some(speeds));
    }

    /// Adds a figure that stands for itself.
    pub(super) fn value(&mut self, what: &str, unit: &str, value: f64, goal: Goal) {
        self.add(what, unit, value, goal, None);
    }

    fn add(&mut self, what: &str, unit: &str, value: f64, goal: Goal, ruler: Option<(String, f64, f64)>) {
        println!("{what}: {value:.2} {unit}");
        let row =
            Row { what: what.to_owned(), unit: unit.to_owned(), value, goal, met: goal.is_met(value), ruler };
        self.rows.push(row);
    }

    /// Prints the table.
    pub(super) fn print(&self) {
        println!("\n{}", self.table());
    }

    /// Writes `report.json` and `report.md` into the folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        fs::write(folder.join("report.json"), serde_json::to_string_pretty(self)?)?;
        fs::write(folder.join("report.md"), self.table())?;
        Ok(())
    }

    fn table(&self) -> String {
        let mut text = String::from("| what | figure | goal | met | ours / ruler |\n|---|---|---|---|---|\n");
        for row in &self.rows {
            let met = row.met.map_or("", |met| if met { "yes" } else { "no" });
            let speeds = row.ruler.as_ref().map_or_else(String::new, |(ruler, ours, theirs)| {
                format!("{ours:.0} / {theirs:.0} MB/s ({ruler})")
            });
            let unit = if row.unit == "ratio" { "" } else { &row.unit };
            let figure = format!("{:.2} {unit}", row.value);
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {} | {} | {met} | {speeds} |",
                row.what,
                figure.trim_end(),
                row.goal.text()
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_whether_goals_are_met() {
        let mut report = Report::default();
        report.value("finishing", "s", 0.5, Goal::Below(1.0));
        report.value("difference", "MiB", 40.0, Goal::AtMost(32.0));
        let table = report.table();
        assert!(table.contains("| finishing | 0.50 s | < 1 | yes |"), "{table}");
        assert!(table.contains("| difference | 40.00 MiB | ≤ 32 | no |"), "{table}");
    }
}
