//! Hadoop's jars, fetched once by Maven and kept below `target/hadoop/lib`.

use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

use anyhow::{Context, Result};

use crate::prerequisites::{self, Need};
use crate::{command, workspace};

/// The folder with the jars; the first call downloads them (65 MB).
///
/// # Errors
/// When Java or Maven is missing, or Maven cannot fetch them.
pub(crate) fn folder() -> Result<PathBuf> {
    let pom = workspace::root().join("xtask/hadoop/pom.xml");
    let wanted = fs::read_to_string(&pom).with_context(|| format!("cannot read {}", pom.display()))?;
    let home = workspace::target().join("hadoop");
    let (lib, stamp) = (home.join("lib"), home.join("pom.xml"));
    // The pom beside the jars says what they were fetched for; it is written last.
    if fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == wanted) {
        prerequisites::ensure(&[Need::Java])?;
        return Ok(lib);
    }
    prerequisites::ensure(&[Need::Java, Need::Maven])?;
    println!("fetching Hadoop from Maven Central");
    match fs::remove_dir_all(&lib) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-f"]).arg(&pom).args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
    maven.arg(format!("-DoutputDirectory={}", lib.display()));
    command::run(&mut maven)?;
    fs::write(&stamp, wanted)?;
    Ok(lib)
}
