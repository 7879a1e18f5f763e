//! Registering, signing in and out, and who is signed in.

use domain::Profile;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::flash::Done;
use crate::{Failure, Flash};

/// Who looks at the page, and what the page before left to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// Who is signed in.
    pub profile: Option<Profile>,
    /// To be shown once.
    pub flash: Option<Flash>,
    /// Whether anybody may register.
    pub registration_open: bool,
}

/// Who asks. Takes the flash with it.
///
/// # Errors
/// When the database cannot be asked.
#[server(prefix = "/form", endpoint = "who", input = leptos::server_fn::codec::GetUrl)]
pub async fn who_looks() -> Result<Visitor, Failure> {
    use crate::server::{Context, show, take_flash};
    let visit = async {
        let context = Context::current()?;
        let profile = match &context.actor {
            Some(actor) => Some(context.drive.profile(actor).await.map_err(|error| error.to_app_error())?),
            None => None,
        };
        let registration_open = context.drive.config().registration_open;
        Ok(Visitor { profile, flash: take_flash(), registration_open })
    };
    show(visit.await)
}

/// Signs in with a user name or mail address. `remember` is set by a ticked box.
///
/// # Errors
/// Wrong credentials, too many tries, or the service is not there.
#[server(prefix = "/form", endpoint = "sign-in")]
pub async fn sign_in(login: String, password: String, remember: Option<String>) -> Result<Done, Failure> {
    use crate::server::{Context, refuse};
    use crate::{Form, Typed};
    let outcome = async {
        let context = Context::current()?;
        let actor = context
            .drive
            .sign_in(&domain::Login::parse(&login), &password, &context.client)
            .await
            .map_err(|error| error.to_app_error())?;
        context.session.sign_in(&actor, remember.is_some()).await?;
        Ok(Done::go("/"))
    };
    let outcome = outcome.await;
    refuse(Form::SignIn, Typed { login, ..Typed::default() }, outcome)
}

/// Makes an account and signs in.
///
/// # Errors
/// A refused input, closed registration, or the service is not there.
#[server(prefix = "/form", endpoint = "register")]
pub async fn register(
    username: String,
    email: String,
    password: String,
    again: String,
) -> Result<Done, Failure> {
    use crate::server::{Context, refuse};
    use crate::{Form, Typed};
    let outcome = async {
        let account = crate::server::new_account(&username, &email, &password, &again)?;
        let context = Context::current()?;
        let actor =
            context.drive.register(account, &context.client).await.map_err(|error| error.to_app_error())?;
        context.session.sign_in(&actor, false).await?;
        Ok(Done::go("/"))
    };
    let outcome = outcome.await;
    refuse(Form::Register, Typed { username, email, ..Typed::default() }, outcome)
}

/// Whether a setup link can still be used.
///
/// # Errors
/// Not found when it cannot.
#[server(prefix = "/form", endpoint = "setup", input = leptos::server_fn::codec::GetUrl)]
pub async fn setup_is_valid(secret: String) -> Result<(), Failure> {
    use crate::server::{Context, show};
    let outcome = async {
        let context = Context::current()?;
        let valid = context.drive.setup_is_valid(&secret).await.map_err(|error| error.to_app_error())?;
        if valid { Ok(()) } else { Err(domain::AppError::NotFound) }
    };
    show(outcome.await)
}

/// Makes the first administrator and signs in.
///
/// # Errors
/// A used link, a refused input, or the service is not there.
#[server(prefix = "/form", endpoint = "set-up")]
pub async fn set_up(
    secret: String,
    username: String,
    email: String,
    password: String,
    again: String,
) -> Result<Done, Failure> {
    use crate::server::{Context, refuse};
    use crate::{Form, Typed};
    let outcome = async {
        let account = crate::server::new_account(&username, &email, &password, &again)?;
        let context = Context::current()?;
        let actor = context
            .drive
            .redeem_setup(&secret, account, &context.client)
            .await
            .map_err(|error| error.to_app_error())?;
        context.session.sign_in(&actor, false).await?;
        Ok(Done::go("/"))
    };
    let outcome = outcome.await;
    refuse(Form::SetUp, Typed { username, email, ..Typed::default() }, outcome)
}

/// Signs out, here and on the server.
///
/// # Errors
/// When the session cannot be removed.
#[server(prefix = "/form", endpoint = "sign-out")]
pub async fn sign_out() -> Result<Done, Failure> {
    use crate::server::{Context, reply};
    let outcome = async {
        Context::current()?.session.sign_out().await?;
        Ok(Done { next: Some("/login".to_owned()), flash: Some(Flash::SignedOut) })
    };
    reply(outcome.await)
}

/// Ends one of the sessions of who asks, by the id that the list of sessions gives.
///
/// # Errors
/// Sign in first, or it is none of theirs.
#[server(prefix = "/form", endpoint = "revoke-session")]
pub async fn revoke_session(id: String) -> Result<Done, Failure> {
    use crate::server::{Context, reply};
    let outcome = async {
        let context = Context::current()?;
        let ended = context.drive.revoke_session(context.actor()?, &id).await;
        ended.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::SessionEnded))
    };
    reply(outcome.await)
}
