//! The real keyring of a Linux desktop, gnome-keyring, on a D-Bus of its own: absent, unlocked,
//! locked, replaced.

use crate::support::in_its_own_process;
use hotdesk_agent::keychain::{Keychain, KeychainError, Opening};
use hotdesk_agent::store::Store;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const DATA_DIR: &str = "HOTDESK_TEST_DATA_DIR";
const EXPECTED: &str = "HOTDESK_TEST_EXPECTED";

/// A bus on which nothing starts by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=DIR</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"#;

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Session {
    keyring: Option<Ended>,
    _bus: Ended,
    address: String,
    dir: TempDir,
}

impl Session {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("hk-").tempdir().unwrap();
        let config = dir.path().join("bus.conf");
        std::fs::write(&config, BUS.replace("DIR", dir.path().to_str().unwrap())).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let mut said = BufReader::new(bus.stdout.take().unwrap());
        said.read_line(&mut address).unwrap();
        Self {
            keyring: None,
            _bus: Ended(bus),
            address: address.trim().to_owned(),
            dir,
        }
    }

    fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The keyrings of this home, opened with the password if one is typed.
    async fn keyring(&mut self, home: &str, password: Option<&str>) {
        self.keyring = None;
        let home = self.dir.path().join(home);
        std::fs::create_dir_all(&home).unwrap();
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if password.is_some() {
            command.arg("--unlock");
        }
        let log = File::create(self.dir.path().join("keyring.log")).unwrap();
        let mut keyring = command
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_RUNTIME_DIR", &home)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env_remove("GNOME_KEYRING_CONTROL")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        if let Some(password) = password {
            let mut stdin = keyring.stdin.take().unwrap();
            stdin.write_all(password.as_bytes()).unwrap();
        }
        self.keyring = Some(Ended(keyring));
        self.until_answering(true).await;
    }

    /// It ends as at log-out.
    async fn no_keyring(&mut self) {
        if let Some(keyring) = &self.keyring {
            let id = i32::try_from(keyring.0.id()).unwrap();
            kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        }
        self.until_answering(false).await;
        self.keyring = None;
    }

    async fn until_answering(&self, wanted: bool) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..600 {
            look.tick().await;
            let asked = Command::new("dbus-send")
                .arg(format!("--bus={}", self.address))
                .args(["--print-reply", "--dest=org.freedesktop.DBus", "/"])
                .args([
                    "org.freedesktop.DBus.GetNameOwner",
                    "string:org.freedesktop.secrets",
                ])
                .output()
                .unwrap();
            if asked.status.success() == wanted {
                return;
            }
        }
        panic!("the keyring answers: not {wanted} within 30 s");
    }

    /// What a start comes to; the keyring is asked by a process that has never asked before.
    fn expect(&self, expected: &str) {
        let data_dir = self.data_dir();
        let env = [
            ("DBUS_SESSION_BUS_ADDRESS", self.address.as_str()),
            (DATA_DIR, data_dir.to_str().unwrap()),
            (EXPECTED, expected),
        ];
        in_its_own_process("keyring::open_as_a_start_does", &env);
    }
}

/// Run by the next tests, on their bus.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn open_as_a_start_does() {
    let data_dir = std::env::var_os(DATA_DIR).unwrap();
    let data_dir = Path::new(&data_dir);
    let exists = Store::exists(data_dir);
    let found = match Keychain::os().open(data_dir, exists) {
        Ok(Opening::Key(key)) => {
            let (store, recovered) = Store::open(data_dir, key).await.unwrap();
            assert!(recovered.is_none(), "it opens as it was left");
            store.close().await.unwrap();
            if exists { "opened" } else { "made" }
        }
        Ok(Opening::Passphrase(_)) => "passphrase",
        Err(KeychainError::NoKeyring { .. }) => "no keyring",
        Err(KeychainError::Refused { reason }) => {
            println!("{reason}");
            "refused"
        }
        Err(KeychainError::KeyMissing { .. }) => "key missing",
        Err(error) => panic!("{error}"),
    };
    assert_eq!(found, std::env::var(EXPECTED).unwrap());
}

#[tokio::test]
async fn a_database_opens_with_its_unlocked_keyring_and_with_no_other() {
    let mut session = Session::new();
    session.keyring("first", Some("one")).await;
    session.expect("made");
    session.expect("opened");
    let note = session.data_dir().join("hotdesk.key.json");
    let before = std::fs::read(&note).unwrap();

    session.keyring("first", None).await;
    session.expect("refused");
    session.keyring("second", Some("two")).await;
    session.expect("key missing");
    session.no_keyring().await;
    session.expect("no keyring");
    let after = std::fs::read(&note).unwrap();
    assert_eq!(after, before, "and nothing was made in any of them");

    session.keyring("first", Some("one")).await;
    session.expect("opened");
}

#[tokio::test]
async fn at_a_first_start_a_locked_keyring_refuses_and_without_one_a_passphrase_is_chosen() {
    let mut session = Session::new();
    session.expect("passphrase");
    session.keyring("first", Some("one")).await;
    session.keyring("first", None).await;
    session.expect("refused");
    let note = session.data_dir().join("hotdesk.key.json");
    assert!(!note.exists(), "nothing was made");
    session.keyring("first", Some("one")).await;
    session.expect("made");
}
