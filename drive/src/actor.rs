//! Who asks.

use std::net::{IpAddr, Ipv6Addr};

use domain::{NodeId, Role, UserId};

/// A person who proved who they are. Only [`Drive`](crate::Drive) makes one: by signing in, by a session, by a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Actor {
    /// Their account.
    pub user: UserId,
    /// What they may do beyond their own drive.
    pub role: Role,
    /// The root of their drive.
    pub root: NodeId,
    /// How often all sessions of the account had been ended when they proved who they are. A session that begins goes on with
    /// it, and is none when they were ended meanwhile.
    pub epoch: i64,
}

/// Where a request came from, for the audit log and the list of sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Address of the peer, or of whom a trusted proxy names.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header.
    pub agent: Option<String>,
}

/// The network that an address stands for where people are told apart by it: whoever has one IPv6 address has a whole /64
/// of them.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

impl Client {
    /// [`network`] as SQL keeps it; clients without an address share theirs.
    pub(crate) fn network_text(&self) -> String {
        self.address.map_or_else(String::new, |address| network(address).to_string())
    }

    pub(crate) fn address_text(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// The agent as SQL can keep it: PostgreSQL refuses NUL, and a header may be 100 kB long.
    pub(crate) fn agent_text(&self) -> Option<String> {
        self.agent.as_ref().map(|agent| agent.chars().filter(|c| !c.is_control()).take(256).collect())
    }
}

/// The role as SQL keeps it.
pub(crate) const fn role_text(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Administrator => "administrator",
    }
}

/// Reads [`role_text`]. What a newer version may have written is read as the weakest role.
pub(crate) fn role_of(text: &str) -> Role {
    if text == "administrator" { Role::Administrator } else { Role::User }
}
