//! The command line and the environment: what can be set, what it defaults to, and what it says when it is wrong.
//!
//! Reads nothing but arguments and variables; whether a database or a store is there, `start` finds out.

#[cfg(test)]
mod documents;
mod refusal;
mod value;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{ByteSize, Email, Login, Username};
use ipnet::IpNet;
use url::Url;

use crate::state::DEFAULT_ATTEMPTS;
pub(crate) use refusal::{Refusal, parse};

/// A self-hosted cloud drive whose bytes live in HDFS or in a local directory.
///
/// Every option can also be set by the environment variable that stands beside it.
#[derive(Debug, Parser)]
#[command(name = "hayloft", version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) log: LogOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve pages, API, uploads and downloads. Brings the database up to date first.
    Serve(Box<ServeOptions>),
    /// Accounts with rights over all others.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Secrets for programs that use the API.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Compare database and store, and tell what is wrong. May run beside servers at work.
    Doctor(DoctorOptions),
    /// Bring the database up to date and end.
    Migrate(DatabaseOptions),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Create an administrator; the password is the first line of the standard input.
    Create(AdminOptions),
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Create a token and print it; it cannot be shown again.
    Create(TokenOptions),
}

/// Where names, accounts and the state of uploads are.
#[derive(Clone, Debug, Args)]
pub(crate) struct DatabaseOptions {
    /// Directory for what has no place of its own: the SQLite file and the local store.
    #[arg(long, env = "HAYLOFT_DATA", value_name = "DIRECTORY", default_value = "./data")]
    pub(crate) data: PathBuf,
    /// Database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME. Default: hayloft.db in the data directory.
    #[arg(long, env = "HAYLOFT_DATABASE_URL", value_name = "URL", hide_env_values = true,
          value_parser = value::database_url)]
    pub(crate) database_url: Option<String>,
}

/// Where bytes are.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreOptions {
    /// Blob store: file:///PATH or webhdfs://USER@NAMENODE:PORT/BASE (second NameNode: ?alt=HOST:PORT).
    /// Default: the directory `store` in the data directory.
    #[arg(long, env = "HAYLOFT_STORE_URL", value_name = "URL", hide_env_values = true,
          value_parser = value::store_url)]
    pub(crate) store_url: Option<Url>,
    /// Largest file that is taken, like 500MB or 20GiB. Default: 1.34 TB, the most that HDFS takes by default.
    #[arg(long, env = "HAYLOFT_MAX_FILE_SIZE", value_name = "SIZE", value_parser = value::size)]
    pub(crate) max_file_size: Option<ByteSize>,
    /// Room of a new account, like 50GB. Default: no limit.
    #[arg(long, env = "HAYLOFT_DEFAULT_QUOTA", value_name = "SIZE", value_parser = value::size)]
    pub(crate) default_quota: Option<ByteSize>,
    /// How long the trash keeps things, like 7d or 36h; a number alone is days, 0 is until they are deleted by hand.
    #[arg(long, env = "HAYLOFT_TRASH_RETENTION", value_name = "TIME", default_value = "7d",
          value_parser = value::retention)]
    pub(crate) trash_retention: domain::Retention,
    /// Who may register: anybody (open), whoever an administrator invited (invitation), or nobody (closed). Administrators
    /// may change this and the three options above on the pages.
    #[arg(long, env = "HAYLOFT_REGISTRATION", value_name = "WHO", default_value = "open")]
    pub(crate) registration: Registration,
    /// Whether strangers solve a captcha to register, and everybody after three tries to sign in that went wrong (on), or
    /// nobody does (off). Without, a hundred wrong tries keep a login shut for up to a quarter of an hour.
    #[arg(long, env = "HAYLOFT_CAPTCHA", value_name = "WHETHER", default_value = "on")]
    pub(crate) captcha: CaptchaChoice,
}

/// Whether captchas are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CaptchaChoice {
    /// Where guessing or registering by the thousand is likely.
    On,
    /// Never.
    Off,
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Registration {
    /// Anybody who reaches the page.
    Open,
    /// Whoever has an invitation of an administrator.
    Invitation,
    /// Nobody.
    Closed,
}

impl From<Registration> for domain::Registration {
    fn from(registration: Registration) -> Self {
        match registration {
            Registration::Open => Self::Open,
            Registration::Invitation => Self::Invitation,
            Registration::Closed => Self::Closed,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct DoctorOptions {
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Mend what can be mended without deleting anything: counts are counted anew, and bytes that belong to no file are
    /// moved to the directory `orphans` of the store.
    #[arg(long, env = "HAYLOFT_REPAIR")]
    pub(crate) repair: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "HAYLOFT_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000",
          value_parser = value::address)]
    pub(crate) listen: SocketAddr,
    /// URL under which people reach this server, like https://drive.example.org. With https, cookies are marked
    /// Secure and browsers are told to stay with https.
    #[arg(long, env = "HAYLOFT_PUBLIC_URL", value_name = "URL", value_parser = value::public_url)]
    pub(crate) public_url: Option<Url>,
    /// Directory of the built site (wasm, CSS, icons). Default: the directory `site` beside the program, else
    /// target/site.
    #[arg(long, env = "HAYLOFT_SITE", value_name = "DIRECTORY")]
    pub(crate) site: Option<PathBuf>,
    /// Addresses or networks of reverse proxies whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, env = "HAYLOFT_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',',
          value_parser = value::network)]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Tries at a password, a registration or a setup link that one address has in a minute.
    #[arg(long, env = "HAYLOFT_ATTEMPTS_PER_MINUTE", value_name = "NUMBER", default_value_t = DEFAULT_ATTEMPTS,
          value_parser = value::count)]
    pub(crate) attempts_per_minute: NonZeroU32,
    /// How long requests may go on after the signal to end, like 20s or 10m; what an upload sent is kept in any case. With
    /// several instances behind a proxy a long time lets downloads end while the others serve whoever comes.
    #[arg(long, env = "HAYLOFT_GRACE", value_name = "TIME", default_value = "20s", value_parser = value::grace)]
    pub(crate) grace: Duration,
    /// Address and port that serve /metrics without a token, for a network that only the operator reaches.
    #[arg(long, env = "HAYLOFT_METRICS_LISTEN", value_name = "ADDRESS", value_parser = value::address)]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Secret with which /metrics is served beside the pages (Authorization: Bearer SECRET).
    #[arg(long, env = "HAYLOFT_METRICS_TOKEN", value_name = "SECRET", hide_env_values = true,
          value_parser = value::secret)]
    pub(crate) metrics_token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AdminOptions {
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// User name: 4 to 20 letters, digits, `_`, `-`, Chinese characters, kana or Hangul.
    #[arg(long, env = "HAYLOFT_USERNAME", value_name = "NAME", value_parser = value::username)]
    pub(crate) username: Username,
    /// Mail address.
    #[arg(long, env = "HAYLOFT_EMAIL", value_name = "MAIL", value_parser = value::email)]
    pub(crate) email: Email,
    /// Read the password from the standard input; it is never taken from the command line, where others see it.
    #[arg(long, env = "HAYLOFT_PASSWORD_STDIN", required = true)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TokenOptions {
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Whose drive the token opens: user name or mail address.
    #[arg(long, env = "HAYLOFT_USER", value_name = "NAME", value_parser = value::login)]
    pub(crate) user: Login,
    /// What it is good for: to read alone, or to change things as well.
    #[arg(long, env = "HAYLOFT_TOKEN_ACCESS", value_name = "ACCESS", default_value = "write")]
    pub(crate) access: TokenAccess,
    /// After how many days it ends. Default: never.
    #[arg(long, env = "HAYLOFT_TOKEN_DAYS", value_name = "DAYS", value_parser = value::days)]
    pub(crate) days: Option<u32>,
    /// What the token is for, shown in lists.
    #[arg(long, env = "HAYLOFT_TOKEN_NAME", value_name = "TEXT", default_value = "command line")]
    pub(crate) name: String,
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenAccess {
    /// To look, list and download.
    Read,
    /// To change anything as well.
    Write,
}

/// What is logged, to the standard error.
#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// Which log lines are written: error, warn, info, debug, trace, or per module like info,drive=debug.
    #[arg(long = "log", env = "HAYLOFT_LOG", value_name = "FILTER", default_value = "info", global = true,
          value_parser = value::filter)]
    pub(crate) filter: String,
    /// Their form: lines for people, or one JSON object each.
    #[arg(
        long = "log-format",
        env = "HAYLOFT_LOG_FORMAT",
        value_name = "FORM",
        default_value = "text",
        global = true
    )]
    pub(crate) format: LogFormat,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl DatabaseOptions {
    /// The database's URL, the default filled in.
    pub(crate) fn url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| {
            let file = self.data.join("hayloft.db").display().to_string();
            // What a URL's path may not hold as it is.
            format!("sqlite:{}", file.replace('%', "%25").replace('?', "%3F"))
        })
    }
}

impl StoreOptions {
    /// The store's URL, the default filled in.
    ///
    /// # Errors
    /// A sentence, when the data directory cannot be made absolute.
    pub(crate) fn url(&self, data: &Path) -> Result<Url, String> {
        if let Some(url) = &self.store_url {
            return Ok(url.clone());
        }
        let path = std::path::absolute(data.join("store"))
            .map_err(|error| format!("the data directory {} cannot be used: {error}", data.display()))?;
        Url::from_directory_path(&path).map_err(|()| {
            format!("the data directory {} has no URL; set --store-url (HAYLOFT_STORE_URL)", data.display())
        })
    }

    /// What the drive is to know of these options.
    pub(crate) fn drive(&self) -> drive::Config {
        let mut config = drive::Config::default();
        if let Some(ByteSize(size)) = self.max_file_size {
            config.max_file_size = size;
        }
        config.default_quota = self.default_quota.map(|ByteSize(size)| size).or(config.default_quota);
        config.trash_retention = self.trash_retention.0;
        config.captcha = self.captcha == CaptchaChoice::On;
        config.registration = self.registration.into();
        config
    }
}
