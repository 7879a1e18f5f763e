use std::time::Duration;

use storage::ErrorKind;
use tokio_util::sync::CancellationToken;

use crate::world::{World, on_both_engines};

on_both_engines! {
    async fn tells_which_part_is_ill(world: World) {
        let health = world.drive.health().await;
        assert!(health.is_well(), "{health:?}");
        world.store.faults().outage(ErrorKind::SafeMode);
        let health = world.drive.health().await;
        assert!(!health.is_well() && health.database.is_ok() && health.store.readable && !health.store.writable);
        world.store.faults().mend();
        // What can only be read is not well.
        sqlx::raw_sql(match world.database.engine() {
            drive::Engine::Sqlite => "CREATE TRIGGER no BEFORE INSERT ON settings BEGIN SELECT RAISE(ABORT, 'no'); END",
            drive::Engine::Postgres => "ALTER TABLE settings ADD CHECK (name = 'no') NOT VALID",
        })
        .execute(&world.sql)
        .await
        .expect("a rule");
        let health = world.drive.health().await;
        assert!(health.database.is_err() && health.store.writable, "{health:?}");
        world.database.close().await;
        let health = world.drive.health().await;
        assert!(health.database.is_err() && health.store.writable, "{health:?}");
    }

    async fn the_background_ends_when_asked(world: World) {
        let actor = world.user("lin_wei").await;
        let session = drive::SessionRow { data: vec![], user: Some(actor.user), epoch: 0, expires_at: 0 };
        world.drive.session_create("s1", &session, &drive::Client::default()).await.expect("session");
        let shutdown = CancellationToken::new();
        let background = tokio::spawn(world.drive.clone().run_background(shutdown.clone()));
        // It sweeps at once and not only after its first pause.
        let swept = async {
            while world.number("SELECT COUNT(*) FROM sessions").await > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), swept).await.expect("swept");
        shutdown.cancel();
        tokio::time::timeout(Duration::from_secs(20), background).await.expect("ended").expect("no panic");
    }
}
