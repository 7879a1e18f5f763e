//! How a large file is cut into parts that are uploaded side by side.

/// Bytes of a part, at least: one HDFS block, and a power of two, so that a part is a subtree of the file's BLAKE3 tree.
pub const PART_SIZE: u64 = 128 << 20;

/// Parts of a file at most. The request that joins them names each in one header, and proxies take lines of 8 kB.
pub const MAX_PARTS: u64 = 128;

/// A piece of a file: `length` bytes from `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Bytes before it.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

/// Cuts a file of `length` bytes: one part up to [`PART_SIZE`] (also for the empty file), else parts of one size and a
/// shorter last one. The size is [`PART_SIZE`], doubled until [`MAX_PARTS`] are enough.
#[must_use]
pub fn plan_parts(length: u64) -> Vec<Part> {
    let mut size = PART_SIZE;
    while length.div_ceil(size) > MAX_PARTS {
        size *= 2;
    }
    let count = length.div_ceil(size).max(1);
    (0..count)
        .map(|index| {
            let offset = index * size;
            Part { offset, length: size.min(length - offset) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_file_without_gap() {
        for length in [0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 10 * PART_SIZE, 10 * PART_SIZE + 7] {
            let parts = plan_parts(length);
            let mut end = 0;
            for part in &parts {
                assert_eq!(part.offset, end);
                assert!(part.length > 0 || length == 0);
                end += part.length;
            }
            assert_eq!(end, length);
            assert!(parts[..parts.len() - 1].iter().all(|part| part.length == PART_SIZE));
        }
    }

    #[test]
    fn a_huge_file_has_larger_parts_and_not_more_of_them() {
        for (length, count, size) in [
            (128 * PART_SIZE, 128, PART_SIZE),
            (128 * PART_SIZE + 1, 65, 2 * PART_SIZE),
            (256 * PART_SIZE, 128, 2 * PART_SIZE),
            (10_000 * PART_SIZE, 79, 128 * PART_SIZE),
            (i64::MAX.unsigned_abs(), 128, 1 << 56),
            (u64::MAX, 128, 1 << 57),
        ] {
            let parts = plan_parts(length);
            assert_eq!((parts.len(), parts[0].length), (count, size), "{length}");
            assert_eq!(parts.iter().map(|part| part.length).sum::<u64>(), length);
            assert!(parts.windows(2).all(|pair| pair[0].offset + size == pair[1].offset));
        }
    }
}
