use std::time::Duration;

use domain::{Field, Reason, Role};
use drive::{Client, Error};

use crate::world::{World, account, on_both_engines};

fn is_expired<T: std::fmt::Debug>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Invalid { field: Field::SetupLink, reason: Reason::Expired }))
}

on_both_engines! {
    async fn the_link_makes_one_administrator_and_is_useless_then(world: World) {
        let drive = &world.drive;
        // An account of a user does not end the setup.
        world.user("lin_wei").await;
        let first = drive.setup_link().await.expect("link").expect("no administrator yet");
        world.clock.advance(Duration::from_secs(3600));
        let secret = drive.setup_link().await.expect("link").expect("no administrator yet");
        assert_ne!(first, secret);
        assert!(!drive.setup_is_valid(&first).await.expect("valid"), "replaced");
        assert!(is_expired(&drive.redeem_setup(&first, account("admin_one"), &Client::default()).await));
        for wrong in ["", "x", "\0", &secret[1..]] {
            assert!(!drive.setup_is_valid(wrong).await.expect("valid"), "{wrong:?}");
            assert!(is_expired(&drive.redeem_setup(wrong, account("admin_one"), &Client::default()).await));
        }
        assert!(drive.setup_is_valid(&secret).await.expect("valid"));
        // A name that is taken does not use the link up.
        let taken = drive.redeem_setup(&secret, account("lin_wei"), &Client::default()).await;
        assert!(matches!(taken, Err(Error::Invalid { field: Field::Username, reason: Reason::Taken })), "{taken:?}");
        let admin = drive.redeem_setup(&secret, account("admin_one"), &Client::default()).await.expect("redeem");
        assert_eq!(admin.role, Role::Administrator);

        assert!(!drive.setup_is_valid(&secret).await.expect("valid"));
        assert!(is_expired(&drive.redeem_setup(&secret, account("admin_two"), &Client::default()).await));
        assert_eq!(drive.setup_link().await.expect("link"), None);
        assert_eq!(world.number("SELECT COUNT(*) FROM users WHERE role = 'administrator'").await, 1);
    }

    async fn of_many_who_redeem_one_does(world: World) {
        let secret = world.drive.setup_link().await.expect("link").expect("secret");
        let tasks: Vec<_> = (0..6)
            .map(|number| {
                let (drive, secret) = (world.drive.clone(), secret.clone());
                tokio::spawn(async move {
                    drive.redeem_setup(&secret, account(&format!("admin_{number}")), &Client::default()).await
                })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            let outcome = task.await.expect("task");
            assert!(outcome.is_ok() || is_expired(&outcome), "{outcome:?}");
            won += usize::from(outcome.is_ok());
        }
        assert_eq!((won, world.number("SELECT COUNT(*) FROM users").await), (1, 1));
    }

    async fn instances_that_start_together_each_have_a_link_and_one_is_used(world: World) {
        let drive = &world.drive;
        let first = drive.setup_link().await.expect("link").expect("no administrator yet");
        let second = drive.setup_link().await.expect("link").expect("no administrator yet");
        assert!(drive.setup_is_valid(&first).await.expect("valid"));
        assert!(drive.setup_is_valid(&second).await.expect("valid"));
        let client = Client::default();
        let (one, other) = tokio::join!(
            drive.redeem_setup(&first, account("admin_one"), &client),
            drive.redeem_setup(&second, account("admin_two"), &client),
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert!(is_expired(&one) || is_expired(&other), "{one:?} {other:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM settings WHERE name LIKE 'setup%'").await, 0);
    }

    async fn an_administrator_from_the_command_line_ends_the_link(world: World) {
        let secret = world.drive.setup_link().await.expect("link").expect("secret");
        world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        assert!(!world.drive.setup_is_valid(&secret).await.expect("valid"));
        assert!(is_expired(&world.drive.redeem_setup(&secret, account("admin_two"), &Client::default()).await));
    }
}
