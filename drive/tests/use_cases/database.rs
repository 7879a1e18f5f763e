use drive::{ConnectError, Database, MigrateError};

use crate::world::{World, on_both_engines};

on_both_engines! {
    async fn migrates_once_and_knows_a_newer_release(world: World) {
        assert!(!world.database.needs_migration().await.expect("current"));
        world.database.migrate().await.expect("again");
        sqlx::query("UPDATE _sqlx_migrations SET version = 999999 WHERE version = 1").execute(&world.sql).await.expect("newer");
        assert!(world.database.needs_migration().await.expect("newer"));
        let error = world.database.migrate().await.expect_err("another release");
        assert!(matches!(error, MigrateError::Release(_)), "{error:?}");
    }

    async fn instances_that_start_together_migrate_once(world: World) {
        sqlx::query("DROP TABLE audit").execute(&world.sql).await.expect("drop");
        sqlx::query("DELETE FROM _sqlx_migrations").execute(&world.sql).await.expect("forget");
        for table in ["thumbnails", "avatars", "captchas", "site_settings", "invitations", "former_users", "name_pages", "share_downloads", "share_items", "shares", "tries", "settings", "segments", "uploads", "versions", "nodes", "blobs", "tokens", "sessions", "users"] {
            sqlx::query(sqlx::AssertSqlSafe(format!("DROP TABLE {table}"))).execute(&world.sql).await.expect(table);
        }
        let other = Database::connect(&world.url).await.expect("connect");
        assert!(other.needs_migration().await.expect("empty"));
        let (one, two) = tokio::join!(world.database.migrate(), other.migrate());
        one.expect("one");
        two.expect("two");
        assert!(!other.needs_migration().await.expect("current"));
        other.close().await;
        world.user("lin_wei").await;
    }

    async fn every_connection_has_its_rules(world: World) {
        // Foreign keys hold, whichever connection of the pool is used.
        for _ in 0..4 {
            let (id, nobody) = (rand::random::<u64>().to_string(), "a".repeat(26).parse().expect("id"));
            let row = drive::SessionRow { data: vec![], user: Some(nobody), epoch: 0, expires_at: 1 };
            let orphan = world.drive.session_create(&id, &row, &drive::Client::default()).await;
            assert!(matches!(orphan, Err(drive::Error::Database(_))));
        }
    }
}

#[tokio::test]
async fn a_new_file_needs_migration_and_its_directory_is_made() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("a b/ä%20?/hayloft.db");
    let url = format!("sqlite:{}", path.display().to_string().replace('%', "%25").replace('?', "%3F"));
    let database = Database::connect(&url).await.expect("connect");
    assert!(path.is_file());
    assert!(database.needs_migration().await.expect("empty"));
    database.migrate().await.expect("migrate");
    assert!(!database.needs_migration().await.expect("current"));
    database.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_a_sentence() {
    for url in ["", "hayloft.db", "mysql://localhost/x", "sqlite:", "sqlite::memory:", "postgres://["] {
        let error = Database::connect(url).await.expect_err(url);
        assert!(matches!(error, ConnectError::Url(_)), "{url}: {error:?}");
        assert!(error.to_string().contains("postgres://user:password@host"), "{error}");
    }
    let directory = tempfile::tempdir().expect("directory");
    std::fs::write(directory.path().join("file"), "x").expect("write");
    let url = format!("sqlite://{}/file/below/hayloft.db", directory.path().display());
    let error = Database::connect(&url).await.expect_err("below a file");
    assert!(matches!(error, ConnectError::Directory { .. }), "{error:?}");
    assert!(error.to_string().contains("may write to"), "{error}");
    // Not a database at all.
    std::fs::write(directory.path().join("noise.db"), vec![7; 8192]).expect("write");
    let url = format!("sqlite:{}/noise.db", directory.path().display());
    let error = Database::connect(&url).await.expect_err("noise");
    assert!(matches!(error, ConnectError::Directory { .. }), "{error:?}");

    // Bound, so that it is nobody else's, and not listening, so that it refuses.
    let socket = tokio::net::TcpSocket::new_v4().expect("socket");
    socket.bind((std::net::Ipv4Addr::LOCALHOST, 0).into()).expect("bind");
    let port = socket.local_addr().expect("address").port();
    let error = Database::connect(&format!("postgres://lin:secret-word@127.0.0.1:{port}/drive"))
        .await
        .expect_err("refused");
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{port}/drive")) && !text.contains("secret-word"), "{text}");
    assert!(text.contains("refused"), "the cause and not a deadline: {text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("hayloft.db");
    let database = Database::connect(&format!("sqlite:{}", path.display())).await.expect("connect");
    database.migrate().await.expect("migrate");
    for file in std::fs::read_dir(directory.path()).expect("directory") {
        let file = file.expect("file");
        assert_eq!(file.metadata().expect("metadata").permissions().mode() & 0o077, 0, "{file:?}");
    }
    database.close().await;
}
