//! The rows behind tower-sessions. Puts nothing into them but what tower-sessions gives, apart from the user and
//! the epoch, which the drive needs to end all sessions of somebody.

use async_trait::async_trait;
use domain::UserId;
use drive::{Client, Drive, SessionRow};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{EPOCH, IDLE, REMEMBER, USER};

tokio::task_local! {
    /// The client of the request that is being answered; a session that is made in it keeps where it was made from.
    pub(crate) static CLIENT: Client;
}

/// Sessions in the drive's database.
#[derive(Clone, Debug)]
pub(crate) struct DriveSessions {
    drive: Drive,
}

impl DriveSessions {
    pub(crate) const fn new(drive: Drive) -> Self {
        Self { drive }
    }
}

#[async_trait]
impl SessionStore for DriveSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let row = row_of(record)?;
        let client = CLIENT.try_with(Client::clone).unwrap_or_default();
        // 128 random bits do not collide; a taken id means that something else is wrong.
        for _ in 0..3 {
            if self.drive.session_create(&record.id.to_string(), &row, &client).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no free session id".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let row = row_of(record)?;
        self.drive.session_save(&record.id.to_string(), &row).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.drive.session_load(&id.to_string()).await.map_err(backend)? else {
            return Ok(None);
        };
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.div_euclid(1000))
            .map_err(|error| Error::Decode(error.to_string()))?;
        if expiry_date <= OffsetDateTime::now_utc() {
            return Ok(None);
        }
        let data = serde_json::from_slice(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.drive.session_delete(&id.to_string()).await.map_err(backend)
    }
}

fn row_of(record: &Record) -> Result<SessionRow> {
    let user = record.data.get(USER).and_then(serde_json::Value::as_str);
    let user =
        user.map(str::parse::<UserId>).transpose().map_err(|error| Error::Encode(error.to_string()))?;
    let remembered = record.data.get(REMEMBER).and_then(serde_json::Value::as_bool) == Some(true);
    let expires = if remembered {
        record.expiry_date
    } else {
        record.expiry_date.min(OffsetDateTime::now_utc() + IDLE)
    };
    Ok(SessionRow {
        data: serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        user,
        epoch: record.data.get(EPOCH).and_then(serde_json::Value::as_i64).unwrap_or_default(),
        expires_at: expires.unix_timestamp().saturating_mul(1000),
    })
}

/// The cause is logged here, since tower-sessions turns it into an empty 500.
#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn backend(error: drive::Error) -> Error {
    Error::Backend(error.to_app_error().to_string())
}
