//! Compressing once, at build time, as hard as it goes: the server then sends the file that fits.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::workspace;

/// Text in one way or another; pictures and fonts are compressed already.
const EXTENSIONS: [&str; 11] =
    ["css", "html", "ico", "js", "json", "mjs", "svg", "txt", "wasm", "webmanifest", "xml"];

/// Below this a compressed copy saves no packet.
const SMALLEST: usize = 512;

/// Writes `.br` and `.gz` beside every file below `folder` that gets smaller by it.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn everything_below(folder: &Path) -> Result<()> {
    for file in workspace::files_below(folder)? {
        let Some(extension) = file.extension().and_then(|extension| extension.to_str()) else { continue };
        if !EXTENSIONS.contains(&extension) {
            continue;
        }
        let bytes = fs::read(&file)?;
        if bytes.len() < SMALLEST {
            continue;
        }
        for (suffix, packed) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
            if packed.len() < bytes.len() {
                fs::write(file.with_extension(format!("{extension}.{suffix}")), packed)?;
            }
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_copies_unpack_to_the_original() {
        let folder = tempfile::tempdir().unwrap();
        let text = "body { color: red }\n".repeat(100);
        fs::write(folder.path().join("main.css"), &text).unwrap();
        everything_below(folder.path()).unwrap();

        let mut plain = String::new();
        let packed = fs::read(folder.path().join("main.css.gz")).unwrap();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, text);

        let mut plain = Vec::new();
        let packed = fs::read(folder.path().join("main.css.br")).unwrap();
        brotli::BrotliDecompress(&mut &packed[..], &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
    }

    #[test]
    fn pictures_and_tiny_files_stay_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("photo.png"), vec![0; 4096]).unwrap();
        fs::write(folder.path().join("tiny.js"), "1").unwrap();
        everything_below(folder.path()).unwrap();
        assert_eq!(workspace::files_below(folder.path()).unwrap().len(), 2);
    }
}
