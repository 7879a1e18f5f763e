//! Search by name: pages of the register (`nodes::register`) that have the words, the lines in them that have them all, and
//! the nodes of these lines. The newest first: a node's line follows from when it came.

use domain::{Field, Found, Page, Reason, SearchWords};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::places::{placeholders, round};
use super::{Candidate, Filling, select_candidate};
use crate::database::Engine;
use crate::nodes::register::LINES;
use crate::nodes::{Cursor, Value, check_limit};
use crate::{Actor, Drive, Error, Result};

/// Words that the database looks for; more are looked for in what it finds.
const WORDS: usize = 3;

/// Pages of the register that are looked at first: of these many match where much matches.
const FIRST: i64 = 4;

/// Pages of the register that one statement gives at most.
const MOST: i64 = 256;

/// Nodes of one statement; see [`round`].
const BATCH: usize = 200;

/// Pages of the register with the words `$4`, `$5` and `$6`, of those after `$2` up to `$3`, the last first and `$7` of them.
///
/// Between two bounds, since PostgreSQL cannot know how many pages have a word: without the lower one it may read and sort all of
/// them to give a few, each time that it is asked for the next few.
///
/// The one statement that is not the same on both engines (docs/adr/0014): each is given what it does fastest. `LIKE` takes
/// twice the time of `strpos` on PostgreSQL, and half that of `instr` on SQLite, which has no `strpos`.
pub(super) const fn statement(engine: Engine) -> &'static str {
    macro_rules! pages {
        ($has:ident) => {
            concat!(
                "SELECT page, names FROM name_pages WHERE owner_id = $1 AND page > $2 AND page <= $3 AND ",
                pages!(@ $has, "$4"), " AND ", pages!(@ $has, "$5"), " AND ", pages!(@ $has, "$6"),
                " ORDER BY page DESC LIMIT $7"
            )
        };
        (@ like, $word:literal) => { concat!("names LIKE ", $word, " ESCAPE '\\'") };
        (@ strpos, $word:literal) => { concat!("strpos(names, ", $word, ") > 0") };
    }
    match engine {
        Engine::Sqlite => pages!(like),
        Engine::Postgres => pages!(strpos),
    }
}

/// A word as the statement of this engine takes it; nothing is in every name.
pub(super) fn parameter(engine: Engine, word: &str) -> String {
    match engine {
        Engine::Sqlite => {
            format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
        }
        Engine::Postgres => word.to_owned(),
    }
}

impl Drive {
    /// Files and folders whose names have all of these words, wherever they are in the drive, the newest first. `limit` is 1
    /// to 1000.
    ///
    /// A page may have fewer items, or none, and yet a next one: when very much in the trash was passed over.
    ///
    /// # Errors
    /// `Invalid { Limit }`; `Invalid { Cursor }`, also for that of a search for something else.
    pub async fn search(
        &self,
        actor: &Actor,
        words: &SearchWords,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Found>> {
        let limit = check_limit(limit)?;
        let list = format!("search of {} {:?}", actor.user, words.words());
        let after = after.map(|text| Cursor::decode(text, &list)).transpose()?;
        let mut filling = Filling::new(actor, limit);
        let mut connection = self.database().read().acquire().await?;
        let mut before = match after {
            None => end(&mut connection, actor).await?,
            Some(Cursor { value: Value::Number(line), .. }) => line,
            Some(_) => return Err(Error::invalid(Field::Cursor, Reason::Malformed)),
        };
        let mut breadth = FIRST;
        loop {
            let last = (before - 1) / LINES;
            let pages = self.pages(&mut connection, actor, words, (last - breadth, last)).await?;
            let lines: Vec<i64> =
                pages.iter().flat_map(|(page, names)| hits(words, *page, names, before)).collect();
            let mut rest = &lines[..];
            while !rest.is_empty() {
                // No more at once than the page takes: of a common word thousands match.
                let (batch, others) = rest.split_at(rest.len().min(BATCH).min(limit + 1));
                let candidates = candidates(&mut connection, actor, batch).await?;
                if !filling.take(&mut connection, candidates).await? {
                    return Ok(filling.page(&list, true));
                }
                rest = others;
            }
            let count = pages.len() as i64;
            match pages.last() {
                // As many as it may give: the next ones are looked for where so many are again.
                Some((page, _)) if count == MOST => {
                    (before, breadth) = (page * LINES, last - page);
                }
                _ if last <= breadth => return Ok(filling.page(&list, false)),
                _ => {
                    before = (last - breadth + 1) * LINES;
                    // Where few match, four times as far, and in a few steps to the end.
                    if count < MOST / 4 {
                        breadth = breadth.saturating_mul(4);
                    }
                }
            }
        }
    }

    /// Pages of the register that may have a match, of those after the first of two up to the second, the last first.
    async fn pages(
        &self,
        connection: &mut AnyConnection,
        actor: &Actor,
        words: &SearchWords,
        (after, last): (i64, i64),
    ) -> Result<Vec<(i64, String)>> {
        let engine = self.database().engine();
        let mut query = sqlx::query(statement(engine)).bind(actor.user.as_str()).bind(after).bind(last);
        for index in 0..WORDS {
            query = query.bind(parameter(engine, words.words().get(index).map_or("", String::as_str)));
        }
        let rows = query.bind(MOST).fetch_all(connection).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}

/// What follows the last line of somebody's register.
async fn end(connection: &mut AnyConnection, actor: &Actor) -> Result<i64> {
    let last = sqlx::query("SELECT COALESCE(MAX(page), 0) FROM name_pages WHERE owner_id = $1")
        .bind(actor.user.as_str())
        .fetch_one(connection)
        .await?;
    Ok((last.try_get::<i64, _>(0)? + 1) * LINES)
}

/// The lines of a page that match, the last first.
fn hits(words: &SearchWords, page: i64, names: &str, before: i64) -> Vec<i64> {
    let lines = names.split('\n').zip(page * LINES..);
    let mut hits: Vec<i64> =
        lines.filter(|(name, line)| *line < before && words.are_in(name)).map(|(_, line)| line).collect();
    hits.reverse();
    hits
}

/// The statement for the nodes of so many lines.
pub(super) fn candidates_text(count: usize) -> String {
    const NODES: &str = select_candidate!(
        "name_line",
        "WHERE n.owner_id = $1 AND n.trashed_at IS NULL AND n.name_line > 0 AND n.name_line IN"
    );
    format!("{NODES} ({}) ORDER BY n.name_line DESC", placeholders(2, count))
}

/// The nodes of these lines, of which there are some, that are not in the trash themselves, in the order of the list.
async fn candidates(connection: &mut AnyConnection, actor: &Actor, lines: &[i64]) -> Result<Vec<Candidate>> {
    let count = round(lines.len());
    // Placeholders and nothing of anybody's.
    let mut query = sqlx::query(AssertSqlSafe(candidates_text(count))).bind(actor.user.as_str());
    for line in lines.iter().chain(std::iter::repeat(&lines[lines.len() - 1])).take(count) {
        query = query.bind(*line);
    }
    query.fetch_all(connection).await?.iter().map(Candidate::of).collect()
}
