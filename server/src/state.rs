//! What every handler can ask for: the drive, what was configured, and what is counted in memory.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::FromRef;
use drive::Drive;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use url::Url;

use crate::attempts::Attempts;
use crate::health::{LastLook, LastSurvey};

/// What was configured for HTTP.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach us; `None`: wherever the request says.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Opens `/metrics` beside the pages.
    pub metrics_token: Option<String>,
    /// Tries at a password that one address has in a minute.
    pub attempts_per_minute: NonZeroU32,
    /// Questions that cost a processor something, which one address has in a minute: pictures and sounds of captchas, and how
    /// hard a password is to guess.
    pub questions_per_minute: NonZeroU32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            trusted_proxies: Vec::new(),
            metrics_token: None,
            attempts_per_minute: DEFAULT_ATTEMPTS,
            questions_per_minute: DEFAULT_QUESTIONS,
        }
    }
}

/// A family behind one address does not notice it; a guesser does.
pub(crate) const DEFAULT_ATTEMPTS: NonZeroU32 = match NonZeroU32::new(30) {
    Some(tries) => tries,
    None => NonZeroU32::MIN,
};

/// Several people behind one address who type a password do not notice it.
const DEFAULT_QUESTIONS: NonZeroU32 = match NonZeroU32::new(240) {
    Some(questions) => questions,
    None => NonZeroU32::MIN,
};

impl Settings {
    /// Whether people come by https: cookies are `Secure` then, and browsers are told to stay with it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) drive: Drive,
    pub(crate) site: LeptosOptions,
    pub(crate) settings: Arc<Settings>,
    pub(crate) attempts: Arc<Attempts>,
    /// Questions of scripts, which cost a processor something.
    pub(crate) questions: Arc<Attempts>,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) last_look: Arc<LastLook>,
    pub(crate) last_survey: Arc<LastSurvey>,
}

impl AppState {
    /// The state of a server over this drive, with pages from this site. The first call of a process installs the
    /// recorder of its metrics.
    #[must_use]
    pub fn new(drive: Drive, site: LeptosOptions, settings: Settings) -> Self {
        Self {
            drive,
            site,
            attempts: Arc::new(Attempts::per_minute(settings.attempts_per_minute)),
            questions: Arc::new(Attempts::per_minute(settings.questions_per_minute)),
            settings: Arc::new(settings),
            metrics: crate::metrics::install(),
            last_look: Arc::default(),
            last_survey: Arc::default(),
        }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.site.clone()
    }
}

impl FromRef<AppState> for Drive {
    fn from_ref(state: &AppState) -> Self {
        state.drive.clone()
    }
}
