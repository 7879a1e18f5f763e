//! Tokens: what each is good for, and for how long.

use std::time::Duration;

use domain::{Field, Login, Reason};
use drive::{Access, Client, Error, NewToken};

use crate::world::{World, on_both_engines};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn token(name: &str, access: Access, expires: Option<i64>) -> NewToken {
    NewToken { name: name.to_owned(), access, expires }
}

on_both_engines! {
    async fn a_token_to_read_does_not_write(world: World) {
        let actor = world.user("lin_wei").await;
        let client = Client::default();
        let read = world.drive.create_own_token(&actor, &token("look", Access::Read, None), &client).await.expect("token");
        let write = world.drive.create_own_token(&actor, &token("change", Access::Write, None), &client).await.expect("token");
        assert_eq!(world.drive.token_actor(&read, Access::Read).await.expect("reads"), actor);
        let refused = world.drive.token_actor(&read, Access::Write).await;
        assert!(matches!(refused, Err(Error::ReadOnlyToken)), "{refused:?}");
        for needed in [Access::Read, Access::Write] {
            assert_eq!(world.drive.token_actor(&write, needed).await.expect("both"), actor);
        }
    }

    async fn tokens_are_listed_and_revoked_by_their_owner_alone(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let client = Client::default();
        let first = world.drive.create_own_token(&actor, &token(" one ", Access::Read, None), &client).await.expect("token");
        world.wait(Duration::from_secs(1));
        let expires = Some(world.drive.now() + DAY);
        world.drive.create_own_token(&actor, &token("two", Access::Write, expires), &client).await.expect("token");
        world.drive.token_actor(&first, Access::Read).await.expect("used");
        let list = world.drive.tokens_of(&actor).await.expect("list");
        let seen: Vec<_> = list.iter().map(|token| (token.name.as_str(), token.access, token.expires_at)).collect();
        assert_eq!(seen, [("two", Access::Write, expires), ("one", Access::Read, None)]);
        assert_eq!((list[0].used_at, list[1].used_at), (None, Some(world.drive.now())));
        assert!(world.drive.tokens_of(&other).await.expect("list").is_empty());

        let id = &list[1].id;
        let stranger = world.drive.revoke_token(&other, id, &client).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
        world.drive.token_actor(&first, Access::Read).await.expect("still good");
        world.drive.revoke_token(&actor, id, &client).await.expect("revoked");
        let revoked = world.drive.token_actor(&first, Access::Read).await;
        assert!(matches!(revoked, Err(Error::SignInRequired)), "{revoked:?}");
        let again = world.drive.revoke_token(&actor, id, &client).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE event = 'token.revoke'").await, 1);
    }

    async fn a_token_ends_when_its_time_is_over(world: World) {
        let actor = world.user("lin_wei").await;
        let client = Client::default();
        let now = world.drive.now();
        for expires in [now, now - 1, i64::MIN] {
            let refused = world.drive.create_own_token(&actor, &token("x", Access::Read, Some(expires)), &client).await;
            assert!(matches!(refused, Err(Error::Invalid { field: Field::Expiry, .. })), "{refused:?}");
        }
        let short = world.drive.create_own_token(&actor, &token("x", Access::Read, Some(now + DAY)), &client).await.expect("token");
        world.wait(Duration::from_millis(DAY.unsigned_abs() - 1));
        world.drive.token_actor(&short, Access::Read).await.expect("not yet");
        world.wait(Duration::from_millis(1));
        let ended = world.drive.token_actor(&short, Access::Read).await;
        assert!(matches!(ended, Err(Error::SignInRequired)), "{ended:?}");
        assert_eq!(world.drive.tokens_of(&actor).await.expect("list").len(), 1, "still shown");
    }

    async fn a_person_has_a_hundred_tokens_at_most(world: World) {
        let actor = world.user("lin_wei").await;
        let client = Client::default();
        for number in 0..99 {
            world.drive.create_own_token(&actor, &token(&number.to_string(), Access::Read, None), &client).await.expect("token");
        }
        // Of several at once, one is the last.
        let tasks: Vec<_> = (0..4).map(|_| {
            let drive = world.drive.clone();
            tokio::spawn(async move { drive.create_token(&Login::parse("lin_wei"), "another").await })
        }).collect();
        let mut made = 0;
        for task in tasks {
            match task.await.expect("task") {
                Ok(_) => made += 1,
                Err(error) => assert!(matches!(error, Error::Invalid { field: Field::Limit, reason: Reason::TooLong { limit: 100 } }), "{error:?}"),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(world.drive.tokens_of(&actor).await.expect("list").len(), 100);
    }
}
