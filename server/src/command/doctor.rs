//! `hayloft doctor`: what is wrong between database and store, in words.

use domain::ByteSize;
use drive::Finding;

use super::say;
use crate::config::DoctorOptions;
use crate::start::{self, Absent};

/// Examines, prints a line for each finding and a sum at the end.
///
/// # Errors
/// A sentence: also when something is wrong that was not mended, so that a script can tell.
pub(super) async fn doctor(options: DoctorOptions) -> Result<(), String> {
    let drive = start::drive(&options.database, &options.store, Absent::Refused).await?;
    let mut report = |finding: &Finding, mended: bool| {
        let mark = if mended { "mended: " } else { "" };
        say(&format!("{mark}{}\n", sentence(finding)));
    };
    let diagnosis = drive.examine(options.repair, &mut report).await.map_err(|error| {
        format!("the examination broke off: {error}; what was printed holds, start it again for the rest")
    })?;
    say(&format!(
        "{} blobs and {} accounts examined, {} findings, {} mended\n",
        diagnosis.blobs, diagnosis.accounts, diagnosis.findings, diagnosis.mended
    ));
    if diagnosis.findings == diagnosis.mended {
        return Ok(());
    }
    let left = diagnosis.findings - diagnosis.mended;
    Err(if options.repair {
        format!("{left} findings cannot be mended from here; see docs/operations.md")
    } else {
        format!("{left} findings; --repair mends what can be mended without deleting anything")
    })
}

fn sentence(finding: &Finding) -> String {
    match finding {
        Finding::Lost { blob, size, found: true } => {
            format!("blob {blob} ({}) is not in its place, and is among the orphans", ByteSize(*size))
        }
        Finding::Lost { blob, size, found: false } => {
            format!("blob {blob} ({}) is missing in the store: its files cannot be read", ByteSize(*size))
        }
        Finding::Length { blob, recorded, found } => {
            format!("blob {blob} has {found} bytes in the store where {recorded} were written")
        }
        Finding::Orphan { path, length } => {
            format!("{path} ({}) belongs to no file", ByteSize(*length))
        }
        Finding::Stranger { path } => format!("{path} was not put there by Hayloft"),
        Finding::References { blob, recorded, counted } => {
            format!("blob {blob} counts {recorded} references and has {counted}")
        }
        Finding::Used { username, recorded, counted } => {
            format!("account {username} counts {recorded} bytes of files and has {counted}")
        }
        Finding::Names { username, count } => {
            format!("account {username} has {count} names that search finds wrongly or not at all")
        }
        Finding::Reserved { username, recorded, counted } => {
            format!("account {username} counts {recorded} bytes promised to uploads and has {counted}")
        }
    }
}
