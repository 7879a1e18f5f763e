//! What an operator decides.

use std::time::Duration;

use domain::Registration;

/// Limits and habits of one drive service; equal on all of its instances.
///
/// What administrators may change later begins here; what is in force is in [`Rules`](crate::Rules).
#[derive(Clone, Debug)]
pub struct Config {
    /// Bytes of the largest file.
    pub max_file_size: u64,
    /// Bytes a new account may use; `None` is no limit.
    pub default_quota: Option<u64>,
    /// How long an upload that nobody continues is kept.
    pub upload_expiry: Duration,
    /// How long the trash keeps things; `None` is until they are deleted by hand.
    pub trash_retention: Option<Duration>,
    /// Files and folders that one copy may make: more would keep everybody else from writing for too long.
    pub max_copied: u64,
    /// Whether strangers have to solve a captcha to register, and everybody after several tries to sign in. Off unless it
    /// is asked for: the program asks, tests and other users of this crate need not draw one.
    pub captcha: bool,
    /// Who may make an account of their own.
    pub registration: Registration,
}

impl Default for Config {
    fn default() -> Self {
        const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
        Self {
            // What HDFS takes by default: 10,000 blocks of 128 MiB (dfs.namenode.fs-limits.max-blocks-per-file).
            max_file_size: 10_000 * (128 << 20),
            default_quota: None,
            upload_expiry: WEEK,
            trash_retention: Some(WEEK),
            max_copied: 20_000,
            captcha: false,
            registration: Registration::Open,
        }
    }
}
