//! How many connections there may be, and how long one may be kept without use.

use std::time::Duration;

use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections at once. Far more than people need, and each may hold some 100 kB.
const MOST: usize = 10_000;
/// File descriptors of a connection: its own, and that of a file or of the store that it is served from.
const DESCRIPTORS: u64 = 2;
/// File descriptors for everything else: the database, the log, connections to the store that are kept.
const RESERVE: u64 = 256;
/// One address has this part of the places at most, so that nobody shuts all others out alone.
const PART: usize = 4;

/// Limits of a listener.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at once; others wait to be accepted.
    pub connections: usize,
    /// Connections of one address (IPv6: of one /64 network); others are closed at once.
    pub per_address: usize,
    /// Networks whose addresses stand for many people. The machine's own addresses always do: what connects from there is
    /// a proxy.
    pub trusted: Vec<IpNet>,
    /// How long a client may take nothing of an answer that waits for it.
    pub unread: Duration,
    /// How long requests may go on after the signal to end. What an upload sent until then is kept in any case.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Limits {
    /// As many connections as the system lets this process have files open, after asking it for as many as it ever gives.
    #[must_use]
    pub fn of_this_process(trusted: &[IpNet]) -> Self {
        let files = raise_open_files();
        let connections = connections_with(files);
        if connections < MOST {
            tracing::warn!(files, connections, "few files may be open at once (ulimit -n, LimitNOFILE)");
        }
        Self { trusted: trusted.to_vec(), ..Self::of(connections) }
    }

    fn of(connections: usize) -> Self {
        Self {
            connections,
            per_address: connections.div_ceil(PART),
            trusted: Vec::new(),
            unread: Duration::from_secs(120),
            grace: Duration::from_secs(20),
        }
    }
}

/// Connections that so many open files allow; a few in any case, since a process that serves nobody helps nobody.
fn connections_with(files: u64) -> usize {
    let room = files.saturating_sub(RESERVE) / DESCRIPTORS;
    usize::try_from(room).unwrap_or(MOST).clamp(16, MOST)
}

/// Raises the soft limit on open files, which is 1024 on most systems for the sake of programs that use `select`, to what
/// [`MOST`] connections need or to the hard limit. Gives back what holds then.
fn raise_open_files() -> u64 {
    let wanted = MOST as u64 * DESCRIPTORS + RESERVE;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current.unwrap_or(u64::MAX);
    let target = wanted.min(maximum.unwrap_or(u64::MAX));
    if current >= target {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(target), maximum }) {
        Ok(()) => target,
        Err(error) => {
            tracing::warn!(%error, "the limit on open files cannot be raised");
            current
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_follow_the_limit_on_open_files() {
        assert_eq!(connections_with(u64::MAX), MOST);
        assert_eq!(connections_with(20_256), MOST);
        assert_eq!(connections_with(1024), 384);
        assert_eq!(connections_with(100), 16);
    }

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        let files = raise_open_files();
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!(current, Some(files));
        assert!(files >= maximum.unwrap_or(u64::MAX).min(20_256));
    }
}
