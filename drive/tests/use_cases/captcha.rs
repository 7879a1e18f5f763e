//! Captchas: when one is asked for, what an answer is worth, and that strangers keep nobody out.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use domain::Login;
use drive::{Actor, CaptchaAnswer, Challenge, Client, Config, Drive, Error, Solved};

use crate::world::{PASSWORD, World, account, on_both_engines};

fn with_captcha() -> Config {
    Config { captcha: true, ..Config::default() }
}

fn from(last: u8) -> Client {
    Client { address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))), agent: None }
}

/// What the picture of a challenge says, as only its reader can know.
async fn read(world: &World, challenge: &Challenge) -> String {
    sqlx::query_scalar("SELECT answer FROM captchas WHERE id = $1")
        .bind(challenge.id.clone())
        .fetch_one(&world.sql)
        .await
        .expect("a challenge")
}

async fn answer(drive: &Drive, challenge: &Challenge, browser: &str, text: &str) -> Result<Solved, Error> {
    drive.solve_captcha(&CaptchaAnswer { id: &challenge.id, browser, text }).await
}

async fn solved(world: &World, drive: &Drive, client: &Client) -> Solved {
    let challenge = drive.new_captcha(None, client).await.expect("a challenge");
    let text = read(world, &challenge).await;
    answer(drive, &challenge, &challenge.browser, &text).await.expect("solved")
}

async fn sign_in(
    drive: &Drive,
    password: &str,
    solved: Option<Solved>,
    client: &Client,
) -> Result<Actor, Error> {
    drive.sign_in_solved(&Login::parse("lin_wei"), password, solved, client).await
}

on_both_engines! {
    async fn an_answer_counts_once_in_its_browser_and_for_five_minutes(world: World) {
        let drive = world.with(with_captcha()).await;
        let other = world.with(with_captcha()).await;
        let wrong = |outcome: Result<Solved, Error>| matches!(outcome, Err(Error::CaptchaWrong));
        let challenge = drive.new_captcha(None, &from(1)).await.expect("a challenge");
        let text = read(&world, &challenge).await;
        assert_eq!(text.len(), 5);
        // Any instance takes it, and in any case.
        answer(&other, &challenge, &challenge.browser, &format!(" {} ", text.to_uppercase())).await.expect("solved");
        assert!(wrong(answer(&drive, &challenge, &challenge.browser, &text).await), "a replay");

        let challenge = drive.new_captcha(Some(&challenge.browser), &from(1)).await.expect("a challenge");
        let text = read(&world, &challenge).await;
        for browser in ["", "another", &challenge.id] {
            assert!(wrong(answer(&drive, &challenge, browser, &text).await), "another browser");
        }
        assert!(wrong(answer(&drive, &challenge, &challenge.browser, "aaaaa").await) || text == "aaaaa");
        assert!(wrong(answer(&drive, &challenge, &challenge.browser, &text).await), "a wrong answer ends it");

        let challenge = drive.new_captcha(None, &from(1)).await.expect("a challenge");
        let text = read(&world, &challenge).await;
        world.wait(Duration::from_secs(300));
        assert!(wrong(answer(&drive, &challenge, &challenge.browser, &text).await), "too late");
        drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM captchas").await, 0);
        for id in ["", "\0", "x"] {
            let made_up = Challenge { id: id.to_owned(), browser: "x".to_owned() };
            assert!(wrong(answer(&drive, &made_up, "x", "").await), "{id:?}");
        }
    }

    async fn a_challenge_is_drawn_for_its_browser_and_not_for_ever(world: World) {
        let drive = world.with(with_captcha()).await;
        let challenge = drive.new_captcha(None, &from(1)).await.expect("a challenge");
        let picture = drive.captcha_picture(&challenge.id, &challenge.browser).await.expect("a picture");
        assert!(picture.starts_with(b"\x89PNG"));
        let sound = drive.captcha_sound(&challenge.id, &challenge.browser).await.expect("a sound");
        assert!(sound.starts_with(b"RIFF"));
        for (id, browser) in [(challenge.id.as_str(), "another"), ("x", &challenge.browser), ("\0", "")] {
            let outcome = drive.captcha_picture(id, browser).await;
            assert!(matches!(outcome, Err(Error::NotFound)));
        }
        for _ in 2..12 {
            drive.captcha_picture(&challenge.id, &challenge.browser).await.expect("a picture");
        }
        assert!(matches!(drive.captcha_sound(&challenge.id, &challenge.browser).await, Err(Error::NotFound)));
        let text = read(&world, &challenge).await;
        answer(&drive, &challenge, &challenge.browser, &text).await.expect("still to be answered");
    }

    async fn one_network_has_a_hundred_open_challenges(world: World) {
        let drive = world.with(with_captcha()).await;
        for _ in 0..100 {
            drive.new_captcha(None, &from(1)).await.expect("a challenge");
        }
        let outcome = drive.new_captcha(None, &from(1)).await;
        assert!(matches!(outcome, Err(Error::TooManyTries { retry_after: 300 })), "{outcome:?}");
        drive.new_captcha(None, &from(2)).await.expect("another network");
        world.wait(Duration::from_secs(300));
        drive.new_captcha(None, &from(1)).await.expect("again");
    }

    async fn who_registers_solves_one(world: World) {
        let drive = world.with(with_captcha()).await;
        let refused = drive.register(account("lin_wei"), &from(1)).await;
        assert!(matches!(refused, Err(Error::CaptchaRequired)), "{refused:?}");
        let solved = solved(&world, &drive, &from(1)).await;
        drive.register_with(account("lin_wei"), "", Some(solved), &from(1)).await.expect("registered");
        drive.create_administrator(account("admin_one")).await.expect("the operator solves none");
    }

    async fn after_three_tries_a_captcha_is_asked_for(world: World) {
        let drive = world.with(with_captcha()).await;
        world.user("lin_wei").await;
        for client in [from(1), from(2), from(1)] {
            let outcome = sign_in(&drive, "a guess", None, &client).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{outcome:?}");
        }
        // Of the login, whoever asks; with the right password too, or it would tell which is right.
        let before = drive.passwords_verified();
        for (password, client) in [(PASSWORD, from(3)), ("a guess", from(3))] {
            let outcome = sign_in(&drive, password, None, &client).await;
            assert!(matches!(outcome, Err(Error::CaptchaRequired)), "{outcome:?}");
        }
        assert_eq!(drive.passwords_verified(), before);
        let proof = solved(&world, &drive, &from(3)).await;
        sign_in(&drive, PASSWORD, Some(proof), &from(3)).await.expect("solved");
        sign_in(&drive, PASSWORD, None, &from(3)).await.expect("the tries are forgotten");
    }

    async fn of_many_tries_at_once_three_are_looked_at_without_a_captcha(world: World) {
        let drive = world.with(with_captcha()).await;
        world.user("lin_wei").await;
        let before = drive.passwords_verified();
        let client = from(1);
        let tries = (0..14).map(|_| sign_in(&drive, "a guess", None, &client));
        let outcomes = futures::future::join_all(tries).await;
        assert_eq!(drive.passwords_verified() - before, 3, "{outcomes:?}");
        let is_refused =
            |error: &Error| matches!(error, Error::CaptchaRequired | Error::TooManyTries { .. });
        let refused = outcomes.iter().filter(|outcome| outcome.as_ref().is_err_and(is_refused)).count();
        assert_eq!(refused, 11, "{outcomes:?}");
        // What was not looked at counts for little: the owner is let in from there.
        let proof = solved(&world, &drive, &client).await;
        sign_in(&drive, PASSWORD, Some(proof), &client).await.expect("solved");
    }

    async fn a_network_that_guesses_at_many_names_is_asked(world: World) {
        let drive = world.with(with_captcha()).await;
        world.user("lin_wei").await;
        for name in ["user_a", "user_b", "user_c"] {
            let outcome = drive.sign_in(&Login::parse(name), "a guess", &from(1)).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{outcome:?}");
        }
        assert!(matches!(sign_in(&drive, PASSWORD, None, &from(1)).await, Err(Error::CaptchaRequired)));
        sign_in(&drive, PASSWORD, None, &from(2)).await.expect("another network");
        // An account of one's own gives one try back, not all.
        let proof = solved(&world, &drive, &from(1)).await;
        sign_in(&drive, PASSWORD, Some(proof), &from(1)).await.expect("solved");
        assert!(drive.sign_in_needs_captcha(&Login::parse("user_d"), &from(1)).await.expect("an answer"));
        world.wait(Duration::from_secs(15 * 60));
        assert!(!drive.sign_in_needs_captcha(&Login::parse("user_d"), &from(1)).await.expect("an answer"));
    }

    async fn strangers_do_not_keep_the_owner_out(world: World) {
        let drive = world.with(with_captcha()).await;
        let plain = world.with(Config::default()).await;
        world.user("lin_wei").await;
        // By the instance without captchas, so that the guesses cost the test nothing.
        for nth in 0..100 {
            let outcome = plain.sign_in(&Login::parse("lin_wei"), "a guess", &from(100 + nth / 10)).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{nth}: {outcome:?}");
        }
        let outcome = plain.sign_in(&Login::parse("lin_wei"), PASSWORD, &from(1)).await;
        assert!(matches!(outcome, Err(Error::TooManyTries { .. })), "without captchas nobody is let in: {outcome:?}");
        let proof = solved(&world, &drive, &from(1)).await;
        sign_in(&drive, PASSWORD, Some(proof), &from(1)).await.expect("the owner solves one");
        // From where the guesses came, ten are ten, solved or not.
        for _ in 0..10 {
            let proof = solved(&world, &drive, &from(5)).await;
            let outcome = sign_in(&drive, "a guess", Some(proof), &from(5)).await;
            assert!(matches!(outcome, Err(Error::WrongCredentials)), "{outcome:?}");
        }
        let proof = solved(&world, &drive, &from(5)).await;
        let outcome = sign_in(&drive, PASSWORD, Some(proof), &from(5)).await;
        assert!(matches!(outcome, Err(Error::TooManyTries { retry_after: 900 })), "{outcome:?}");
    }
}
