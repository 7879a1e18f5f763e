//! What one page tells the next: the outcome of a form that was sent without script.
//!
//! It travels in a cookie that lives for one page, is only ever shown as text, and holds no secret.

use domain::NodeId;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What happened, to be shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flash {
    /// A node went to the trash; the page offers to undo it.
    Trashed {
        /// The node.
        id: NodeId,
        /// Its name.
        name: String,
    },
    /// A node came back from the trash.
    Restored {
        /// Its name now.
        name: String,
    },
    /// Several nodes went to the trash; the page offers to undo it.
    TrashedMany {
        /// Those that did.
        ids: Vec<NodeId>,
        /// What to say.
        text: String,
    },
    /// In the words of the server: a sentence more costs the wasm nothing.
    Said {
        /// What to say.
        text: String,
    },
    /// A folder was made.
    FolderCreated {
        /// Its name.
        name: String,
    },
    /// Files came by the plain form.
    Uploaded {
        /// How many.
        files: u32,
    },
    /// An administrator changed an account.
    AccountChanged {
        /// Its user name.
        name: String,
    },
    /// The account is no longer signed in somewhere else.
    SessionEnded,
    /// What others shared is now in one's own drive.
    Saved {
        /// Files and folders.
        count: u64,
    },
    /// A share was cancelled.
    ShareCancelled,
    /// A share is different now.
    ShareChanged,
    /// Nobody is signed in any more, as was asked.
    SignedOut,
    /// It was not done.
    Failed(Failure),
    /// A form was not taken; it shows the error and what had been typed.
    Refused {
        /// Which form.
        form: Form,
        /// Why.
        failure: Failure,
        /// What was typed.
        typed: Typed,
    },
}

/// A form that is shown again with its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Sign in.
    SignIn,
    /// Register.
    Register,
    /// Make the first administrator.
    SetUp,
    /// New folder.
    CreateFolder,
    /// Another name for a node.
    Rename,
    /// An administrator makes an account.
    CreateAccount,
    /// The code of a share.
    ShareCode,
    /// A share, new or changed.
    Share,
    /// A setting of the site.
    Setting,
    /// The end of an account.
    DeleteAccount,
    /// A new invitation.
    Invitation,
}

/// What was typed into a form, apart from passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// User name or mail address at sign-in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub login: String,
    /// A user name to be.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// A mail address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// A name for a file or folder; in other forms, what they ask for beside the above.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// What the page before left for `form`: why it was refused and what had been typed.
pub(crate) fn refused(flash: Option<Flash>, form: Form) -> (Option<Failure>, Typed) {
    match flash {
        Some(Flash::Refused { form: of, failure, typed }) if of == form => (Some(failure), typed),
        _ => (None, Typed::default()),
    }
}

/// The good outcome of a form that script sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The page to load now; `None` stays.
    pub next: Option<String>,
    /// What to show.
    pub flash: Option<Flash>,
}

impl Done {
    /// What a page that shows sheets accepts as the answer to a form: where to go on. The flash comes in its cookie.
    pub(crate) const OF_SHEET: &str = "application/vnd.hayloft.done+json";

    /// Goes on at another page.
    #[must_use]
    pub fn go(path: &str) -> Self {
        Self { next: Some(path.to_owned()), flash: None }
    }

    /// Stays and says what happened.
    #[must_use]
    pub const fn say(flash: Flash) -> Self {
        Self { next: None, flash: Some(flash) }
    }
}

#[cfg(test)]
mod tests {
    use domain::AppError;

    use super::*;

    #[test]
    fn a_flash_is_for_the_form_it_names() {
        let typed = Typed { login: "lin_wei".into(), ..Typed::default() };
        let failure = Failure::App(AppError::WrongCredentials);
        let flash = Flash::Refused { form: Form::SignIn, failure: failure.clone(), typed: typed.clone() };
        assert_eq!(refused(Some(flash.clone()), Form::SignIn), (Some(failure), typed));
        assert_eq!(refused(Some(flash), Form::Register), (None, Typed::default()));
        assert_eq!(refused(None, Form::SignIn), (None, Typed::default()));
    }
}
