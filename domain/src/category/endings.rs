//! Endings of names of which `mime_guess` knows nothing, or what hardly anybody means by them: TypeScript is a film by its
//! table, a package of Red Hat's is sound. What it knows well does not stand here.
//!
//! A type that files are stored with keeps its category, which is stored beside it and which the doctor compares: an ending
//! that is in the wrong one gets another type, and [`Category::of`](super::Category::of) learns of new types only.

/// Source, scripts, settings and subtitles. As `text/plain` no browser runs them, whatever they hold. `.mts` is not among
/// them: cameras call their films so.
const TEXTS: &[&str] = &[
    "ass", "bash", "bat", "bib", "clj", "cmake", "cts", "cue", "dart", "diff", "el", "env", "erl", "ex",
    "exs", "fish", "go", "gradle", "graphql", "groovy", "hs", "java", "jl", "jsonl", "kt", "kts", "lock",
    "lrc", "ml", "nix", "patch", "php", "pl", "pm", "proto", "ps1", "r", "rb", "rst", "scala", "sh", "sql",
    "srt", "ssa", "sty", "svelte", "swift", "tcl", "tf", "ts", "tsx", "v", "vim", "vue", "zig", "zsh",
];

/// All others.
const TYPES: &[(&str, &str)] = &[
    ("amr", "audio/amr"),
    ("ape", "audio/x-ape"),
    ("azw3", "application/vnd.amazon.mobi8-ebook"),
    ("caj", "application/x-caj"),
    ("cjs", "text/javascript"),
    ("dff", "audio/x-dff"),
    ("dps", "application/wps-office.dps"),
    ("dsf", "audio/x-dsf"),
    ("eot", "font/eot"),
    ("et", "application/wps-office.et"),
    ("ipynb", "application/json"),
    ("key", "application/vnd.apple.keynote"),
    ("mjs", "text/javascript"),
    ("mobi", "application/vnd.amazon.ebook"),
    ("mpc", "audio/x-musepack"),
    ("numbers", "application/vnd.apple.numbers"),
    ("ofd", "application/ofd"),
    ("pages", "application/vnd.apple.pages"),
    ("properties", "text/plain"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("rm", "video/vnd.rn-realvideo"),
    ("rmvb", "video/vnd.rn-realvideo"),
    ("rpm", "application/x-rpm"),
    ("stl", "model/stl"),
    ("tta", "audio/x-tta"),
    ("wv", "audio/x-wavpack"),
];

/// The media type of what ends so, in lower case and without its dot.
pub(super) fn type_of(extension: &str) -> Option<&'static str> {
    if TEXTS.binary_search(&extension).is_ok() {
        return Some("text/plain");
    }
    TYPES.binary_search_by_key(&extension, |(ending, _)| *ending).ok().map(|at| TYPES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_sorted_and_an_ending_stands_in_one() {
        assert!(TEXTS.is_sorted());
        assert!(TYPES.is_sorted());
        for (ending, mime) in TYPES {
            assert!(TEXTS.binary_search(ending).is_err(), "{ending}");
            assert_eq!(type_of(ending), Some(*mime));
        }
    }

    #[test]
    fn none_is_a_page_that_could_run_a_script() {
        for (ending, mime) in TYPES {
            let is_page = ["html", "svg", "xml", "pdf"].iter().any(|page| mime.contains(page));
            assert!(!is_page, "{ending}: {mime}");
        }
        for ending in ["htm", "html", "js", "pdf", "shtml", "svg", "xht", "xhtml", "xml", "xsl"] {
            assert_eq!(type_of(ending), None, "{ending}");
        }
    }
}
