//! Changing one's own password, and having to.

use std::time::Duration;

use domain::{Login, NewPassword};
use drive::{Actor, Client, Error, PasswordChange, SessionRow};

use crate::world::{PASSWORD, World, account, on_both_engines};

const NEW: &str = "another horse battery";

fn change(actor: &Actor, old: &str, new: &str, session: Option<&str>) -> PasswordChange {
    PasswordChange {
        user: actor.user.clone(),
        old: old.to_owned(),
        new: NewPassword::parse(new).expect("a password"),
        session: session.map(str::to_owned),
    }
}

async fn session(world: &World, actor: &Actor, id: &str) {
    let row = SessionRow {
        data: vec![1],
        user: Some(actor.user.clone()),
        epoch: actor.epoch,
        expires_at: i64::MAX,
    };
    assert!(world.drive.session_create(id, &row, &Client::default()).await.expect("session"));
}

async fn sign_in(world: &World, password: &str) -> Result<Actor, Error> {
    world.drive.sign_in(&Login::parse("lin_wei"), password, &Client::default()).await
}

on_both_engines! {
    async fn a_new_password_ends_all_other_sessions(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        for (id, who) in [("here", &actor), ("there", &actor), ("hers", &other)] {
            session(&world, who, id).await;
        }
        world.drive.change_password(&change(&actor, PASSWORD, NEW, Some("here")), &Client::default()).await.expect("changed");
        world.drive.session_actor(&actor.user, "here").await.expect("goes on");
        world.drive.session_actor(&other.user, "hers").await.expect("is not concerned");
        let there = world.drive.session_actor(&actor.user, "there").await;
        assert!(matches!(there, Err(Error::SignInRequired)), "{there:?}");
        assert!(matches!(sign_in(&world, PASSWORD).await, Err(Error::WrongCredentials)));
        assert_eq!(sign_in(&world, NEW).await.expect("the new one").user, actor.user);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event = 'account.password'").await, 1);
    }

    async fn what_was_proved_before_begins_no_session_after(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        world.user("lin_wei").await;
        // Signing in reads the hash, and begins the session when it has been verified: meanwhile everything ends.
        let late = async |id: &str, proved: &Actor| {
            session(&world, proved, id).await;
            world.drive.session_actor(&proved.user, id).await
        };
        let mut password = PASSWORD;
        for (id, ending) in ["change", "set", "end", "lock"].into_iter().enumerate() {
            let proved = sign_in(&world, password).await.expect("right");
            let by = (&admin, &proved.user, &Client::default());
            match ending {
                "change" => {
                    let change = change(&proved, password, NEW, None);
                    let epoch = world.drive.change_password(&change, by.2).await.expect("changed");
                    assert_eq!(epoch, proved.epoch + 1);
                    password = NEW;
                }
                "set" => {
                    let set = NewPassword::parse(PASSWORD).expect("a password");
                    world.drive.set_password(by.0, by.1, &set, by.2).await.expect("set");
                    password = PASSWORD;
                }
                "end" => world.drive.end_sessions(by.0, by.1, by.2).await.expect("ended"),
                _ => {
                    world.drive.lock_account(by.0, by.1, "x", by.2).await.expect("locked");
                    world.drive.unlock_account(by.0, by.1, by.2).await.expect("unlocked");
                }
            }
            let outcome = late(&format!("late {id}"), &proved).await;
            assert!(matches!(outcome, Err(Error::SignInRequired)), "{ending}: {outcome:?}");
        }
    }

    async fn without_the_old_password_nothing_changes(world: World) {
        let actor = world.user("lin_wei").await;
        session(&world, &actor, "there").await;
        for old in ["", "correct horse batterx", "correct horse battery "] {
            let outcome = world.drive.change_password(&change(&actor, old, NEW, None), &Client::default()).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{old:?}: {outcome:?}");
        }
        let outcome = world.drive.change_password(&change(&actor, PASSWORD, PASSWORD, None), &Client::default()).await;
        assert!(matches!(outcome, Err(Error::SamePassword)), "{outcome:?}");
        world.drive.session_actor(&actor.user, "there").await.expect("goes on");
        sign_in(&world, PASSWORD).await.expect("still the old one");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event = 'account.refuse'").await, 3);
    }

    async fn a_session_that_was_left_open_does_not_guess_the_password(world: World) {
        let actor = world.user("lin_wei").await;
        for _ in 0..10 {
            let outcome = world.drive.change_password(&change(&actor, "a guess", NEW, None), &Client::default()).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{outcome:?}");
        }
        let before = world.drive.passwords_verified();
        let outcome = world.drive.change_password(&change(&actor, PASSWORD, NEW, None), &Client::default()).await;
        assert!(matches!(outcome, Err(Error::TooManyTries { retry_after: 900 })), "{outcome:?}");
        assert_eq!(world.drive.passwords_verified(), before, "costs nothing");
        sign_in(&world, PASSWORD).await.expect("signing in is counted apart");
        world.wait(Duration::from_secs(900));
        world.drive.change_password(&change(&actor, PASSWORD, NEW, None), &Client::default()).await.expect("time is over");
    }

    async fn what_an_administrator_set_must_be_changed_first(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let actor = world.user("lin_wei").await;
        let token = async || world.drive.create_token(&Login::parse("lin_wei"), "backup").await.expect("token");
        let before = token().await;
        session(&world, &actor, "before").await;
        let set = NewPassword::parse("told by telephone 7").expect("a password");
        world.drive.set_password(&admin, &actor.user, &set, &Client::default()).await.expect("set");
        let token_before = world.drive.token_actor(&before, drive::Access::Read).await;
        assert!(matches!(token_before, Err(Error::SignInRequired)), "gone: {token_before:?}");
        let before = world.drive.session_actor(&actor.user, "before").await;
        assert!(matches!(before, Err(Error::SignInRequired)), "ended: {before:?}");
        let token = token().await;

        let actor = sign_in(&world, set.expose()).await.expect("may begin a session");
        session(&world, &actor, "after").await;
        for outcome in [world.drive.session_actor(&actor.user, "after").await, world.drive.token_actor(&token, drive::Access::Read).await] {
            assert!(matches!(outcome, Err(Error::MustChangePassword)), "{outcome:?}");
        }
        let again = world.drive.change_password(&change(&actor, set.expose(), set.expose(), None), &Client::default()).await;
        assert!(matches!(again, Err(Error::SamePassword)), "{again:?}");
        world.drive.change_password(&change(&actor, set.expose(), NEW, Some("after")), &Client::default()).await.expect("changed");
        assert_eq!(world.drive.session_actor(&actor.user, "after").await.expect("opens").user, actor.user);
        assert_eq!(world.drive.token_actor(&token, drive::Access::Read).await.expect("opens").user, actor.user);

        let own = world.drive.set_password(&admin, &admin.user, &set, &Client::default()).await;
        assert!(matches!(own, Err(Error::Forbidden)), "{own:?}");
    }

    async fn a_locked_account_changes_nothing(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let actor = world.user("lin_wei").await;
        world.drive.lock_account(&admin, &actor.user, "x", &Client::default()).await.expect("locked");
        let outcome = world.drive.change_password(&change(&actor, PASSWORD, NEW, None), &Client::default()).await;
        assert!(matches!(outcome, Err(Error::SignInRequired)), "{outcome:?}");
    }
}
