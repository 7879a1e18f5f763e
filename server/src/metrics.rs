//! What is counted, for Prometheus. Labels have few values: routes, not paths; kinds, not messages.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "hayloft_requests_total";
const REQUEST_SECONDS: &str = "hayloft_request_duration_seconds";
const RECEIVED: &str = "hayloft_received_bytes_total";
const SENT: &str = "hayloft_sent_bytes_total";
const UPLOADS: &str = "hayloft_running_uploads";
const PUBLISH_SECONDS: &str = "hayloft_upload_completion_duration_seconds";
const PASSWORDS: &str = "hayloft_passwords_verified_total";
const STORE_ERRORS: &str = "hayloft_store_errors_total";
const DATABASE_ERRORS: &str = "hayloft_database_errors_total";
const USERS: &str = "hayloft_users";
const FILES: &str = "hayloft_files";
const TRASHED: &str = "hayloft_trashed_items";
const LOGICAL: &str = "hayloft_logical_bytes";
const PHYSICAL: &str = "hayloft_physical_bytes";
const UNFINISHED: &str = "hayloft_unfinished_uploads";
const STORE_UP: &str = "hayloft_store_up";
const STORE_CAPACITY: &str = "hayloft_store_capacity_bytes";
const STORE_USED: &str = "hayloft_store_used_bytes";
const STORE_AVAILABLE: &str = "hayloft_store_available_bytes";
const STORE_NODES: &str = "hayloft_store_datanodes";
const STORE_SAFE_MODE: &str = "hayloft_store_safe_mode";
const STORE_BLOCKS: &str = "hayloft_store_blocks";

/// All of them.
#[cfg(test)]
pub(crate) const NAMES: [&str; 22] = [
    REQUESTS,
    REQUEST_SECONDS,
    RECEIVED,
    SENT,
    UPLOADS,
    PUBLISH_SECONDS,
    PASSWORDS,
    STORE_ERRORS,
    DATABASE_ERRORS,
    USERS,
    FILES,
    TRASHED,
    LOGICAL,
    PHYSICAL,
    UNFINISHED,
    STORE_UP,
    STORE_CAPACITY,
    STORE_USED,
    STORE_AVAILABLE,
    STORE_NODES,
    STORE_SAFE_MODE,
    STORE_BLOCKS,
];

/// Upper ends of the buckets, in seconds: a cached page to a patient client's timeout.
const BUCKETS: [f64; 10] = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// Installs the recorder on the first call of the process and returns its handle on every one.
pub(crate) fn install() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is installed; /metrics stays empty");
            }
            describe();
            handle
        })
        .clone()
}

fn describe() {
    describe_counter!(REQUESTS, "Requests by method, route and status.");
    describe_histogram!(REQUEST_SECONDS, "Seconds until the head of the answer, by route.");
    describe_counter!(RECEIVED, "Bytes of uploads that arrived.");
    describe_counter!(SENT, "Bytes of downloads that left.");
    describe_gauge!(UPLOADS, "Requests that are writing an upload now.");
    describe_histogram!(
        PUBLISH_SECONDS,
        "Seconds of the requests that completed a file, after their last byte."
    );
    describe_counter!(PASSWORDS, "Passwords verified against a hash: what guessing costs the processors.");
    describe_counter!(STORE_ERRORS, "Failures of the blob store that reached a request, by kind.");
    describe_counter!(DATABASE_ERRORS, "Failures of the database that reached a request.");
    describe_gauge!(USERS, "Accounts, of the whole site.");
    describe_gauge!(FILES, "Files of everybody, trash included.");
    describe_gauge!(TRASHED, "What lies in the trash by itself: a folder counts once.");
    describe_gauge!(LOGICAL, "Bytes as people count them: every file, version and copy by its size.");
    describe_gauge!(PHYSICAL, "Bytes that the store holds once each, before its own copies.");
    describe_gauge!(UNFINISHED, "Uploads under way or interrupted, on all instances.");
    describe_gauge!(STORE_UP, "1 when the store takes bytes, 0 when it does not.");
    describe_gauge!(STORE_CAPACITY, "Room of the store, its copies included; NaN when it does not say.");
    describe_gauge!(STORE_USED, "Room taken, by whomever; NaN when the store does not say.");
    describe_gauge!(STORE_AVAILABLE, "Room left to write; NaN when the store does not say.");
    describe_gauge!(STORE_NODES, "DataNodes, live or dead; NaN when the NameNode does not say.");
    describe_gauge!(STORE_SAFE_MODE, "1 while HDFS only reads; NaN when the NameNode does not say.");
    describe_gauge!(
        STORE_BLOCKS,
        "Blocks that are missing or under-replicated; NaN when the NameNode does not say."
    );
}

/// One request was answered.
pub(crate) fn count_request(method: &'static str, route: String, status: u16, took: Duration) {
    histogram!(REQUEST_SECONDS, "route" => route.clone()).record(took.as_secs_f64());
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status.to_string()).increment(1);
}

/// Bytes of an upload arrived.
pub(crate) fn count_received(bytes: usize) {
    counter!(RECEIVED).increment(bytes as u64);
}

/// Bytes of a download left.
pub(crate) fn count_sent(bytes: usize) {
    counter!(SENT).increment(bytes as u64);
}

/// An upload was completed; the time is from the last byte to the answer.
pub(crate) fn count_publish(took: Duration) {
    histogram!(PUBLISH_SECONDS).record(took.as_secs_f64());
}

/// What the drive counts itself; read when somebody asks for the metrics.
pub(crate) fn read_counters(drive: &drive::Drive) {
    counter!(PASSWORDS).absolute(drive.passwords_verified());
}

/// What the whole site is, as the pages of administrators show it. What is not known is not a number: an old one would
/// be taken for a new one.
#[expect(clippy::cast_precision_loss, reason = "gauges are floats; nobody reads petabytes to the byte")]
pub(crate) fn show_survey(overview: &drive::Overview) {
    for (name, value) in [
        (USERS, overview.users),
        (FILES, overview.files),
        (TRASHED, overview.trashed),
        (LOGICAL, overview.logical),
        (PHYSICAL, overview.physical),
        (UNFINISHED, overview.uploads),
    ] {
        gauge!(name).set(value as f64);
    }
    gauge!(STORE_UP).set(f64::from(u8::from(overview.health.store.writable)));
    let or_unknown = |value: Option<u64>| value.map_or(f64::NAN, |value| value as f64);
    let usage = overview.store;
    gauge!(STORE_CAPACITY).set(or_unknown(usage.map(|usage| usage.capacity)));
    gauge!(STORE_USED).set(or_unknown(usage.map(|usage| usage.used)));
    gauge!(STORE_AVAILABLE).set(or_unknown(usage.map(|usage| usage.available)));
    let state = match overview.machines {
        drive::Machines::One => return,
        drive::Machines::Several(state) => Some(state),
        drive::Machines::Unknown => None,
    };
    gauge!(STORE_NODES, "state" => "live").set(or_unknown(state.map(|state| state.live_nodes)));
    gauge!(STORE_NODES, "state" => "dead").set(or_unknown(state.map(|state| state.dead_nodes)));
    gauge!(STORE_SAFE_MODE).set(or_unknown(state.map(|state| state.safe_mode.into())));
    gauge!(STORE_BLOCKS, "state" => "missing").set(or_unknown(state.map(|state| state.missing_blocks)));
    gauge!(STORE_BLOCKS, "state" => "under-replicated")
        .set(or_unknown(state.map(|state| state.under_replicated_blocks)));
}

/// A use case failed; counts it when the store or the database is the cause.
pub(crate) fn count_store_error(error: &drive::Error) {
    match error {
        drive::Error::Store(error) => {
            counter!(STORE_ERRORS, "kind" => error.kind().as_str()).increment(1);
        }
        drive::Error::Database(_) => counter!(DATABASE_ERRORS).increment(1),
        _ => {}
    }
}

/// Counts a running upload for as long as it lives.
#[derive(Debug)]
pub(crate) struct RunningUpload(());

impl RunningUpload {
    pub(crate) fn begin() -> Self {
        gauge!(UPLOADS).increment(1);
        Self(())
    }
}

impl Drop for RunningUpload {
    fn drop(&mut self) {
        gauge!(UPLOADS).decrement(1);
    }
}
