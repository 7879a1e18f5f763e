//! A drive of its own for every test, on either engine, with the reference store and a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use domain::{Email, FileName, NewPassword, Username};
use drive::{Actor, Client, Clock, Config, Database, Drive, Engine, NewAccount};
use sqlx::{AnyPool, Row};
use storage::MemoryStore;

/// Where the PostgreSQL is that tests make their databases on.
const VARIABLE: &str = "HAYLOFT_TEST_POSTGRES";

/// What [`World::user`] gives everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Everything a test needs. Clones are the same world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) drive: Drive,
    pub(crate) database: Database,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Clock,
    /// For a process of its own on the same database.
    pub(crate) url: String,
    /// For what no use case tells.
    pub(crate) sql: AnyPool,
}

/// Makes a test of each engine out of `async fn name(world: World) { … }`.
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($world:ident: World) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn scenario($world: World) $body

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::world::on_sqlite(scenario).await;
            }

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::world::on_postgres(scenario).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;

/// Runs a test on a new file.
pub(crate) async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(World) -> F) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite:{}", directory.path().join("sub/test.db").display());
    let world = World::at(&url).await;
    assert_eq!(world.database.engine(), Engine::Sqlite);
    let outcome = tokio::spawn(test(world.clone())).await;
    world.close().await;
    outcome.expect("the test");
}

/// Runs a test on a new database, which goes again also when the test fails.
pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(World) -> F) {
    let server = std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!("set {VARIABLE} to the URL of a PostgreSQL whose user may create databases, like postgres://postgres@127.0.0.1:5432/postgres")
    });
    sqlx::any::install_default_drivers();
    let admin = sqlx::any::AnyPoolOptions::new().max_connections(1).connect(&server).await.expect(VARIABLE);
    let name = format!("hayloft_test_{}", domain::NodeId::from_random(rand::random()));
    let statement = |text: String| sqlx::query(sqlx::AssertSqlSafe(text));
    statement(format!("CREATE DATABASE {name} TEMPLATE template0")).execute(&admin).await.expect("create");
    let (base, _) = server.rsplit_once('/').expect("a URL with a path");
    let world = World::at(&format!("{base}/{name}")).await;
    assert_eq!(world.database.engine(), Engine::Postgres);
    let outcome = tokio::spawn(test(world.clone())).await;
    world.close().await;
    statement(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&admin).await.expect("drop");
    admin.close().await;
    outcome.expect("the test");
}

impl World {
    async fn at(url: &str) -> Self {
        let database = Database::connect(url).await.expect("connect");
        database.migrate().await.expect("migrate");
        let sql = sqlx::any::AnyPoolOptions::new().max_connections(2).connect(url).await.expect("connect");
        let (store, clock) = (MemoryStore::new(), Clock::stopped());
        let drive = open(&database, &store, &clock, Config::default()).await;
        Self { drive, database, store, clock, url: url.to_owned(), sql }
    }

    async fn close(&self) {
        self.sql.close().await;
        self.database.close().await;
    }

    /// Another instance, with connections of its own to the same database, and as the operator configured it.
    pub(crate) async fn with(&self, config: Config) -> Drive {
        let database = Database::connect(&self.url).await.expect("connect");
        open(&database, &self.store, &self.clock, config).await
    }

    /// A new person with an empty drive.
    pub(crate) async fn user(&self, name: &str) -> Actor {
        self.drive.register(account(name), &Client::default()).await.expect("register")
    }

    /// A number out of the database.
    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        sqlx::query(query).fetch_one(&self.sql).await.expect(query).try_get(0).expect(query)
    }

    /// Time goes by.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }
}

async fn open(database: &Database, store: &MemoryStore, clock: &Clock, config: Config) -> Drive {
    Drive::open_at(database.clone(), Arc::new(store.clone()), config, clock.clone()).await.expect("open")
}

/// What somebody of this name registers with; the password is [`PASSWORD`].
pub(crate) fn account(name: &str) -> NewAccount {
    NewAccount {
        username: Username::parse(name).expect("user name"),
        email: Email::parse(&format!("{name}@example.org")).expect("mail"),
        password: NewPassword::parse(PASSWORD).expect("password"),
    }
}

/// A name of a file.
pub(crate) fn name(text: &str) -> FileName {
    FileName::parse(text).expect(text)
}
