//! What is kept of each account against what it counts.

use sqlx::Row;

use super::{Diagnosis, Finding, Report};
use crate::nodes::{parse, register};
use crate::{Drive, Error, Result, quota};

/// Accounts of one statement.
const BATCH: i64 = 100;

/// The kept and the counted figures of the accounts behind `$1`, `$2` of them. One statement sees one moment.
const FIGURES: &str = "SELECT u.id, u.username, u.used, u.reserved, \
    CAST((SELECT COALESCE(SUM(n.size), 0) FROM nodes n WHERE n.owner_id = u.id) \
     + (SELECT COALESCE(SUM(v.size), 0) FROM versions v JOIN nodes n ON n.id = v.node_id WHERE n.owner_id = u.id) AS BIGINT), \
    CAST((SELECT COALESCE(SUM(p.reserved), 0) FROM uploads p WHERE p.owner_id = u.id) AS BIGINT) \
    FROM users u WHERE u.id > $1 ORDER BY u.id LIMIT $2";

impl Drive {
    pub(super) async fn examine_accounts(
        &self,
        repair: bool,
        report: Report<'_>,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let mut after = String::new();
        loop {
            let rows =
                sqlx::query(FIGURES).bind(&after).bind(BATCH).fetch_all(self.database().read()).await?;
            diagnosis.accounts += rows.len() as u64;
            for row in &rows {
                let username: String = row.try_get(1)?;
                let (used, reserved): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
                let (files, uploads): (i64, i64) = (row.try_get(4)?, row.try_get(5)?);
                let owner = parse(row.try_get(0)?)?;
                let names = match register::wrong_names(self.database(), &owner, repair).await {
                    // The account ended meanwhile.
                    Err(Error::NotFound) => continue,
                    names => names?,
                };
                let mended = repair
                    && (used != files || reserved != uploads)
                    && self.count_account(row.try_get(0)?).await?;
                if names > 0 {
                    diagnosis.count(repair);
                    report(&Finding::Names { username: username.clone(), count: names }, repair);
                }
                if used != files {
                    diagnosis.count(mended);
                    report(
                        &Finding::Used { username: username.clone(), recorded: used, counted: files },
                        mended,
                    );
                }
                if reserved != uploads {
                    diagnosis.count(mended);
                    report(&Finding::Reserved { username, recorded: reserved, counted: uploads }, mended);
                }
            }
            match rows.last() {
                Some(row) if rows.len() as u64 == BATCH.unsigned_abs() => after = row.try_get(0)?,
                // What was taken out of the register is entered anew.
                _ if repair => return register::catch_up(self.database()).await,
                _ => return Ok(()),
            }
        }
    }

    /// Counts anew, under the lock that every change to the account's drive takes.
    async fn count_account(&self, user: &str) -> Result<bool> {
        let mut tx = self.database().begin().await?;
        quota::lock_to_remove(&mut tx, &parse(user)?).await?;
        sqlx::query(
            "UPDATE users SET used = CAST((SELECT COALESCE(SUM(n.size), 0) FROM nodes n WHERE n.owner_id = $1) \
             + (SELECT COALESCE(SUM(v.size), 0) FROM versions v JOIN nodes n ON n.id = v.node_id WHERE n.owner_id = $1) \
             AS BIGINT), reserved = CAST((SELECT COALESCE(SUM(p.reserved), 0) FROM uploads p WHERE p.owner_id = $1) \
             AS BIGINT) WHERE id = $1",
        )
        .bind(user)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}
