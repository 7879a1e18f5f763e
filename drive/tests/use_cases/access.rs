//! Who may do what: every use case of `Drive`, asked for by its owner, another person, an administrator, the holder of a
//! link, and whoever was locked out. Which use cases there are is read from the source, so one that nobody thought of here
//! fails.

mod source;
mod table;
mod things;

use std::collections::BTreeSet;

use domain::{Field, Login, NodeId, Reason, ShareState, UserId};
use drive::{Actor, Client, Error, NewInvitation, SessionRow};

use crate::world::{PASSWORD, World, account, on_both_engines};
use table::{LINES, Line, NEW_PEOPLE, OUTSIDE, PROOFS, Who};
use things::Things;

const TABLE: &str = "drive/tests/use_cases/access/table.rs";

#[test]
fn every_use_case_is_listed() {
    let methods = source::methods();
    assert!(methods.len() > 50, "the source was not read: {methods:?}");
    let listed: BTreeSet<&str> = LINES.iter().map(|line| line.name).collect();
    let outside: BTreeSet<&str> = OUTSIDE.iter().map(|(name, _)| *name).collect();
    for method in &methods {
        let name = method.name.as_str();
        if method.asks() {
            assert!(
                listed.contains(name),
                "`Drive::{name}` ({}) is not in {TABLE}: say in one line of LINES who may call it, as in \
                 `Own {name}: |drive, by, of| drive.{name}(by, &of.node);` (Own: whoever owns `of`; Mine: everybody, of \
                 what is theirs; Administrator; Link: the holder of a share's link)",
                method.file
            );
        } else {
            assert!(
                listed.contains(name) || outside.contains(name),
                "`Drive::{name}` ({}) asks for nobody and is not in {TABLE}: say in one line of OUTSIDE why it need not",
                method.file
            );
        }
        if method.answers_an_actor() {
            assert!(
                PROOFS.contains(&name) || NEW_PEOPLE.contains(&name),
                "`Drive::{name}` ({}) makes an Actor and is not in {TABLE}: add it to PROOFS, and to the test that \
                 whoever is locked out proves nothing",
                method.file
            );
        }
    }
    let names: BTreeSet<&str> = methods.iter().map(|method| method.name.as_str()).collect();
    for name in listed.union(&outside).chain(PROOFS).chain(NEW_PEOPLE) {
        assert!(names.contains(name), "{TABLE} lists `{name}`, which `Drive` does not have");
    }
}

impl Things {
    /// The same, asked of another node.
    fn about(&self, node: &NodeId) -> Self {
        let mut things = self.clone();
        things.node = node.clone();
        things
    }

    fn of_user(&self, user: &UserId, username: &str) -> Self {
        let mut things = self.clone();
        (things.user, things.username) = (user.clone(), username.to_owned());
        things
    }

    fn with_another_token(&self) -> Self {
        let mut things = self.clone();
        things.key.token = format!("b{}", "a".repeat(25)).parse().expect("a token");
        things
    }

    fn without_code(&self) -> Self {
        let mut things = self.clone();
        (things.key.proof, things.code) = (None, "zz99".to_owned());
        things
    }
}

fn lines(who: Who) -> impl Iterator<Item = &'static Line> {
    LINES.iter().filter(move |line| line.who == who)
}

/// The line does something for whoever may: for one of these things, each as good as new.
async fn assert_allowed(world: &World, line: &Line, by: &Actor, of: &[Things]) {
    let mut refused = Vec::new();
    for things in of {
        match (line.call)(&world.drive, by, things).await {
            Ok(_) => return,
            Err(error) => refused.push(error),
        }
    }
    panic!("{}: {refused:?}", line.name);
}

#[track_caller]
fn assert_nothing(line: &Line, who: &str, what: &str, outcome: &Result<String, Error>) {
    // An upload into a folder that is not there is an input that is wrong, the same for what never was.
    let is_nothing = matches!(
        outcome,
        Err(Error::NotFound | Error::Invalid { field: Field::Parent, reason: Reason::Unknown })
    );
    assert!(is_nothing, "{} by {who} of {what}: {outcome:?}", line.name);
}

on_both_engines! {
    async fn what_is_anothers_is_not_there(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let (owner, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let things = Things::of(&world.drive, &owner, "secret").await;
        let before = things::state(&world.sql, &owner).await;
        for line in lines(Who::Own) {
            for (who, by) in [("another person", &other), ("an administrator", &admin)] {
                for (what, node) in things.every_node() {
                    assert_nothing(line, who, what, &(line.call)(&world.drive, by, &things.about(node)).await);
                }
            }
        }
        for line in lines(Who::Mine) {
            for by in [&other, &admin] {
                let told = (line.call)(&world.drive, by, &things).await.expect(line.name);
                for secret in things.secrets() {
                    assert!(!told.contains(&secret), "{} tells {secret}: {told}", line.name);
                }
            }
        }
        assert_eq!(things::state(&world.sql, &owner).await, before, "somebody else changed something");
    }

    async fn what_is_ones_own_is(world: World) {
        let owner = world.user("lin_wei").await;
        for line in lines(Who::Own).chain(lines(Who::Mine)) {
            let mut each = Vec::new();
            for what in ["folder", "file", "picture", "trashed"] {
                let things = Things::of(&world.drive, &owner, &format!("{} {what}", line.name)).await;
                let node = things.node_called(what);
                each.push(things.about(&node));
            }
            assert_allowed(&world, line, &owner, &each).await;
        }
    }

    async fn administration_is_not_there_for_others(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let (owner, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let mut things = Things::of(&world.drive, &owner, "secret").await;
        let new = NewInvitation { note: String::new(), email: None, uses: 1, expires: None };
        things.invitation =
            world.drive.create_invitation(&admin, &new, &Client::default()).await.expect("invitation");
        let before = things::state(&world.sql, &owner).await;
        for line in lines(Who::Administrator) {
            for (user, name) in [(&owner.user, "lin_wei"), (&admin.user, "admin_one")] {
                let outcome = (line.call)(&world.drive, &other, &things.of_user(user, name)).await;
                assert_nothing(line, "another person", "", &outcome);
            }
        }
        assert_eq!(things::state(&world.sql, &owner).await, before);
        for (number, line) in lines(Who::Administrator).enumerate() {
            let name = format!("target_{number}");
            let target = world.user(&name).await;
            assert_allowed(&world, line, &admin, &[things.of_user(&target.user, &name)]).await;
        }
    }

    async fn who_is_an_administrator_no_more_changes_nothing(world: World) {
        let first = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let second = world.drive.create_administrator(account("admin_two")).await.expect("administrator");
        let owner = world.user("lin_wei").await;
        let mut things = Things::of(&world.drive, &owner, "secret").await;
        let new = NewInvitation { note: String::new(), email: None, uses: 1, expires: None };
        things.invitation =
            world.drive.create_invitation(&first, &new, &Client::default()).await.expect("invitation");
        let before = things::state(&world.sql, &owner).await;
        world.drive.lock_account(&first, &second.user, "gone", &Client::default()).await.expect("lock");
        // The actor was made while they still were one, as by a request that was under way.
        const LOOK: [&str; 7] =
            ["users", "user", "user_details", "overview", "log", "settings", "invitations"];
        for line in lines(Who::Administrator).filter(|line| !LOOK.contains(&line.name)) {
            let outcome = (line.call)(&world.drive, &second, &things.of_user(&owner.user, "lin_wei")).await;
            assert_nothing(line, "an administrator of before", "", &outcome);
        }
        assert_eq!(things::state(&world.sql, &owner).await, before, "a locked administrator changed something");
    }

    async fn a_link_opens_what_it_shares_and_nothing_else(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let (owner, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let things = Things::of(&world.drive, &owner, "secret").await;
        let methods = source::methods();
        let call = async |line: &Line, of: &Things| (line.call)(&world.drive, &other, of).await;
        for line in lines(Who::Link) {
            let inside = ["folder", "inner", "file", "picture"].map(|what| things.about(&things.node_called(what)));
            assert_allowed(&world, line, &other, &inside).await;
            let method = methods.iter().find(|method| method.name == line.name).expect(line.name);
            if method.takes("NodeId") {
                for (what, node) in things.every_node().filter(|(what, _)| !["folder", "inner", "file", "picture"].contains(what)) {
                    assert_nothing(line, "a visitor", what, &call(line, &things.about(node)).await);
                }
            }
            assert_nothing(line, "a visitor", "no share", &call(line, &things.with_another_token()).await);
            let outcome = call(line, &things.without_code()).await;
            assert!(matches!(outcome, Err(Error::CodeRequired)), "{} without the code: {outcome:?}", line.name);
        }
        world.drive.lock_account(&admin, &owner.user, "", &Client::default()).await.expect("locked");
        for line in lines(Who::Link) {
            assert_nothing(line, "a visitor", "a locked account", &call(line, &things).await);
        }
        world.drive.unlock_account(&admin, &owner.user, &Client::default()).await.expect("unlocked");
        world.drive.cancel_share(&owner, &things.share, &Client::default()).await.expect("cancelled");
        for line in lines(Who::Link) {
            let outcome = call(line, &things).await;
            let is_closed = matches!(outcome, Err(Error::ShareClosed(ShareState::Cancelled)));
            assert!(is_closed, "{} of a cancelled share: {outcome:?}", line.name);
        }
    }

    async fn whoever_is_locked_out_proves_nothing(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let user = world.user("lin_wei").await;
        let (drive, nowhere) = (&world.drive, Client::default());
        let login = Login::parse("lin_wei");
        let token = drive.create_token(&login, "test").await.expect("token");
        let row = SessionRow { data: Vec::new(), user: Some(user.user.clone()), epoch: 0, expires_at: drive.now() + 60_000 };
        assert!(drive.session_create("cookie", &row, &nowhere).await.expect("session"));
        let proofs = async || [
            drive.sign_in(&login, PASSWORD, &nowhere).await,
            drive.sign_in_solved(&login, PASSWORD, None, &nowhere).await,
            drive.session_actor(&user.user, "cookie").await,
            drive.token_actor(&token, drive::Access::Read).await,
        ];
        assert_eq!(proofs().await.len(), PROOFS.len(), "a proof is not tried here");
        for actor in proofs().await {
            assert_eq!(actor.expect("not locked").user, user.user);
        }
        drive.lock_account(&admin, &user.user, "spam", &nowhere).await.expect("locked");
        for outcome in proofs().await {
            assert!(matches!(outcome, Err(Error::SignInRequired | Error::WrongCredentials | Error::Forbidden)), "{outcome:?}");
        }
        // Unlocking gives back what the person knows, and no session that was ended.
        drive.unlock_account(&admin, &user.user, &nowhere).await.expect("unlocked");
        let [password, _, session, _] = proofs().await;
        assert_eq!(password.expect("password").user, user.user);
        assert!(matches!(session, Err(Error::SignInRequired)), "{session:?}");
    }
}
