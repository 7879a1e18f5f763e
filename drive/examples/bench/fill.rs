//! Rows of files and folders as `drive` would have written them, without bytes behind them.

use std::error::Error;
use std::fmt::Write as _;

use domain::{BlobId, FileName, NodeId, mime_of};
use drive::Actor;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};

/// Entries of the one large folder; the rest is in folders of [`FEW`].
pub(crate) const MANY: u64 = 100_000;
const FEW: u64 = 100;
/// Rows of one statement; SQLite takes 32,766 parameters.
const BATCH: usize = 1000;
/// Entries of one transaction.
const AT_ONCE: u64 = 50_000;
/// The name of the large folder.
pub(crate) const WIDE: &str = "many";
/// What says that the work was done.
const DONE: &str = "bench.entries";

const ENGLISH: [&str; 12] = [
    "report", "draft", "final", "budget", "invoice", "holiday", "family", "meeting", "notes", "scan",
    "backup", "client",
];
const HAN: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经";
const ENDINGS: [&str; 8] = ["jpg", "png", "docx", "pdf", "mp4", "flac", "md", "parquet"];

/// A name that no other number below 1,000,003 has: of a camera, of Chinese, or of English words, in turn.
fn name(number: u64) -> String {
    // Digits that have nothing to do with the number's own order.
    let mut digits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut below = |bound: usize| {
        digits = digits.rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        usize::try_from(digits >> 33).unwrap_or_default() % bound
    };
    match number % 3 {
        0 => format!("IMG_{}_{number:07}.jpg", 20_100_000 + below(150_000)),
        1 => {
            let han: Vec<char> = HAN.chars().collect();
            let length = 2 + below(7);
            let words: String = (0..length).map(|_| han[below(han.len())]).collect();
            format!("{words}{number}.{}", ENDINGS[below(ENDINGS.len())])
        }
        _ => {
            let (first, second) = (ENGLISH[below(ENGLISH.len())], ENGLISH[below(ENGLISH.len())]);
            format!("{first}-{second} {number}.{}", ENDINGS[below(ENDINGS.len())])
        }
    }
}

/// Fills the root of an account with so many files.
pub(crate) async fn root(pool: &AnyPool, username: &str, count: u64) -> Result<(), Box<dyn Error>> {
    let user = sqlx::query("SELECT id, root_id FROM users WHERE username = $1")
        .bind(username)
        .fetch_one(pool)
        .await?;
    let (owner, root): (String, String) = (user.try_get(0)?, user.try_get(1)?);
    let mut filling = Filling { owner, index: 0, nodes: Vec::new() };
    let mut tx = pool.begin().await?;
    while filling.index < count {
        filling.file(&root)?;
        if filling.nodes.len() == BATCH {
            filling.write(&mut tx).await?;
        }
    }
    filling.write(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Fills the drive with so many entries; `false` when that was done before.
pub(crate) async fn tree(pool: &AnyPool, actor: &Actor, entries: u64) -> Result<bool, Box<dyn Error>> {
    let done =
        sqlx::query("SELECT value FROM settings WHERE name = $1").bind(DONE).fetch_optional(pool).await?;
    if let Some(row) = done {
        let found: String = row.try_get(0)?;
        return if found == entries.to_string() {
            Ok(false)
        } else {
            Err(format!("the database holds {found} entries; remove it to have {entries}").into())
        };
    }
    let mut filling = Filling { owner: actor.user.as_str().to_owned(), index: 0, nodes: Vec::new() };
    let mut tx = pool.begin().await?;
    // What was left of a run that broke off.
    for statement in ["DELETE FROM nodes WHERE parent_id IS NOT NULL", "DELETE FROM blobs"] {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    let wide = filling.folder(&mut tx, actor.root.as_str(), WIDE).await?;
    let (mut middle, mut folder) = (actor.root.as_str().to_owned(), wide.clone());
    while filling.index < entries {
        // A tree of two levels, a hundred to a folder.
        if filling.index >= MANY && filling.index.is_multiple_of(FEW) {
            if filling.index.is_multiple_of(FEW * FEW) {
                let name = format!("year {}", filling.index / (FEW * FEW));
                middle = filling.folder(&mut tx, actor.root.as_str(), &name).await?;
            }
            folder = filling.folder(&mut tx, &middle, &format!("album {}", filling.index / FEW)).await?;
        }
        filling.file(&folder)?;
        if filling.nodes.len() == BATCH {
            filling.write(&mut tx).await?;
        }
        if filling.index.is_multiple_of(AT_ONCE) {
            tx.commit().await?;
            tx = pool.begin().await?;
        }
    }
    filling.write(&mut tx).await?;
    sqlx::query("UPDATE users SET used = (SELECT SUM(size) FROM nodes) WHERE id = $1")
        .bind(actor.user.as_str())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2)")
        .bind(DONE)
        .bind(entries.to_string())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Lets PostgreSQL do at once what it does by itself within a minute of such a change; SQLite is left as it is in use.
pub(crate) async fn settle(pool: &AnyPool) -> sqlx::Result<()> {
    if pool.acquire().await?.backend_name() == "PostgreSQL" {
        sqlx::query("VACUUM ANALYZE").execute(pool).await?;
    }
    Ok(())
}

struct Filling {
    owner: String,
    index: u64,
    nodes: Vec<File>,
}

struct File {
    parent: String,
    blob: BlobId,
    name: FileName,
    size: i64,
    modified: i64,
}

impl Filling {
    async fn folder(
        &mut self,
        connection: &mut AnyConnection,
        parent: &str,
        name: &str,
    ) -> Result<String, Box<dyn Error>> {
        self.write(connection).await?;
        let id = NodeId::from_random(rand::random()).to_string();
        let name = FileName::parse(name).map_err(|reason| format!("{reason:?}"))?;
        sqlx::query(
            "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, size, modified_at, created_at) \
             VALUES ($1, $2, $3, 0, $4, $5, $6, 0, $7, $7)",
        )
        .bind(&id)
        .bind(&self.owner)
        .bind(parent)
        .bind(name.as_str())
        .bind(name.unique_key())
        .bind(name.sort_key())
        .bind(1_700_000_000_000_i64)
        .execute(connection)
        .await?;
        Ok(id)
    }

    fn file(&mut self, parent: &str) -> Result<(), Box<dyn Error>> {
        // Spread, so that no order of a list is the order of insertion.
        let spread = (self.index * 7_919) % 1_000_003;
        let name = name(spread);
        self.nodes.push(File {
            parent: parent.to_owned(),
            blob: BlobId::from_random(rand::random()),
            name: FileName::parse(&name).map_err(|reason| format!("{reason:?}"))?,
            size: i64::try_from(spread)? * 1_001,
            modified: 1_700_000_000_000 + i64::try_from(spread)? * 60_000,
        });
        self.index += 1;
        Ok(())
    }

    async fn write(&mut self, connection: &mut AnyConnection) -> Result<(), Box<dyn Error>> {
        let files = std::mem::take(&mut self.nodes);
        if files.is_empty() {
            return Ok(());
        }
        let text = values("INSERT INTO blobs (id, size, blake3, refs, created_at) VALUES ", files.len(), 5);
        let mut blobs = sqlx::query(AssertSqlSafe(text));
        for file in &files {
            blobs = blobs
                .bind(file.blob.as_str())
                .bind(file.size)
                .bind("0".repeat(64))
                .bind(1_i64)
                .bind(file.modified);
        }
        blobs.execute(&mut *connection).await?;
        let text = values(
            "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, mime, modified_at, \
             created_at, arrived_at) VALUES ",
            files.len(),
            13,
        );
        let mut nodes = sqlx::query(AssertSqlSafe(text));
        for file in &files {
            nodes = nodes
                .bind(NodeId::from_random(rand::random()).to_string())
                .bind(self.owner.as_str())
                .bind(file.parent.as_str())
                .bind(1_i64)
                .bind(file.name.as_str())
                .bind(file.name.unique_key())
                .bind(file.name.sort_key())
                .bind(file.blob.as_str())
                .bind(file.size)
                .bind(mime_of(&file.name))
                .bind(file.modified)
                .bind(file.modified)
                .bind(file.modified);
        }
        nodes.execute(connection).await?;
        Ok(())
    }
}

/// A statement with places for so many rows.
fn values(start: &str, rows: usize, columns: usize) -> String {
    let mut text = start.to_owned();
    for row in 0..rows {
        let places: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "{}({})", if row == 0 { "" } else { ", " }, places.join(", "));
    }
    text
}
