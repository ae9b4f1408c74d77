//! The configuration file: TOML, closed, every error with its key and line.

use crate::adapter_pack::keys::read_key;
use crate::queue_client::Dialect;
use crate::secret::Secret;
use crate::server_ca::ServerCa;
use hotdesk_protocol::{Problem, ProblemCode};
use serde::Deserialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::Spanned;
use url::{Host, Url};

/// Names the file where `--config` does not.
pub const CONFIG_ENV: &str = "HOTDESK_CONFIG";
/// Wins over `data_dir` of the file.
pub const DATA_DIR_ENV: &str = "HOTDESK_DATA_DIR";
const MINUTE_MS: u64 = 60_000;
const IDLE_LOCK_MINUTES: u64 = 5;
const IDLE_LOCK_MOST_MINUTES: u64 = 240;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
const RETENTION_DAYS: u64 = 30;
const RETENTION_MOST_DAYS: u64 = 365;
/// The one page that is not a rehearsal.
pub const WHATSAPP_URL: &str = "https://web.whatsapp.com";

/// Of what a file says, so much is shown to a person.
const LONGEST_KEY: usize = 64;
const LONGEST_REASON: usize = 500;

/// What the app starts from.
pub struct Config {
    /// The queue server; https, or http to loopback.
    pub server_url: Url,
    /// The authority that alone may vouch for the queue server; the system's own without it.
    pub server_ca: Option<ServerCa>,
    /// WhatsApp Web, or the rehearsal WhatsApp.
    pub whatsapp_url: Url,
    /// Where database, profiles and logs are.
    pub data_dir: PathBuf,
    /// Against the rehearsal WhatsApp: nothing reaches a real person.
    pub rehearsal: bool,
    /// SDRs to sign in at start; empty outside of a rehearsal.
    pub rehearsal_sign_in: Vec<RehearsalSignIn>,
    /// What the queue server speaks; `None` finds out at the first sign-in.
    pub dialect: Option<Dialect>,
    /// What this desktop is called on an SDR's other desktops.
    pub desktop_name: Option<String>,
    /// How long nobody may touch the window before it locks; `None` never locks it by itself.
    pub idle_lock_ms: Option<u64>,
    /// How long names, texts and kept answers stay here after a message has ended.
    pub retention_ms: u64,
    /// How much is logged.
    pub log_level: LogLevel,
    /// Where adapter packs are looked for beside the server; `packs` in the data directory.
    pub adapter_pack_dir: PathBuf,
    /// One more key that adapter packs may be signed by.
    pub adapter_pack_key: Option<minisign_verify::PublicKey>,
}

/// What the file may say about the server's dialect.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DialectWish {
    #[default]
    Auto,
    Native,
    Lk1,
    Lk2,
}

impl DialectWish {
    fn fixed(self) -> Option<Dialect> {
        match self {
            Self::Auto => None,
            Self::Native => Some(Dialect::Native),
            Self::Lk1 => Some(Dialect::Lk1),
            Self::Lk2 => Some(Dialect::Lk2),
        }
    }
}

/// An SDR a rehearsal signs in at start.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RehearsalSignIn {
    /// The SDR's e-mail.
    pub email: String,
    /// The SDR's password.
    pub password: Secret<String>,
    /// The PIN they choose; without one they unlock with the password.
    pub pin: Option<Secret<String>>,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Only what needs a person.
    Error,
    /// And what went wrong but was dealt with.
    Warn,
    /// And what happened.
    #[default]
    Info,
    /// And every step.
    Debug,
    /// And every input and effect, by name.
    Trace,
}

impl LogLevel {
    /// The level's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No file was named.
    #[error(
        "No configuration file was named. Start Hotdesk with --config FILE, or set {CONFIG_ENV} to the file."
    )]
    Missing,
    /// The file cannot be read.
    #[error(
        "The configuration file {file} cannot be read: {reason}. Check its path and its rights."
    )]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// A key is unknown, missing, or has a bad value.
    #[error("{file}, line {line}: `{key}`: {reason}. Correct this line and start again.")]
    Bad {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// Which key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system tells no place for the app's data.
    #[error(
        "There is no home directory to keep data in. Set `data_dir` in the configuration, or {DATA_DIR_ENV}."
    )]
    NoDataDir,
}

impl From<&ConfigError> for Problem {
    fn from(error: &ConfigError) -> Self {
        Self::new(ProblemCode::BadConfig, error.to_string())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    server_url: Spanned<String>,
    server_ca: Option<Spanned<PathBuf>>,
    whatsapp_url: Option<Spanned<String>>,
    data_dir: Option<Spanned<PathBuf>>,
    rehearsal: Option<Spanned<bool>>,
    #[serde(default)]
    rehearsal_sign_in: Vec<Spanned<RehearsalSignIn>>,
    #[serde(default)]
    dialect: DialectWish,
    desktop_name: Option<Spanned<String>>,
    idle_lock_minutes: Option<Spanned<u64>>,
    retention_days: Option<Spanned<u64>>,
    #[serde(default)]
    log_level: LogLevel,
    adapter_pack_dir: Option<Spanned<PathBuf>>,
    adapter_pack_key: Option<Spanned<String>>,
}

impl Config {
    /// Read the file named by the argument, else by [`CONFIG_ENV`]. `env` reads the environment.
    pub fn load(
        file: Option<&Path>,
        env: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let file = match file {
            Some(file) => file.to_owned(),
            None => PathBuf::from(env(CONFIG_ENV).ok_or(ConfigError::Missing)?),
        };
        let text = std::fs::read_to_string(&file).map_err(|error| ConfigError::Unreadable {
            file: file.display().to_string(),
            reason: error.to_string(),
        })?;
        Self::parse(&text, &file.display().to_string(), env)
    }

    /// Read the text of a file; `name` is for the errors.
    pub fn parse(
        text: &str,
        name: &str,
        env: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let source = Source { text, name };
        let raw: Raw = toml::from_str(text).map_err(|error| source.of_toml(&error))?;
        let server_url = source.url("server_url", &raw.server_url)?;
        if server_url.query().is_some() || server_url.fragment().is_some() {
            let reason = "must not hold a ? or a #, which are no part of a server's address";
            return Err(source.bad(raw.server_url.span().start, "server_url", reason));
        }
        let server_ca = raw
            .server_ca
            .map(|file| source.server_ca(&file, &server_url))
            .transpose()?;
        let whatsapp_url = match &raw.whatsapp_url {
            Some(given) => source.url("whatsapp_url", given)?,
            None => source.url("whatsapp_url", &Spanned::new(0..0, WHATSAPP_URL.to_owned()))?,
        };
        let real = whatsapp_url.host_str() == Some("web.whatsapp.com");
        let rehearsal = raw.rehearsal.as_ref().is_some_and(|flag| *flag.get_ref());
        match (&raw.rehearsal, &raw.whatsapp_url) {
            (Some(flag), _) if real && rehearsal => {
                return Err(source.bad(
                    flag.span().start,
                    "rehearsal",
                    "a rehearsal cannot run against the real WhatsApp; remove it, or set `whatsapp_url` to a rehearsal WhatsApp",
                ));
            }
            (_, Some(given)) if !real && !rehearsal => {
                return Err(source.bad(
                    given.span().start,
                    "whatsapp_url",
                    "anything but https://web.whatsapp.com needs `rehearsal = true`",
                ));
            }
            _ => {}
        }
        if let Some(first) = raw.rehearsal_sign_in.first().filter(|_| !rehearsal) {
            return Err(source.bad(
                first.span().start,
                "rehearsal_sign_in",
                "passwords in a file are accepted only with `rehearsal = true`",
            ));
        }
        let desktop_name = match raw.desktop_name {
            Some(name) if is_name(name.get_ref()) => Some(name.get_ref().trim().to_owned()),
            Some(name) => {
                let reason = "must be 1 to 64 letters on one line";
                return Err(source.bad(name.span().start, "desktop_name", reason));
            }
            None => host_name(&env),
        };
        let idle_lock_ms = match raw.idle_lock_minutes {
            None => Some(IDLE_LOCK_MINUTES * MINUTE_MS),
            Some(minutes) => match *minutes.get_ref() {
                0 => None,
                some @ 1..=IDLE_LOCK_MOST_MINUTES => Some(some * MINUTE_MS),
                _ => {
                    let reason = "must be 0 (never) to 240 minutes";
                    return Err(source.bad(minutes.span().start, "idle_lock_minutes", reason));
                }
            },
        };
        let retention_ms = match raw.retention_days {
            None => RETENTION_DAYS * DAY_MS,
            Some(days) => match *days.get_ref() {
                some @ 1..=RETENTION_MOST_DAYS => some * DAY_MS,
                _ => {
                    let reason = "must be 1 to 365 days";
                    return Err(source.bad(days.span().start, "retention_days", reason));
                }
            },
        };
        let data_dir = match (env(DATA_DIR_ENV), raw.data_dir) {
            (Some(dir), _) => PathBuf::from(dir),
            (None, Some(dir)) if dir.get_ref().is_absolute() => dir.into_inner(),
            (None, Some(dir)) => {
                return Err(source.bad(dir.span().start, "data_dir", "must be an absolute path"));
            }
            (None, None) => default_data_dir(&env).ok_or(ConfigError::NoDataDir)?,
        };
        let adapter_pack_dir = match raw.adapter_pack_dir {
            Some(dir) if dir.get_ref().is_absolute() => dir.into_inner(),
            Some(dir) => {
                let at = dir.span().start;
                return Err(source.bad(at, "adapter_pack_dir", "must be an absolute path"));
            }
            None => data_dir.join("packs"),
        };
        let adapter_pack_key = raw.adapter_pack_key.map(|key| {
            read_key(key.get_ref()).map_err(|_| {
                let reason = "is not a minisign public key (the second line of the .pub file, it begins with RW)";
                source.bad(key.span().start, "adapter_pack_key", reason)
            })
        });
        Ok(Self {
            server_url,
            server_ca,
            whatsapp_url,
            adapter_pack_dir,
            adapter_pack_key: adapter_pack_key.transpose()?,
            data_dir,
            rehearsal,
            rehearsal_sign_in: raw
                .rehearsal_sign_in
                .into_iter()
                .map(Spanned::into_inner)
                .collect(),
            dialect: raw.dialect.fixed(),
            desktop_name,
            idle_lock_ms,
            retention_ms,
            log_level: raw.log_level,
        })
    }
}

/// Https, or http to this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// On this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// A line of words, without what would break or hide them.
fn shown(text: &str, longest: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(longest).map(plain).collect()
}

fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.[]".contains(c)
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.trim().chars().count()) && !name.contains(char::is_control)
}

/// What the computer calls itself.
fn host_name(env: &impl Fn(&str) -> Option<OsString>) -> Option<String> {
    #[cfg(unix)]
    let name = {
        let _asks_the_system = env;
        rustix::system::uname()
            .nodename()
            .to_str()
            .ok()
            .map(str::to_owned)
    };
    #[cfg(not(unix))]
    let name = env("COMPUTERNAME").and_then(|name| name.into_string().ok());
    name.filter(|name| is_name(name))
}

fn default_data_dir(env: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let dir = |name| env(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        Some(dir("LOCALAPPDATA")?.join("Hotdesk"))
    } else if cfg!(target_os = "macos") {
        Some(dir("HOME")?.join("Library/Application Support/Hotdesk"))
    } else {
        let base = dir("XDG_DATA_HOME").or_else(|| Some(dir("HOME")?.join(".local/share")))?;
        Some(base.join("hotdesk"))
    }
}

struct Source<'a> {
    text: &'a str,
    name: &'a str,
}

impl Source<'_> {
    fn bad(&self, at: usize, key: &str, reason: &str) -> ConfigError {
        let before = self.text.get(..at).unwrap_or(self.text);
        ConfigError::Bad {
            file: self.name.to_owned(),
            line: before.matches('\n').count() + 1,
            key: key.to_owned(),
            reason: shown(reason, LONGEST_REASON),
        }
    }

    fn url(&self, key: &str, given: &Spanned<String>) -> Result<Url, ConfigError> {
        let at = given.span().start;
        let url = Url::parse(given.get_ref())
            .map_err(|error| self.bad(at, key, &format!("is not an address ({error})")))?;
        if url.cannot_be_a_base() || url.host().is_none() {
            return Err(self.bad(at, key, "is not the address of a server"));
        }
        if url.host_str().is_some_and(|host| host.ends_with('.')) {
            return Err(self.bad(at, key, "must not end its server's name with a dot"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(self.bad(at, key, "must not hold a user name or a password"));
        }
        if !is_safe(&url) {
            return Err(self.bad(
                at,
                key,
                "must begin with https:// (http:// is accepted only for this machine, 127.0.0.1)",
            ));
        }
        Ok(url)
    }

    fn server_ca(&self, file: &Spanned<PathBuf>, server: &Url) -> Result<ServerCa, ConfigError> {
        let bad = |reason: &str| self.bad(file.span().start, "server_ca", reason);
        if server.scheme() != "https" {
            return Err(bad("needs a `server_url` that begins with https://"));
        }
        if !file.get_ref().is_absolute() {
            return Err(bad("must be an absolute path"));
        }
        ServerCa::read(file.get_ref()).map_err(|error| bad(&error.to_string()))
    }

    fn of_toml(&self, error: &toml::de::Error) -> ConfigError {
        let at = error.span().map_or(0, |span| span.start);
        let line = self
            .text
            .get(..at)
            .map_or(1, |s| s.matches('\n').count() + 1);
        let words = error.message();
        let quoted = words.split('`').nth(1);
        let here = self.text.lines().nth(line - 1).unwrap_or_default();
        let key = match quoted {
            Some(key)
                if words.starts_with("unknown field") || words.starts_with("missing field") =>
            {
                key
            }
            // Without its `=` a line may go on with a password.
            _ => here.trim().split(|c| !is_of_key(c)).next().unwrap_or(here),
        };
        ConfigError::Bad {
            file: self.name.to_owned(),
            line,
            key: shown(key, LONGEST_KEY),
            reason: shown(words.trim_end_matches('.'), LONGEST_REASON),
        }
    }
}
