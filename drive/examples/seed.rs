//! Fills the root of an account with rows of files, for measuring lists: `seed DATABASE_URL USERNAME COUNT`.
//!
//! The rows have no bytes behind them; downloading one fails. Only for databases that are thrown away.

use std::error::Error;

use domain::{BlobId, FileName, NodeId, mime_of};
use sqlx::{AnyPool, Row};

const NAMES: [&str; 6] =
    ["IMG_{}.jpg", "报告 {}.docx", "events-{}.parquet", "访谈 {}.flac", "Notes {}.md", "clip{}.mp4"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, username, count] = arguments.as_slice() else {
        return Err("usage: seed DATABASE_URL USERNAME COUNT".into());
    };
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(url).await?;
    let user = sqlx::query("SELECT id, root_id FROM users WHERE username = $1")
        .bind(username)
        .fetch_one(&pool)
        .await?;
    let (owner, root): (String, String) = (user.try_get(0)?, user.try_get(1)?);
    let mut tx = pool.begin().await?;
    for index in 0..count.parse::<i64>()? {
        // Spread, so that no order of the list is the order of insertion.
        let spread = (index * 7_919) % 1_000_003;
        let name =
            FileName::parse(&NAMES[usize::try_from(index)? % NAMES.len()].replace("{}", &spread.to_string()))
                .map_err(|reason| format!("{reason:?}"))?;
        let blob = BlobId::from_random(rand::random());
        sqlx::query("INSERT INTO blobs (id, size, blake3, refs, created_at) VALUES ($1, $2, $3, 1, $4)")
            .bind(blob.as_str())
            .bind(spread * 1_001)
            .bind("0".repeat(64))
            .bind(index)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, mime, \
             modified_at, created_at) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $10)",
        )
        .bind(NodeId::from_random(rand::random()).as_str())
        .bind(&owner)
        .bind(&root)
        .bind(name.as_str())
        .bind(name.unique_key())
        .bind(name.sort_key())
        .bind(blob.as_str())
        .bind(spread * 1_001)
        .bind(mime_of(&name))
        .bind(1_700_000_000_000 + spread)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}
