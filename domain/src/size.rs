//! Numbers of bytes as people read them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number of bytes. Displayed in units of 1000, with three significant digits, as browsers and disks count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByteSize(pub u64);

const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            return write!(f, "{} B", self.0);
        }
        // In whole numbers: formatting floats would be 6 kB of the browser's wasm.
        let (mut thousandths, mut unit) = (self.0, 0);
        // 999.5 would be shown as "1000": the next unit says it shorter.
        while thousandths >= 999_500 && unit + 1 < UNITS.len() {
            thousandths /= 1000;
            unit += 1;
        }
        let hundredths = match thousandths {
            ..9_995 => (thousandths + 5) / 10,
            9_995..99_950 => (thousandths + 50) / 100 * 10,
            _ => (thousandths + 500) / 1000 * 100,
        };
        let (whole, rest, unit) = (hundredths / 100, hundredths % 100, UNITS[unit]);
        match rest {
            0 => write!(f, "{whole} {unit}"),
            rest if rest % 10 == 0 => write!(f, "{whole}.{} {unit}", rest / 10),
            rest => write!(f, "{whole}.{rest:02} {unit}"),
        }
    }
}

impl std::str::FromStr for ByteSize {
    type Err = String;

    /// Parses `1048576`, `100MB`, `1.5 GiB`, `2T`; units of 1000 unless written with `i`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is not a size: write bytes or a number with a unit, like 500MB or 20GiB");
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let unit = unit.trim().to_ascii_lowercase();
        let unit = unit.strip_suffix('b').unwrap_or(&unit);
        let (letter, base) = unit.strip_suffix('i').map_or((unit, 1000_u64), |letter| (letter, 1024));
        let power = match letter {
            "" => 0,
            "k" => 1,
            "m" => 2,
            "g" => 3,
            "t" => 4,
            "p" => 5,
            _ => return Err(wrong()),
        };
        let factor = base.pow(power);
        if let Ok(whole) = number.parse::<u64>() {
            return whole.checked_mul(factor).map(Self).ok_or_else(wrong);
        }
        let value: f64 = number.parse().map_err(|_| wrong())?;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a fraction of a unit is approximate by nature; `as` saturates"
        )]
        Ok(Self((value * factor as f64) as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_a_unit() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1500, "1.5 kB"),
            (99_940, "99.9 kB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (9_994, "9.99 kB"),
            (9_995, "10 kB"),
            (1_049, "1.05 kB"),
            (99_950, "100 kB"),
            (2_610_000_000, "2.61 GB"),
            (999_499_999_999, "999 GB"),
            (999_500_000_000, "1 TB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(ByteSize(bytes).to_string(), text);
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("17", 17),
            ("100MB", 100_000_000),
            ("1.5 GiB", 1_610_612_736),
            ("2T", 2_000_000_000_000),
            ("4k", 4000),
        ] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        for text in ["", "x", "5 apples", "99999999P", "1.2.3"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }
}
