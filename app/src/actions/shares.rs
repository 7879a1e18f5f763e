//! Shares of who asks: making, changing, ending them. What visitors send goes to the address of the share.

use leptos::prelude::*;

use crate::Failure;
use crate::flash::Done;

/// Shares nodes, separated by commas. `code` is `drawn`, `public` or `own` (then `own` is it); `days` is a number or `never`;
/// `downloads` is a number or empty.
///
/// # Errors
/// Sign in first, no such node, or a refused input.
#[server(prefix = "/form", endpoint = "create-share")]
pub async fn create_share(
    nodes: String,
    code: String,
    own: String,
    days: String,
    downloads: String,
) -> Result<Done, Failure> {
    use crate::server::{Context, ShareForm, refuse};
    use crate::{Form, Typed};
    let outcome = async {
        let context = Context::current()?;
        let share = ShareForm { code, own, days, downloads }.new_share(&nodes, context.drive.now())?;
        let made = context.drive.create_share(context.actor()?, share, &context.client).await;
        let made = made.map_err(|error| error.to_app_error())?;
        Ok(Done::go(&format!("/shares/{}", made.id)))
    };
    refuse(Form::Share, Typed::default(), outcome.await)
}

/// Changes a share. Each value as in [`create_share`], or `keep`; an empty `downloads` keeps the number, 0 lifts it.
///
/// # Errors
/// Sign in first, no such share, a cancelled one, or a refused input.
#[server(prefix = "/form", endpoint = "change-share")]
pub async fn change_share(
    id: String,
    code: String,
    own: String,
    days: String,
    downloads: String,
) -> Result<Done, Failure> {
    use crate::server::{Context, ShareForm, refuse};
    use crate::{Flash, Form, Typed};
    let outcome = async {
        let context = Context::current()?;
        let id = id.parse().map_err(|_| domain::AppError::NotFound)?;
        let change = ShareForm { code, own, days, downloads }.change(context.drive.now())?;
        let changed = context.drive.change_share(context.actor()?, &id, change, &context.client).await;
        changed.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::ShareChanged))
    };
    refuse(Form::Share, Typed::default(), outcome.await)
}

/// Ends a share for good.
///
/// # Errors
/// Sign in first, or no such share.
#[server(prefix = "/form", endpoint = "cancel-share")]
pub async fn cancel_share(id: String) -> Result<Done, Failure> {
    use crate::Flash;
    use crate::server::{Context, reply};
    let outcome = async {
        let context = Context::current()?;
        let id = id.parse().map_err(|_| domain::AppError::NotFound)?;
        let cancelled = context.drive.cancel_share(context.actor()?, &id, &context.client).await;
        cancelled.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::ShareCancelled))
    };
    reply(outcome.await)
}
