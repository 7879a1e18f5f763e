//! A new upload: everything that can be refused is refused here, before bytes flow.

use std::collections::{HashMap, HashSet};

use domain::{Field, NodeId, Reason, UploadId, UploadKind, UploadMetadata, UserId};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::row::{State, Upload, kind_text};
use super::{NewUpload, NewUploadKind, UploadStatus, to_the_end};
use crate::clock::millis;
use crate::database::{Tx, to_sql};
use crate::nodes::check_target;
use crate::{Actor, Drive, Error, Result, quota, random};

/// Parts that one statement names at most; SQLite takes 32,766 parameters, PostgreSQL 65,535.
const BATCH: usize = 500;

/// Parts of one file at most: as many as HDFS takes blocks.
const PARTS: usize = 10_000;

impl Drive {
    /// Begins an upload. An empty whole one and a final one are published before this returns; when that fails, the
    /// upload stays and can be continued (a final one by the same call again: parts that one took already answer it).
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::QuotaExceeded`]; [`Error::NameTaken`] under `Conflict::Fail`; `Invalid`: `Name`
    /// (none given), `Parent`, `Metadata` (an odd hash), `Length` and `Parts` (unknown, incomplete, used elsewhere);
    /// what publishing can end with.
    pub async fn begin_upload(&self, actor: &Actor, new: NewUpload) -> Result<UploadStatus> {
        check_metadata(&new)?;
        let limit = self.rules().max_file_size;
        let metadata = &new.metadata;
        let end_of_part = metadata.part_offset.map(|start| start.saturating_add(new.length.unwrap_or(0)));
        if new.length.max(metadata.total).max(end_of_part).is_some_and(|end| end > limit) {
            return Err(Error::TooLarge { limit });
        }
        let id = match &new.kind {
            NewUploadKind::Final { parts, .. } => self.begin_final(actor, parts, &new).await?,
            NewUploadKind::Whole => self.begin_plain(actor, UploadKind::Whole, &new).await?,
            NewUploadKind::Partial => self.begin_plain(actor, UploadKind::Partial, &new).await?,
        };
        let upload = Upload::load(&mut *self.database().read().acquire().await?, &actor.user, &id).await?;
        if !upload.state.is_publishing() {
            let offset = if upload.state == State::Done { upload.length.unwrap_or(0) } else { 0 };
            let parts = super::inspect::parts_of(&mut *self.database().read().acquire().await?, &id).await?;
            return Ok(upload.status(offset, parts));
        }
        let (drive, owner) = (self.clone(), actor.user.clone());
        to_the_end(async move {
            let claim = drive.uploads().registry.claim(&id).await?;
            let mut held = drive.hold(&owner, &id, claim).await?;
            let outcome = drive.conclude(&mut held).await;
            drive.let_go(&held.upload).await;
            outcome
        })
        .await
    }

    async fn begin_plain(&self, actor: &Actor, kind: UploadKind, new: &NewUpload) -> Result<UploadId> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        check_place(&mut tx, actor, &new.metadata).await?;
        quota::reserve(&mut tx, &actor.user, new.length.unwrap_or(0)).await?;
        let state = match (kind, new.length) {
            (UploadKind::Whole, Some(0)) => State::Sealing,
            _ => State::Uploading,
        };
        let id = self.insert(&mut tx, &actor.user, kind, state, new.length, new).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        owner: &UserId,
        kind: UploadKind,
        state: State,
        length: Option<u64>,
        new: &NewUpload,
    ) -> Result<UploadId> {
        let id = UploadId::from_random(random::bits());
        let now = self.now();
        let reserved = if kind == UploadKind::Final { 0 } else { length.unwrap_or(0) };
        sqlx::query(
            "INSERT INTO uploads (id, owner_id, kind, state, length, metadata, parsed, reserved, created_at, updated_at, \
             expires_at, part_group, raw_parts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)",
        )
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(kind_text(kind))
        .bind(state.as_str())
        .bind(length.map(to_sql))
        .bind(new.raw_metadata.as_str())
        .bind(as_json(&new.metadata)?)
        .bind(to_sql(reserved))
        .bind(now)
        .bind(now + millis(self.config().upload_expiry))
        .bind(new.metadata.group.as_deref().filter(|_| kind == UploadKind::Partial))
        .bind(raw_parts(new))
        .execute(&mut **tx)
        .await?;
        Ok(id)
    }

    /// Takes the parts, all or none of them. When a final upload took exactly these before, that is the answer: the
    /// client did not hear of it.
    async fn begin_final(&self, actor: &Actor, parts: &[UploadId], new: &NewUpload) -> Result<UploadId> {
        let refused = |reason| Err(Error::invalid(Field::Parts, reason));
        match parts.len() {
            0 => return refused(Reason::Empty),
            count if count > PARTS => return refused(Reason::TooLong { limit: PARTS as u64 }),
            count if parts.iter().collect::<HashSet<_>>().len() < count => {
                return refused(Reason::Contradiction);
            }
            _ => {}
        }
        // Bytes of a part whose writer died count when they are adopted; asking for the part does that.
        for (id, part) in parts.iter().zip(self.parts(actor, parts).await?) {
            if part.is_open && part.state == State::Uploading {
                self.inspect_upload(actor, id).await?;
            }
        }
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        let found = load_parts(&mut tx, &actor.user, parts).await?;
        if found.iter().any(|part| part.state.is_over()) {
            return refused(Reason::Unknown);
        }
        if let Some(taken) = found[0].taken.clone() {
            let same = found.iter().all(|part| part.taken.as_ref() == Some(&taken));
            let all = super::inspect::parts_of(&mut tx, &taken).await? == parts;
            return if same && all {
                self.renew_final(tx, taken, new).await
            } else {
                refused(Reason::Contradiction)
            };
        }
        if !found.iter().all(Part::is_ready) {
            return refused(Reason::Contradiction);
        }
        let length = found.iter().filter_map(|part| part.length).sum();
        if new.length.is_some_and(|told| told != length) {
            return Err(Error::invalid(Field::Length, Reason::Contradiction));
        }
        let limit = self.rules().max_file_size;
        if length > limit {
            return Err(Error::TooLarge { limit });
        }
        check_place(&mut tx, actor, &new.metadata).await?;
        let id =
            self.insert(&mut tx, &actor.user, UploadKind::Final, State::Sealing, Some(length), new).await?;
        take_parts(&mut tx, &id, parts).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn parts(&self, actor: &Actor, parts: &[UploadId]) -> Result<Vec<Part>> {
        let mut tx = self.database().begin().await?;
        load_parts(&mut tx, &actor.user, parts).await
    }

    /// A final upload that could not become a node under its name may be sent again with another.
    async fn renew_final(&self, mut tx: Tx, id: UploadId, new: &NewUpload) -> Result<UploadId> {
        sqlx::query(
            "UPDATE uploads SET metadata = $2, parsed = $3, raw_parts = $4, failure = NULL WHERE id = $1 \
             AND failure IS NOT NULL AND state <> 'done'",
        )
        .bind(id.as_str())
        .bind(new.raw_metadata.as_str())
        .bind(as_json(&new.metadata)?)
        .bind(raw_parts(new))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(id)
    }
}

/// What matters of a partial upload that is to be taken.
struct Part {
    kind_is_partial: bool,
    state: State,
    length: Option<u64>,
    received: u64,
    taken: Option<UploadId>,
    /// A segment is being written, or its writer died.
    is_open: bool,
}

impl Part {
    fn read(row: &AnyRow) -> Result<(UploadId, Self)> {
        let upload = Upload::read(row)?;
        let part = Self {
            kind_is_partial: upload.kind == UploadKind::Partial,
            state: upload.state,
            length: upload.length,
            received: upload.received,
            taken: upload.final_id,
            is_open: row.try_get::<i64, _>("open_segments")? > 0,
        };
        Ok((upload.id, part))
    }

    fn is_ready(&self) -> bool {
        self.kind_is_partial
            && self.state == State::Uploading
            && self.length == Some(self.received)
            && !self.is_open
    }
}

/// In the order asked for.
async fn load_parts(tx: &mut Tx, owner: &UserId, parts: &[UploadId]) -> Result<Vec<Part>> {
    let mut found = HashMap::new();
    for batch in parts.chunks(BATCH) {
        let sql = format!(
            "SELECT {}, (SELECT COUNT(*) FROM segments s WHERE s.upload_id = uploads.id AND s.length IS NULL) \
             AS open_segments FROM uploads WHERE owner_id = $1 AND id IN ({})",
            super::row::columns!(),
            placeholders(2, batch.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(owner.as_str());
        for id in batch {
            query = query.bind(id.as_str());
        }
        for row in query.fetch_all(&mut **tx).await? {
            let (id, part) = Part::read(&row)?;
            found.insert(id, part);
        }
    }
    let unknown = || Error::invalid(Field::Parts, Reason::Unknown);
    parts.iter().map(|id| found.remove(id).ok_or_else(unknown)).collect()
}

/// Marks the parts as taken and shuts their writers out.
async fn take_parts(tx: &mut Tx, id: &UploadId, parts: &[UploadId]) -> Result<()> {
    for (nth, batch) in parts.chunks(BATCH).enumerate() {
        let places: String = (0..batch.len())
            .map(|place| format!(" WHEN ${} THEN {}", place + 2, nth * BATCH + place))
            .collect();
        let sql = format!(
            "UPDATE uploads SET final_id = $1, epoch = epoch + 1, idle_epoch = epoch + 1, position = CASE id{places} END \
             WHERE id IN ({}) AND final_id IS NULL AND state = 'uploading'",
            placeholders(2, batch.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(id.as_str());
        for part in batch {
            query = query.bind(part.as_str());
        }
        if query.execute(&mut **tx).await?.rows_affected() != batch.len() as u64 {
            return Err(Error::invalid(Field::Parts, Reason::Contradiction));
        }
    }
    Ok(())
}

fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

fn raw_parts(new: &NewUpload) -> Option<&str> {
    match &new.kind {
        NewUploadKind::Final { raw, .. } => Some(raw),
        NewUploadKind::Whole | NewUploadKind::Partial => None,
    }
}

fn as_json(metadata: &UploadMetadata) -> Result<String> {
    serde_json::to_string(metadata).map_err(|error| Error::Internal(error.to_string()))
}

fn check_metadata(new: &NewUpload) -> Result<()> {
    let metadata = &new.metadata;
    if metadata.name.is_none() && new.kind != NewUploadKind::Partial {
        return Err(Error::invalid(Field::Name, Reason::Empty));
    }
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if metadata.blake3.as_ref().is_some_and(|text| !is_hash(text)) {
        return Err(Error::invalid(Field::Metadata, Reason::Malformed));
    }
    Ok(())
}

/// The folder is there and, where that matters, the name is free in it. A part need not say where it goes.
async fn check_place(tx: &mut Tx, actor: &Actor, metadata: &UploadMetadata) -> Result<()> {
    let Some(name) = &metadata.name else { return Ok(()) };
    let parent: &NodeId = metadata.parent.as_ref().unwrap_or(&actor.root);
    match check_target(tx, &actor.user, parent, name, metadata.conflict).await {
        Err(Error::NotFound) => Err(Error::invalid(Field::Parent, Reason::Unknown)),
        outcome => outcome,
    }
}
