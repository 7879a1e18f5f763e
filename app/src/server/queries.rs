//! What several server functions ask of `drive`.

use domain::{AppError, Email, Field, NodeId, UserId, Username};
use drive::{Actor, NewAccount};

use super::{Context, new_password};
use crate::actions::nodes::Crumb;
use crate::flash::Done;
use crate::{Failure, Flash};

/// Parses the fields of a new account; the first that is wrong, from top to bottom, is said.
pub(crate) fn new_account(
    username: &str,
    email: &str,
    password: &str,
    again: &str,
) -> Result<NewAccount, AppError> {
    let refuse = |field| move |reason| AppError::invalid(field, reason);
    let username = Username::parse(username).map_err(refuse(Field::Username))?;
    let email = Email::parse(email).map_err(refuse(Field::Email))?;
    let password = new_password(password, again)?;
    Ok(NewAccount { username, email, password })
}

/// Carries out a change to an account and says that it is done.
///
/// # Errors
/// Those of the change, to whoever sent the form.
pub(crate) async fn change_account(
    id: &UserId,
    change: impl AsyncFnOnce(&Context, &Actor) -> Result<(), AppError>,
) -> Result<Done, Failure> {
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        change(&context, actor).await?;
        let user = context.drive.user(actor, id).await.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::AccountChanged { name: user.username }))
    };
    super::reply(outcome.await)
}

/// The way from the root to a folder.
///
/// # Errors
/// [`AppError::NotFound`] if it is not a folder of theirs.
pub(crate) async fn crumbs(context: &Context, actor: &Actor, id: &NodeId) -> Result<Vec<Crumb>, AppError> {
    let root = Crumb { id: None, name: String::new() };
    if *id == actor.root {
        return Ok(vec![root]);
    }
    let mut path = vec![root];
    let step =
        |node: domain::Node| (node.id != actor.root).then_some(Crumb { id: Some(node.id), name: node.name });
    let ancestors = context.drive.ancestors(actor, id).await.map_err(|error| error.to_app_error())?;
    path.extend(ancestors.into_iter().filter(|node| node.id != *id).filter_map(step));
    let itself = context.drive.node(actor, id).await.map_err(|error| error.to_app_error())?;
    path.extend(step(itself));
    let elided = elided(path.len()).and_then(|last| path.get(last)?.id.clone());
    if let Some(id) = elided {
        path.splice(1..path.len() - NEAREST, [Crumb { id: Some(id), name: ELLIPSIS.to_owned() }]);
    }
    Ok(path)
}

/// Folders that are shown of a long way: the first, and so many of the last.
const NEAREST: usize = 6;

/// The name of those between.
pub(crate) const ELLIPSIS: &str = "…";

/// Of a way of so many folders that is too long to be shown, the last one that is not: that is where the ellipsis leads. A
/// page must not grow with the depth of a tree, which may be thousands.
pub(crate) fn elided(length: usize) -> Option<usize> {
    (length > NEAREST + 2).then(|| length - NEAREST - 1)
}

#[cfg(test)]
mod tests {
    use domain::Reason;

    use super::*;

    fn refused(username: &str, email: &str, password: &str, again: &str) -> Option<AppError> {
        new_account(username, email, password, again).err()
    }

    #[test]
    fn the_first_wrong_field_is_said() {
        let long = "correct horse battery";
        assert_eq!(refused("", "", "", ""), Some(AppError::invalid(Field::Username, Reason::Empty)));
        assert_eq!(
            refused("lin_wei", "x", long, long),
            Some(AppError::invalid(Field::Email, Reason::Malformed))
        );
        assert_eq!(
            refused("lin_wei", "a@b.cn", long, "correct horse"),
            Some(AppError::invalid(Field::PasswordAgain, Reason::Different))
        );
        assert_eq!(
            refused("lin_wei", "a@b.cn", "", ""),
            Some(AppError::invalid(Field::Password, Reason::Empty))
        );
        assert_eq!(refused("lin_wei", "a@b.cn", long, long), None);
    }
}
