//! The table: one line for each use case. A test says so when one is missing.

use std::any::Any;
use std::fmt::Debug;
use std::slice::from_ref;

use domain::{AppError, Conflict, ItemReport, NewPassword, Role, SearchWords, Sort, UploadMetadata};
use drive::{
    Actor, Client, CodeChoice, Drive, Error, FilesQuery, ListOptions, LogQuery, NewInvitation, NewShare,
    NewToken, NewUpload, NewUploadKind, Restore, Setting, SettingName, ShareChange, UserQuery, Write,
};
use futures::future::BoxFuture;
use futures::stream;

use super::things::{Things, picture};
use crate::world::{account, name};

/// Who may call a use case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Whoever owns what it names. For everybody else, administrators among them, that is not there.
    Own,
    /// Everybody who is signed in, of what is theirs: it names nothing of anybody.
    Mine,
    /// Administrators. For everybody else there is no such thing.
    Administrator,
    /// Whoever has the link of a share, and its code.
    Link,
}

/// One use case: by somebody, of things of somebody else.
pub(super) struct Line {
    pub(super) who: Who,
    pub(super) name: &'static str,
    pub(super) call: for<'a> fn(&'a Drive, &'a Actor, &'a Things) -> BoxFuture<'a, Result<String, Error>>,
}

/// What a use case answered, as text. One that answers for each item apart is told as if it had been asked for that item.
fn told<T: Debug + 'static>(outcome: Result<T, Error>) -> Result<String, Error> {
    let value = outcome?;
    let reports = (&value as &dyn Any).downcast_ref::<Vec<ItemReport>>().map(Vec::as_slice);
    match reports.and_then(|reports| reports.first()).map(|report| &report.error) {
        Some(Some(AppError::NotFound)) => Err(Error::NotFound),
        Some(Some(AppError::Forbidden)) => Err(Error::Forbidden),
        Some(Some(other)) => panic!("{other:?}"),
        _ => Ok(format!("{value:?}")),
    }
}

macro_rules! lines {
    ($($who:ident $name:ident: |$drive:ident, $by:ident, $of:ident| $call:expr;)*) => {
        &[$(Line {
            who: Who::$who,
            name: stringify!($name),
            call: |$drive, $by, $of| Box::pin(async move {
                let _ = ($by, $of);
                told($call.await)
            }),
        }),*]
    };
}

/// `by` asks for it; `of` is what it is asked of: `of.node`, `of.share`, `of.key`, `of.upload`, `of.session`, `of.user` and so on.
/// A use case may have several lines.
#[rustfmt::skip]
pub(super) const LINES: &[Line] = lines! {
    Own node: |drive, by, of| drive.node(by, &of.node);
    Own ancestors: |drive, by, of| drive.ancestors(by, &of.node);
    Own children: |drive, by, of| drive.children(by, &of.node, &ListOptions::default());
    Own open_content: |drive, by, of| drive.open_content(by, &of.node);
    Own open_archive: |drive, by, of| drive.open_archive(by, from_ref(&of.node));
    Own thumbnail: |drive, by, of| drive.thumbnail(by, &of.node);
    Own neighbours: |drive, by, of| drive.neighbours(by, &of.node, Sort::default(), 4);
    Own shares_of_node: |drive, by, of| drive.shares_of_node(by, &of.node);
    Mine search: |drive, by, of| drive.search(by, &SearchWords::parse("secret").expect("words"), None, 100);
    Mine files: |drive, by, of| drive.files(by, &FilesQuery::default(), 100);
    Own create_folder: |drive, by, of| drive.create_folder(by, &of.node, &name("x"), Conflict::Rename);
    Own create_folder: |drive, by, of| drive.create_folder(by, &of.node, &name("inner"), Conflict::Replace);
    Own rename: |drive, by, of| drive.rename(by, &of.node, &name("x"));
    Own move_to: |drive, by, of| drive.move_to(by, &of.node, &by.root);
    Own move_to: |drive, by, of| drive.move_to(by, &one(drive, by).await?, &of.node);
    Own move_all: |drive, by, of| drive.move_all(by, from_ref(&of.node), &by.root, Conflict::Replace);
    Own move_all: |drive, by, of| drive.move_all(by, &[one(drive, by).await?], &of.node, Conflict::Replace);
    Own copy_all: |drive, by, of| drive.copy_all(by, from_ref(&of.node), &by.root, Conflict::Rename);
    Own copy_all: |drive, by, of| drive.copy_all(by, &[one(drive, by).await?], &of.node, Conflict::Replace);
    Own trash: |drive, by, of| drive.trash(by, &of.node);
    Own trash_all: |drive, by, of| drive.trash_all(by, from_ref(&of.node));
    Own restore: |drive, by, of| drive.restore(by, &of.node);
    Own restore_all: |drive, by, of| drive.restore_all(by, from_ref(&of.node), &Restore::ToItsPlace);
    Own restore_all: |drive, by, of| drive.restore_all(by, from_ref(&of.node), &into(&by.root));
    Own restore_all: |drive, by, of| drive.restore_all(by, &[trashed(drive, by).await?], &into(&of.node));
    Own obstacles: |drive, by, of| drive.obstacles(by, from_ref(&of.node));
    Own purge: |drive, by, of| drive.purge(by, &of.node);
    Own purge_all: |drive, by, of| drive.purge_all(by, from_ref(&of.node));
    Mine trashed: |drive, by, of| drive.trashed(by, None, 100);
    Mine empty_trash: |drive, by, of| drive.empty_trash(by);

    Own begin_upload: |drive, by, of| drive.begin_upload(by, upload(of));
    Own write_upload: |drive, by, of| drive.write_upload(by, &of.upload, Write::default(), stream::empty());
    Own inspect_upload: |drive, by, of| drive.inspect_upload(by, &of.upload);
    Own cancel_upload: |drive, by, of| drive.cancel_upload(by, &of.upload);
    Mine unfinished_uploads: |drive, by, of| drive.unfinished_uploads(by);

    Own create_share: |drive, by, of| drive.create_share(by, shared(of), &nowhere());
    Own share: |drive, by, of| drive.share(by, &of.share);
    Own change_share: |drive, by, of| drive.change_share(by, &of.share, ShareChange::default(), &nowhere());
    Own cancel_share: |drive, by, of| drive.cancel_share(by, &of.share, &nowhere());
    Mine shares: |drive, by, of| drive.shares(by, None, 100);
    Link unlock_share: |drive, by, of| drive.unlock_share(&of.key.token, &of.code, &nowhere());
    Link open_share: |drive, by, of| drive.open_share(&of.key);
    Link only_shared_file: |drive, by, of| drive.only_shared_file(&of.key);
    Link shared_way: |drive, by, of| drive.shared_way(&of.key, &of.node);
    Link shared_children: |drive, by, of| drive.shared_children(&of.key, &of.node, &ListOptions::default());
    Link open_shared_content: |drive, by, of| drive.open_shared_content(&of.key, &of.node);
    Link open_shared_archive: |drive, by, of| drive.open_shared_archive(&of.key, from_ref(&of.node));
    Link shared_thumbnail: |drive, by, of| drive.shared_thumbnail(&of.key, &of.node);
    Link shared_neighbours: |drive, by, of| drive.shared_neighbours(&of.key, &of.node, 4);
    Link save_shared: |drive, by, of| drive.save_shared(by, &of.key, from_ref(&of.node), &by.root);

    Mine profile: |drive, by, of| drive.profile(by);
    Mine details: |drive, by, of| drive.details(by);
    Mine set_details: |drive, by, of| drive.set_details(by, &domain::Details::default(), &nowhere());
    Own avatar: |drive, by, of| drive.avatar(by, &of.avatar);
    Mine set_avatar: |drive, by, of| drive.set_avatar(by, picture(9), &nowhere());
    Mine remove_avatar: |drive, by, of| drive.remove_avatar(by, &nowhere());
    Mine create_own_token: |drive, by, of| drive.create_own_token(by, &NewToken::named("x"), &nowhere());
    Mine tokens_of: |drive, by, of| drive.tokens_of(by);
    Own revoke_token: |drive, by, of| drive.revoke_token(by, &of.api_token, &nowhere());
    Mine sessions_of: |drive, by, of| drive.sessions_of(by);
    Own revoke_session: |drive, by, of| drive.revoke_session(by, &of.session);

    Administrator users: |drive, by, of| drive.users(by, &UserQuery { limit: 10, ..UserQuery::default() });
    Administrator user: |drive, by, of| drive.user(by, &of.user);
    Administrator create_account: |drive, by, of| drive.create_account(by, &account("new_user"), &nowhere());
    Administrator set_quota: |drive, by, of| drive.set_quota(by, &of.user, Some(1), &nowhere());
    Administrator set_role: |drive, by, of| drive.set_role(by, &of.user, Role::Administrator, &nowhere());
    Administrator set_role: |drive, by, of| drive.set_role(by, &of.user, Role::User, &nowhere());
    Administrator lock_account: |drive, by, of| drive.lock_account(by, &of.user, "x", &nowhere());
    Administrator unlock_account: |drive, by, of| drive.unlock_account(by, &of.user, &nowhere());
    Administrator user_details: |drive, by, of| drive.user_details(by, &of.user);
    Administrator set_password: |drive, by, of| drive.set_password(by, &of.user, &password(), &nowhere());
    Administrator end_sessions: |drive, by, of| drive.end_sessions(by, &of.user, &nowhere());
    Administrator delete_account: |drive, by, of| drive.delete_account(by, &of.user, &of.username, &nowhere());
    Administrator settings: |drive, by, of| drive.settings(by);
    Administrator change_setting: |drive, by, of| drive.change_setting(by, Setting::Announcement("x".into()), &nowhere());
    Administrator reset_setting: |drive, by, of| drive.reset_setting(by, SettingName::Announcement, &nowhere());
    Administrator create_invitation: |drive, by, of| drive.create_invitation(by, &invitation(), &nowhere());
    Administrator invitations: |drive, by, of| drive.invitations(by, None, 10);
    Administrator revoke_invitation: |drive, by, of| drive.revoke_invitation(by, &of.invitation, &nowhere());
    Administrator overview: |drive, by, of| drive.overview(by);
    Administrator log: |drive, by, of| drive.log(by, &LogQuery { limit: 10, ..LogQuery::default() });
};

/// Methods that nobody is asked for, and why not.
#[rustfmt::skip]
pub(super) const OUTSIDE: &[(&str, &str)] = &[
    ("open", "makes the service"),
    ("open_at", "makes the service"),
    ("database", "for the program"),
    ("store", "for the program"),
    ("config", "for the program"),
    ("now", "for the program"),
    ("health", "for the program; tells of nobody"),
    ("passwords_verified", "a number for the program"),
    ("run_background", "for the program"),
    ("sweep_once", "for the program"),
    ("examine", "for the operator, on the command line"),
    ("create_token", "for the operator, on the command line"),
    ("create_token_for", "for the operator, on the command line"),
    ("create_administrator", "for the operator, on the command line"),
    ("setup_link", "for the operator, in the log of the first start"),
    ("setup_is_valid", "the secret of the link is the proof"),
    ("redeem_setup", "the secret of the link is the proof"),
    ("register", "for who has no account"),
    ("register_with", "for who has no account; the code of an invitation is the proof where one is asked for"),
    ("invitation", "the code is the proof"),
    ("sign_in", "the password is the proof"),
    ("sign_in_solved", "the password is the proof"),
    ("change_password", "the old password is the proof"),
    ("sign_in_needs_captcha", "for who has not signed in; the same for names that there are not"),
    ("new_captcha", "for who has not signed in"),
    ("captcha_picture", "the secret of the browser that was asked is the proof"),
    ("captcha_sound", "the secret of the browser that was asked is the proof"),
    ("solve_captcha", "the secret of the browser that was asked is the proof"),
    ("strength", "tells of what it is given alone"),
    ("rules", "what the site tells everybody"),
    ("survey", "for the program: numbers of the whole, for its metrics"),
    ("download_shared_archive", "takes what open_shared_archive answered"),
    ("token_actor", "the token is the proof"),
    ("session_actor", "the cookie is the proof"),
    ("session_create", "for the session layer, by the secret id of a cookie"),
    ("session_save", "for the session layer, by the secret id of a cookie"),
    ("session_load", "for the session layer, by the secret id of a cookie"),
    ("session_delete", "for the session layer, by the secret id of a cookie"),
    ("sessions_sweep", "for the program"),
    ("count_visit", "adds one to a number of the link that was opened, and answers nothing"),
    ("download_shared", "takes what open_shared_content answered"),
    ("stop_publishing_after", "for tests"),
];

/// Whatever proves that somebody is who they are.
pub(super) const PROOFS: &[&str] = &["sign_in", "sign_in_solved", "session_actor", "token_actor"];

/// Whatever makes somebody.
pub(super) const NEW_PEOPLE: &[&str] = &["register", "register_with", "create_administrator", "redeem_setup"];

fn nowhere() -> Client {
    Client::default()
}

/// A folder of who asks.
async fn one(drive: &Drive, by: &Actor) -> Result<domain::NodeId, Error> {
    Ok(drive.create_folder(by, &by.root, &name("own"), Conflict::Rename).await?.id)
}

/// The same, in the trash.
async fn trashed(drive: &Drive, by: &Actor) -> Result<domain::NodeId, Error> {
    Ok(drive.trash(by, &one(drive, by).await?).await?.id)
}

fn into(folder: &domain::NodeId) -> Restore {
    Restore::Into { folder: folder.clone(), conflict: Conflict::Rename }
}

fn upload(of: &Things) -> NewUpload {
    let parent = Some(of.node.clone());
    let metadata = UploadMetadata { name: Some(name("new")), parent, ..UploadMetadata::default() };
    NewUpload { kind: NewUploadKind::Whole, length: Some(1), metadata, raw_metadata: String::new() }
}

fn shared(of: &Things) -> NewShare {
    NewShare { nodes: vec![of.node.clone()], code: CodeChoice::Public, expires: None, max_downloads: None }
}

fn password() -> NewPassword {
    NewPassword::parse("a violet kettle sings").expect("a password")
}

fn invitation() -> NewInvitation {
    NewInvitation { note: String::new(), email: None, uses: 1, expires: None }
}
