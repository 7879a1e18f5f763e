//! The style: every `@import` bundled into one file, made plain for older browsers, and minified.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

use super::{content_hash, hashed_name};

/// The oldest browsers the pages are made for: those of May 2024, the first with both `popover`, which our widgets stand
/// on, and `light-dark()`, which would otherwise be spelled out in variables.
fn targets() -> Targets {
    let version = |major: u32| Some(major << 16);
    let safari = Some((17 << 16) | (5 << 8));
    Targets::from(Browsers {
        chrome: version(123),
        edge: version(123),
        firefox: version(125),
        safari,
        ios_saf: safari,
        ..Browsers::default()
    })
}

/// Writes the bundle of `entry` into `pkg` under a hashed name and answers the hash.
///
/// # Errors
/// A file and line when the CSS is wrong, or an import that is not there.
pub(super) fn bundle(entry: &Path, pkg: &Path) -> Result<String> {
    let code = minified(entry)?;
    let hash = content_hash(code.as_bytes());
    fs::write(pkg.join(hashed_name(&hash, "css")), code)?;
    Ok(hash)
}

fn minified(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet =
        bundler.bundle(entry).map_err(|error| anyhow!("{error} (bundling {})", entry.display()))?;
    let targets = targets();
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{error} (minifying {})", entry.display()))?;
    let code = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("{error} (printing {})", entry.display()))?
        .code;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_bundled_in_their_layers() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("main.css"),
            "@layer base, page;\n@import \"base.css\" layer(base);\n@layer page { .row { color: red; } }",
        )
        .unwrap();
        fs::write(folder.path().join("base.css"), "a  {  color : blue ;  }").unwrap();
        let code = minified(&folder.path().join("main.css")).unwrap();
        assert!(code.contains("@layer base{a{color:#00f}}"), "{code}");
        assert!(!code.contains("@import"), "{code}");
    }

    #[test]
    fn a_missing_import_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.css"), "@import \"nowhere.css\";").unwrap();
        assert!(minified(&folder.path().join("main.css")).is_err());
    }
}
