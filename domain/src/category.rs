//! What kind of thing a file is, by its name and media type.

mod endings;

use serde::{Deserialize, Serialize};

use crate::FileName;

/// The category in the left rail (图片, 文档, 视频, 音频, 其他).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Pictures.
    Image,
    /// Texts, tables, slides, books.
    Document,
    /// Films.
    Video,
    /// Sound.
    Audio,
    /// Everything else.
    Other,
}

/// The icon of a list row.
pub type Icon = Category;

impl Category {
    /// All of them, in the order of the left rail.
    pub const ALL: [Self; 5] = [Self::Image, Self::Document, Self::Video, Self::Audio, Self::Other];

    /// How addresses and the API call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Other => "other",
        }
    }

    /// The category that is called so.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.name() == name)
    }

    /// The category of a media type.
    #[must_use]
    pub fn of(mime: &str) -> Self {
        let (kind, subtype) = mime.split_once('/').unwrap_or((mime, ""));
        match kind {
            "image" => Self::Image,
            "video" => Self::Video,
            "audio" => Self::Audio,
            "text" => Self::Document,
            "application" if is_document(subtype) => Self::Document,
            _ => Self::Other,
        }
    }

    /// The category by the common extensions alone: for a browser, which has no need of the whole table of media types
    /// to draw an icon while a file is on its way. What it does not know is [`Category::Other`]; [`mime_of`] decides.
    #[must_use]
    pub fn guess(name: &FileName) -> Self {
        let extension = extension_of(name);
        match extension.as_str() {
            "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "bmp" | "svg" | "tif" | "tiff" | "ico" => {
                Self::Image
            }
            "txt" | "md" | "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "odt" | "ods"
            | "odp" | "csv" | "rtf" | "epub" | "html" | "htm" | "xml" | "json" => Self::Document,
            "mp4" | "mkv" | "mov" | "avi" | "webm" | "mpg" | "mpeg" | "wmv" | "flv" | "m4v" => Self::Video,
            "mp3" | "flac" | "wav" | "ogg" | "m4a" | "aac" | "opus" | "mid" | "wma" => Self::Audio,
            _ => Self::Other,
        }
    }
}

/// In lower case and without its dot.
fn extension_of(name: &FileName) -> String {
    name.split_extension().1.trim_start_matches('.').to_ascii_lowercase()
}

fn is_document(subtype: &str) -> bool {
    matches!(
        subtype,
        "pdf"
            | "msword"
            | "rtf"
            | "epub+zip"
            | "json"
            | "xml"
            | "x-tex"
            | "vnd.amazon.ebook"
            | "vnd.amazon.mobi8-ebook"
            | "vnd.apple.keynote"
            | "vnd.apple.numbers"
            | "vnd.apple.pages"
            | "ofd"
            | "x-caj"
    ) || subtype.starts_with("vnd.oasis.opendocument")
        || subtype.starts_with("vnd.openxmlformats-officedocument")
        || subtype.starts_with("vnd.ms-")
        || subtype.starts_with("wps-office.")
}

/// What bytes are that nobody can say more of.
const BYTES: &str = "application/octet-stream";

/// The media type of a file by its extension; `application/octet-stream` when unknown.
#[must_use]
pub fn mime_of(name: &FileName) -> &'static str {
    mime_or(name, BYTES)
}

/// The media type that a name tells by its extension; `None` where it says nothing of the bytes, also where all that it says
/// is that they are bytes.
#[must_use]
pub fn mime_told(name: &FileName) -> Option<&'static str> {
    let told = || mime_guess::from_path(name.as_str()).first_raw();
    endings::type_of(&extension_of(name)).or_else(told).filter(|mime| *mime != BYTES)
}

/// The media type of a file by its extension, or `claimed` where that is unknown. A claim never goes against the name that
/// people see, and says as little as a name about what a browser may do with the bytes.
#[must_use]
pub fn mime_or<'a>(name: &FileName, claimed: &'a str) -> &'a str {
    mime_told(name).unwrap_or(claimed)
}

/// A media type as a client writes it, without parameters and in lower case; `None` for what is none.
#[must_use]
pub fn parse_mime(text: &str) -> Option<String> {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let (kind, subtype) = essence.split_once('/')?;
    // RFC 6838 §4.2 for the characters and the lengths.
    (token(kind) && token(subtype) && kind.len() <= 127 && subtype.len() <= 127).then_some(essence)
}

/// Whether a browser may show this type in our origin: types that cannot carry script. Everything else is an attachment.
/// SVG, HTML, XML and PDF are not on the list.
#[must_use]
pub fn is_inline_safe(mime: &str) -> bool {
    matches!(
        mime,
        "image/png"
            | "image/jpeg"
            | "image/gif"
            | "image/webp"
            | "image/avif"
            | "image/bmp"
            | "audio/mpeg"
            | "audio/ogg"
            | "audio/flac"
            | "audio/wav"
            | "audio/mp4"
            | "audio/aac"
            | "audio/webm"
            | "audio/m4a"
            | "video/mp4"
            | "video/webm"
            | "video/ogg"
            | "text/plain"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_agrees_with_the_table() {
        let extensions = [
            "jpg", "jpeg", "png", "gif", "webp", "avif", "bmp", "svg", "tif", "tiff", "ico", "txt", "md",
            "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "csv", "rtf", "epub",
            "html", "htm", "xml", "json", "mp4", "mkv", "mov", "avi", "webm", "mpg", "mpeg", "wmv", "flv",
            "m4v", "mp3", "flac", "wav", "ogg", "m4a", "aac", "opus", "mid", "wma", "zip", "parquet",
        ];
        for extension in extensions {
            let name = FileName::parse(&format!("A.{}", extension.to_uppercase())).expect(extension);
            assert_eq!(Category::guess(&name), Category::of(mime_of(&name)), "{extension}");
        }
    }

    #[test]
    fn a_name_leads_back_to_its_category() {
        for category in Category::ALL {
            assert_eq!(Category::of_name(category.name()), Some(category));
        }
        assert_eq!(Category::of_name("Image"), None);
    }

    #[test]
    fn by_extension() {
        for (name, category) in [
            ("黄山.JPG", Category::Image),
            ("a.mkv", Category::Video),
            ("a.flac", Category::Audio),
            ("a.md", Category::Document),
            ("a.docx", Category::Document),
            ("a.pdf", Category::Document),
            ("a.parquet", Category::Other),
            ("Makefile", Category::Other),
            ("index.ts", Category::Document),
            ("App.TSX", Category::Document),
            ("00001.MTS", Category::Video),
            ("Main.java", Category::Document),
            ("index.php", Category::Document),
            ("run.sh", Category::Document),
            ("schema.sql", Category::Document),
            ("片名.srt", Category::Document),
            ("module.mjs", Category::Document),
            ("片名.rmvb", Category::Video),
            ("a.rm", Category::Video),
            ("录音.amr", Category::Audio),
            ("a.ape", Category::Audio),
            ("a.pages", Category::Document),
            ("a.numbers", Category::Document),
            ("a.key", Category::Document),
            ("发票.ofd", Category::Document),
            ("a.wps", Category::Document),
            ("a.et", Category::Document),
            ("a.dps", Category::Document),
            ("论文.caj", Category::Document),
            ("a.azw3", Category::Document),
            ("a.mobi", Category::Document),
            ("a.psd", Category::Image),
            ("a.eot", Category::Other),
            ("a.stl", Category::Other),
            ("a.rpm", Category::Other),
        ] {
            assert_eq!(Category::of(mime_of(&FileName::parse(name).expect(name))), category, "{name}");
        }
    }

    #[test]
    fn nothing_that_can_carry_script_is_shown_inline() {
        for mime in [
            "text/html",
            "image/svg+xml",
            "application/xml",
            "application/pdf",
            "text/javascript",
            "application/xhtml+xml",
            "text/css",
        ] {
            assert!(!is_inline_safe(mime), "{mime}");
        }
    }

    #[test]
    fn a_claim_counts_where_the_name_says_nothing() {
        let mime = |name, claimed| mime_or(&FileName::parse(name).expect("a name"), claimed);
        assert_eq!(mime("a.png", "text/html"), "image/png");
        assert_eq!(mime("a", "image/jpeg"), "image/jpeg");
        assert_eq!(mime("a.bin", "image/jpeg"), "image/jpeg");
        assert_eq!(mime_told(&FileName::parse("a.bin").expect("a name")), None);
        for (text, mime) in [
            ("image/png", Some("image/png")),
            (" Text/HTML; charset=x", Some("text/html")),
            ("application/vnd.ms-excel.sheet+xml", Some("application/vnd.ms-excel.sheet+xml")),
            ("", None),
            ("image", None),
            ("/png", None),
            ("image/", None),
            ("a/b/c", None),
            ("image/png\r\nX: y", None),
            ("image/图", None),
        ] {
            assert_eq!(parse_mime(text).as_deref(), mime, "{text:?}");
        }
    }
}
