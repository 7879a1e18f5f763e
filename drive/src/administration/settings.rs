//! The settings of the site, as administrators see and change them.

use std::collections::HashMap;

use sqlx::Row;

use super::{check, lock};
use crate::audit::{self, Entry};
use crate::database::{Tx, retrying};
use crate::site::{Rules, Setting, SettingEntry, SettingName, stored};
use crate::{Actor, Client, Drive, Result};

impl Drive {
    /// Every setting: what is in force, what the option at the start says, and who changed it.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) for who is no administrator.
    pub async fn settings(&self, actor: &Actor) -> Result<Vec<SettingEntry>> {
        check(actor)?;
        // Not what this process has in mind, which may be seconds old: who changed something elsewhere wants to see it.
        let rows = sqlx::query(
            "SELECT s.name, s.value, s.changed_at, u.username FROM site_settings s LEFT JOIN users u ON u.id = s.changed_by",
        )
        .fetch_all(self.database().read())
        .await?;
        let mut set = HashMap::new();
        for row in &rows {
            if let Some(value) = stored(row.try_get(0)?, row.try_get(1)?) {
                set.insert(value.name().as_str(), (value, (row.try_get(2)?, row.try_get(3)?)));
            }
        }
        let defaults = Rules::of(self.config());
        let entry = |name: SettingName| {
            let default = defaults.get(name);
            match set.remove(name.as_str()) {
                Some((value, changed)) => SettingEntry { value, default, changed: Some(changed) },
                None => SettingEntry { value: default.clone(), default, changed: None },
            }
        };
        Ok(SettingName::ALL.into_iter().map(entry).collect())
    }

    /// Changes a setting; every instance follows within seconds. An empty announcement ends it.
    ///
    /// # Errors
    /// `Invalid` with the field of the setting, and nothing changed; [`Error::NotFound`](crate::Error::NotFound) for who is no
    /// administrator.
    pub async fn change_setting(&self, actor: &Actor, setting: Setting, client: &Client) -> Result<()> {
        check(actor)?;
        let setting = setting.checked()?;
        let value = Some(&setting).filter(|setting| **setting != Setting::Announcement(String::new()));
        retrying(|| self.write_setting(actor, setting.name(), value, client)).await?;
        self.refresh_rules().await
    }

    /// Goes back to what the option at the start says.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) for who is no administrator.
    pub async fn reset_setting(&self, actor: &Actor, name: SettingName, client: &Client) -> Result<()> {
        check(actor)?;
        retrying(|| self.write_setting(actor, name, None, client)).await?;
        self.refresh_rules().await
    }

    async fn write_setting(
        &self,
        actor: &Actor,
        name: SettingName,
        setting: Option<&Setting>,
        client: &Client,
    ) -> Result<()> {
        let mut tx = self.database().begin().await?;
        lock(&mut tx, actor).await?;
        let before = sqlx::query("SELECT value FROM site_settings WHERE name = $1")
            .bind(name.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        let before: Option<String> = before.map(|row| row.try_get(0)).transpose()?;
        let after = setting.map(Setting::text);
        if before == after {
            return Ok(());
        }
        match &after {
            Some(value) => self.keep_setting(&mut tx, actor, name, value).await?,
            None => {
                sqlx::query("DELETE FROM site_settings WHERE name = $1")
                    .bind(name.as_str())
                    .execute(&mut *tx)
                    .await?;
            }
        }
        let default = Rules::of(self.config()).get(name).text();
        let shown = |value: Option<String>| value.unwrap_or_else(|| format!("{default} (default)"));
        let note = format!("{} → {}", shown(before), shown(after));
        let entry = Entry {
            user: Some(&actor.user),
            event: "setting.change",
            subject: Some(name.as_str()),
            client: Some(client),
        };
        audit::record_with(&mut tx, self.now(), &entry, Some(&note)).await?;
        tx.commit().await
    }

    async fn keep_setting(&self, tx: &mut Tx, actor: &Actor, name: SettingName, value: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO site_settings (name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET value = $2, changed_at = $3, changed_by = $4",
        )
        .bind(name.as_str())
        .bind(value)
        .bind(self.now())
        .bind(actor.user.as_str())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
