//! The configuration file. What is accepted keeps the limits it promises; what is refused is refused in
//! words that name the file and one of its lines.

use hotdesk_agent::config::{Config, ConfigError, WHATSAPP_URL};
use hotdesk_protocol::{Problem, ProblemCode};
use std::ffi::OsString;
use url::Url;

/// What a person can read at a start that failed.
const MOST_WORDS: usize = 2_000;

pub fn check(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/office"));
    match Config::parse(&text, "hotdesk.toml", home) {
        Ok(config) => {
            keeps_its_limits(&config);
            true
        }
        Err(error) => {
            is_told(&text, &error);
            false
        }
    }
}

fn keeps_its_limits(config: &Config) {
    let loopback = |url: &Url| {
        matches!(
            url.host_str(),
            Some("localhost" | "[::1]" | "[::ffff:7f00:1]")
        ) || url.host_str().is_some_and(|host| host.starts_with("127."))
    };
    for url in [&config.server_url, &config.whatsapp_url] {
        let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback(url));
        assert!(safe, "{url} would be read by anybody on the way");
        let bare = url.username().is_empty() && url.password().is_none();
        assert!(bare, "{url} holds a password");
    }
    let real = config.whatsapp_url.host_str() == Url::parse(WHATSAPP_URL).unwrap().host_str();
    assert_ne!(
        config.rehearsal, real,
        "either a rehearsal or the real page"
    );
    let signed_in = config.rehearsal_sign_in.is_empty();
    assert!(config.rehearsal || signed_in, "passwords in a real file");
    assert!(config.data_dir.is_absolute(), "data has one place");
    assert!(config.adapter_pack_dir.is_absolute(), "packs have one");
    if let Some(name) = &config.desktop_name {
        let letters = name.chars().count();
        assert!((1..=64).contains(&letters), "{letters} letters: {name:?}");
        assert_eq!(name.trim(), name, "nothing is around a name");
        assert!(!name.contains(char::is_control), "on one line: {name:?}");
    }
}

fn is_told(text: &str, error: &ConfigError) {
    let problem = Problem::from(error);
    assert_eq!(problem.code, ProblemCode::BadConfig, "it stops the start");
    let words = problem.message.chars().count();
    assert!(words <= MOST_WORDS, "{words} letters are no words");
    let plain = !problem.message.contains(char::is_control);
    assert!(plain, "one line of words: {:?}", problem.message);
    match error {
        ConfigError::Bad { line, file, .. } => {
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(line), "line {line} of {lines}");
            assert_eq!(file, "hotdesk.toml", "which file");
        }
        ConfigError::Missing | ConfigError::Unreadable { .. } | ConfigError::NoDataDir => {
            panic!("the text is to blame: {error}")
        }
    }
}
