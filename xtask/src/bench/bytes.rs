//! Bytes into HDFS and back, against `curl` to WebHDFS; and how long finishing takes.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::report::{Goal, Report};
use super::rig::Rig;
use super::series::{Series, median};
use super::timed::{WebHdfs, run, run_together, seconds};
use super::{Sizes, timed};

/// The parts Hayloft's browser side cuts files into.
const PART: u64 = 128 << 20;
/// How many of them it sends at once.
const IN_FLIGHT: usize = 4;

/// What is uploaded: a whole file and the same bytes cut into parts.
pub(crate) struct Files {
    folder: PathBuf,
    whole: PathBuf,
    parts: Vec<PathBuf>,
}

impl Files {
    /// Writes them; the bytes do not compress and repeat nowhere.
    ///
    /// # Errors
    /// When the disk is full.
    pub(super) fn make(folder: &Path, sizes: Sizes) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let whole = folder.join("whole");
        let mut all = File::create(&whole)?;
        let mut noise = blake3::Hasher::new_derive_key("hayloft bench").finalize_xof();
        // Four parts at least, so that four in flight mean something also with a small file.
        let part = PART.min(sizes.file / 4);
        let mut parts = Vec::new();
        let mut buffer = vec![0; 1 << 20];
        for index in 0..sizes.file / part {
            let path = folder.join(format!("part-{index}"));
            let mut file = File::create(&path)?;
            for _ in 0..part >> 20 {
                noise.fill(&mut buffer);
                file.write_all(&buffer)?;
                all.write_all(&buffer)?;
            }
            parts.push(path);
        }
        Ok(Self { folder: folder.to_path_buf(), whole, parts })
    }

    /// Where they are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The whole file.
    pub(super) fn whole(&self) -> &Path {
        &self.whole
    }

    /// A file of zeros that takes no room on disk.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn sparse(&self, length: u64) -> Result<PathBuf> {
        let path = self.folder.join(format!("sparse-{length}"));
        File::create(&path)?.set_len(length)?;
        Ok(path)
    }
}

/// One stream up, four parts up, one stream down, each against one direct stream.
///
/// # Errors
/// When a transfer fails.
pub(super) fn hdfs(rig: &Rig, store: &str, files: &Files, sizes: Sizes, report: &mut Report) -> Result<()> {
    let direct = WebHdfs::new(store);
    let put = || seconds(|| direct.put("up", files.whole()));
    let last = Cell::new(String::new());
    let one = Series::measure(
        sizes.runs,
        || {
            seconds(|| {
                last.set(rig.upload(files.whole(), "one stream")?);
                Ok(())
            })
        },
        put,
    )?;
    report.ratio("upload into HDFS, one stream", "curl to WebHDFS", &one, sizes.file, Goal::AtLeast(0.85));
    let four =
        Series::measure(sizes.runs, || seconds(|| in_parts(rig, &files.parts, "four parts").map(drop)), put)?;
    report.ratio(
        "upload into HDFS, four parts at once",
        "curl to WebHDFS",
        &four,
        sizes.file,
        Goal::AtLeast(1.0),
    );
    let node = last.take();
    let down = Series::measure(
        sizes.runs,
        || seconds(|| run(&mut rig.api(&format!("nodes/{node}/content")))),
        || seconds(|| direct.get("up")),
    )?;
    report.ratio("download from HDFS", "curl from WebHDFS", &down, sizes.file, Goal::AtLeast(0.90));
    direct.remove("ruler")
}

/// From the moment all parts of a large file are there to the answer that names the published node.
///
/// # Errors
/// When a transfer fails.
pub(super) fn finish(rig: &Rig, files: &Files, sizes: Sizes, report: &mut Report) -> Result<()> {
    let mut times = Vec::new();
    for index in 0..sizes.runs {
        let count = usize::try_from(sizes.large / files.parts[0].metadata()?.len())?;
        let paths: Vec<_> = files.parts.iter().cycle().take(count).cloned().collect();
        let uploads = send_parts(rig, &paths)?;
        let name = format!("finish {index}");
        let mut node = String::new();
        times.push(seconds(|| {
            node = rig.concatenate(&uploads, &name)?;
            Ok(())
        })?);
        rig.trash(&node)?;
    }
    report.value("finishing a large upload after its last byte", "s", median(&times), Goal::Below(1.0));
    Ok(())
}

/// Uploads the parts, four at a time, and makes one file of them.
fn in_parts(rig: &Rig, parts: &[PathBuf], name: &str) -> Result<String> {
    let uploads = send_parts(rig, parts)?;
    rig.concatenate(&uploads, name)
}

/// As the browser side sends them: each says where in the file it lies, so that it is hashed while it comes.
fn send_parts(rig: &Rig, parts: &[PathBuf]) -> Result<Vec<String>> {
    let mut uploads = Vec::new();
    let mut offset = 0;
    for batch in parts.chunks(IN_FLIGHT) {
        let mut commands = Vec::new();
        for part in batch {
            let length = part.metadata()?.len();
            let place = data_encoding::BASE64.encode(offset.to_string().as_bytes());
            let metadata = format!("Upload-Metadata: offset {place}");
            let upload = rig.begin(length, &["Upload-Concat: partial", &metadata])?;
            offset += length;
            commands.push(rig.patch(&upload, part));
            uploads.push(upload);
        }
        timed::run_together(commands).context("sending parts")?;
    }
    Ok(uploads)
}

/// Several whole uploads at once, each no faster than `bytes_per_second`.
///
/// # Errors
/// When one fails.
pub(super) fn slowly(rig: &Rig, file: &Path, count: usize, bytes_per_second: u64) -> Result<()> {
    let length = file.metadata()?.len();
    let mut commands = Vec::new();
    for index in 0..count {
        let name = data_encoding::BASE64.encode(format!("slow {index}").as_bytes());
        let upload = rig.begin(length, &[&format!("Upload-Metadata: filename {name}")])?;
        let mut command = rig.patch(&upload, file);
        command.args(["--limit-rate", &bytes_per_second.to_string()]);
        commands.push(command);
    }
    run_together(commands)
}
