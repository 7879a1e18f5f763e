//! Days and dates.

/// Year, month and day of the Gregorian calendar for days since 1970-01-01. Counts in cycles of 400 years that begin on
/// 1 March: the leap day is then the last of its year.
#[must_use]
pub const fn civil(day: i64) -> (i64, i64, i64) {
    let from_march_0000 = day + 719_468;
    let cycle = from_march_0000.div_euclid(146_097);
    let in_cycle = from_march_0000.rem_euclid(146_097);
    let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    let month_from_march = (5 * in_year + 2) / 153;
    let day_of_month = in_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (if month <= 2 { year + 1 } else { year } + cycle * 400, month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn dates_of_days() {
        for (day, date) in
            [(0, (1970, 1, 1)), (-1, (1969, 12, 31)), (11_016, (2000, 2, 29)), (20_779, (2026, 11, 22))]
        {
            assert_eq!(civil(day), date);
        }
    }
}
