//! Names that every system can unpack, and that never lead out of where a zip is unpacked.
//!
//! A name may hold what Windows takes for a path (`..\x`, `C:x`), for a device (`NUL.txt`), or drops (a dot at its end). Such
//! a name is changed, and so that no two of one folder become the same, each that is changed is marked ` (~1)`, ` (~2)`, …
//! before its extension. Whatever looks marked already is marked as well. So a name is either as its folder has it, where it
//! is unique, or carries a number that no other carries.

/// UTF-8 bytes of the longest name that Linux keeps.
const MAX_BYTES: usize = 255;

/// Numbers of the names that were changed in one zip.
#[derive(Debug, Default)]
pub(super) struct Names(u64);

impl Names {
    /// The name to unpack as.
    pub(super) fn safe(&mut self, name: &str) -> String {
        if is_safe(name) { name.to_owned() } else { self.marked(name) }
    }

    /// The name with a number of its own, for where it would not be the only one.
    pub(super) fn marked(&mut self, name: &str) -> String {
        self.0 += 1;
        let kept = name.trim_end_matches(is_dropped);
        let tail = name.chars().count() - kept.chars().count();
        let plain: String = kept.chars().map(|c| if is_hostile(c) { '_' } else { c }).collect();
        let plain = plain + &"_".repeat(tail);
        let mark = format!(" (~{})", self.0);
        let (stem, extension) = split(&plain);
        // An extension too long to keep is no extension.
        let (stem, extension) =
            if mark.len() + extension.len() >= MAX_BYTES { (plain.as_str(), "") } else { (stem, extension) };
        let mut room = (MAX_BYTES - mark.len() - extension.len()).min(stem.len());
        while !stem.is_char_boundary(room) {
            room -= 1;
        }
        format!("{}{mark}{extension}", &stem[..room])
    }
}

fn is_safe(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_BYTES
        && !name.ends_with(is_dropped)
        && !name.contains(is_hostile)
        && !is_device(name)
        && !is_marked(split(name).0)
}

/// What Windows drops from the end of a name.
const fn is_dropped(c: char) -> bool {
    matches!(c, '.' | ' ')
}

/// What Windows refuses, or takes for more than a name.
fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Whether Windows takes it for a device, whatever its extension is.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let numbered = |rest: &str| {
        let mut digits = rest.chars();
        matches!(digits.next(), Some('0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$")
        || stem.strip_prefix("COM").is_some_and(numbered)
        || stem.strip_prefix("LPT").is_some_and(numbered)
}

fn is_marked(stem: &str) -> bool {
    let number = stem.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (~"));
    number.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Stem, and extension with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && dot + 1 < name.len() => name.split_at(dot),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_names_stay() {
        let mut names = Names::default();
        for name in [
            "a.txt",
            "毕业设计.docx",
            "👩‍👩‍👧.png",
            ".bashrc",
            "a (1).txt",
            "-rf",
            "~x",
            "COMA",
            "console.log",
            "a..b",
        ] {
            assert_eq!(names.safe(name), name);
        }
    }

    #[test]
    fn what_leads_elsewhere_is_changed() {
        for (name, safe) in [
            ("..\\..\\Windows\\x.dll", ".._.._Windows_x (~1).dll"),
            ("C:evil.txt", "C_evil (~1).txt"),
            ("\\\\server\\share", "__server_share (~1)"),
            ("NUL", "NUL (~1)"),
            ("com1.tar.gz", "com1.tar (~1).gz"),
            ("draft...", "draft___ (~1)"),
            ("..", "__ (~1)"),
            ("a/b", "a_b (~1)"),
            ("a (~7).txt", "a (~7) (~1).txt"),
            ("a?.txt", "a_ (~1).txt"),
        ] {
            let safe_name = Names::default().safe(name);
            assert_eq!(safe_name, safe, "{name}");
        }
        let long = format!("{}?.txt", "文".repeat(83));
        let safe = Names::default().safe(&long);
        assert!(safe.len() <= 255 && safe.ends_with("文 (~1).txt"), "{safe}");
    }

    proptest! {
        #[test]
        fn different_names_stay_different(all in proptest::collection::hash_set("[aA.:?~() 1\\\\]{1,6}|.{1,80}", 1..20)) {
            let mut names = Names::default();
            let mut keys = HashSet::new();
            let mut seen = HashSet::new();
            for name in &all {
                // Only what can stand in one folder.
                let Ok(name) = domain::FileName::parse(name) else { continue };
                if !keys.insert(name.unique_key()) {
                    continue;
                }
                let safe = names.safe(name.as_str());
                prop_assert!(!safe.is_empty() && safe.len() <= 255);
                prop_assert!(!safe.contains(is_hostile) && !safe.ends_with(is_dropped) && !is_device(&safe));
                prop_assert!(seen.insert(safe.to_lowercase()), "{safe:?} twice");
            }
        }
    }
}
