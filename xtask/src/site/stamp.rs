//! What a site was made of, in one hash.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::Profile;
use crate::{leptos, workspace};

/// Changes whenever this pipeline makes something else of the same inputs: raise it then.
const PIPELINE: u32 = 1;

/// The stamp of a site made from the compiled wasm and the checkout's style and assets.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn of(profile: Profile, wasm: &Path) -> Result<String> {
    let root = workspace::root();
    let style = Path::new(leptos::STYLE_FILE).parent().unwrap_or(Path::new("style"));
    let mut files = vec![wasm.to_path_buf()];
    files.extend(workspace::files_below(&root.join(style))?);
    files.extend(workspace::files_below(&root.join(leptos::ASSETS_DIR))?);
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{PIPELINE} {profile:?}").as_bytes());
    for file in files {
        let bytes = fs::read(&file)?;
        // Lengths between the parts, so that no two lists of files run together to the same bytes.
        hasher.update(file.to_string_lossy().as_bytes());
        hasher.update(&bytes.len().to_le_bytes());
        hasher.update(&bytes);
    }
    Ok(hasher.finalize().to_hex().to_string())
}
