//! What a server function answers when it cannot do what was asked.

use domain::{AppError, Field};
use leptos::server_fn::codec::JsonEncoding;
#[expect(
    clippy::disallowed_types,
    reason = "the trait's own signature; its text is dropped here and never reaches a browser"
)]
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// An outcome other than success, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The server says why.
    App(AppError),
    /// The server was not reached; trying again helps.
    Offline,
    /// Page and server do not understand each other: the page is older than the server. Loading it anew helps.
    Outdated,
}

impl Failure {
    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::App(error) => error.status(),
            Self::Offline => 503,
            Self::Outdated => 400,
        }
    }

    /// The input it is about.
    #[must_use]
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::App(AppError::Invalid { field, .. }) => Some(*field),
            _ => None,
        }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    #[expect(clippy::disallowed_types, reason = "see the import")]
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            _ => Self::Outdated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_keeps_the_whole_error_and_no_foreign_text() {
        let failure = Failure::from(AppError::QuotaExceeded { available: 7 });
        assert_eq!(Failure::de(failure.ser()), failure);
        let foreign = Failure::from_server_fn_error(ServerFnErrorErr::Args("SELECT secret".into()));
        assert_eq!(foreign, Failure::Outdated);
        assert_eq!(Failure::de("<html>bad gateway".into()), Failure::Outdated);
    }
}
