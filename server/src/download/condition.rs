//! Conditional requests (RFC 9110 §13), for a representation that has a strong entity tag and a time since which its bytes
//! are what they are. Knows nothing of what is sent.
//!
//! An HTTP date counts seconds, and bytes may be replaced twice in one. So bytes are taken to be as new as the second after
//! the one they were stored in: whoever is told that second, asks when it has begun, and what replaces them then is newer.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderName, header};

/// What the request's conditions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Answer as asked; a `Range` header counts only when `ranges`.
    Proceed {
        /// Whether `If-Range` lets the ranges stand.
        ranges: bool,
    },
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// What the representation is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validators<'a> {
    /// The strong entity tag, with its quotes.
    pub(crate) etag: &'a str,
    /// Unix milliseconds since when the bytes are these. Never what a client says of its file.
    pub(crate) stored: i64,
    /// Unix milliseconds of this request.
    pub(crate) now: i64,
}

/// The last second that an HTTP date can tell: the end of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

impl Validators<'_> {
    /// The date to tell: in whole seconds and never in the future (§8.8.2.1).
    pub(crate) fn last_modified(&self) -> SystemTime {
        self.changed().min(whole_seconds(self.now, 0))
    }

    /// The first whole second that is later than the change.
    fn changed(&self) -> SystemTime {
        whole_seconds(self.stored, 1)
    }
}

/// A time before 1970 or after 9999 is that limit: a database may hold anything, and a date has to be written.
fn whole_seconds(milliseconds: i64, more: i64) -> SystemTime {
    let seconds = (milliseconds.div_euclid(1000).saturating_add(more)).clamp(0, LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

/// Evaluates the preconditions of a GET or HEAD in the order of §13.2.2.
pub(crate) fn evaluate(headers: &HeaderMap, now: &Validators<'_>) -> Verdict {
    let modified = now.changed();
    if headers.contains_key(header::IF_MATCH) {
        if !any_tag(headers, &header::IF_MATCH, |tag| tag == now.etag) {
            return Verdict::Failed;
        }
    } else if date(headers, &header::IF_UNMODIFIED_SINCE).is_some_and(|since| modified > since) {
        return Verdict::Failed;
    }
    if headers.contains_key(header::IF_NONE_MATCH) {
        // Weak comparison: a cache that marked our tag as weak still has these bytes.
        if any_tag(headers, &header::IF_NONE_MATCH, |tag| tag.strip_prefix("W/").unwrap_or(tag) == now.etag) {
            return Verdict::NotModified;
        }
    } else if date(headers, &header::IF_MODIFIED_SINCE).is_some_and(|since| modified <= since) {
        return Verdict::NotModified;
    }
    // Only a strong validator may join bytes to those that a client has (§13.1.5), and a date is none.
    let if_range = headers.get(header::IF_RANGE);
    let ranges = if_range.is_none_or(|value| value.to_str().is_ok_and(|tag| tag.trim() == now.etag));
    Verdict::Proceed { ranges }
}

/// Whether a tag of the header's list satisfies `matches`; `*` always does.
fn any_tag(headers: &HeaderMap, name: &HeaderName, matches: impl Fn(&str) -> bool) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|list| {
        // Our tags hold neither commas nor quotes, so splitting at commas cannot make one out of another tag's inside
        // that would not have to carry its own quotes.
        list.trim() == "*" || list.split(',').any(|tag| matches(tag.trim()))
    })
}

/// The date of a header; one that is no date counts as absent (§13.1.3).
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    headers.get(name)?.to_str().ok().and_then(|text| httpdate::parse_http_date(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Validators<'_> = Validators { etag: "\"abc\"", stored: 784_111_776_432, now: 784_111_800_000 };
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
    const GO: Verdict = Verdict::Proceed { ranges: true };
    const WHOLE: Verdict = Verdict::Proceed { ranges: false };

    fn verdict(headers: &[(HeaderName, &str)]) -> Verdict {
        let map =
            headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))).collect();
        evaluate(&map, &NOW)
    }

    #[test]
    fn single_conditions() {
        for (name, value, expected) in [
            (header::IF_MATCH, "\"abc\"", GO),
            (header::IF_MATCH, "\"x\", \"abc\"", GO),
            (header::IF_MATCH, "*", GO),
            (header::IF_MATCH, "W/\"abc\"", Verdict::Failed),
            (header::IF_MATCH, "\"x\"", Verdict::Failed),
            (header::IF_NONE_MATCH, "\"abc\"", Verdict::NotModified),
            (header::IF_NONE_MATCH, "W/\"abc\"", Verdict::NotModified),
            (header::IF_NONE_MATCH, "\"x\", W/\"abc\"", Verdict::NotModified),
            (header::IF_NONE_MATCH, "*", Verdict::NotModified),
            (header::IF_NONE_MATCH, "\"x\"", GO),
            (header::IF_UNMODIFIED_SINCE, THEN, GO),
            (header::IF_UNMODIFIED_SINCE, AFTER, GO),
            (header::IF_UNMODIFIED_SINCE, BEFORE, Verdict::Failed),
            (header::IF_UNMODIFIED_SINCE, "yesterday", GO),
            (header::IF_MODIFIED_SINCE, THEN, Verdict::NotModified),
            (header::IF_MODIFIED_SINCE, AFTER, Verdict::NotModified),
            (header::IF_MODIFIED_SINCE, BEFORE, GO),
            (header::IF_MODIFIED_SINCE, "yesterday", GO),
            (header::IF_RANGE, "\"abc\"", GO),
            (header::IF_RANGE, "W/\"abc\"", WHOLE),
            (header::IF_RANGE, "\"x\"", WHOLE),
            (header::IF_RANGE, THEN, WHOLE),
            (header::IF_RANGE, AFTER, WHOLE),
            (header::IF_RANGE, "nonsense", WHOLE),
        ] {
            assert_eq!(verdict(&[(name.clone(), value)]), expected, "{name}: {value}");
        }
    }

    #[test]
    fn tags_come_before_dates() {
        assert_eq!(
            verdict(&[(header::IF_NONE_MATCH, "\"x\""), (header::IF_MODIFIED_SINCE, AFTER)]),
            GO,
            "a tag that differs outweighs a date that does not"
        );
        assert_eq!(verdict(&[(header::IF_MATCH, "\"abc\""), (header::IF_UNMODIFIED_SINCE, BEFORE)]), GO);
        assert_eq!(
            verdict(&[(header::IF_MATCH, "\"x\""), (header::IF_NONE_MATCH, "\"abc\"")]),
            Verdict::Failed
        );
    }

    #[test]
    fn bytes_of_the_same_second_are_told_apart() {
        let first = Validators { stored: 784_111_777_100, now: 784_111_777_200, ..NOW };
        let told = httpdate::fmt_http_date(first.last_modified());
        let second = Validators { stored: 784_111_777_300, now: 784_111_790_000, ..NOW };
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MODIFIED_SINCE, told.parse().expect("a value"));
        assert_eq!(evaluate(&headers, &second), GO);
        let told = httpdate::fmt_http_date(second.last_modified());
        headers.insert(header::IF_MODIFIED_SINCE, told.parse().expect("a value"));
        assert_eq!(evaluate(&headers, &second), Verdict::NotModified);
    }

    #[test]
    fn every_time_has_a_date_and_none_is_in_the_future() {
        let now = 784_111_777_432;
        for stored in [i64::MIN, -1, 0, now, now + 5000, 253_402_300_800_000, i64::MAX] {
            let date = Validators { stored, now, ..NOW }.last_modified();
            assert!(!httpdate::fmt_http_date(date).is_empty());
            assert!(date <= SystemTime::UNIX_EPOCH + Duration::from_millis(now.unsigned_abs()), "{stored}");
            for now in [i64::MIN, i64::MAX] {
                httpdate::fmt_http_date(Validators { stored, now, ..NOW }.last_modified());
            }
        }
    }
}
