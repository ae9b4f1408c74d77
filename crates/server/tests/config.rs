use hotdesk_server::Database;
use hotdesk_server::config::{ConfigError, ConfigFile};

fn read(text: &str) -> Result<ConfigFile, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.toml");
    std::fs::write(&path, text).unwrap();
    ConfigFile::read(&path)
}

#[test]
fn a_whole_file_is_read() {
    let config = read(
        "listen = \"127.0.0.1:9\"\ndatabase = \"/data/q\"\nlease_ms = 5000\nadapter_pack_dir = \"packs\"\nlog_level = \"debug\"\n",
    )
    .unwrap();
    assert_eq!(config.listen, Some("127.0.0.1:9".parse().unwrap()));
    assert_eq!(config.database, Some(Database::from("/data/q")));
    assert_eq!(config.lease_ms, Some(5_000));
    let packs = config.adapter_pack_dir.unwrap();
    assert!(
        packs.is_absolute() && packs.ends_with("packs"),
        "beside the configuration: {packs:?}"
    );
    assert_eq!(config.log_level.as_deref(), Some("debug"));
    assert_eq!(read("").unwrap(), ConfigFile::default());
}

#[test]
fn a_wrong_file_is_told_with_key_and_line() {
    for (text, line, word) in [
        (
            "listen = \"127.0.0.1:9\"\nlisten_on = 5\n",
            "line 2",
            "listen_on",
        ),
        ("\n\nlease_ms = \"soon\"\n", "line 3", "lease_ms"),
        ("lease_ms = 10\n", "line 1", "lease_ms is 1000 to 3600000"),
        (
            "max_document_bytes = 67108865\n",
            "line 1",
            "max_document_bytes is 1 to 67108864",
        ),
        ("max_image_bytes = 0\n", "line 1", "max_image_bytes is 1 to"),
        ("listen = \"here\"\n", "line 1", "listen"),
        ("log_level = \"info\"\nlisten = \n", "line 2", "listen"),
        (
            "# one\nlog_level = \"a\"\nlog_level = \"b\"\n",
            "line 3",
            "log_level",
        ),
    ] {
        let told = read(text).unwrap_err().to_string();
        assert!(
            told.contains(line) && told.contains(word),
            "{text:?} should name {line} and {word}: {told}"
        );
    }
}

#[test]
fn a_missing_file_is_told_with_its_path() {
    let told = ConfigFile::read("no/such/server.toml".as_ref()).unwrap_err();
    assert!(told.to_string().contains("no/such/server.toml"));
}
