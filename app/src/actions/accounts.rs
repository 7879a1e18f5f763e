//! Registering, signing in and out, and who is signed in.

use domain::{InvitationView, Profile, Registration};
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
    /// Who may register. For the pages that only the server renders.
    #[serde(skip)]
    pub registration: Registration,
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
        let registration = context.drive.rules().registration;
        Ok(Visitor { profile, flash: take_flash(), registration })
    };
    show(visit.await)
}

/// Signs in with a user name or mail address. `remember` is set by a ticked box; `captcha` is what was read of the picture
/// `captcha_id`, where there was one.
///
/// # Errors
/// Wrong credentials, a captcha that was not solved, too many tries, or the service is not there.
#[server(prefix = "/form", endpoint = "sign-in")]
pub async fn sign_in(
    login: String,
    password: String,
    remember: Option<String>,
    captcha: Option<String>,
    captcha_id: Option<String>,
) -> Result<Done, Failure> {
    use crate::server::{
        Context, Refused, answer_account, browser_of_request, language_of_request, solved, take_next,
    };
    use crate::{Form, Typed};
    let (language, browser) = (language_of_request(), browser_of_request());
    let outcome = async {
        let context = Context::current()?;
        let solved = solved(&context, browser.as_deref(), captcha_id.as_deref(), captcha.as_deref()).await?;
        let name = domain::Login::parse(&login);
        let actor = context.drive.sign_in_solved(&name, &password, solved, &context.client).await?;
        context.session.sign_in(&actor, remember.is_some()).await?;
        Ok::<_, Refused>(Done::go(&take_next()))
    };
    let outcome = outcome.await;
    answer_account(Form::SignIn, Typed { login, ..Typed::default() }, language, outcome)
}

/// The invitation at the end of a link, if there is one.
///
/// # Errors
/// When the database cannot be asked.
#[server(prefix = "/form", endpoint = "invitation", input = leptos::server_fn::codec::GetUrl)]
pub async fn look_at_invitation(code: String) -> Result<Option<InvitationView>, Failure> {
    use crate::server::{Context, show};
    let outcome = async {
        let context = Context::current()?;
        context.drive.invitation(&code).await.map_err(|error| error.to_app_error())
    };
    show(outcome.await)
}

/// Makes an account and signs in, with the code of an invitation where that is asked for.
///
/// # Errors
/// A refused input, a captcha that was not solved, closed registration, or the service is not there.
#[server(prefix = "/form", endpoint = "register")]
pub async fn register(
    username: String,
    email: String,
    password: String,
    again: String,
    captcha: Option<String>,
    captcha_id: Option<String>,
    #[server(default)] invitation: String,
) -> Result<Done, Failure> {
    use crate::server::{
        Context, Refused, answer_account, browser_of_request, language_of_request, solved, take_next,
    };
    use crate::{Form, Typed};
    let (language, browser) = (language_of_request(), browser_of_request());
    let outcome = async {
        let account = crate::server::new_account(&username, &email, &password, &again)?;
        let context = Context::current()?;
        let solved = solved(&context, browser.as_deref(), captcha_id.as_deref(), captcha.as_deref()).await?;
        let actor = context.drive.register_with(account, &invitation, solved, &context.client).await?;
        context.session.sign_in(&actor, false).await?;
        Ok::<_, Refused>(Done::go(&take_next()))
    };
    let outcome = outcome.await;
    let invitation = invitation.chars().take(64).collect();
    let typed = Typed { username, email, name: invitation, ..Typed::default() };
    answer_account(Form::Register, typed, language, outcome)
}

/// Leads back to the form `register` or `sign-in` with another captcha. Passwords are to be typed again.
///
/// # Errors
/// None of its own.
#[server(prefix = "/form", endpoint = "another-captcha")]
pub async fn another_captcha(
    form: String,
    login: Option<String>,
    username: Option<String>,
    email: Option<String>,
) -> Result<Done, Failure> {
    let text = Option::unwrap_or_default;
    let typed = crate::Typed {
        login: text(login),
        username: text(username),
        email: text(email),
        ..crate::Typed::default()
    };
    crate::server::another_captcha(&form, &typed)
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
    use crate::server::{Context, answer_account, language_of_request};
    use crate::{Form, Typed};
    let language = language_of_request();
    let outcome = async {
        let account = crate::server::new_account(&username, &email, &password, &again)?;
        let context = Context::current()?;
        let actor = context.drive.redeem_setup(&secret, account, &context.client).await?;
        context.session.sign_in(&actor, false).await?;
        Ok(Done::go("/"))
    };
    let outcome = outcome.await;
    answer_account(Form::SetUp, Typed { username, email, ..Typed::default() }, language, outcome)
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
