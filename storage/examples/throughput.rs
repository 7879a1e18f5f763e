//! How fast a store is, with direct `curl` to the same cluster as the ruler, in alternating runs:
//!
//! `cargo run --release -p hayloft-storage --example throughput -- webhdfs://user@host:port/bench 1024 5`
//!
//! The arguments are the store, MiB per transfer and the number of runs. For a local store only its own figures are
//! printed. It is a ruler for developers; `cargo xtask bench` measures the whole server.
#![expect(clippy::print_stdout, reason = "the figures are the program's output")]

use std::error::Error;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures::TryStreamExt;
use storage::{BlobStore, StorePath};
use tokio::process::Command;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const FRAME: usize = 128 * 1024;

#[tokio::main]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("which store? give its URL")?;
    let mebibytes: u64 = arguments.next().as_deref().unwrap_or("1024").parse()?;
    let runs: usize = arguments.next().as_deref().unwrap_or("5").parse()?;
    let store = storage::open(&url).await?;
    let curl = Curl::new(&url, mebibytes).await?;
    let mut table: Vec<(&str, Vec<f64>)> =
        ["curl up", "one stream up", "four streams up", "curl down", "one stream down"]
            .map(|name| (name, Vec::new()))
            .to_vec();
    for run in 0..runs {
        let path = StorePath::parse(format!("throughput/{run}"))?;
        let mut figures = [0.0; 5];
        if let Some(curl) = &curl {
            figures[0] = rate(mebibytes, curl.upload()).await?;
        }
        figures[1] = rate(mebibytes, upload(store.clone(), path.clone(), mebibytes)).await?;
        figures[2] = rate(mebibytes, upload_in_parts(&store, &path, mebibytes)).await?;
        if let Some(curl) = &curl {
            figures[3] = rate(mebibytes, curl.download()).await?;
        }
        figures[4] = rate(mebibytes, download(&store, &path, mebibytes)).await?;
        for ((name, column), figure) in table.iter_mut().zip(figures) {
            println!("run {run}: {name} {figure:.0} MiB/s");
            column.push(figure);
        }
        store.delete(&StorePath::parse("throughput")?).await?;
    }
    for (_, column) in &mut table {
        column.sort_by(f64::total_cmp);
    }
    let median =
        |index: usize| table.get(index).and_then(|(_, column)| column.get(column.len() / 2)).copied();
    for (index, ruler) in [(1, 0), (2, 0), (4, 3)] {
        let (Some(own), Some(ruler), Some((name, _))) = (median(index), median(ruler), table.get(index))
        else {
            continue;
        };
        println!("{name}: median {own:.0} MiB/s, {:.2} of curl", own / ruler);
    }
    Ok(())
}

async fn rate(mebibytes: u64, work: impl Future<Output = Outcome>) -> Outcome<f64> {
    let started = Instant::now();
    work.await?;
    Ok(mebibytes as f64 / started.elapsed().as_secs_f64())
}

async fn upload(store: Arc<dyn BlobStore>, path: StorePath, mebibytes: u64) -> Outcome {
    let frame = Bytes::from(vec![b'h'; FRAME]);
    let mut writer = store.create(&path).await?;
    for _ in 0..mebibytes * 1024 * 1024 / FRAME as u64 {
        writer.write(frame.clone()).await?;
    }
    writer.finish().await?;
    Ok(())
}

async fn upload_in_parts(store: &Arc<dyn BlobStore>, path: &StorePath, mebibytes: u64) -> Outcome {
    let parts = (0..4).map(|part| {
        let path = StorePath::parse(format!("{path}-{part}"));
        async move { upload(store.clone(), path?, mebibytes / 4).await }
    });
    futures::future::try_join_all(parts).await.map(drop)
}

async fn download(store: &Arc<dyn BlobStore>, path: &StorePath, mebibytes: u64) -> Outcome {
    let mut stream = store.read(path, 0..u64::MAX).await?;
    let (mut bytes, mut frames) = (0, 0);
    while let Some(frame) = stream.try_next().await? {
        bytes += frame.len() as u64;
        frames += 1;
    }
    println!("{frames} frames of {} KiB on average", bytes / 1024 / frames.max(1));
    if bytes == mebibytes * 1024 * 1024 { Ok(()) } else { Err("the download is short".into()) }
}

/// Direct transfers with the command that everybody has.
struct Curl {
    url: String,
    user: String,
    source: std::path::PathBuf,
}

impl Curl {
    async fn new(store: &str, mebibytes: u64) -> Outcome<Option<Self>> {
        let parsed = url::Url::parse(store)?;
        if parsed.scheme() != "webhdfs" {
            return Ok(None);
        }
        let (Some(host), Some(port)) = (parsed.host_str(), parsed.port()) else {
            return Err("host:port?".into());
        };
        let source = std::env::temp_dir().join(format!("hayloft-throughput-{mebibytes}"));
        tokio::fs::write(&source, vec![b'c'; usize::try_from(mebibytes)? * 1024 * 1024]).await?;
        let url = format!("http://{host}:{port}/webhdfs/v1{}/curl", parsed.path());
        Ok(Some(Self { url, user: parsed.username().to_owned(), source }))
    }

    async fn upload(&self) -> Outcome {
        let url =
            format!("{}?op=CREATE&overwrite=true&blocksize=134217728&user.name={}", self.url, self.user);
        run(Command::new("curl").arg("-T").arg(&self.source).arg(url)).await
    }

    async fn download(&self) -> Outcome {
        run(Command::new("curl")
            .args(["-o", "/dev/null"])
            .arg(format!("{}?op=OPEN&user.name={}", self.url, self.user)))
        .await
    }
}

impl Drop for Curl {
    fn drop(&mut self) {
        // Best effort: a file in the temporary directory.
        std::fs::remove_file(&self.source).ok();
    }
}

async fn run(command: &mut Command) -> Outcome {
    let command = command.args(["-sSfL", "--noproxy", "*"]).stdout(Stdio::null());
    if command.status().await?.success() { Ok(()) } else { Err("curl failed".into()) }
}
