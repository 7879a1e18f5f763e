//! The register of names: what search reads (`find::search`, docs/adr/0014). A page holds the folded names of some 80 nodes,
//! a line for each, and a node knows its line, so that a line that matches leads to one node. Pages are written in the
//! transaction that writes the node, under the owner's lock: there is no moment at which a name cannot be found.
//!
//! A node keeps its line for life: a new name is written into the same line, and the line of what is purged becomes empty.
//! What is in the trash stays; whoever reads the register looks at the nodes.

mod catch_up;
mod check;

use domain::{Category, UserId, search_key};
use sqlx::{AnyConnection, Row};

use crate::Result;

pub(crate) use catch_up::catch_up;
pub(crate) use check::wrong_names;

/// Numbers of a page's lines.
pub(crate) const LINES: i64 = 256;

/// Bytes from which a page is full. A row of PostgreSQL's above 2 kB is compressed or moved out of the table, and reading
/// it costs twice the time.
const FULL: usize = 1_800;

/// The line of what has no name: a root.
pub(super) const NONE: i64 = 0;

/// As SQL keeps it.
pub(crate) const fn category_number(category: Category) -> i64 {
    match category {
        Category::Image => 0,
        Category::Document => 1,
        Category::Video => 2,
        Category::Audio => 3,
        Category::Other => 4,
    }
}

/// The category of a media type as SQL keeps it.
pub(super) fn category_of(mime: &str) -> i64 {
    category_number(Category::of(mime))
}

/// A page in hand.
struct Page {
    number: i64,
    lines: Vec<String>,
    bytes: usize,
}

impl Page {
    const fn empty(number: i64) -> Self {
        Self { number, lines: Vec::new(), bytes: 0 }
    }

    fn of(number: i64, names: &str) -> Self {
        Self { number, lines: names.split('\n').map(str::to_owned).collect(), bytes: names.len() }
    }

    async fn read(connection: &mut AnyConnection, owner: &UserId, number: i64) -> Result<Option<Self>> {
        let row = sqlx::query("SELECT names FROM name_pages WHERE owner_id = $1 AND page = $2")
            .bind(owner.as_str())
            .bind(number)
            .fetch_optional(connection)
            .await?;
        row.map(|row| Ok(Self::of(number, row.try_get(0)?))).transpose()
    }

    /// The one that new names go to.
    async fn last(connection: &mut AnyConnection, owner: &UserId) -> Result<Self> {
        let row =
            sqlx::query("SELECT page, names FROM name_pages WHERE owner_id = $1 ORDER BY page DESC LIMIT 1")
                .bind(owner.as_str())
                .fetch_optional(connection)
                .await?;
        row.map_or(Ok(Self::empty(1)), |row| Ok(Self::of(row.try_get(0)?, row.try_get(1)?)))
    }

    fn has_room(&self, key: &str) -> bool {
        self.lines.is_empty() || (self.lines.len() < LINES as usize && self.bytes + key.len() < FULL)
    }

    /// Adds a name; answers its line.
    fn push(&mut self, key: String) -> i64 {
        self.bytes += key.len() + 1;
        self.lines.push(key);
        self.number * LINES + self.lines.len() as i64 - 1
    }

    /// Without what is empty at its end; a page without a name goes.
    async fn write(mut self, connection: &mut AnyConnection, owner: &UserId) -> Result<()> {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        if self.lines.is_empty() {
            sqlx::query("DELETE FROM name_pages WHERE owner_id = $1 AND page = $2")
                .bind(owner.as_str())
                .bind(self.number)
                .execute(connection)
                .await?;
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO name_pages (owner_id, page, names) VALUES ($1, $2, $3) \
             ON CONFLICT (owner_id, page) DO UPDATE SET names = excluded.names",
        )
        .bind(owner.as_str())
        .bind(self.number)
        .bind(self.lines.join("\n"))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Enters names in their order; answers the line of each. The caller holds the owner's lock and writes the lines into the
/// nodes.
pub(super) async fn enter<'a>(
    connection: &mut AnyConnection,
    owner: &UserId,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<i64>> {
    let mut page = Page::last(connection, owner).await?;
    let mut lines = Vec::new();
    for name in names {
        let key = search_key(name);
        if !page.has_room(&key) {
            let next = Page::empty(page.number + 1);
            std::mem::replace(&mut page, next).write(connection, owner).await?;
        }
        lines.push(page.push(key));
    }
    page.write(connection, owner).await?;
    Ok(lines)
}

/// Writes another name into a line. What is not entered yet is left to [`catch_up`].
pub(super) async fn rename(
    connection: &mut AnyConnection,
    owner: &UserId,
    line: Option<i64>,
    name: &str,
) -> Result<()> {
    let Some(line) = line.filter(|line| *line > NONE) else { return Ok(()) };
    let Some(mut page) = Page::read(connection, owner, line / LINES).await? else { return Ok(()) };
    let key = search_key(name);
    match page.lines.get_mut((line % LINES) as usize) {
        Some(present) if *present != key => *present = key,
        _ => return Ok(()),
    }
    page.write(connection, owner).await
}

/// Empties lines, which are given in order.
async fn strike(connection: &mut AnyConnection, owner: &UserId, lines: &[i64]) -> Result<()> {
    for of_page in lines.chunk_by(|a, b| a / LINES == b / LINES) {
        let number = of_page[0] / LINES;
        let Some(mut page) = Page::read(connection, owner, number).await? else { continue };
        for line in of_page {
            if let Some(name) = page.lines.get_mut((line % LINES) as usize) {
                name.clear();
            }
        }
        page.write(connection, owner).await?;
    }
    Ok(())
}

/// Strikes out the names of the nodes that this transaction deletes.
pub(super) async fn strike_purged(connection: &mut AnyConnection, owner: &UserId) -> Result<()> {
    let rows = sqlx::query(
        "SELECT name_line FROM nodes WHERE owner_id = $1 AND trashed_at = 1 AND name_line > 0 ORDER BY name_line",
    )
    .bind(owner.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let lines = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<Vec<i64>>>()?;
    strike(connection, owner, &lines).await
}
