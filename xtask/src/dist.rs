//! `cargo xtask dist`: what is given out, as a folder and as an archive.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::prerequisites::{self, Need};
use crate::site::{self, Profile};
use crate::{command, server, workspace};

/// Builds everything and packs `dist/hayloft-<version>-<target>`, `….tar.gz` and `….tar.gz.sha256`.
///
/// # Errors
/// When something does not compile, or README or licences are missing from the checkout.
pub(crate) fn dist() -> Result<()> {
    prerequisites::ensure(&[Need::CCompiler, Need::OpenSsl, Need::WasmTarget])?;
    let site = site::build(Profile::Release)?;
    let binary = server::build(Profile::Release)?;
    let name = format!("hayloft-{}-{}", workspace::VERSION, host_target()?);
    let dist = workspace::root().join("dist");
    let folder = dist.join(&name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(&folder)?,
    }
    fs::copy(binary, folder.join("hayloft"))?;
    for file in workspace::files_below(&site.root)? {
        copy(&file, &folder.join("site").join(file.strip_prefix(&site.root)?))?;
    }
    for document in documents(workspace::root())? {
        copy(&document, &folder.join(document.file_name().context("a document without a name")?))?;
    }
    for file in for_operators(workspace::root())? {
        copy(&file, &folder.join(file.strip_prefix(workspace::root())?))?;
    }
    let archive = dist.join(format!("{name}.tar.gz"));
    pack(&folder, &name, &archive)?;
    let sum = sha256_line(&archive)?;
    fs::write(dist.join(format!("{name}.tar.gz.sha256")), &sum)?;
    print!("{}\n{sum}", archive.display());
    Ok(())
}

/// README, changelog and licences.
fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file()
            && (name == "README.md" || name == "CHANGELOG.md" || name.to_uppercase().starts_with("LICENSE"))
        {
            found.push(path);
        }
    }
    found.sort();
    let has = |prefix: &str| {
        found
            .iter()
            .any(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
    };
    ensure!(has("README") && has("LICENSE"), "README.md or the licence is missing in {}", root.display());
    Ok(found)
}

/// What an installation is set up with, and the guide to it. Containers are built from a checkout.
fn for_operators(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = workspace::files_below(&root.join("deploy"))?;
    files.retain(|file| !file.starts_with(root.join("deploy/container")));
    files.push(root.join("docs/operations.md"));
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The same files give the same archive: sorted, no owners, no times.
fn pack(folder: &Path, name: &str, archive: &Path) -> Result<()> {
    let mut tar = tar::Builder::new(GzEncoder::new(File::create(archive)?, Compression::best()));
    tar.mode(tar::HeaderMode::Deterministic);
    for file in workspace::files_below(folder)? {
        tar.append_path_with_name(&file, Path::new(name).join(file.strip_prefix(folder)?))?;
    }
    tar.into_inner()?.finish()?;
    Ok(())
}

/// A line as `sha256sum --check` reads it.
fn sha256_line(file: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(fs::read(file)?);
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let name = file.file_name().context("an archive without a name")?.to_string_lossy();
    Ok(format!("{digest}  {name}\n"))
}

fn host_target() -> Result<String> {
    let text = command::answer(Command::new("rustc").arg("-vV").current_dir(workspace::root()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc does not name its host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_the_same_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join("content");
        copy(&workspace::root().join("Cargo.toml"), &content.join("site/Cargo.toml")).unwrap();
        let (one, two) = (folder.path().join("one.tar.gz"), folder.path().join("two.tar.gz"));
        pack(&content, "hayloft-1", &one).unwrap();
        pack(&content, "hayloft-1", &two).unwrap();
        assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(one).unwrap()));
        let paths: Vec<_> =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned()).collect();
        assert_eq!(paths, [Path::new("hayloft-1/site/Cargo.toml")]);
    }

    #[test]
    fn the_sum_is_in_the_format_of_sha256sum() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty");
        fs::write(&file, "").unwrap();
        let line = sha256_line(&file).unwrap();
        assert_eq!(line, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty\n");
    }

    #[test]
    fn operators_find_what_they_need() {
        let root = workspace::root();
        let files = for_operators(root).unwrap();
        for name in ["deploy/nginx/hayloft.conf", "deploy/systemd/hayloft@.service", "docs/operations.md"] {
            assert!(files.contains(&root.join(name)), "{name}");
        }
        assert!(files.iter().all(|file| file.is_file()));
    }

    #[test]
    fn a_checkout_without_licence_is_not_packed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("README.md"), "").unwrap();
        assert!(documents(folder.path()).is_err());
    }
}
