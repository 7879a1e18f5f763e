//! The records of a zip (APPNOTE.TXT 6.3.10): stored entries whose checksum follows their bytes, names in UTF-8, times also
//! in UTC, and Zip64 wherever a number does not fit.
//!
//! Sizes are known before the bytes, so a reader is told in the head of an entry whether the record after it is the long one.

use domain::civil;

/// A number of 32 bits that says: look into the Zip64 record.
const ELSEWHERE: u32 = u32::MAX;
const ELSEWHERE_SHORT: u16 = u16::MAX;

/// Checksum and sizes follow the bytes (bit 3); the name is UTF-8 (bit 11).
const FOLLOWS: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;

/// What readers must know: Zip64; folders and descriptors.
const VERSION_64: u16 = 45;
const VERSION: u16 = 20;

/// Made on Unix, whose permissions the upper half of the attributes has.
const UNIX: u16 = 3 << 8;
const FILE_MODE: u32 = 0o100_644 << 16;
/// With the attribute that DOS has for a directory.
const FOLDER_MODE: u32 = (0o040_755 << 16) | 0x10;

/// One entry, as its head and the directory know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// With a slash at its end for a folder.
    pub(super) path: String,
    pub(super) modified: i64,
    pub(super) size: u64,
    /// CRC-32 of the bytes; 0 until they went by.
    pub(super) crc: u32,
    /// Where its head is.
    pub(super) offset: u64,
}

impl Entry {
    fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }

    /// Nothing follows where there are no bytes.
    fn flags(&self) -> u16 {
        if self.has_descriptor() { UTF8 | FOLLOWS } else { UTF8 }
    }

    pub(super) const fn has_descriptor(&self) -> bool {
        self.size > 0
    }

    const fn is_long(&self) -> bool {
        self.size >= ELSEWHERE as u64
    }

    /// Method (stored), time and date.
    fn put_times(&self, out: &mut Vec<u8>) {
        let (time, date) = dos_time(self.modified);
        put16(out, 0);
        put16(out, time);
        put16(out, date);
    }

    /// The head before the bytes.
    pub(super) fn put_head(&self, out: &mut Vec<u8>) {
        let stamp = Stamp::of(self.modified);
        let extra = if self.is_long() { 20 } else { 0 } + stamp.len();
        put32(out, 0x0403_4b50);
        put16(out, if self.is_long() { VERSION_64 } else { VERSION });
        put16(out, self.flags());
        self.put_times(out);
        put32(out, 0);
        let size = if self.is_long() { ELSEWHERE } else { 0 };
        put32(out, size);
        put32(out, size);
        put16(out, length_of(&self.path));
        put16(out, extra);
        out.extend_from_slice(self.path.as_bytes());
        if self.is_long() {
            // Zero like all that follows the bytes; that it is here makes what follows the long record.
            put_zip64(out, &[0, 0]);
        }
        stamp.put(out);
    }

    /// The record after the bytes.
    pub(super) fn put_descriptor(&self, out: &mut Vec<u8>) {
        put32(out, 0x0807_4b50);
        put32(out, self.crc);
        if self.is_long() {
            put64(out, self.size);
            put64(out, self.size);
        } else {
            put32(out, clamp(self.size));
            put32(out, clamp(self.size));
        }
    }

    /// The record in the directory at the end.
    pub(super) fn put_record(&self, out: &mut Vec<u8>) {
        let stamp = Stamp::of(self.modified);
        let mut long: Vec<u64> = Vec::new();
        if self.is_long() {
            long.extend([self.size, self.size]);
        }
        if self.offset >= u64::from(ELSEWHERE) {
            long.push(self.offset);
        }
        let zip64 = if long.is_empty() { 0 } else { 4 + 8 * u16::try_from(long.len()).unwrap_or(3) };
        put32(out, 0x0201_4b50);
        put16(out, UNIX | VERSION_64);
        put16(out, if long.is_empty() { VERSION } else { VERSION_64 });
        put16(out, self.flags());
        self.put_times(out);
        put32(out, self.crc);
        put32(out, clamp(self.size));
        put32(out, clamp(self.size));
        put16(out, length_of(&self.path));
        put16(out, zip64 + stamp.len());
        // No comment, first disk, no attributes of its own.
        put16(out, 0);
        put16(out, 0);
        put16(out, 0);
        put32(out, if self.is_folder() { FOLDER_MODE } else { FILE_MODE });
        put32(out, clamp(self.offset));
        out.extend_from_slice(self.path.as_bytes());
        if !long.is_empty() {
            put_zip64(out, &long);
        }
        stamp.put(out);
    }
}

/// The records at the very end, for a directory of `count` records in `size` bytes at `offset`.
pub(super) fn put_end(out: &mut Vec<u8>, count: u64, size: u64, offset: u64) {
    let short = u16::try_from(count).unwrap_or(ELSEWHERE_SHORT);
    if short == ELSEWHERE_SHORT || size >= u64::from(ELSEWHERE) || offset >= u64::from(ELSEWHERE) {
        put32(out, 0x0606_4b50);
        put64(out, 44);
        put16(out, UNIX | VERSION_64);
        put16(out, VERSION_64);
        put32(out, 0);
        put32(out, 0);
        put64(out, count);
        put64(out, count);
        put64(out, size);
        put64(out, offset);
        // Where that record is.
        put32(out, 0x0706_4b50);
        put32(out, 0);
        put64(out, offset + size);
        put32(out, 1);
    }
    put32(out, 0x0605_4b50);
    put16(out, 0);
    put16(out, 0);
    put16(out, short);
    put16(out, short);
    put32(out, clamp(size));
    put32(out, clamp(offset));
    put16(out, 0);
}

fn put_zip64(out: &mut Vec<u8>, numbers: &[u64]) {
    put16(out, 0x0001);
    put16(out, u16::try_from(numbers.len() * 8).unwrap_or(0));
    numbers.iter().for_each(|number| put64(out, *number));
}

/// The time in seconds of UTC (Info-ZIP's "UT"): the other one is of no zone. Absent when it does not fit.
struct Stamp(Option<i32>);

impl Stamp {
    fn of(modified: i64) -> Self {
        Self(i32::try_from(modified.div_euclid(1000)).ok())
    }

    const fn len(&self) -> u16 {
        if self.0.is_some() { 9 } else { 0 }
    }

    fn put(&self, out: &mut Vec<u8>) {
        let Some(seconds) = self.0 else { return };
        put16(out, 0x5455);
        put16(out, 5);
        out.push(1);
        out.extend_from_slice(&seconds.to_le_bytes());
    }
}

/// Time and date as DOS has them: from 1980 to 2107, every other second.
fn dos_time(modified: i64) -> (u16, u16) {
    const DAY: i64 = 86_400;
    let seconds = modified.div_euclid(1000);
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    if year < 1980 {
        return (0, (1 << 5) | 1);
    }
    if year > 2107 {
        return ((23 << 11) | (59 << 5) | 29, (127 << 9) | (12 << 5) | 31);
    }
    let second = seconds.rem_euclid(DAY);
    let part = |value: i64| u16::try_from(value).unwrap_or(0);
    let time = (part(second / 3600) << 11) | (part(second / 60 % 60) << 5) | part(second % 60 / 2);
    (time, (part(year - 1980) << 9) | (part(month) << 5) | part(day))
}

/// What does not fit is elsewhere.
fn clamp(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(ELSEWHERE)
}

/// Paths are kept shorter than what a zip can say.
fn length_of(path: &str) -> u16 {
    u16::try_from(path.len()).unwrap_or(u16::MAX)
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_dos() {
        assert_eq!(dos_time(1_795_338_727_000), ((9 << 11) | (12 << 5) | 3, (46 << 9) | (11 << 5) | 22));
        assert_eq!(dos_time(-1), (0, 33), "before 1980");
        assert_eq!(dos_time(i64::MAX).1 >> 9, 127);
        assert_eq!(Stamp::of(-1000).0, Some(-1));
        assert_eq!(Stamp::of(i64::MAX).len(), 0);
    }

    #[test]
    fn numbers_that_do_not_fit_are_in_zip64() {
        let mut out = Vec::new();
        put_end(&mut out, 65_534, 10, 20);
        assert_eq!(out.len(), 22);
        for (count, size, offset) in
            [(65_535, 10, 20), (1, u64::from(u32::MAX), 20), (1, 10, u64::from(u32::MAX))]
        {
            let mut out = Vec::new();
            put_end(&mut out, count, size, offset);
            assert_eq!(out.len(), 56 + 20 + 22);
        }
        let record = |size, offset| {
            let mut out = Vec::new();
            Entry { path: "a".to_owned(), size, offset, ..Entry::default() }.put_record(&mut out);
            out.len()
        };
        let limit = u64::from(u32::MAX);
        assert_eq!(record(limit - 1, limit - 1), 46 + 1 + 9);
        assert_eq!(record(limit, limit - 1), 46 + 1 + 9 + 4 + 16);
        assert_eq!(record(limit, limit), 46 + 1 + 9 + 4 + 24);
        assert_eq!(record(1, limit), 46 + 1 + 9 + 4 + 8);
    }
}
