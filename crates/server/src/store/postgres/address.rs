//! Where a PostgreSQL database is, and whether what is said to it can be overheard.

use crate::store::OpenError;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use url::Url;

/// The address of a database. Its words never hold the password.
#[derive(Clone)]
pub struct Address {
    config: Config,
    words: String,
    root_certificate: Option<String>,
    tls: bool,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Address {
    /// Reads `postgres://USER@HOST:PORT/DATABASE?sslmode=…&sslrootcert=FILE`; a folder of a socket is
    /// given by `?host=/folder`. `password` counts where the address has none.
    ///
    /// With TLS the server's certificate and name are always checked; without it only a socket or this
    /// machine's own addresses are spoken to.
    pub fn parse(text: &str, password: Option<&str>) -> Result<Self, OpenError> {
        let mut words = "the PostgreSQL address".to_owned();
        let wrong = |words: &str, reason: &str| OpenError::Address {
            database: words.to_owned(),
            reason: reason.to_owned(),
        };
        let mut url = Url::parse(text).map_err(|error| wrong(&words, &error.to_string()))?;
        words = without_password(&url);
        let (mut mode, mut root_certificate, mut rest) = (None, None, Vec::new());
        for (key, value) in url.query_pairs().into_owned() {
            match key.as_str() {
                "sslmode" => mode = Some(value),
                "sslrootcert" => root_certificate = Some(value),
                _ => rest.push((key, value)),
            }
        }
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        // A plus in a query stands for a space to a form, and for itself to PostgreSQL.
        let plain = match url.as_str().split_once('?') {
            Some((place, query)) => format!("{place}?{}", query.replace('+', "%20")),
            None => url.to_string(),
        };
        let mut config: Config = plain
            .parse()
            .map_err(|_| wrong(&words, "it says something PostgreSQL does not know"))?;
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        let far = config.get_hosts().iter().any(is_far);
        let tls = match mode.as_deref() {
            Some("require" | "verify-full") => true,
            None => far,
            Some("disable") if !far => false,
            Some("disable" | "allow" | "prefer") => {
                return Err(wrong(
                    &words,
                    "without TLS only a socket or this machine is spoken to; say sslmode=require, and sslrootcert=FILE for an authority of your own",
                ));
            }
            Some(_) => return Err(wrong(&words, "sslmode is disable, require or verify-full")),
        };
        config.ssl_mode(if tls {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        config.application_name("hotdesk-server");
        // Durable when it answers, whatever the database's own setting; and nobody waits for ever.
        let own = "-c synchronous_commit=on -c lock_timeout=5s \
             -c idle_in_transaction_session_timeout=60s";
        let options = config.get_options().map(|theirs| format!("{theirs} {own}"));
        config.options(options.unwrap_or_else(|| own.to_owned()));
        Ok(Self {
            config,
            words,
            root_certificate,
            tls,
        })
    }

    pub(super) fn config(&self) -> Config {
        self.config.clone()
    }

    /// What speaks TLS; none where it is not spoken.
    pub(super) fn tls(&self) -> Result<Option<postgres_native_tls::MakeTlsConnector>, OpenError> {
        if !self.tls {
            return Ok(None);
        }
        let mut builder = native_tls::TlsConnector::builder();
        if let Some(path) = &self.root_certificate {
            let pem = std::fs::read(path).map_err(|error| self.unreachable(&error))?;
            let root = native_tls::Certificate::from_pem(&pem);
            builder
                .add_root_certificate(root.map_err(|error| self.unreachable(&error))?)
                .disable_built_in_roots(true);
        }
        let connector = builder.build().map_err(|error| self.unreachable(&error))?;
        Ok(Some(postgres_native_tls::MakeTlsConnector::new(connector)))
    }

    pub(super) fn unreachable(&self, error: &(dyn std::error::Error + 'static)) -> OpenError {
        let reasons = std::iter::successors(Some(error), |error| error.source());
        let reasons: Vec<_> = reasons.map(ToString::to_string).collect();
        OpenError::Unreachable {
            database: self.words.clone(),
            reason: reasons.join(": "),
        }
    }
}

fn is_far(host: &Host) -> bool {
    match host {
        #[cfg(unix)]
        Host::Unix(_) => false,
        Host::Tcp(name) => {
            let bare = name.trim_start_matches('[').trim_end_matches(']');
            let own = bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            !(own || name == "localhost")
        }
    }
}

fn without_password(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}
