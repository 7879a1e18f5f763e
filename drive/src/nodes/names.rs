//! Which names of a folder are free.

use domain::{Field, FileName, NodeId, Reason};
use sqlx::AnyConnection;

use crate::database::Tx;
use crate::{Error, Result};

/// The largest number a name may get; also bounds the search.
const LAST: u32 = 1 << 24;

/// Whether the folder holds a name that this one would be taken for.
pub(crate) async fn is_taken(
    connection: &mut AnyConnection,
    parent: &NodeId,
    name: &FileName,
) -> Result<bool> {
    let row =
        sqlx::query("SELECT 1 FROM nodes WHERE parent_id = $1 AND name_key = $2 AND trashed_at IS NULL")
            .bind(parent.as_str())
            .bind(name.unique_key())
            .fetch_optional(connection)
            .await?;
    Ok(row.is_some())
}

/// The name itself, or with the number that makes it free.
///
/// The first free number by looking at one after the other costs a query per copy, and reading all taken names is no
/// better: the thousandth `photo.jpg` would cost a thousand rows. So small numbers are tried in order, as people expect
/// them, and then the number is doubled until one is free and halved back to one that is free behind a taken one: two
/// dozen looks into an index at most. Numbers that became free in between may stay unused.
pub(crate) async fn free_name(tx: &mut Tx, parent: &NodeId, name: &FileName) -> Result<FileName> {
    if !is_taken(tx, parent, name).await? {
        return Ok(name.clone());
    }
    let mut taken = 0;
    for number in 1..=8 {
        if !is_taken(tx, parent, &name.numbered(number)).await? {
            return Ok(name.numbered(number));
        }
        taken = number;
    }
    let mut free = taken * 2;
    while is_taken(tx, parent, &name.numbered(free)).await? {
        (taken, free) = (free, free * 2);
        if free > LAST {
            return Err(Error::invalid(Field::Name, Reason::Taken));
        }
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_taken(tx, parent, &name.numbered(middle)).await? {
            taken = middle;
        } else {
            free = middle;
        }
    }
    Ok(name.numbered(free))
}
