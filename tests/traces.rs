//! What a day leaves behind: every byte the app has written is searched, and nobody else may read any.

use crate::support::app::{AppConfig, PIN, data_dir};
use crate::support::office::{JANE, JOHN, PASSWORD, Queued};
use crate::support::{App, Office, screen, shown, until};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const WRONG_PIN: &str = "975310";
const REPLY: &str = "Please call me at noon";
const TEST: &str =
    "e2e traces::a_day_leaves_nothing_to_read_outside_the_profiles_and_no_file_to_others";

/// What must be nowhere, by what it is.
type Wanted = BTreeMap<&'static str, Vec<String>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_leaves_nothing_to_read_outside_the_profiles_and_no_file_to_others() {
    let office = Office::open().await;
    let temp = office.desk.dir().join("tmp");
    fs::create_dir(&temp).unwrap();
    fs::set_permissions(&temp, fs::Permissions::from_mode(0o700)).unwrap();
    let config = AppConfig::write(&office, &[JOHN, JANE]);
    let variables = [("TMPDIR", temp.to_str().unwrap().to_owned())];
    let mut app = App::start_with(&office.desk, &config, &variables);
    let mut codes = Vec::new();
    for sdr in [JOHN, JANE] {
        let code = office.qr(sdr).await;
        office.scan(sdr, &code).await;
        office.until_session(sdr, "connected").await;
        codes.push(code);
    }
    unlock(&office).await;
    let mut messages = office.queue(JOHN, 6).await;
    messages.extend(office.queue(JANE, 6).await);
    office.until_known_delivered(&messages).await;
    let first = &messages[0];
    let reply = json!({"phone": JOHN.phone, "from": first.phone, "text": REPLY});
    office.control("reply", reply).await;
    // The server keeps its data in the clear, so this also shows that the search finds what there is.
    let told = Wanted::from([("reply", vec![REPLY.to_owned()])]);
    let server = ["server.db", "server.db-wal"].map(|name| office.desk.dir().join(name));
    until("the reply is told to the server", async || {
        let mut files = server.iter();
        files
            .any(|file| !found_in(file, &told).is_empty())
            .then_some(())
    })
    .await;

    let wanted = wanted(&messages, codes);
    nowhere(&office, &wanted, "while it runs");
    for_the_owner_alone(&data_dir(&office.desk));
    // As a crash leaves it, then as an orderly end does.
    app.process.kill().await;
    nowhere(&office, &wanted, "after a crash");
    let mut app = App::start_with(&office.desk, &config, &variables);
    let more = office.queue(JOHN, 1).await;
    office.until_known_delivered(&more).await;
    let status = app.process.quit().await;
    assert!(status.success(), "{status}: {}", app.process.said());
    nowhere(&office, &wanted, "after its end");
    for_the_owner_alone(&data_dir(&office.desk));
    for_the_owner_alone(&temp);

    let mut claims: Vec<String> = wanted
        .keys()
        .map(|what| {
            format!("A day's run writes no {what} outside the profiles, at no time: data, logs, temporary files, all XDG folders, /dev/shm")
        })
        .collect();
    claims.push(
        "Every file and folder of that run is its owner's alone (0600, 0700), also under umask 000"
            .to_owned(),
    );
    shown::rows(TEST, &claims);
}

/// With a wrong PIN first, both typed as a person does.
async fn unlock(office: &Office) {
    screen::type_pin(&office.desk, WRONG_PIN).await;
    screen::type_pin(&office.desk, PIN).await;
    let log = data_dir(&office.desk).join("logs");
    until("it is unlocked", async || {
        let files = fs::read_dir(&log).unwrap();
        let said: String = files
            .filter_map(|file| fs::read_to_string(file.unwrap().path()).ok())
            .collect();
        said.contains("The window was unlocked").then_some(())
    })
    .await;
}

fn wanted(messages: &[Queued], codes: Vec<String>) -> Wanted {
    let texts = ["Hello number ", REPLY].map(str::to_owned).to_vec();
    // With and without the plus, and as WhatsApp writes it.
    let phones = messages.iter().map(|one| one.phone[1..].to_owned());
    Wanted::from([
        ("text of a message or a reply", texts),
        ("phone number of a lead", phones.collect()),
        (
            "name of a lead",
            (0..6).map(|n| format!("Lead {n}")).collect(),
        ),
        ("QR value", codes),
        (
            "PIN, right or wrong",
            vec![PIN.to_owned(), WRONG_PIN.to_owned()],
        ),
        ("password", vec![PASSWORD.to_owned()]),
    ])
}

/// Searches all that the app may have written, but for the profiles and what is not the app's: the
/// servers' data, and the configuration, in which a rehearsal names its passwords.
fn nowhere(office: &Office, wanted: &Wanted, when: &str) {
    let desk = office.desk.dir();
    let others = [
        "server.db",
        "whatsapp",
        "hotdesk.toml",
        "packs",
        "screen.png",
    ];
    let mut files = Vec::new();
    for entry in fs::read_dir(desk)
        .unwrap()
        .chain(fs::read_dir("/dev/shm").unwrap())
    {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !others.iter().any(|other| name.starts_with(other)) {
            below(&path, &mut files);
        }
    }
    let profiles = data_dir(&office.desk).join("profiles");
    files.retain(|file| !file.starts_with(&profiles));
    let log = |file: &&PathBuf| file.starts_with(data_dir(&office.desk).join("logs"));
    assert!(
        files.iter().any(|file| log(&file)),
        "the log is searched: {files:?}"
    );
    for file in files {
        let found = found_in(&file, wanted);
        assert!(
            found.is_empty(),
            "{when}, {} holds a {found:?}",
            file.display()
        );
    }
}

/// All files below a path, or the path itself.
fn below(path: &Path, files: &mut Vec<PathBuf>) {
    let kind = fs::symlink_metadata(path).map(|meta| meta.file_type());
    if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            below(&entry.path(), files);
        }
    } else if kind.is_ok_and(|kind| kind.is_file()) {
        files.push(path.to_owned());
    }
}

/// What of it is in a file, as it is or in the two bytes a letter that WebKit and Windows write.
fn found_in<'a>(file: &Path, wanted: &'a Wanted) -> Vec<&'a str> {
    // It may have gone meanwhile. A byte becomes a letter, because text is searched fast.
    let letters = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
    let held = letters(fs::read(file).unwrap_or_default());
    let holds = |text: &String| {
        let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [text.clone().into_bytes(), wide]
            .into_iter()
            .any(|form| held.contains(&letters(form)))
    };
    let found = wanted.iter().filter(|(_, texts)| texts.iter().any(holds));
    found.map(|(what, _)| *what).collect()
}

fn for_the_owner_alone(path: &Path) {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return;
    };
    if meta.is_symlink() {
        return;
    }
    let mode = meta.permissions().mode() & 0o777;
    assert_eq!(mode & 0o077, 0, "{} has {mode:o}", path.display());
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        for_the_owner_alone(&entry.path());
    }
}
