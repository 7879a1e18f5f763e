//! What people tell of themselves. Only they read and change it.

use domain::{Details, Gender, Profile, TypedDetails};
use sqlx::Row;

use crate::actor::role_of;
use crate::audit::{self, Entry};
use crate::database::from_sql;
use crate::nodes::parse;
use crate::{Actor, Client, Drive, Error, Result};

impl Drive {
    /// What every page shows of the person who looks at it.
    ///
    /// # Errors
    /// [`Error::SignInRequired`] when the account is gone.
    pub async fn profile(&self, actor: &Actor) -> Result<Profile> {
        let row = sqlx::query(
            "SELECT u.id, u.role, u.root_id, u.username, u.email, u.used, u.quota, u.display_name, a.version \
             FROM users u LEFT JOIN avatars a ON a.user_id = u.id WHERE u.id = $1",
        )
        .bind(actor.user.as_str())
        .fetch_optional(self.database().read())
        .await?
        .ok_or(Error::SignInRequired)?;
        Ok(Profile {
            id: parse(row.try_get(0)?)?,
            role: role_of(row.try_get(1)?),
            root: parse(row.try_get(2)?)?,
            username: row.try_get(3)?,
            email: row.try_get(4)?,
            used: from_sql(row.try_get(5)?),
            quota: row.try_get::<Option<i64>, _>(6)?.map(from_sql),
            display_name: row.try_get(7)?,
            avatar: row.try_get(8)?,
        })
    }

    /// What the actor told of themselves.
    ///
    /// # Errors
    /// [`Error::SignInRequired`] when the account is gone.
    pub async fn details(&self, actor: &Actor) -> Result<Details> {
        let row = sqlx::query("SELECT display_name, phone, gender, address, about FROM users WHERE id = $1")
            .bind(actor.user.as_str())
            .fetch_optional(self.database().read())
            .await?
            .ok_or(Error::SignInRequired)?;
        let text = |column: usize| -> Result<String> {
            Ok(row.try_get::<Option<String>, _>(column)?.unwrap_or_default())
        };
        let (display_name, phone, gender) = (text(0)?, text(1)?, text(2)?);
        let (address, about) = (text(3)?, text(4)?);
        let typed = TypedDetails {
            display_name: &display_name,
            phone: &phone,
            gender: &gender,
            address: &address,
            about: &about,
        };
        Details::parse(typed)
            .map_err(|refused| Error::Internal(format!("details in the database: {refused:?}")))
    }

    /// Changes what the actor tells of themselves, all of it at once.
    ///
    /// # Errors
    /// [`Error::SignInRequired`] when the account is gone.
    pub async fn set_details(&self, actor: &Actor, details: &Details, client: &Client) -> Result<()> {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut tx = self.database().begin().await?;
        let changed = sqlx::query(
            "UPDATE users SET display_name = $2, phone = $3, gender = $4, address = $5, about = $6 WHERE id = $1",
        )
        .bind(actor.user.as_str())
        .bind(said(details.display_name()))
        .bind(said(details.phone()))
        .bind(details.gender().map(Gender::name))
        .bind(said(details.address()))
        .bind(said(details.about()))
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(Error::SignInRequired);
        }
        let subject = Some(actor.user.as_str());
        let entry =
            Entry { user: Some(&actor.user), event: "account.profile", subject, client: Some(client) };
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await
    }
}
