//! That the list of accounts stays a page's work however many there are.

use sqlx::Row;

use super::accounts::statements;
use crate::database::Engine;
use crate::world::{World, account, on_both_engines};
use crate::{UserQuery, UserSort};

/// Accounts, each signed in once.
async fn fill(world: &World) {
    for statement in [
        "INSERT INTO users (id, username, username_key, email, email_key, password_hash, role, root_id, used, created_at) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
         SELECT REPLACE(REPLACE(REPLACE(REPLACE(CAST(100000 + i AS TEXT), '0', 'a'), '1', 'b'), '8', 'c'), '9', 'd') \
         || 'aaaaaaaaaaaaaaaaaaaa', \
         'User_' || CAST(i AS TEXT), 'user_' || CAST(i AS TEXT), 'u@x', CAST(i AS TEXT) || '@example.org', '', 'user', \
         'bbbbbbbbbbbbbbbbbbbbbbbbbb', i % 777, i % 999 FROM n",
        "INSERT INTO sessions (id, user_id, data, created_at, seen_at, expires_at) \
         SELECT 's' || id, id, CAST('' AS BYTES), 0, 5, 9 FROM users",
    ] {
        // The only statement of ours that has no spelling for both engines.
        let bytes = if world.database.engine() == Engine::Sqlite { "BLOB" } else { "BYTEA" };
        let statement = statement.replace("BYTES", bytes);
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&world.sql).await.expect("accounts");
    }
    sqlx::query("ANALYZE").execute(&world.sql).await.expect("analyze");
}

async fn plan(world: &World, statement: &str, sort: UserSort, beyond: bool) -> String {
    let (explain, column) = match world.database.engine() {
        Engine::Sqlite => ("EXPLAIN QUERY PLAN ", 3),
        Engine::Postgres => ("EXPLAIN ", 0),
    };
    let query =
        sqlx::query(sqlx::AssertSqlSafe(format!("{explain}{statement}"))).bind("%".to_owned()).bind(51_i64);
    let query = match (beyond, sort) {
        (false, _) => query,
        (true, UserSort::Name) => query.bind("user_5000").bind("a"),
        (true, _) => query.bind(500_i64).bind("a"),
    };
    let rows = query.fetch_all(&world.sql).await.expect("explain");
    rows.iter().map(|row| row.get::<String, _>(column)).collect::<Vec<_>>().join("\n")
}

on_both_engines! {
    async fn ten_thousand_accounts_are_read_in_the_order_of_an_index(world: World) {
        let admin = world.drive.create_administrator(account("admin_one")).await.expect("administrator");
        fill(&world).await;
        for (sort, index) in
            [(UserSort::Name, "users_name"), (UserSort::Used, "users_used"), (UserSort::Created, "users_created")]
        {
            for (statement, beyond) in statements(sort).into_iter().zip([false, true]) {
                let plan = plan(&world, statement, sort, beyond).await;
                assert!(plan.contains(index), "{sort:?} {beyond}:\n{plan}");
                for work in ["Sort", "TEMP B-TREE", "Seq Scan on sessions", "SCAN s"] {
                    assert!(!plan.contains(work), "{sort:?} {beyond}:\n{plan}");
                }
            }
        }
        let query = UserQuery { search: "ser_9999".into(), limit: 50, ..UserQuery::default() };
        let found = world.drive.users(&admin, &query).await.expect("found").items;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].username.as_str(), found[0].seen_at), ("User_9999", Some(5)));
        let details = world.drive.user_details(&admin, &found[0].id).await.expect("details");
        assert_eq!((details.files, details.shares, details.signed_in_at), (0, 0, None));
    }
}
