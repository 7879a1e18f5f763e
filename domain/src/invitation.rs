//! Invitations: links by which administrators let people make accounts of their own.

use serde::{Deserialize, Serialize};

/// Whether an invitation can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvitationState {
    /// It can.
    Open,
    /// An administrator took it back.
    Revoked,
    /// Its time is over.
    Expired,
    /// As many accounts were made with it as may be.
    UsedUp,
}

/// An invitation as whoever has its link sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Whether it can be used.
    pub state: InvitationState,
    /// The one mail address that may use it; `None`: any.
    pub email: Option<String>,
}
