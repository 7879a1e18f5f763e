//! The order of names, as people expect it: by number where there are numbers, and Chinese by its pinyin. The server sorts
//! and the browser shows what it got, so the table of readings is not in the wasm.

use pinyin::ToPinyin;

use crate::FileName;

/// Stands before the reading of a Chinese character: Chinese comes behind the letters of other alphabets, whatever its
/// characters, as in the file managers of Chinese systems.
const HAN: char = '一';

impl FileName {
    /// What is compared byte by byte to sort names as people do: case does not count, a run of digits counts as the number
    /// it is (`file2` before `file10`), and a Chinese character stands where its most common reading in pinyin does, by
    /// tone where the syllables are the same.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let folded = self.unique_key();
        let mut key = String::with_capacity(folded.len() + 4);
        let mut rest = folded.as_str();
        while let Some(first) = rest.chars().next() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                push(&mut key, first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let number = rest[..digits].trim_start_matches('0');
            // How many digits, as one character that sorts like the count, goes before the digits: more digits, larger number.
            // '0' starts the range, so that numbers sort where digits do; a name has at most 255 of them.
            key.push(
                char::from_u32('0' as u32 + u32::try_from(number.len()).unwrap_or(u32::MAX)).unwrap_or('9'),
            );
            key.push_str(number);
            rest = &rest[digits..];
        }
        key
    }
}

fn push(key: &mut String, c: char) {
    if let Some(reading) = c.to_pinyin() {
        key.push(HAN);
        key.push_str(reading.with_tone_num_end());
    }
    // Of one reading, the same characters stay together.
    key.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&'static str]) -> Vec<&'static str> {
        let mut names = names.to_vec();
        names.sort_by_key(|text| FileName::parse(text).expect(text).sort_key());
        names
    }

    #[test]
    fn names_sort_as_people_sort() {
        let expected = ["a099", "a100b2", "a100b10", "file", "file1", "File2", "file10", "z", "一"];
        let mut names = expected;
        names.reverse();
        assert_eq!(sorted(&names), expected);
    }

    #[test]
    fn chinese_sorts_by_pinyin() {
        // bào, běi jīng, guǎng, shàng, tiān, xī, zhōng; by code point 上 would be the first and 西 among the last.
        let expected = ["zoo", "Ω", "报告", "北京", "广州", "上海", "天津", "西安", "中国"];
        let mut names = expected;
        names.sort_unstable();
        assert_ne!(names, expected);
        assert_eq!(sorted(&names), expected);
    }

    #[test]
    fn chinese_sorts_by_tone_then_by_what_follows_and_by_number() {
        // mā má mǎ mà; a name before those that go on from it; and characters of one reading do not mix.
        let expected = ["妈", "麻", "马", "马10", "马上", "骂", "文2", "文10", "文档", "闻"];
        let mut names = expected;
        names.reverse();
        assert_eq!(sorted(&names), expected);
    }

    #[test]
    fn the_longest_name_has_a_key_that_an_index_takes() {
        // PostgreSQL's pages take a third of 8 KiB; the longest reading has seven bytes.
        let key = FileName::parse(&"装".repeat(85)).expect("255 bytes").sort_key();
        assert!(key.len() < 1_200, "{}", key.len());
    }
}
