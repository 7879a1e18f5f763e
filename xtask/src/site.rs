//! The site: everything the server hands out as files.
//!
//! | path below the site's root | what |
//! |---|---|
//! | `hash.txt` | `js: HASH`, `wasm: HASH`, `css: HASH`, a line each |
//! | `pkg/hayloft.HASH.{js,wasm,css}` | never change under their names: serve with `immutable` |
//! | `pkg/snippets/…` | JavaScript of dependencies, imported by the above; their folder carries a hash of the crate |
//! | everything else | `public/` as it is, under names that stay: serve with an ETag and revalidation |
//! | `*.br`, `*.gz` | beside a file where that made it smaller (release only): serve instead, by `Accept-Encoding` |
//!
//! Leptos looks for the hash file at `current_exe()/../<LeptosOptions.hash_file>`. An absolute `hash_file` replaces the
//! folder in front, so the server sets `site_root` to `HAYLOFT_SITE`, `hash_file` to the absolute path of `hash.txt`
//! in it, `hash_files = true`, `output_name = "hayloft"`, `site_pkg_dir = "pkg"`: a site is complete in one folder.
//! (cargo-leptos instead writes `hash.txt` beside the binary and sets `LEPTOS_HASH_FILES`; with no `hash.txt` in the site
//! the plain name `hash.txt` finds that one.)
//!
//! Release goes to `target/site`, dev to `target/site-dev`. A site is built in a folder beside and then swapped in, and
//! is not built again while its inputs are the same.

mod compress;
mod css;
mod stamp;
mod wasm;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{leptos, workspace};

/// How the wasm is compiled and what happens to the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Fast to build, large, with names in stack traces, not compressed.
    Dev,
    /// Small and compressed.
    Release,
}

/// A finished site.
pub(crate) struct Site {
    /// Its root, absolute: the server's `HAYLOFT_SITE`.
    pub(crate) root: PathBuf,
    /// The wasm file in it.
    pub(crate) wasm: PathBuf,
}

/// Builds the site unless it is up to date.
///
/// # Errors
/// When the wasm does not compile, the CSS is wrong, or a file cannot be read or written.
pub(crate) fn build(profile: Profile) -> Result<Site> {
    let compiled = wasm::compile(profile)?;
    let root = workspace::target().join(match profile {
        Profile::Dev => "site-dev",
        Profile::Release => "site",
    });
    let stamp = stamp::of(profile, &compiled)?;
    let stamp_file = root.with_extension("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) && root.join(leptos::HASH_FILE).exists()
    {
        return finished(root);
    }
    let building = root.with_extension("part");
    remove(&building)?;
    remove(&stamp_file)?;
    let pkg = building.join(leptos::PKG_DIR);
    fs::create_dir_all(&pkg)?;
    copy_assets(&workspace::root().join(leptos::ASSETS_DIR), &building)?;
    let (js, wasm) = wasm::bind(&compiled, &pkg, profile)?;
    let css = css::bundle(&workspace::root().join(leptos::STYLE_FILE), &pkg)?;
    if profile == Profile::Release {
        compress::everything_below(&building)?;
    }
    fs::write(building.join(leptos::HASH_FILE), hash_file(&js, &wasm, &css))?;
    remove(&root)?;
    fs::rename(&building, &root)?;
    fs::write(&stamp_file, stamp)?;
    finished(root)
}

fn finished(root: PathBuf) -> Result<Site> {
    let text = fs::read_to_string(root.join(leptos::HASH_FILE))?;
    let hash = text
        .lines()
        .find_map(|line| line.strip_prefix("wasm: "))
        .context("hash.txt does not name the wasm")?;
    let wasm = root.join(leptos::PKG_DIR).join(hashed_name(hash, "wasm"));
    Ok(Site { root, wasm })
}

/// The format of Leptos' `hash-files`.
fn hash_file(js: &str, wasm: &str, css: &str) -> String {
    format!("js: {js}\nwasm: {wasm}\ncss: {css}\n")
}

/// `hayloft.HASH.EXTENSION`.
fn hashed_name(hash: &str, extension: &str) -> String {
    format!("{}.{hash}.{extension}", leptos::OUTPUT_NAME)
}

/// The hash that goes into a file's name: 80 bits of BLAKE3 are plenty against accidents.
fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().chars().take(20).collect()
}

fn copy_assets(from: &Path, to: &Path) -> Result<()> {
    for file in workspace::files_below(from)? {
        let target = to.join(file.strip_prefix(from)?);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As leptos 0.8 reads it: `split_once(':')` on each trimmed line, then the value trimmed.
    #[test]
    fn leptos_can_read_the_hash_file() {
        let text = hash_file("aa", "bb", "cc");
        let read: Vec<(&str, &str)> = text
            .lines()
            .map(|line| line.trim().split_once(':').unwrap())
            .map(|(file, hash)| (file, hash.trim()))
            .collect();
        assert_eq!(read, [("js", "aa"), ("wasm", "bb"), ("css", "cc")]);
    }

    #[test]
    fn a_finished_site_knows_its_wasm() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hash.txt"), hash_file("aa", "bb", "cc")).unwrap();
        let site = finished(folder.path().to_path_buf()).unwrap();
        assert_eq!(site.wasm, folder.path().join("pkg/hayloft.bb.wasm"));
    }

    #[test]
    fn names_change_with_their_content() {
        assert_ne!(content_hash(b"one"), content_hash(b"two"));
        assert_eq!(content_hash(b"one").len(), 20);
    }

    #[test]
    fn assets_keep_their_folders() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(from.path().join("icons")).unwrap();
        fs::write(from.path().join("icons/sprite.svg"), "<svg/>").unwrap();
        copy_assets(from.path(), to.path()).unwrap();
        assert_eq!(fs::read_to_string(to.path().join("icons/sprite.svg")).unwrap(), "<svg/>");
    }
}
