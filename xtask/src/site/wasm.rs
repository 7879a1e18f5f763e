//! The frontend: compiled to wasm by cargo, made loadable by the wasm-bindgen library.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{Profile, content_hash, hashed_name};
use crate::{command, leptos, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the frontend and answers where cargo put it.
///
/// # Errors
/// When it does not compile.
pub(super) fn compile(profile: Profile) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("wasm-release", "wasm-release"),
    };
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--package", "hayloft-frontend", "--lib", "--target", TARGET, "--profile", name]);
    if profile == Profile::Release {
        cargo.args(workspace::anonymous());
    }
    command::cargo(&mut cargo, |_| {})?;
    Ok(workspace::target().join(TARGET).join(folder).join(format!("{}.wasm", leptos::OUTPUT_NAME)))
}

/// Writes the wasm and its JavaScript into `pkg` under hashed names and answers the hashes, JavaScript first.
///
/// # Errors
/// When wasm-bindgen refuses the module: most likely its version differs from the wasm-bindgen crate's.
pub(super) fn bind(compiled: &Path, pkg: &Path, profile: Profile) -> Result<(String, String)> {
    let release = profile == Profile::Release;
    Bindgen::new()
        .input_path(compiled)
        .out_name(leptos::OUTPUT_NAME)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .debug(!release)
        .keep_debug(!release)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(pkg)?;
    // The script names no wasm file of its own: Leptos passes the path when it loads it.
    let js = rename(pkg, &format!("{}.js", leptos::OUTPUT_NAME), "js")?;
    let wasm = rename(pkg, &format!("{}_bg.wasm", leptos::OUTPUT_NAME), "wasm")?;
    Ok((js, wasm))
}

fn rename(pkg: &Path, plain: &str, extension: &str) -> Result<String> {
    let from = pkg.join(plain);
    let bytes = fs::read(&from).with_context(|| format!("wasm-bindgen wrote no {plain}"))?;
    let hash = content_hash(&bytes);
    fs::rename(from, pkg.join(hashed_name(&hash, extension)))?;
    Ok(hash)
}
