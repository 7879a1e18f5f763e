//! What happens without anybody asking: expired uploads, interrupted publishes, orphans in staging, deleted accounts, the
//! trash, unused blobs, missing hashes and small pictures, expired sessions, downloads of shares that nobody continues, old
//! entries of the audit log. Every step is safe on several instances at once
//! and after any crash. Each has a loop of its own, so that one that fails, panics or takes hours (hashing) does not keep
//! the others from running.
//!
//! Blobs that no row names are left alone: seen from a wrong or restored database, they would be everybody's files.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use rand::Rng;
use tokio_util::sync::CancellationToken;

use crate::error::Chain;
use crate::{Drive, Result};

/// Between two runs of a step, give or take a third, so that instances started together drift apart.
const INTERVAL: Duration = Duration::from_secs(60);

/// The same for what somebody waits for who has just uploaded pictures.
const SOON: Duration = Duration::from_secs(4);
/// The step that is also woken, when somebody waits for it.
const ENDINGS: &str = "accounts";

type Step = for<'a> fn(&'a Drive) -> BoxFuture<'a, Result<()>>;

const THUMBNAILS: &str = "thumbnails";

/// In an order in which one sweep leaves the least to the next: what is purged frees blobs.
const STEPS: [(&str, Step); 11] = [
    ("uploads", |drive| drive.sweep_uploads().boxed()),
    ("sessions", |drive| drive.sessions_sweep().boxed()),
    ("captchas", |drive| drive.sweep_captchas().boxed()),
    ("tries", |drive| drive.sweep_tries().boxed()),
    ("shares", |drive| drive.sweep_share_downloads().boxed()),
    ("audit", |drive| drive.sweep_audit().boxed()),
    (ENDINGS, |drive| drive.end_accounts().boxed()),
    ("trash", |drive| drive.sweep_trash().boxed()),
    ("blobs", |drive| drive.sweep_blobs().boxed()),
    ("hashes", |drive| drive.hash_blobs().boxed()),
    (THUMBNAILS, |drive| drive.make_thumbnails().boxed()),
];

impl Drive {
    /// Sweeps now and again until `shutdown`. What is interrupted by it is continued by the next run anywhere.
    pub async fn run_background(self, shutdown: CancellationToken) {
        let loops = STEPS.map(|(name, step)| {
            let drive = self.clone();
            async move {
                loop {
                    run(&drive, name, step).await;
                    let interval = if name == THUMBNAILS { SOON } else { INTERVAL };
                    let pause = interval.mul_f64(rand::rng().random_range(0.67..1.33));
                    let woken = async {
                        if name == ENDINGS {
                            drive.endings().notified().await;
                        } else {
                            std::future::pending::<()>().await;
                        }
                    };
                    tokio::select! { () = tokio::time::sleep(pause) => {}, () = woken => {} }
                }
            }
        });
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = join_all(loops) => {}
            () = self.follow_rules() => {}
        }
    }

    /// All steps once, in turn. Failures are logged.
    pub async fn sweep_once(&self) {
        for (name, step) in STEPS {
            run(self, name, step).await;
        }
    }
}

async fn run(drive: &Drive, name: &str, step: Step) {
    match AssertUnwindSafe(step(drive)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(step = name, error = %Chain(&error), "a background step failed and will run again");
        }
        Err(_) => tracing::error!(step = name, "a background step panicked and will run again"),
    }
}
