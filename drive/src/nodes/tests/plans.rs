//! That a page of a huge folder is read by an index in its order, and nothing is sorted or scanned.

use domain::{Direction, Sort, SortKey};
use sqlx::Row;

use super::*;
use crate::ListOptions;
use crate::database::Engine;

/// Enough that a planner prefers an index to reading everything.
const ENTRIES: i64 = 20_000;

async fn fill(world: &World, actor: &Actor) {
    let blob = "b".repeat(26);
    sqlx::query("INSERT INTO blobs (id, size, refs, created_at) VALUES ($1, 1, 1, 0)")
        .bind(&blob)
        .execute(&world.sql)
        .await
        .expect("blob");
    sqlx::query(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, modified_at, created_at) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $4) \
         SELECT REPLACE(REPLACE(REPLACE(REPLACE(CAST(1000000 + i AS TEXT), '0', 'a'), '1', 'b'), '8', 'c'), '9', 'd') \
         || 'aaaaaaaaaaaaaaaaaaa', $1, $2, 1, 'n' || CAST(i AS TEXT), 'n' || CAST(i AS TEXT), \
         'n' || CAST(i % 5000 AS TEXT), $3, i % 777, i % 999, 0 FROM n",
    )
    .bind(actor.user.as_str())
    .bind(actor.root.as_str())
    .bind(&blob)
    .bind(ENTRIES)
    .execute(&world.sql)
    .await
    .expect("entries");
    others(world).await;
}

/// Many other people, so that an owner looks selective to a planner.
pub(crate) async fn others(world: &World) {
    const NUMBERS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)";
    let users = format!(
        "INSERT INTO users (id, username, username_key, email, email_key, password_hash, role, root_id, created_at) \
         {NUMBERS} SELECT 'u' || CAST(i AS TEXT), '', 'u' || CAST(i AS TEXT), '', 'u' || CAST(i AS TEXT), '', 'user', \
         'r' || CAST(i AS TEXT), 0 FROM n"
    );
    let roots = format!(
        "INSERT INTO nodes (id, owner_id, kind, name, name_key, sort_key, size, modified_at, created_at) \
         {NUMBERS} SELECT 'r' || CAST(i AS TEXT), 'u' || CAST(i AS TEXT), 0, '/', '/', '/', 0, 0, 0 FROM n"
    );
    let files = format!(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, size, modified_at, created_at) \
         {NUMBERS} SELECT 'f' || CAST(n.i AS TEXT) || '-' || CAST(m.i AS TEXT), 'u' || CAST(n.i AS TEXT), \
         'r' || CAST(n.i AS TEXT), 1, 'f', CAST(m.i AS TEXT), 'f', 0, 0, 0 FROM n JOIN n AS m ON m.i <= 40"
    );
    for statement in [users, roots, files] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&world.sql).await.expect("others");
    }
}

/// What a statement is given.
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// The plan of a statement as one text.
pub(crate) async fn plan(world: &World, statement: &str, values: &[Value]) -> String {
    let (explain, column) = match world.database.engine() {
        Engine::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        Engine::Postgres => ("EXPLAIN", 0),
    };
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!("{explain} {statement}")));
    for value in values {
        query = match value {
            Value::Text(text) => query.bind(text.as_str()),
            Value::Number(number) => query.bind(*number),
        };
    }
    let rows = query.fetch_all(&world.sql).await.expect("explain");
    rows.iter().map(|row| row.get::<String, _>(column)).collect::<Vec<_>>().join("\n")
}

/// A file is copied without reading through those that are not. PostgreSQL weighs that by what it knows of the table.
async fn check_copy(world: &World, actor: &Actor) {
    if world.database.engine() != Engine::Sqlite {
        return;
    }
    let values =
        [Value::Text(actor.root.to_string()), Value::Text(actor.user.to_string()), Value::Number(20_001)];
    let plan = plan(world, crate::nodes::copy::GATHER, &values).await;
    for scan in ["SCAN n\n", "SCAN c\n", "SCAN nodes"] {
        assert!(!format!("{plan}\n").contains(scan), "{plan}");
    }
}

async fn check(world: &World, actor: &Actor) {
    for (key, index) in [
        (SortKey::Name, "nodes_by_name"),
        (SortKey::Kind, "nodes_by_kind"),
        (SortKey::Size, "nodes_by_size"),
        (SortKey::Modified, "nodes_by_modified"),
    ] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let statements = crate::nodes::children::statements(Sort { key, direction });
            let text = |text: &str| Value::Text(text.to_owned());
            let cursor = || match key {
                SortKey::Name => vec![text("n3000"), text("n3000")],
                SortKey::Kind => vec![Value::Number(1), text("n3000"), text("n3000")],
                SortKey::Size | SortKey::Modified => vec![Value::Number(500), text("n3000")],
            };
            for (statement, cursor) in statements.into_iter().zip([vec![], cursor()]) {
                let mut values = vec![
                    text(actor.root.as_str()),
                    text(actor.user.as_str()),
                    Value::Number(1),
                    Value::Number(101),
                ];
                let is_first = cursor.is_empty();
                values.extend(cursor);
                let plan = plan(world, statement, &values).await;
                assert!(plan.contains(index), "{key:?} {direction:?} {is_first}:\n{plan}");
                for scan in ["Sort", "TEMP B-TREE", "Seq Scan on nodes", "SCAN n"] {
                    assert!(!plan.contains(scan), "{key:?} {direction:?} {is_first}:\n{plan}");
                }
            }
        }
    }
}

on_both_engines! {
    async fn pages_are_read_in_the_order_of_an_index(world: World) {
        let actor = world.user("lin_wei").await;
        fill(&world, &actor).await;
        // SQLite never gathers statistics by itself; PostgreSQL does within a minute.
        if world.database.engine() == Engine::Sqlite {
            check(&world, &actor).await;
        }
        check_copy(&world, &actor).await;
        sqlx::query("ANALYZE").execute(&world.sql).await.expect("analyze");
        check(&world, &actor).await;
        check_copy(&world, &actor).await;
        let page = world.drive.children(&actor, &actor.root, &ListOptions::default()).await.expect("page");
        assert_eq!(page.items.len(), 100);
    }
}
