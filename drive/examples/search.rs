//! Measures search by name: `search DATABASE_URL COUNT` makes an account with so many files of all kinds of names, and prints
//! how long each of some searches takes, the best of five. Only for databases that are thrown away.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use domain::{BlobId, Email, FileName, NewPassword, NodeId, SearchWords, Username, mime_of};
use drive::{Client, Config, Database, Drive, NewAccount};
use rand::Rng;
use sqlx::AnyPool;

const ENGLISH: [&str; 12] = [
    "report", "draft", "final", "budget", "invoice", "holiday", "family", "meeting", "notes", "scan",
    "backup", "client",
];
const HAN: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经";
const ENDINGS: [&str; 8] = ["jpg", "png", "docx", "pdf", "mp4", "flac", "md", "parquet"];

fn name(random: &mut impl Rng) -> String {
    let han: Vec<char> = HAN.chars().collect();
    let ending = ENDINGS[random.random_range(0..ENDINGS.len())];
    let number = random.random_range(0..100_000);
    match random.random_range(0..3) {
        0 => format!("IMG_{}_{number:06}.jpg", 20_100_000 + random.random_range(0..150_000)),
        1 => {
            let words: String =
                (0..random.random_range(2..9)).map(|_| han[random.random_range(0..han.len())]).collect();
            format!("{words}{number}.{ending}")
        }
        _ => {
            let mut word = || ENGLISH[random.random_range(0..ENGLISH.len())];
            format!("{}-{} {number}.{ending}", word(), word())
        }
    }
}

async fn fill(pool: &AnyPool, actor: &drive::Actor, count: u32) -> Result<(), Box<dyn Error>> {
    let mut random = rand::rng();
    let mut tx = pool.begin().await?;
    let blob = BlobId::from_random(rand::random());
    sqlx::query("INSERT INTO blobs (id, size, blake3, refs, created_at) VALUES ($1, 1, '', $2, 0)")
        .bind(blob.as_str())
        .bind(i64::from(count))
        .execute(&mut *tx)
        .await?;
    for index in 0..count {
        let text = format!("{index} {}", name(&mut random));
        let name = FileName::parse(&text).map_err(|reason| format!("{reason:?}"))?;
        sqlx::query(
            "INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, mime, \
             modified_at, created_at, arrived_at) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $8, $8, $8)",
        )
        .bind(NodeId::from_random(rand::random()).as_str())
        .bind(actor.user.as_str())
        .bind(actor.root.as_str())
        .bind(name.as_str())
        .bind(name.unique_key())
        .bind(name.sort_key())
        .bind(blob.as_str())
        .bind(i64::from(index) * 7_919 % 1_000_003)
        .bind(mime_of(&name))
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, count] = arguments.as_slice() else { return Err("usage: search DATABASE_URL COUNT".into()) };
    let database = Database::connect(url).await?;
    database.migrate().await?;
    let drive =
        Drive::open(database.clone(), Arc::new(storage::MemoryStore::new()), Config::default()).await?;
    let refused = |reason| format!("{reason:?}");
    let username = format!("measured_{}", rand::random::<u16>());
    let account = NewAccount {
        username: Username::parse(&username).map_err(refused)?,
        email: Email::parse(&format!("{username}@example.org")).map_err(refused)?,
        password: NewPassword::parse("correct horse battery").map_err(refused)?,
    };
    let actor = drive.register(account, &Client::default()).await?;
    fill(&AnyPool::connect(url).await?, &actor, count.parse()?).await?;
    let begin = Instant::now();
    database.migrate().await?;
    println!("{:9.1} ms to enter {count} names", begin.elapsed().as_secs_f64() * 1000.0);
    for typed in
        ["的", "国的", "g", "jpg", "zzqq", "123456", "budget 1999", "img_2017 99.j", "final client 77.flac"]
    {
        let words = SearchWords::parse(typed).map_err(refused)?;
        let (mut best, mut hits) = (f64::MAX, 0);
        for _ in 0..5 {
            let begin = Instant::now();
            hits = drive.search(&actor, &words, None, 50).await?.items.len();
            best = best.min(begin.elapsed().as_secs_f64() * 1000.0);
        }
        println!("{best:9.1} ms, {hits:2} hits: {typed}");
    }
    for sort in [drive::FilesSort::Recent, drive::FilesSort::Largest] {
        let begin = Instant::now();
        let page = drive.files(&actor, &drive::FilesQuery { sort, ..Default::default() }, 50).await?;
        println!("{:9.1} ms, {:2} files: {sort:?}", begin.elapsed().as_secs_f64() * 1000.0, page.items.len());
    }
    Ok(())
}
