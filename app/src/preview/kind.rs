//! How a file is shown, by its name and media type.

use domain::{FileName, Node, NodeKind, is_inline_safe};
use serde::{Deserialize, Serialize};

/// The ways in which files are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A picture that browsers show.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// By the browser's own viewer.
    Pdf,
    /// Text and code.
    Text,
    /// Text that is laid out.
    Markdown,
    /// Text perhaps: its bytes tell.
    Unknown,
    /// A folder, or what is not shown.
    Nothing,
}

/// Endings of names of texts. Media types do not tell: `.tex` and `.json` are applications by theirs, and what was stored
/// by an older release has none or another.
const TEXTS: &[&str] = &[
    "asm",
    "bash",
    "bat",
    "bib",
    "c",
    "cc",
    "cfg",
    "clj",
    "cmake",
    "cmd",
    "conf",
    "cpp",
    "cs",
    "css",
    "csv",
    "cue",
    "cxx",
    "dart",
    "diff",
    "el",
    "env",
    "erl",
    "ex",
    "exs",
    "f90",
    "fish",
    "go",
    "gradle",
    "graphql",
    "groovy",
    "h",
    "hpp",
    "hs",
    "htm",
    "html",
    "ini",
    "ipynb",
    "java",
    "jl",
    "js",
    "json",
    "jsonl",
    "jsx",
    "kt",
    "kts",
    "less",
    "lock",
    "log",
    "lrc",
    "lua",
    "mjs",
    "mk",
    "ml",
    "nfo",
    "nix",
    "patch",
    "php",
    "pl",
    "pm",
    "properties",
    "proto",
    "ps1",
    "py",
    "r",
    "rb",
    "rs",
    "rst",
    "scala",
    "scss",
    "sh",
    "sql",
    "srt",
    "sty",
    "swift",
    "tcl",
    "tex",
    "text",
    "tf",
    "toml",
    "ts",
    "tsv",
    "tsx",
    "txt",
    "v",
    "vb",
    "vhd",
    "vim",
    "vtt",
    "vue",
    "xhtml",
    "xml",
    "xsd",
    "xsl",
    "yaml",
    "yml",
    "zig",
    "zsh",
];

/// Names of texts that have no ending.
const NAMES: &[&str] = &[
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "authors",
    "changelog",
    "containerfile",
    "copying",
    "dockerfile",
    "license",
    "makefile",
    "notice",
    "readme",
];

impl Kind {
    /// How this one is shown.
    pub(crate) fn of(node: &Node) -> Self {
        let (NodeKind::File, Some(mime)) = (node.kind, node.mime.as_deref()) else { return Self::Nothing };
        let name = node.name.to_lowercase();
        let extension =
            FileName::parse(&name).map(|name| name.split_extension().1.trim_start_matches('.').to_owned());
        let extension = extension.unwrap_or_default();
        if matches!(extension.as_str(), "md" | "markdown") {
            return Self::Markdown;
        }
        if TEXTS.binary_search(&extension.as_str()).is_ok() || NAMES.contains(&name.as_str()) {
            return Self::Text;
        }
        match mime.split_once('/') {
            Some(("image", _)) if is_shown(mime) => Self::Image,
            Some(("image", _)) => Self::Nothing,
            Some(("video", _)) => Self::Video,
            Some(("audio", _)) => Self::Audio,
            Some(("text", _)) => Self::Text,
            Some(("application", "pdf")) => Self::Pdf,
            Some(("application", _)) => Self::Unknown,
            _ => Self::Nothing,
        }
    }

    /// Whether its bytes are read to show it.
    pub(crate) const fn is_read(self) -> bool {
        matches!(self, Self::Text | Self::Markdown | Self::Unknown)
    }

    /// Whether it is shown on its page by fetching bytes of it.
    pub(crate) const fn is_fetched(self) -> bool {
        matches!(self, Self::Image | Self::Video | Self::Audio | Self::Text | Self::Markdown)
    }
}

/// What `<img>` shows. In SVG that is shown so, no script runs and nothing else is loaded.
fn is_shown(mime: &str) -> bool {
    is_inline_safe(mime) || matches!(mime, "image/svg+xml" | "image/x-icon" | "image/vnd.microsoft.icon")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> Kind {
        let parsed = FileName::parse(name).expect(name);
        let node = Node {
            id: domain::NodeId::from_random([1; 16]),
            parent: None,
            name: name.to_owned(),
            kind: NodeKind::File,
            size: 1,
            mime: Some(domain::mime_of(&parsed).to_owned()),
            modified: 0,
            blake3: None,
            thumbnail: false,
        };
        Kind::of(&node)
    }

    #[test]
    fn by_name() {
        assert!(TEXTS.is_sorted());
        for (name, expected) in [
            ("a.JPG", Kind::Image),
            ("a.svg", Kind::Image),
            ("a.tiff", Kind::Nothing),
            ("a.mp4", Kind::Video),
            ("a.flac", Kind::Audio),
            ("a.pdf", Kind::Pdf),
            ("README.md", Kind::Markdown),
            ("main.rs", Kind::Text),
            ("index.ts", Kind::Text),
            ("App.svelte", Kind::Text),
            ("00001.MTS", Kind::Video),
            ("a.rmvb", Kind::Video),
            ("a.ape", Kind::Audio),
            ("a.psd", Kind::Nothing),
            ("a.ofd", Kind::Unknown),
            ("page.html", Kind::Text),
            ("Makefile", Kind::Text),
            (".gitignore", Kind::Text),
            ("笔记", Kind::Unknown),
            ("a.zip", Kind::Unknown),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }
}
