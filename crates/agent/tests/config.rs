//! The configuration file and its errors.

use hotdesk_agent::config::{Config, ConfigError, LogLevel};
use hotdesk_agent::queue_client::Dialect;
use std::ffi::OsString;
use std::path::Path;

fn none(_: &str) -> Option<OsString> {
    None
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, "hotdesk.toml", |name| {
        (name == "HOTDESK_DATA_DIR").then(|| OsString::from("/data"))
    })
}

/// The key and the line an error names.
fn bad(text: &str) -> (String, usize) {
    match parse(text) {
        Err(ConfigError::Bad { key, line, .. }) => (key, line),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("this should be refused: {text}"),
    }
}

const SERVER: &str = "server_url = \"https://queue.example\"\n";

#[test]
fn a_file_with_the_server_alone_is_enough() {
    let config = parse(SERVER).map_err(|e| e.to_string()).unwrap();
    assert_eq!(
        config.whatsapp_url.as_str(),
        "https://web.whatsapp.com/",
        "the real one"
    );
    assert!(!config.rehearsal, "and no rehearsal");
    assert_eq!(config.log_level, LogLevel::Info, "the usual level");
    assert_eq!(config.data_dir, Path::new("/data"), "the environment wins");
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    assert_eq!(
        bad(&format!("{SERVER}\nsever_url = 1\n")),
        ("sever_url".to_owned(), 3),
        ""
    );
    let nested = format!(
        "{SERVER}rehearsal = true\nwhatsapp_url = \"http://127.0.0.1:1\"\n[[rehearsal_sign_in]]\nemail = \"a\"\npasword = \"b\"\n"
    );
    assert_eq!(bad(&nested).0, "pasword", "also within a table");
}

#[test]
fn a_bad_value_is_named_with_its_line() {
    assert_eq!(
        bad(&format!("{SERVER}rehearsal = \"yes\"\n")),
        ("rehearsal".to_owned(), 2),
        ""
    );
    assert_eq!(
        bad(&format!("{SERVER}log_level = \"loud\"\n")),
        ("log_level".to_owned(), 2),
        ""
    );
    assert_eq!(
        bad("\nserver_url = \"queue\"\n"),
        ("server_url".to_owned(), 2),
        "no address"
    );
    assert_eq!(
        bad("rehearsal = false\n").0,
        "server_url",
        "the server is needed"
    );
    assert_eq!(
        bad("server_url = \n").1,
        1,
        "what is no TOML has a line too"
    );
}

#[test]
fn the_dialect_is_found_out_unless_it_is_named() {
    for (value, dialect) in [
        ("auto", None),
        ("native", Some(Dialect::Native)),
        ("lk1", Some(Dialect::Lk1)),
        ("lk2", Some(Dialect::Lk2)),
    ] {
        let text = format!("{SERVER}dialect = \"{value}\"\n");
        let config = parse(&text).map_err(|e| e.to_string()).unwrap();
        assert_eq!(config.dialect, dialect, "{value}");
    }
    assert_eq!(
        bad(&format!("{SERVER}dialect = \"lk3\"\n")),
        ("dialect".to_owned(), 2),
        "another is refused"
    );
}

#[test]
fn plain_http_is_taken_only_to_this_machine() {
    assert_eq!(
        bad("server_url = \"http://queue.example\"\n"),
        ("server_url".to_owned(), 1),
        ""
    );
    for url in [
        "http://127.0.0.1:8080",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        assert!(
            parse(&format!("server_url = \"{url}\"\n")).is_ok(),
            "{url} is this machine"
        );
    }
    assert_eq!(
        bad("server_url = \"https://a:b@queue.example\"\n").0,
        "server_url",
        "no password"
    );
}

#[test]
fn the_servers_address_is_this_machines_or_https_and_holds_nothing_but_an_address() {
    for url in [
        "https://queue.example",
        "https://queue.example:8443/office/",
        "http://127.9.9.9:1",
        "http://LOCALHOST:1",
    ] {
        let text = format!("server_url = \"{url}\"\n");
        assert!(parse(&text).is_ok(), "{url} is safe");
    }
    for url in [
        "http://127.0.0.1.queue.example",
        "http://localhost.queue.example",
        "http://0.0.0.0:1",
        "http://192.168.0.1",
        "http://[::ffff:10.0.0.1]",
        "ftp://127.0.0.1",
        "https://john@queue.example",
        "https://:secret@queue.example",
        "https://queue.example?token=secret",
        "https://queue.example/#secret",
        "https://queue.example/?",
    ] {
        let refused = parse(&format!("server_url = \"{url}\"\n")).map(|_| ());
        let words = refused.expect_err(url).to_string();
        assert!(words.contains("`server_url`: must"), "{url}: {words}");
        assert!(!words.contains("secret"), "what was refused is not shown");
    }
}

#[test]
fn a_servers_authority_is_a_readable_file_of_certificates_and_for_https_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let file = dir.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (server, path, words) in [
        (SERVER, "ca.pem", "must be an absolute path"),
        (SERVER, "/nowhere/ca.pem", "/nowhere/ca.pem cannot be read"),
        (SERVER, &file("empty", ""), "must hold whole certificates"),
        (
            SERVER,
            &file("text", "a CA"),
            "must hold whole certificates",
        ),
        (SERVER, &file("bad", block), "must hold whole certificates"),
        (
            "server_url = \"http://127.0.0.1:1\"\n",
            "/nowhere/ca.pem",
            "needs a `server_url` that begins with https://",
        ),
    ] {
        let refused = parse(&format!("{server}server_ca = {path:?}\n")).map(|_| ());
        let told = refused.expect_err(path).to_string();
        assert!(told.contains("line 2: `server_ca`"), "where: {told}");
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_rehearsal_and_the_real_whatsapp_exclude_each_other() {
    assert_eq!(
        bad(&format!("{SERVER}rehearsal = true\n")),
        ("rehearsal".to_owned(), 2),
        ""
    );
    let other = format!("{SERVER}whatsapp_url = \"http://127.0.0.1:1\"\n");
    assert_eq!(
        bad(&other),
        ("whatsapp_url".to_owned(), 2),
        "another page is a rehearsal"
    );
    assert!(
        parse(&format!("{other}rehearsal = true\n")).is_ok(),
        "said so, it is fine"
    );
    let sign_in = format!("{SERVER}[[rehearsal_sign_in]]\nemail = \"a\"\npassword = \"b\"\n");
    assert_eq!(
        bad(&sign_in).0,
        "rehearsal_sign_in",
        "no passwords in a real file"
    );
}

#[test]
fn a_desktop_is_called_by_its_name_in_the_file_else_by_the_computers() {
    let named = parse(&format!("{SERVER}desktop_name = \"Front desk\"\n"));
    assert_eq!(named.unwrap().desktop_name.as_deref(), Some("Front desk"));
    let own = parse(SERVER).unwrap().desktop_name.unwrap();
    assert!(!own.trim().is_empty(), "a computer has a name");
    for wrong in ["", " ", "two\\nlines", &"x".repeat(65)] {
        let text = format!("{SERVER}desktop_name = \"{wrong}\"\n");
        assert_eq!(bad(&text), ("desktop_name".to_owned(), 2), "{wrong:?}");
    }
}

#[test]
fn what_has_ended_is_kept_for_a_month_or_for_as_many_days_as_the_file_says() {
    const DAY_MS: u64 = 86_400_000;
    let kept = |line: &str| parse(&format!("{SERVER}{line}")).map(|config| config.retention_ms);
    assert_eq!(kept(""), Ok(30 * DAY_MS));
    assert_eq!(kept("retention_days = 1\n"), Ok(DAY_MS));
    for wrong in ["0", "366"] {
        let text = format!("{SERVER}retention_days = {wrong}\n");
        assert_eq!(bad(&text), ("retention_days".to_owned(), 2), "{wrong}");
    }
}

#[test]
fn spaces_around_a_desktops_name_are_not_part_of_it() {
    let padded = format!("{SERVER}desktop_name = \" Front desk{}\"\n", " ".repeat(99));
    let name = parse(&padded).unwrap().desktop_name;
    assert_eq!(name.as_deref(), Some("Front desk"), "64 letters at most");
}

#[test]
fn the_real_whatsapp_under_its_name_with_a_dot_is_no_rehearsal() {
    let dot = "whatsapp_url = \"https://web.whatsapp.com./\"\nrehearsal = true\n";
    assert_eq!(
        bad(&format!("{SERVER}{dot}")),
        ("whatsapp_url".to_owned(), 2),
        "it is the same server"
    );
}

#[test]
fn words_about_a_bad_line_are_short_and_hold_no_password_and_no_control_characters() {
    let long = "x".repeat(5_000);
    for line in [
        "password \"s3cret\"",
        "na\u{1d}me = 1",
        "\"\\u0000\" = 1",
        &format!("{long} = 1"),
        &format!("log_level = \"{long}\""),
    ] {
        let error = parse(&format!("{SERVER}{line}\n")).map(|_| ()).unwrap_err();
        let words = error.to_string();
        assert!(!words.contains("s3cret"), "for anybody to read: {words}");
        assert!(!words.contains(char::is_control), "one line: {words:?}");
        assert!(words.chars().count() < 1_000, "a person reads it: {words}");
    }
}

#[test]
fn the_data_directory_is_absolute() {
    let text = format!("{SERVER}data_dir = \"here\"\n");
    let error = Config::parse(&text, "hotdesk.toml", none)
        .map(|_| ())
        .unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains("line 2") && words.contains("`data_dir`"),
        "told where: {words}"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let missing = Path::new("/nowhere/hotdesk.toml");
    let error = Config::load(Some(missing), none).map(|_| ()).unwrap_err();
    assert!(
        error.to_string().contains("/nowhere/hotdesk.toml"),
        "which file: {error}"
    );
    let unnamed = Config::load(None, none).map(|_| ()).unwrap_err();
    assert_eq!(
        unnamed,
        ConfigError::Missing,
        "and none at all is told apart"
    );
}
