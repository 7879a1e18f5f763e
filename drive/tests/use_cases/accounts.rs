use std::time::Duration;

use domain::{Field, Login, Reason, Role, Username};
use drive::{Actor, Client, Config, Error};

use crate::world::{PASSWORD, World, account, on_both_engines};

async fn sign_in(world: &World, login: &str, password: &str) -> Result<Actor, Error> {
    world.drive.sign_in(&Login::parse(login), password, &Client::default()).await
}

fn is_taken(error: &Error, wanted: Field) -> bool {
    matches!(error, Error::Invalid { field, reason: Reason::Taken } if *field == wanted)
}

on_both_engines! {
    async fn registers_and_signs_in_by_either_name(world: World) {
        let actor = world.user("Lin_Wei").await;
        for login in ["Lin_Wei", "lin-wei", " LIN_WEI ", "lin_wei@example.org", "LIN_WEI@EXAMPLE.ORG"] {
            assert_eq!(sign_in(&world, login, PASSWORD).await.expect(login), actor);
        }
        let profile = world.drive.profile(&actor).await.expect("profile");
        assert_eq!((profile.username.as_str(), profile.email.as_str()), ("Lin_Wei", "Lin_Wei@example.org"));
        assert_eq!((profile.role, profile.used, profile.quota), (Role::User, 0, None));
        let root = world.drive.node(&actor, &profile.root).await.expect("root");
        assert_eq!((root.name.as_str(), root.parent), ("/", None));
        // A default quota is part of what an account begins with.
        let drive = world.with(Config { default_quota: Some(5), ..Config::default() }).await;
        let limited = drive.register(account("wang_fang"), &Client::default()).await.expect("register");
        assert_eq!(drive.profile(&limited).await.expect("profile").quota, Some(5));
    }

    async fn names_that_look_alike_are_one_name(world: World) {
        world.user("Admin-0").await;
        let mut twin = account("another");
        twin.username = Username::parse("admln_O").expect("name");
        let error = world.drive.register(twin, &Client::default()).await.expect_err("looks alike");
        assert!(is_taken(&error, Field::Username), "{error:?}");
        let mut twin = account("another");
        twin.email = domain::Email::parse("ADMIN-0@Example.Org").expect("mail");
        let error = world.drive.register(twin, &Client::default()).await.expect_err("same mailbox");
        assert!(is_taken(&error, Field::Email), "{error:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM nodes").await, 1, "no root without a user");
    }

    async fn confusable_names_are_one_name(world: World) {
        for (taken, wanted) in [("modern", "rnodern"), ("a丨丨ce", "allce"), ("burn_it", "bum-it"), ("山口ひろ", "山ロひろ")] {
            world.user(taken).await;
            let mut twin = account("another");
            twin.username = Username::parse(wanted).expect("name");
            let error = world.drive.register(twin, &Client::default()).await.expect_err("looks alike");
            assert!(is_taken(&error, Field::Username), "{wanted}: {error:?}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 4);
    }

    async fn names_of_a_version_before_are_told_apart_at_the_next_start(world: World) {
        world.user("modern").await;
        world.user("lin_wei").await;
        sqlx::query("UPDATE users SET username_skeleton = NULL").execute(&world.sql).await.expect("as it was");
        // A look-alike that could be taken then.
        world.user("rnodern").await;
        sqlx::query("UPDATE users SET username_skeleton = NULL, created_at = created_at + 1 WHERE username = 'rnodern'")
            .execute(&world.sql).await.expect("as it was");
        world.database.migrate().await.expect("a start");
        assert_eq!(world.number("SELECT COUNT(DISTINCT username_skeleton) FROM users").await, 3);
        let mut twin = account("another");
        twin.username = Username::parse("MODERN").expect("name");
        let error = world.drive.register(twin, &Client::default()).await.expect_err("taken");
        assert!(is_taken(&error, Field::Username), "{error:?}");
        sign_in(&world, "rnodern", PASSWORD).await.expect("whoever has a name keeps it");
    }

    async fn a_password_that_is_easy_to_guess_is_refused_everywhere(world: World) {
        let weak = domain::NewPassword::parse("lin_wei_lin_wei").expect("long enough");
        let easy = || drive::NewAccount { password: weak.clone(), ..account("lin_wei") };
        let is_weak = |error: &Error| matches!(error, Error::WeakPassword(strength) if !strength.is_enough());
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        for error in [
            world.drive.register(easy(), &Client::default()).await.expect_err("weak"),
            world.drive.create_administrator(easy()).await.expect_err("weak"),
            world.drive.create_account(&admin, &easy(), &Client::default()).await.expect_err("weak"),
        ] {
            assert!(is_weak(&error), "{error:?}");
        }
        let actor = world.user("lin_wei").await;
        let set = world.drive.set_password(&admin, &actor.user, &weak, &Client::default()).await;
        assert!(is_weak(&set.expect_err("weak")));
        let change =
            drive::PasswordChange { user: actor.user.clone(), old: PASSWORD.to_owned(), new: weak.clone(), session: None };
        assert!(is_weak(&world.drive.change_password(&change, &Client::default()).await.expect_err("weak")));
        sign_in(&world, "lin_wei", PASSWORD).await.expect("nothing was changed");
    }

    async fn of_many_who_want_a_name_one_gets_it(world: World) {
        let tasks: Vec<_> = (0..6)
            .map(|number| {
                let (drive, mut wanted) = (world.drive.clone(), account(&format!("user_{number}")));
                wanted.username = Username::parse("lin_wei").expect("name");
                tokio::spawn(async move { drive.register(wanted, &Client::default()).await })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.expect("task") {
                Ok(_) => won += 1,
                Err(error) => assert!(is_taken(&error, Field::Username), "{error:?}"),
            }
        }
        assert_eq!(won, 1);
    }

    async fn an_unknown_user_and_a_wrong_password_are_told_alike(world: World) {
        world.user("lin_wei").await;
        let long = "x".repeat(100_000);
        for (login, password) in [
            ("lin_wei", "correct horse batterx"),
            ("lin_wei", ""),
            ("lin_wei", long.as_str()),
            ("lin_wei\0", "wrong, and not in SQL"),
            ("nobody", PASSWORD),
            ("nobody@example.org", PASSWORD),
            ("", PASSWORD),
            ("' OR 1=1 --", PASSWORD),
        ] {
            let before = world.drive.passwords_verified();
            let outcome = sign_in(&world, login, password).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{login:?}: {outcome:?}");
            // The time is that of one password hash, whatever was wrong. Counted, not timed: a busy machine's times say
            // nothing.
            assert_eq!(world.drive.passwords_verified() - before, 1, "{login:?}");
        }
        // All leave a trace for who watches for guessing.
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event = 'session.refuse'").await, 8);
    }

    async fn guessing_ends_for_a_while(world: World) {
        let actor = world.user("lin_wei").await;
        world.user("wang_fang").await;
        let other = world.with(Config::default()).await;
        // Known or not makes no difference, and case, place or instance neither.
        for login in ["lin_wei", "nobody_here", "LIN_WEI@example.org"] {
            for nth in 0..10 {
                let drive = if nth % 2 == 0 { &world.drive } else { &other };
                let outcome = drive.sign_in(&Login::parse(&login.to_uppercase()), "a guess", &Client::default()).await;
                assert!(matches!(outcome, Err(Error::WrongCredentials)), "{login} {nth}: {outcome:?}");
            }
            let before = (world.drive.passwords_verified(), other.passwords_verified());
            world.wait(Duration::from_secs(60));
            for drive in [&world.drive, &other] {
                let outcome = drive.sign_in(&Login::parse(login), PASSWORD, &Client::default()).await;
                let Err(Error::TooManyTries { retry_after }) = outcome else { panic!("{login}: {outcome:?}") };
                assert_eq!(retry_after, 14 * 60, "{login}");
            }
            assert_eq!((world.drive.passwords_verified(), other.passwords_verified()), before, "costs nothing");
            world.wait(Duration::from_secs(14 * 60));
        }
        assert_eq!(sign_in(&world, "lin_wei", PASSWORD).await.expect("the time is over"), actor);
        sign_in(&world, "wang_fang", PASSWORD).await.expect("others are not concerned");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event = 'session.throttle'").await, 3);
    }

    async fn who_knows_the_password_has_all_tries_again(world: World) {
        world.user("lin_wei").await;
        for _ in 0..3 {
            for _ in 0..9 {
                let outcome = sign_in(&world, "lin_wei", "a guess").await;
                assert!(matches!(outcome, Err(Error::WrongCredentials)), "{outcome:?}");
            }
            sign_in(&world, "lin_wei", PASSWORD).await.expect("the tenth is right");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM tries").await, 0);
    }

    async fn of_many_guesses_at_once_ten_are_looked_at(world: World) {
        let tasks: Vec<_> = (0..30)
            .map(|_| {
                let drive = world.drive.clone();
                tokio::spawn(async move { drive.sign_in(&Login::parse("lin_wei"), "x", &Client::default()).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("task").expect_err("nobody is called so");
        }
        assert_eq!(world.drive.passwords_verified(), 10);
    }

    async fn what_strangers_leave_behind_is_not_kept_for_ever(world: World) {
        world.user("lin_wei").await;
        for login in ["lin_wei", "nobody_here"] {
            sign_in(&world, login, "a guess").await.expect_err("wrong");
        }
        world.wait(Duration::from_secs(180 * 24 * 60 * 60));
        sign_in(&world, "nobody_here", "a guess").await.expect_err("wrong");
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 4, "kept for 180 days");
        world.wait(Duration::from_secs(1));
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM tries").await, 2, "the new one, of its network and of all");
        world.wait(Duration::from_secs(15 * 60));
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM tries").await, 0);
    }

    async fn a_closed_registration_lets_nobody_in(world: World) {
        let drive = world.with(Config { registration: domain::Registration::Closed, ..Config::default() }).await;
        let refused = drive.register(account("lin_wei"), &Client::default()).await;
        assert!(matches!(refused, Err(Error::Forbidden)));
        drive.create_administrator(account("lin_wei")).await.expect("the operator may");
    }

    async fn a_locked_account_is_shut_out_at_once(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        let actor = world.user("lin_wei").await;
        let token = world.drive.create_token(&Login::parse("lin_wei"), "laptop").await.expect("token");
        let session = drive::SessionRow {
            data: vec![1],
            user: Some(actor.user.clone()),
            epoch: 0,
            expires_at: i64::MAX,
        };
        assert!(world.drive.session_create("s1", &session, &Client::default()).await.expect("session"));
        world.drive.session_actor(&actor.user, "s1").await.expect("signed in");

        world.drive.lock_account(&admin, &actor.user, "abuse", &Client::default()).await.expect("lock");
        assert!(matches!(world.drive.session_actor(&actor.user, "s1").await, Err(Error::SignInRequired)));
        assert!(matches!(world.drive.token_actor(&token, drive::Access::Read).await, Err(Error::SignInRequired)));
        assert!(matches!(sign_in(&world, "lin_wei", PASSWORD).await, Err(Error::Forbidden)));
        assert!(
            matches!(sign_in(&world, "lin_wei", "correct horse batterx").await, Err(Error::WrongCredentials)),
            "a guesser does not learn that it is locked"
        );
        world.drive.unlock_account(&admin, &actor.user, &Client::default()).await.expect("unlock");
        assert_eq!(sign_in(&world, "lin_wei", PASSWORD).await.expect("unlocked").user, actor.user);
        let by_token = world.drive.token_actor(&token, drive::Access::Read).await.expect("unlocked");
        assert_eq!(by_token.user, actor.user);
        assert!(matches!(world.drive.session_actor(&actor.user, "s1").await, Err(Error::SignInRequired)), "ended for good");
    }

    async fn a_token_speaks_for_its_owner(world: World) {
        let actor = world.user("lin_wei").await;
        let token = world.drive.create_token(&Login::parse("lin_wei"), " backup ").await.expect("token");
        assert!(token.starts_with("hlt_") && token.len() == 4 + 52, "{token}");
        assert_eq!(world.drive.token_actor(&token, drive::Access::Read).await.expect("token"), actor);
        for wrong in ["", "hlt_", &token[..token.len() - 1], &token.to_uppercase(), "\0"] {
            assert!(matches!(world.drive.token_actor(wrong, drive::Access::Read).await, Err(Error::SignInRequired)), "{wrong:?}");
        }
        let stored: String = sqlx::query_scalar("SELECT secret_hash FROM tokens").fetch_one(&world.sql).await.expect("row");
        assert!(!token.contains(&stored) && stored.len() == 64, "only the hash is kept");
        assert!(world.number("SELECT used_at FROM tokens").await > 0);
        sqlx::query("UPDATE tokens SET expires_at = used_at").execute(&world.sql).await.expect("expire");
        assert!(matches!(world.drive.token_actor(&token, drive::Access::Read).await, Err(Error::SignInRequired)));

        let nobody = world.drive.create_token(&Login::parse("nobody"), "x").await;
        assert!(matches!(nobody, Err(Error::NotFound)));
        for name in ["", "  ", "a\0b", &"x".repeat(101)] {
            let refused = world.drive.create_token(&Login::parse("lin_wei"), name).await;
            assert!(matches!(refused, Err(Error::Invalid { field: Field::Name, .. })), "{name:?}");
        }
    }
}
