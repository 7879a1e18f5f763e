//! What holds for the whole site and may be changed while it runs: who may register, how much and for how long.
//!
//! Each begins as the option at the start says ([`Config`]); what administrators change is a row of `site_settings`, which
//! wins. Every instance keeps what is in force in memory and looks every [`LOOK`] whether it changed: no request asks
//! the database for it, and a change is in force everywhere within seconds.

mod setting;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use domain::Registration;
use sqlx::Row;

use crate::database::errors;
use crate::error::Chain;
use crate::{Config, Drive, Result, random};

pub use setting::{Setting, SettingEntry, SettingName};

/// Between two looks at what other instances changed.
const LOOK: Duration = Duration::from_secs(2);

/// What holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who may make an account of their own.
    pub registration: Registration,
    /// Bytes a new account may use; `None` is no limit.
    pub default_quota: Option<u64>,
    /// Bytes of the largest file.
    pub max_file_size: u64,
    /// How long the trash keeps things; `None` is until they are deleted by hand.
    pub trash_retention: Option<Duration>,
    /// What everybody is told.
    pub announcement: Option<Announcement>,
}

/// What everybody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Differs whenever the text does, so that who has read it is not told again.
    pub id: String,
    /// Plain text of several lines.
    pub text: String,
}

impl Rules {
    /// As the options at the start say.
    pub(crate) const fn of(config: &Config) -> Self {
        Self {
            registration: config.registration,
            default_quota: config.default_quota,
            max_file_size: config.max_file_size,
            trash_retention: config.trash_retention,
            announcement: None,
        }
    }

    pub(crate) fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Registration(registration) => self.registration = registration,
            Setting::DefaultQuota(quota) => self.default_quota = quota,
            Setting::MaxFileSize(size) => self.max_file_size = size,
            Setting::TrashRetention(keeps) => self.trash_retention = keeps,
            Setting::Announcement(text) => {
                // Half of a hash tells two texts apart, and is short enough for a cookie.
                let id = random::hash_of_secret(&text)[..16].to_owned();
                self.announcement = (!text.is_empty()).then_some(Announcement { id, text });
            }
        }
    }

    pub(crate) fn get(&self, name: SettingName) -> Setting {
        match name {
            SettingName::Registration => Setting::Registration(self.registration),
            SettingName::DefaultQuota => Setting::DefaultQuota(self.default_quota),
            SettingName::MaxFileSize => Setting::MaxFileSize(self.max_file_size),
            SettingName::TrashRetention => Setting::TrashRetention(self.trash_retention),
            SettingName::Announcement => Setting::Announcement(
                self.announcement.as_ref().map(|announcement| announcement.text.clone()).unwrap_or_default(),
            ),
        }
    }
}

/// What this process holds to be in force.
#[derive(Debug)]
pub(crate) struct InForce {
    rules: RwLock<Arc<Rules>>,
    /// Names of what could not be read, so that the log tells of them once.
    unreadable: Mutex<Vec<String>>,
}

impl InForce {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules: RwLock::new(Arc::new(rules)), unreadable: Mutex::default() }
    }

    fn get(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    fn tell_of(&self, unreadable: Vec<String>) {
        let mut told = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        for name in unreadable.iter().filter(|name| !told.contains(name)) {
            tracing::warn!(name, "a setting cannot be read, as of a newer release");
        }
        *told = unreadable;
    }
}

/// What a row of the table puts in force. One that cannot be read, as of a newer release, leaves the default; but the trash is
/// kept until it can: what was to be kept for longer would be gone for good.
pub(crate) fn stored(name: &str, value: &str) -> Option<Setting> {
    let name = SettingName::parse(name)?;
    let unreadable = (name == SettingName::TrashRetention).then_some(Setting::TrashRetention(None));
    name.read(value).or(unreadable)
}

impl Drive {
    /// What holds now, as this process knows it: what another instance changed is known within seconds.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        self.rules_in_force().get()
    }

    /// Reads what administrators decided.
    pub(crate) async fn refresh_rules(&self) -> Result<()> {
        let rows =
            sqlx::query("SELECT name, value FROM site_settings").fetch_all(self.database().read()).await;
        let rows = match rows {
            // The operator has not migrated yet: nobody can have decided anything.
            Err(error) if errors::is_missing_table(&error) => Vec::new(),
            rows => rows?,
        };
        let (mut rules, mut unreadable) = (Rules::of(self.config()), Vec::new());
        for row in rows {
            let (name, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            if SettingName::parse(&name).and_then(|name| name.read(&value)).is_none() {
                unreadable.push(name.clone());
            }
            stored(&name, &value).into_iter().for_each(|setting| rules.set(setting));
        }
        self.rules_in_force().tell_of(unreadable);
        if rules != *self.rules() {
            tracing::info!("the settings of the site changed");
            self.rules_in_force().set(rules);
        }
        Ok(())
    }

    /// Looks for changes until it is dropped. While the database is away, what is known stays in force.
    pub(crate) async fn follow_rules(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = self.refresh_rules().await {
                tracing::debug!(error = %Chain(&error), "the settings of the site cannot be read now");
            }
        }
    }
}
