//! What an account may use: `used` are bytes of its files, versions and trash; `reserved` are promised to uploads.
//!
//! Every function is one conditional UPDATE, so that two uploads cannot both take the last room.

use domain::UserId;
use sqlx::Row;

use crate::database::{Tx, from_sql, to_sql};
use crate::{Error, Result};

/// Locks the person's row until the transaction ends, so that changes to one drive happen one after another. To be called
/// before the first look at what the change depends on.
///
/// An UPDATE that changes nothing, because SQLite knows no `FOR UPDATE` and there is one set of SQL.
///
/// # Errors
/// [`Error::NotFound`] when the account is gone or being deleted: nothing comes into a drive that is being emptied, whoever
/// was let in before.
pub(crate) async fn lock(tx: &mut Tx, owner: &UserId) -> Result<()> {
    let locked = sqlx::query("UPDATE users SET used = used WHERE id = $1 AND deleted_at IS NULL")
        .bind(owner.as_str())
        .execute(&mut **tx)
        .await?;
    if locked.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// The same for what takes away and adds nothing, also from an account that is being deleted.
///
/// # Errors
/// [`Error::NotFound`] when the account is gone.
pub(crate) async fn lock_to_remove(tx: &mut Tx, owner: &UserId) -> Result<()> {
    let locked = sqlx::query("UPDATE users SET used = used WHERE id = $1")
        .bind(owner.as_str())
        .execute(&mut **tx)
        .await?;
    if locked.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Promises `bytes` to an upload.
///
/// # Errors
/// [`Error::QuotaExceeded`] with what is left.
pub(crate) async fn reserve(tx: &mut Tx, owner: &UserId, bytes: u64) -> Result<()> {
    let reserved = sqlx::query(
        "UPDATE users SET reserved = reserved + $2 \
         WHERE id = $1 AND (quota IS NULL OR quota - used - reserved >= $2)",
    )
    .bind(owner.as_str())
    .bind(to_sql(bytes))
    .execute(&mut **tx)
    .await?;
    if reserved.rows_affected() == 1 { Ok(()) } else { Err(exceeded(tx, owner).await?) }
}

/// Takes a promise of `bytes` back.
pub(crate) async fn release(tx: &mut Tx, owner: &UserId, bytes: u64) -> Result<()> {
    sqlx::query(
        "UPDATE users SET reserved = CASE WHEN reserved > $2 THEN reserved - $2 ELSE 0 END WHERE id = $1",
    )
    .bind(owner.as_str())
    .bind(to_sql(bytes))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Turns a promise of `reserved` bytes into `actual` used ones. The promise holds against other uploads, and not against a
/// quota that was lowered since it was given.
///
/// # Errors
/// [`Error::QuotaExceeded`] when `actual` exceeds what the quota leaves beside used bytes, or exceeds `reserved` and there
/// is no room for the difference.
pub(crate) async fn spend(tx: &mut Tx, owner: &UserId, reserved: u64, actual: u64) -> Result<()> {
    let spent = sqlx::query(
        "UPDATE users SET used = used + $3, reserved = CASE WHEN reserved > $2 THEN reserved - $2 ELSE 0 END \
         WHERE id = $1 AND (quota IS NULL OR $3 = 0 OR (quota - used >= $3 \
         AND ($3 <= $2 OR quota - used - reserved >= $3 - $2)))",
    )
    .bind(owner.as_str())
    .bind(to_sql(reserved))
    .bind(to_sql(actual))
    .execute(&mut **tx)
    .await?;
    if spent.rows_affected() == 1 { Ok(()) } else { Err(exceeded(tx, owner).await?) }
}

/// Gives `bytes` of purged files back.
pub(crate) async fn free(tx: &mut Tx, owner: &UserId, bytes: u64) -> Result<()> {
    sqlx::query("UPDATE users SET used = CASE WHEN used > $2 THEN used - $2 ELSE 0 END WHERE id = $1")
        .bind(owner.as_str())
        .bind(to_sql(bytes))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn exceeded(tx: &mut Tx, owner: &UserId) -> Result<Error> {
    let row = sqlx::query("SELECT quota, used, reserved FROM users WHERE id = $1")
        .bind(owner.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(Error::NotFound) };
    let quota: Option<i64> = row.try_get(0)?;
    let left = quota.unwrap_or(i64::MAX).saturating_sub(row.try_get(1)?).saturating_sub(row.try_get(2)?);
    Ok(Error::QuotaExceeded { available: from_sql(left) })
}
