//! What only the server can do: know who asks, render the document, set cookies, and answer forms that came without
//! script. It refuses to decide anything about files and accounts: that is `drive`.
//!
//! How the server crate mounts this: a middleware puts a [`Context`] into the extensions of every request to a page or
//! server function (or provides it as a Leptos context, which wins); pages are rendered with [`shell`].

mod answer;
mod cookies;
mod document;
mod queries;
mod share_form;
mod tally;

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::request::Parts;
use domain::AppError;
use drive::{Actor, Client, Drive};
use leptos::prelude::*;

pub use answer::own_path;
pub(crate) use answer::{refuse, reply, show};
pub use cookies::{flash_cookie, preferences_of, share_cookie, share_proof};
pub(crate) use cookies::{set_language, set_theme, take_flash};
pub use document::{content_security_policy, shell};
pub(crate) use queries::{change_account, crumbs, new_account};
pub(crate) use share_form::ShareForm;
pub(crate) use tally::{Change, Tally, change_chosen, counted, page_of_folder, words};

/// The session of one request, kept by the server crate.
#[async_trait]
pub trait Session: Send + Sync {
    /// Makes `actor` the one who is signed in, under a new session id: an id known before signing in must be worth
    /// nothing after it. `remember` keeps the session beyond the closing of the browser.
    ///
    /// # Errors
    /// When the session cannot be stored; nobody is signed in then.
    async fn sign_in(&self, actor: &Actor, remember: bool) -> Result<(), AppError>;

    /// Ends the session on the server and in the browser. Without a session it does nothing.
    ///
    /// # Errors
    /// When the session cannot be removed.
    async fn sign_out(&self) -> Result<(), AppError>;
}

/// What a request brings along.
#[derive(Clone)]
pub struct Context {
    /// Every use case.
    pub drive: Drive,
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// Where from, for the audit log and rate limits.
    pub client: Client,
    /// The session of this request.
    pub session: Arc<dyn Session>,
    /// Whether the browser reached us by TLS; cookies are `Secure` then.
    pub secure: bool,
    /// Scheme and host of our addresses, for links that are given to others.
    pub origin: String,
}

impl Context {
    /// The context of the request that is being answered.
    ///
    /// # Errors
    /// [`AppError::Internal`] if the route was mounted without one.
    pub(crate) fn current() -> Result<Self, AppError> {
        let found = use_context::<Self>()
            .or_else(|| use_context::<Parts>().and_then(|parts| parts.extensions.get::<Self>().cloned()));
        found.ok_or_else(|| {
            tracing::error!("a page or server function is mounted without app::server::Context");
            AppError::Internal { incident: "no-context".to_owned() }
        })
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`AppError::SignInRequired`] if nobody is signed in.
    pub(crate) fn actor(&self) -> Result<&Actor, AppError> {
        self.actor.as_ref().ok_or(AppError::SignInRequired)
    }
}
