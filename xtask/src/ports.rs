//! Free TCP ports on the loopback address.
//!
//! Below 32768, where Linux' range for outgoing connections begins: a DataNode that a test kills must find its port
//! free when it comes back, though thousands of connections were opened meanwhile.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Result, bail};

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// `count` different ports nobody listens on, held together until all were found, then released.
///
/// # Errors
/// When the whole range is taken.
pub(crate) fn free(count: usize) -> Result<Vec<u16>> {
    let start = u16::try_from(RandomState::new().hash_one(std::process::id()) % u64::from(COUNT))?;
    let mut held = Vec::with_capacity(count);
    for step in 0..COUNT {
        if held.len() == count {
            break;
        }
        let port = FIRST + (start + step) % COUNT;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            held.push((port, listener));
        }
    }
    if held.len() < count {
        bail!("no {count} free ports between {FIRST} and {}", FIRST + COUNT);
    }
    Ok(held.into_iter().map(|(port, _)| port).collect())
}

/// Whether every one of these ports could be listened on right now.
pub(crate) fn all_free(ports: &[u16]) -> bool {
    ports.iter().all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ_and_can_be_listened_on() {
        let mut ports = free(11).unwrap();
        assert!(all_free(&ports));
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 11);
    }

    #[test]
    fn a_taken_port_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!all_free(&[listener.local_addr().unwrap().port()]));
    }
}
