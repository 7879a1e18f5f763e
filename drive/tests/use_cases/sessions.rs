use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use domain::UserId;
use drive::{Client, Error, SessionRow};

use crate::world::{World, on_both_engines};

fn session(world: &World, user: Option<&UserId>) -> SessionRow {
    SessionRow {
        data: vec![0, 255, 1],
        user: user.cloned(),
        epoch: 0,
        expires_at: world.clock.now_ms() + 3_600_000,
    }
}

on_both_engines! {
    async fn a_session_is_kept_changed_and_ended(world: World) {
        let client = Client::default();
        let mut row = session(&world, None);
        assert!(world.drive.session_create("s1", &row, &client).await.expect("create"));
        assert!(!world.drive.session_create("s1", &row, &client).await.expect("taken"));
        assert_eq!(world.drive.session_load("s1").await.expect("load").as_ref(), Some(&row));
        assert_eq!(world.drive.session_load("s2").await.expect("load"), None);
        let actor = world.user("lin_wei").await;
        row.user = Some(actor.user.clone());
        row.data = vec![7; 5000];
        world.drive.session_save("s1", &row).await.expect("save");
        assert_eq!(world.drive.session_load("s1").await.expect("load").as_ref(), Some(&row));
        assert_eq!(world.drive.session_actor(&actor.user, "s1").await.expect("actor"), actor);

        world.drive.session_delete("s1").await.expect("delete");
        world.drive.session_delete("s1").await.expect("again");
        assert!(matches!(world.drive.session_actor(&actor.user, "s1").await, Err(Error::SignInRequired)));
        // A request that was still running must not bring it back.
        world.drive.session_save("s1", &row).await.expect("save");
        assert_eq!(world.drive.session_load("s1").await.expect("load"), None);
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM sessions").fetch_all(&world.sql).await.expect("ids");
        assert!(ids.is_empty());
    }

    async fn a_session_speaks_only_for_its_own_user(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let client = Client::default();
        world.drive.session_create("s1", &session(&world, Some(&actor.user)), &client).await.expect("create");
        world.drive.session_create("s2", &session(&world, None), &client).await.expect("create");
        assert!(matches!(world.drive.session_actor(&other.user, "s1").await, Err(Error::SignInRequired)));
        assert!(matches!(world.drive.session_actor(&actor.user, "s2").await, Err(Error::SignInRequired)));
        let stored: String =
            sqlx::query_scalar("SELECT id FROM sessions WHERE user_id IS NOT NULL").fetch_one(&world.sql).await.expect("id");
        assert!(
            matches!(world.drive.session_actor(&actor.user, &stored).await, Err(Error::SignInRequired)),
            "what the table holds opens nothing"
        );
    }

    async fn sessions_expire_and_are_swept(world: World) {
        let actor = world.user("lin_wei").await;
        world.drive.session_create("s1", &session(&world, Some(&actor.user)), &Client::default()).await.expect("create");
        world.wait(Duration::from_secs(3599));
        world.drive.session_actor(&actor.user, "s1").await.expect("not yet");
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, 1);
        world.wait(Duration::from_secs(1));
        assert!(matches!(world.drive.session_actor(&actor.user, "s1").await, Err(Error::SignInRequired)));
        assert_eq!(world.drive.session_load("s1").await.expect("load"), None);
        assert!(world.drive.sessions_of(&actor).await.expect("list").is_empty());
        world.drive.sweep_once().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, 0);
    }

    async fn people_see_and_revoke_their_sessions(world: World) {
        let (actor, other) = (world.user("lin_wei").await, world.user("wang_fang").await);
        let client = Client {
            address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
            agent: Some(format!("Firefox\0\n{}", "x".repeat(1000))),
        };
        for id in ["s1", "s2"] {
            world.drive.session_create(id, &session(&world, Some(&actor.user)), &client).await.expect("create");
        }
        world.wait(Duration::from_secs(120));
        world.drive.session_actor(&actor.user, "s2").await.expect("seen");
        let list = world.drive.sessions_of(&actor).await.expect("list");
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].seen_at, list[0].created_at + 120_000, "the one seen last comes first");
        assert_eq!(list[0].address.as_deref(), Some("192.0.2.7"));
        let agent = list[0].agent.as_deref().expect("agent");
        assert!(agent.starts_with("Firefoxx") && agent.len() == 256, "{agent}");

        assert!(matches!(world.drive.revoke_session(&other, &list[0].id).await, Err(Error::NotFound)));
        assert!(matches!(world.drive.revoke_session(&actor, "\0").await, Err(Error::NotFound)));
        world.drive.revoke_session(&actor, &list[0].id).await.expect("revoke");
        assert!(matches!(world.drive.session_actor(&actor.user, "s2").await, Err(Error::SignInRequired)));
        world.drive.session_actor(&actor.user, "s1").await.expect("the other goes on");
        assert!(world.drive.sessions_of(&other).await.expect("list").is_empty());
    }
}
