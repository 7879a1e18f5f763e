//! How a large file is cut into parts that are uploaded side by side.

/// Bytes of a part: one HDFS block, and a power of two, so that a part is a subtree of the file's BLAKE3 tree.
pub const PART_SIZE: u64 = 128 << 20;

/// A piece of a file: `length` bytes from `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Bytes before it.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

/// Cuts a file of `length` bytes: one part up to [`PART_SIZE`] (also for the empty file), else parts of exactly that size
/// and a shorter last one.
#[must_use]
pub fn plan_parts(length: u64) -> Vec<Part> {
    let count = length.div_ceil(PART_SIZE).max(1);
    (0..count)
        .map(|index| {
            let offset = index * PART_SIZE;
            Part { offset, length: PART_SIZE.min(length - offset) }
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
}
