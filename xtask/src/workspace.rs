//! Where things are in the checkout, and cargo as every command calls it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// The version every crate of the workspace carries.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The checkout's root, absolute.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The folder cargo builds into, absolute: `CARGO_TARGET_DIR` where it is set, else `target`.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A cargo command that runs in the root.
///
/// What `cargo run` has set for xtask itself is taken out of the environment: build scripts such as ring's watch
/// `CARGO_PKG_*` and `CARGO_MANIFEST_DIR`, and would run again at every change between `cargo` and `cargo xtask`.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (key, _) in env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "OUT_DIR" {
            command.env_remove(&key);
        }
    }
    command
}

/// Arguments for a cargo call whose result is given out: paths of this machine, which panics would name, become
/// `registry/…` and paths below the checkout.
pub(crate) fn anonymous() -> [String; 2] {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let registry = home.map(|home| (home.join("registry/src"), "registry"));
    let flags: Vec<String> = registry
        .into_iter()
        .chain([(root().to_path_buf(), "hayloft")])
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect();
    // Joined with the flags of the workspace's configuration, which RUSTFLAGS would replace.
    ["--config".to_owned(), format!("target.'cfg(all())'.rustflags={flags:?}")]
}

/// Every file below `folder`, sorted by path; an absent folder has none.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_machine_are_given_other_names() {
        let [_, flags] = anonymous();
        let flags: toml::Table = flags.parse().unwrap();
        let text = flags["target"]["cfg(all())"]["rustflags"].to_string();
        assert!(text.contains(&format!("--remap-path-prefix={}=hayloft", root().display())), "{text}");
    }
}
