//! That each list is read by an index in its order, however much a drive holds.

use domain::Category;

use super::*;
use crate::database::Engine;
use crate::find::{files, places, search as finding};
use crate::nodes::register::category_number;
use crate::nodes::tests::plans::{Value, others, plan};

/// Enough that a planner prefers an index to reading everything.
const FILES: i64 = 20_000;

async fn fill(world: &World, actor: &Actor) {
    sqlx::query(
        "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, size, modified_at, created_at, \
         arrived_at, category, name_line) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) \
         SELECT REPLACE(REPLACE(REPLACE(REPLACE(CAST(1000000 + i AS TEXT), '0', 'a'), '1', 'b'), '8', 'c'), '9', 'd') \
         || 'aaaaaaaaaaaaaaaaaaa', $1, $2, 1, 'n' || CAST(i AS TEXT), 'n' || CAST(i AS TEXT), \
         'n' || CAST(i % 5000 AS TEXT), i % 777, 0, 0, i % 999, i % 5, 256 + i / 80 * 256 + i % 80 FROM n",
    )
    .bind(actor.user.as_str())
    .bind(actor.root.as_str())
    .bind(FILES)
    .execute(&world.sql)
    .await
    .expect("files");
    sqlx::query(
        "INSERT INTO name_pages (owner_id, page, names) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) \
         SELECT $1, i, 'some names' FROM n",
    )
    .bind(actor.user.as_str())
    .bind(FILES / 80)
    .execute(&world.sql)
    .await
    .expect("pages");
    others(world).await;
}

async fn check(world: &World, actor: &Actor) {
    use Value::{Number, Text};
    let owner = || Text(actor.user.to_string());
    let mut cases = Vec::new();
    for (sort, index) in [(FilesSort::Recent, "nodes_recent"), (FilesSort::Largest, "nodes_largest")] {
        let [first, beyond] = files::statements(sort);
        let common = || vec![owner(), Number(category_number(Category::Video)), Number(101)];
        cases.push((first.to_owned(), common(), index));
        let mut values = common();
        values.extend([Number(500), Text("n3000".to_owned())]);
        cases.push((beyond.to_owned(), values, index));
    }
    for (statement, values, index) in cases {
        let plan = plan(world, &statement, &values).await;
        assert!(plan.contains(index), "{index}:\n{plan}");
        for scan in ["Sort", "TEMP B-TREE", "Seq Scan on n", "SCAN n"] {
            assert!(!plan.contains(scan), "{index}:\n{plan}");
        }
    }
    // Whatever there is to sort lies between the bounds.
    let engine = world.database.engine();
    let word = |text| Text(finding::parameter(engine, text));
    let values = vec![owner(), Number(196), Number(200), word("name"), word(""), word(""), Number(256)];
    let pages = plan(world, finding::statement(engine), &values).await;
    let bounded = match engine {
        Engine::Sqlite => "page>? AND page<?",
        Engine::Postgres => "(page > '196'::bigint) AND (page <= '200'::bigint)",
    };
    assert!(pages.contains(bounded) && !pages.contains("Seq Scan"), "{pages}");
    let mut values = vec![owner()];
    values.extend((0..32).map(|line| Number(3000 + line)));
    let plan = plan(world, &finding::candidates_text(32), &values).await;
    assert!(plan.contains("nodes_name_line"), "{plan}");
    for count in [4, 32, 200] {
        let mut values = vec![owner()];
        values.extend((0..count).map(|folder| Text(format!("{folder:026}"))));
        let plan = self::plan(world, &places::ways(count), &values).await;
        for scan in ["nodes_owner", "owner_id=?", "SCAN nodes", "Seq Scan on nodes"] {
            assert!(!plan.contains(scan), "{count}: {plan}");
        }
    }
}

on_both_engines! {
    async fn lists_are_read_in_the_order_of_an_index(world: World) {
        let actor = world.user("lin_wei").await;
        fill(&world, &actor).await;
        // SQLite never gathers statistics by itself; PostgreSQL does within a minute.
        if world.database.engine() == Engine::Sqlite {
            check(&world, &actor).await;
        }
        sqlx::query("ANALYZE").execute(&world.sql).await.expect("analyze");
        check(&world, &actor).await;
    }
}
