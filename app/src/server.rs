//! What only the server can do: know who asks, render the document, set cookies, and answer forms that came without
//! script. It refuses to decide anything about files and accounts: that is `drive`.
//!
//! How the server crate mounts this: a middleware puts a [`Context`] into the extensions of every request to a page or
//! server function (or provides it as a Leptos context, which wins); pages are rendered with [`shell`].

mod account_form;
mod announcement;
mod answer;
mod captcha;
mod cookies;
mod document;
mod frame;
mod invitation_form;
mod letter;
mod passwords;
mod plain_form;
mod profile;
mod queries;
mod routes;
mod setting_form;
mod share_form;
mod strength;
mod tally;
mod tokens;

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::request::Parts;
use domain::{AppError, UserId};
use drive::{Actor, Client, Drive};
use leptos::prelude::*;

pub(crate) use account_form::{Refused, another_captcha, answer_account, name_of};
pub(crate) use announcement::announcement;
pub use answer::own_path;
pub(crate) use answer::{hand_back, page_of_sender, refuse, reply, show};
pub use captcha::browser_secret;
pub(crate) use captcha::{Asked, ask_to_register, ask_to_sign_in, browser_of_request, solved};
pub(crate) use cookies::{dismiss, is_dismissed, set_language, set_theme, set_view, take_flash, take_next};
pub use cookies::{flash_cookie, next_cookie, preferences_of, share_cookie, share_proof};
pub use document::{content_security_policy, is_entered, shell};
pub(crate) use invitation_form::typed_invitation;
pub(crate) use letter::{Letter, language_of_request};
pub(crate) use passwords::{CHANGE, SET, change_own, new_password, set_of};
pub use plain_form::uploaded;
pub(crate) use profile::{AVATAR, PROFILE, remove_avatar, save_profile};
pub use profile::{PictureRefused, picture_cookie};
pub(crate) use queries::{ELLIPSIS, change_account, crumbs, elided, new_account};
pub use routes::{FOLDERS, routes};
pub(crate) use setting_form::{typed_quota, typed_setting};
pub(crate) use share_form::ShareForm;
pub(crate) use strength::strength_of;
pub(crate) use tally::{Change, Tally, change_chosen, counted, language_of_sender, page_of_folder, words};
pub(crate) use tokens::{CREATE_TOKEN, create_token, revoked_token};

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

    /// The secret id of the session; `None` without one.
    fn id(&self) -> Option<String>;

    /// Goes on under a new id, so that whoever knew the old one knows nothing, with this epoch of its account.
    ///
    /// # Errors
    /// When the session cannot be stored.
    async fn renew(&self, epoch: i64) -> Result<(), AppError>;
}

/// What a request brings along.
#[derive(Clone)]
pub struct Context {
    /// Every use case.
    pub drive: Drive,
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// Who is signed in and has to choose a new password before anything else; then there is no `actor`.
    pub must_change: Option<UserId>,
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

    /// Whose account this is, even if they may do nothing yet but choose a new password.
    ///
    /// # Errors
    /// [`AppError::SignInRequired`] if nobody is signed in.
    pub(crate) fn owner(&self) -> Result<UserId, AppError> {
        let actor = self.actor.as_ref().map(|actor| actor.user.clone());
        actor.or_else(|| self.must_change.clone()).ok_or(AppError::SignInRequired)
    }
}
