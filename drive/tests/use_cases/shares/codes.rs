use std::time::Duration;

use domain::ShareCode;
use drive::ShareChange;

use super::*;
use crate::world::on_both_engines;

fn own(code: &str) -> CodeChoice {
    CodeChoice::Own(ShareCode::parse(code).expect(code))
}

async fn unlock(world: &World, share: &ShareView, code: &str, client: &Client) -> Result<ShareKey, Error> {
    let proof = world.drive.unlock_share(&share.token, code, client).await?;
    Ok(ShareKey { token: share.token.clone(), proof: Some(proof) })
}

on_both_engines! {
    async fn a_code_lets_in_who_has_it(world: World) {
        let (drive, owner, here) = (&world.drive, world.user("lin_wei").await, at("198.51.100.1"));
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let drawn = share(&world, &owner, NewShare { code: CodeChoice::Drawn, ..public(&[&note]) }).await;
        let code = drawn.code.clone().expect("a code");
        assert_eq!(code.len(), 4);
        for proof in [None, Some(String::new()), Some(code.clone()), Some("a".repeat(52))] {
            let key = ShareKey { token: drawn.token.clone(), proof };
            assert!(matches!(drive.open_share(&key).await, Err(Error::CodeRequired)));
            assert!(matches!(drive.open_shared_content(&key, &note.id).await, Err(Error::CodeRequired)));
            let visitor = drive.save_shared(&owner, &key, &[], &owner.root).await;
            assert!(matches!(visitor, Err(Error::CodeRequired)));
        }
        for wrong in ["", "0000", "' OR 1=1", &format!("{code}x"), &code[1..], "\0\0\0\0", &"x".repeat(100_000)] {
            assert!(matches!(unlock(&world, &drawn, wrong, &here).await, Err(Error::CodeRequired)), "{wrong:?}");
        }
        let key = unlock(&world, &drawn, &format!(" {}\n", code.to_uppercase()), &here).await.expect("as people type it");
        assert_eq!(drive.open_share(&key).await.expect("open").items.len(), 1);
        download(&world, &key, &note, Portion::Beginning, &here).await.expect("content");

        let chosen = share(&world, &owner, NewShare { code: own("芝麻开门Ab1"), ..public(&[&note]) }).await;
        assert_eq!(chosen.code.as_deref(), Some("芝麻开门Ab1"), "its owner can copy it");
        unlock(&world, &chosen, "芝麻开门ａB１", &here).await.expect("full-width");
        let foreign = ShareKey { token: chosen.token.clone(), proof: key.proof };
        assert!(matches!(drive.open_share(&foreign).await, Err(Error::CodeRequired)), "the proof of another share");
    }

    async fn a_proof_ends_with_its_code(world: World) {
        let (drive, owner, here) = (&world.drive, world.user("lin_wei").await, at("198.51.100.1"));
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, NewShare { code: own("first"), ..public(&[&note]) }).await;
        let mut old = unlock(&world, &share, "first", &here).await.expect("unlock");
        let change = |code| ShareChange { code: Some(code), ..ShareChange::default() };
        for (choice, code) in [(own("second"), Some("second")), (own("second"), Some("second")), (CodeChoice::Public, None), (own("first"), Some("first"))] {
            let changed = drive.change_share(&owner, &share.id, change(choice), &Client::default()).await.expect("change");
            assert_eq!((changed.code.as_deref(), &changed.token), (code, &share.token));
            if let Some(code) = code {
                let replayed = drive.open_share(&old).await;
                assert!(matches!(replayed, Err(Error::CodeRequired)), "{replayed:?}");
                assert!(matches!(drive.open_shared_content(&old, &note.id).await, Err(Error::CodeRequired)));
                old = unlock(&world, &share, code, &here).await.expect("the new one");
                drive.open_share(&old).await.expect("open");
            } else {
                drive.open_share(&key(&share)).await.expect("public");
            }
        }
        // What is no change of the code asks nobody again.
        let later = ShareChange { expires: Some(Some(drive.now() + 60_000)), ..ShareChange::default() };
        drive.change_share(&owner, &share.id, later, &Client::default()).await.expect("change");
        drive.open_share(&old).await.expect("open");
    }

    async fn guessing_ends_after_ten_tries_from_an_address(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, NewShare { code: own("right"), ..public(&[&note]) }).await;
        let (guesser, other) = (at("2001:db8::1"), at("198.51.100.1"));
        for neighbour in 0..10 {
            let client = at(&format!("2001:db8::{neighbour:x}"));
            assert!(matches!(unlock(&world, &share, "wrong", &client).await, Err(Error::CodeRequired)));
        }
        for code in ["wrong", "right"] {
            let refused = unlock(&world, &share, code, &guesser).await;
            assert!(matches!(refused, Err(Error::TooManyTries { retry_after: 1..=900 })), "{refused:?}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event = 'share.throttle'").await, 1);
        unlock(&world, &share, "right", &other).await.expect("others are not kept out");
        // Who has the code gets the tries back.
        for _ in 0..30 {
            assert!(matches!(unlock(&world, &share, "wrong", &other).await, Err(Error::CodeRequired)));
            unlock(&world, &share, "right", &other).await.expect("right");
        }
        world.wait(Duration::from_secs(15 * 60));
        unlock(&world, &share, "right", &guesser).await.expect("the time is over");
        // Of many tries at once no more are let through.
        let tries = (0..30).map(|_| {
            let (world, share, client) = (world.clone(), share.clone(), at("203.0.113.5"));
            tokio::spawn(async move { unlock(&world, &share, "wrong", &client).await })
        });
        let mut looked_at = 0;
        for outcome in futures::future::join_all(tries).await {
            match outcome.expect("task") {
                Err(Error::CodeRequired) => looked_at += 1,
                Err(Error::TooManyTries { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(looked_at, 10);
        world.wait(Duration::from_secs(15 * 60));
        drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM tries").await, 0);
    }

    async fn many_addresses_guess_no_faster_than_a_few(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, NewShare { code: own("right"), ..public(&[&note]) }).await;
        for address in 0..500 {
            let client = at(&format!("203.0.{}.{}", address / 250, address % 250));
            assert!(matches!(unlock(&world, &share, "wrong", &client).await, Err(Error::CodeRequired)), "{address}");
        }
        let refused = unlock(&world, &share, "right", &at("198.51.100.1")).await;
        assert!(matches!(refused, Err(Error::TooManyTries { .. })), "{refused:?}");
        world.wait(Duration::from_secs(15 * 60));
        unlock(&world, &share, "right", &at("198.51.100.1")).await.expect("the time is over");
    }

    async fn a_closed_share_looks_at_no_code(world: World) {
        let (drive, owner) = (&world.drive, world.user("lin_wei").await);
        let note = file(drive, &owner, &owner.root, "note", b"note").await;
        let share = share(&world, &owner, NewShare { code: own("right"), ..public(&[&note]) }).await;
        drive.cancel_share(&owner, &share.id, &Client::default()).await.expect("cancel");
        let refused = unlock(&world, &share, "right", &Client::default()).await;
        assert!(matches!(refused, Err(Error::ShareClosed(ShareState::Cancelled))), "{refused:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM tries").await, 0);
    }
}
