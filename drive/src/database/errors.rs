//! What an error of either engine means. The only place that knows their codes.

use sqlx::error::{DatabaseError, ErrorKind};

/// Names of the unique constraints as PostgreSQL reports them, beside the columns that SQLite reports instead.
const UNIQUE: [(&str, &str); 6] = [
    ("users_username_key", "users.username_key"),
    ("users_username_skeleton", "users.username_skeleton"),
    ("users_email_key", "users.email_key"),
    ("tokens_secret_hash", "tokens.secret_hash"),
    ("nodes_sibling", "nodes.parent_id, nodes.name_key"),
    ("sessions_pkey", "sessions.id"),
];

/// The name of the unique constraint that a statement violated.
pub(crate) fn violated(error: &sqlx::Error) -> Option<&'static str> {
    let error = error.as_database_error()?;
    if error.kind() != ErrorKind::UniqueViolation {
        return None;
    }
    let columns = error.message().rsplit("failed: ").next().unwrap_or_default();
    let constraint = error.constraint().unwrap_or_default();
    UNIQUE.iter().find(|(name, sqlite)| *name == constraint || *sqlite == columns).map(|(name, _)| *name)
}

/// Whether the database could not do it now and may later: unreachable, restarting, overloaded, locked.
pub(crate) fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => is_contention(error.as_ref()) || is_absence(error.as_ref()),
        _ => false,
    }
}

/// Whether the transaction was rolled back only because of others, so that it may be run again at once.
pub(crate) fn is_retryable(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if is_contention(error.as_ref()))
}

/// Whether there is no room for the change: the disk is full.
pub(crate) fn is_full(error: &sqlx::Error) -> bool {
    // disk_full; SQLITE_FULL
    error.as_database_error().is_some_and(|error| matches!(error.code().as_deref(), Some("53100" | "13")))
}

/// Whether a table does not exist: the migrations never ran.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
    })
}

fn is_contention(error: &dyn DatabaseError) -> bool {
    match error.code().as_deref() {
        // serialization_failure, deadlock_detected, lock_not_available
        Some("40001" | "40P01" | "55P03") => true,
        // SQLITE_BUSY and SQLITE_LOCKED in the low byte of the extended code; PostgreSQL's codes have five characters.
        Some(code) if code.len() < 5 => code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
        _ => false,
    }
}

fn is_absence(error: &dyn DatabaseError) -> bool {
    // connection_exception, too_many_connections, query_canceled (its deadline), shutdown, crash, cannot_connect_now
    error.code().is_some_and(|code| {
        (code.len() == 5 && code.starts_with("08"))
            || matches!(code.as_ref(), "53300" | "57014" | "57P01" | "57P02" | "57P03")
    })
}
