//! Places for connections: so many in all, so many of one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;

/// Connections of each address that has any.
type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The places of a listener. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    taken: Counts,
    limits: Arc<Limits>,
}

/// A place until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    of: Option<(IpAddr, Counts)>,
}

impl Places {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            all: Arc::new(Semaphore::new(limits.connections)),
            taken: Arc::default(),
            limits: Arc::new(limits),
        }
    }

    /// Waits until there is room for anybody. `None` never comes: nobody closes the places.
    pub(super) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// A place for this address; `None` when it has as many as one may.
    pub(super) fn take(&self, permit: OwnedSemaphorePermit, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let is_proxy =
            address.is_loopback() || self.limits.trusted.iter().any(|network| network.contains(&address));
        if is_proxy {
            return Some(Place { _permit: permit, of: None });
        }
        let key = network_of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key).or_default();
        if *count >= self.limits.per_address {
            return None;
        }
        *count += 1;
        Some(Place { _permit: permit, of: Some((key, Arc::clone(&self.taken))) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((key, taken)) = &self.of else { return };
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(key);
            }
        }
    }
}

/// What one party has: an IPv4 address, or the /64 network that a provider gives to each customer at least.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(places: &Places, address: &str) -> Option<Place> {
        let permit = places.room().await.expect("room");
        places.take(permit, address.parse().expect("an address"))
    }

    #[tokio::test]
    async fn one_address_has_a_part_of_the_places_and_a_proxy_all() {
        let trusted = vec!["10.0.0.0/8".parse().expect("a network")];
        let places = Places::new(Limits { connections: 20, per_address: 2, trusted, ..Limits::default() });
        for (address, same) in [("192.0.2.1", "::ffff:192.0.2.1"), ("2001:db8::1", "2001:db8::2")] {
            let first = take(&places, address).await.expect("a place");
            let second = take(&places, same).await.expect("a place");
            assert!(take(&places, address).await.is_none(), "{address}");
            assert!(take(&places, "192.0.2.77").await.is_some(), "somebody else");
            drop(first);
            drop(take(&places, address).await.expect("a place that became free"));
            drop(second);
        }
        assert!(places.taken.lock().expect("the counts").is_empty(), "what is free is forgotten");
        let mut of_proxies = vec![];
        for address in ["10.1.2.3", "127.0.0.1", "::1"] {
            for _ in 0..5 {
                of_proxies.push(take(&places, address).await.expect("a place"));
            }
        }
        assert_eq!(places.all.available_permits(), 5);
    }
}
