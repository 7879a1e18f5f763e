//! The `Range` header (RFC 9110 §14): which bytes a client asks for. Knows nothing of files, only of a length.

use std::ops::Range;

/// More pieces than this are not served as pieces; the header is then ignored, as §14.2 allows for "many small ranges".
const MAX_PIECES: usize = 32;

/// A gap smaller than what the header of one more part costs is sent along.
const COALESCE_GAP: u64 = 128;

/// What is to be sent. Ranges are half-open, within the length, and never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of it: no range, one that is malformed, or one that is not worth the pieces.
    Whole,
    /// One piece.
    One(Range<u64>),
    /// Two pieces or more.
    Many(Vec<Range<u64>>),
    /// Well-formed, but nothing of it is there.
    Unsatisfiable,
}

/// Reads a `Range` header for a representation of `length` bytes.
pub(crate) fn select(header: &str, length: u64) -> Selection {
    let Some(specs) = header
        .split_once('=')
        .filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"))
        .map(|(_, specs)| specs)
    else {
        return Selection::Whole;
    };
    let mut pieces: Vec<Range<u64>> = Vec::new();
    let mut any = false;
    for spec in specs.split(',').map(str::trim).filter(|spec| !spec.is_empty()) {
        any = true;
        match piece(spec, length) {
            Some(Some(range)) => pieces.push(range),
            Some(None) => {}
            None => return Selection::Whole,
        }
    }
    if !any {
        return Selection::Whole;
    }
    // The last bytes of nothing are nothing, which is all of it.
    if length == 0 && specs.split(',').any(|spec| is_suffix_of_something(spec.trim())) {
        return Selection::Whole;
    }
    let mut pieces = coalesce(pieces);
    match pieces.len() {
        0 => Selection::Unsatisfiable,
        1 => Selection::One(pieces.remove(0)),
        2..=MAX_PIECES => Selection::Many(pieces),
        _ => Selection::Whole,
    }
}

/// `None`: malformed. `Some(None)`: beyond the end.
fn piece(spec: &str, length: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        let suffix = number(last)?;
        return Some((suffix > 0 && length > 0).then(|| length.saturating_sub(suffix)..length));
    }
    let first = number(first)?;
    let end = if last.is_empty() {
        length
    } else {
        let last = number(last)?;
        if last < first {
            return None;
        }
        last.saturating_add(1).min(length)
    };
    Some((first < end).then_some(first..end))
}

fn is_suffix_of_something(spec: &str) -> bool {
    spec.strip_prefix('-').and_then(number).is_some_and(|suffix| suffix > 0)
}

/// Digits only: no sign, no white space. More digits than fit are beyond every end.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

/// Merges what overlaps or nearly touches; the order of the request stays unless something was merged.
fn coalesce(pieces: Vec<Range<u64>>) -> Vec<Range<u64>> {
    let mut sorted = pieces.clone();
    sorted.sort_by_key(|piece| piece.start);
    let mut merged: Vec<Range<u64>> = Vec::with_capacity(sorted.len());
    for piece in sorted {
        match merged.last_mut() {
            Some(last) if piece.start <= last.end.saturating_add(COALESCE_GAP) => {
                last.end = last.end.max(piece.end);
            }
            _ => merged.push(piece),
        }
    }
    if merged.len() == pieces.len() { pieces } else { merged }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_at_every_edge() {
        for (header, expected) in [
            ("bytes=0-0", Selection::One(0..1)),
            ("bytes=0-", Selection::One(0..1000)),
            ("bytes=999-", Selection::One(999..1000)),
            ("bytes=990-5000", Selection::One(990..1000)),
            ("bytes=-1", Selection::One(999..1000)),
            ("bytes=-5000", Selection::One(0..1000)),
            ("BYTES = 1-2", Selection::One(1..3)),
            ("bytes= 1-2 , ", Selection::One(1..3)),
            ("bytes=0-18446744073709551615", Selection::One(0..1000)),
            ("bytes=0-99999999999999999999999", Selection::One(0..1000)),
            ("bytes=1000-", Selection::Unsatisfiable),
            ("bytes=1000-2000", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=99999999999999999999999-", Selection::Unsatisfiable),
        ] {
            assert_eq!(select(header, 1000), expected, "{header}");
        }
    }

    #[test]
    fn what_is_malformed_is_ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=a-b",
            "bytes=2-1",
            "bytes=--1",
            "bytes=+1-2",
            "bytes=1",
            "bytes=1-2,x",
            "chunks=0-1",
            "bytes=0x1-2",
            "bytes=1 -2",
        ] {
            assert_eq!(select(header, 1000), Selection::Whole, "{header}");
        }
    }

    #[test]
    fn several_ranges() {
        assert_eq!(select("bytes=0-9,500-509", 1000), Selection::Many(vec![0..10, 500..510]));
        assert_eq!(select("bytes=-10, 0-9", 1000), Selection::Many(vec![990..1000, 0..10]));
        assert_eq!(select("bytes=0-9,2000-", 1000), Selection::One(0..10));
        assert_eq!(select("bytes=5-20,0-9", 1000), Selection::One(0..21));
        assert_eq!(select("bytes=0-9,10-19", 1000), Selection::One(0..20));
        assert_eq!(select("bytes=0-9,600-,20-29", 1000), Selection::Many(vec![0..30, 600..1000]));
        assert_eq!(select("bytes=5000-,6000-", 1000), Selection::Unsatisfiable);
    }

    #[test]
    fn many_pieces_are_not_worth_it() {
        let specs: Vec<String> = (0..40_u64).map(|n| format!("{0}-{0}", n * 1000)).collect();
        assert_eq!(select(&format!("bytes={}", specs.join(",")), 1 << 20), Selection::Whole);
        assert!(
            matches!(select(&format!("bytes={}", specs[..32].join(",")), 1 << 20), Selection::Many(pieces) if pieces.len() == 32)
        );
        let same = ["0-"; 500].join(",");
        assert_eq!(select(&format!("bytes={same}"), 1 << 20), Selection::One(0..1 << 20));
    }

    #[test]
    fn nothing_has_no_ranges() {
        assert_eq!(select("bytes=0-", 0), Selection::Unsatisfiable);
        assert_eq!(select("bytes=0-0", 0), Selection::Unsatisfiable);
        assert_eq!(select("bytes=-5", 0), Selection::Whole);
    }
}
