//! The program as a person starts it.

use crate::support::postgres::cluster;
use crate::support::{Office, message, send};
use hotdesk_server::seed::PASSWORD;
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotdesk-server"));
    for key in ["CONFIG", "LISTEN", "DATABASE", "LEASE_MS", "LOG_LEVEL"] {
        command.env_remove(format!("HOTDESK_SERVER_{key}"));
    }
    command
}

fn run(args: &[&str]) -> Output {
    program().args(args).output().unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    for word in words {
        assert!(told.contains(word), "the error should say {word:?}: {told}");
    }
    assert!(output.stdout.is_empty(), "errors go to stderr");
}

struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(database: &Path) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--database"])
            .arg(database)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.as_mut().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let url = line
            .trim_end()
            .strip_prefix("hotdesk-server listening on ")
            .expect("the first line says where it listens")
            .to_owned();
        Self { child, url }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn seeding_is_told_and_repeatable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let args = [
        "seed",
        "--database",
        path.to_str().unwrap(),
        "--sample-office",
    ];
    for queued in ["30 messages queued", "0 messages queued"] {
        let output = run(&args);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && told.contains(queued), "{told}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_what_was_seeded_and_ends_gracefully_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    run(&[
        "seed",
        "--database",
        path.to_str().unwrap(),
        "--sample-office",
    ]);
    let mut server = Serving::start(&path);
    let http = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", server.url);
    let sign_in = json!({"email": "bob@hotdesk.example", "password": PASSWORD, "desktopId": "d1"});
    let answer = send(http.post(url("/api/sender/auth")).json(&sign_in)).await;
    let token = answer.ok()["token"].as_str().unwrap().to_owned();
    let claim = json!({"sdrId": "bob", "desktopId": "d1", "limit": 10, "waitSeconds": 25});
    let post = || {
        http.post(url("/api/sender/claim"))
            .bearer_auth(&token)
            .json(&claim)
    };
    let first = send(post()).await.ok();
    assert_eq!(first["messages"].as_array().unwrap().len(), 10);

    let waiting = tokio::spawn(send(post()));
    let pid = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = server.child.wait().unwrap();
    assert_eq!(status.code(), Some(0), "it stops in good order");
    let mut rest = String::new();
    server
        .child
        .stdout
        .as_mut()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "", "one line on stdout, no more");
    // Refused if the stop was faster than the claim; answered with nothing if not.
    if let Ok(answer) = waiting.await {
        assert_eq!(answer.ok()["messages"], json!([]));
    }
}

#[test]
fn a_port_that_is_taken_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&[
        "serve",
        "--listen",
        &address,
        "--database",
        path.to_str().unwrap(),
    ]);
    ends(&output, 3, &[&address, "Nothing was started", "--listen"]);
}

#[test]
fn a_data_file_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("missing/q.sqlite");
    let listen = ["serve", "--listen", "127.0.0.1:0", "--database"];
    let with = |path: &Path| run(&[&listen[..], &[path.to_str().unwrap()]].concat());
    ends(
        &with(&nowhere),
        4,
        &["missing/q.sqlite", "Nothing was changed"],
    );
    ends(&with(folder.path()), 4, &["cannot be opened for writing"]);
    let other = folder.path().join("letter.txt");
    std::fs::write(&other, "Dear all, ".repeat(500)).unwrap();
    ends(&with(&other), 4, &["letter.txt", "left as it is"]);
    let kept = std::fs::read_to_string(&other).unwrap();
    assert_eq!(
        kept,
        "Dear all, ".repeat(500),
        "what is not ours is not touched"
    );
}

#[test]
fn a_wrong_configuration_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.toml");
    std::fs::write(&path, "listen = \"127.0.0.1:0\"\ncolour = 1\n").unwrap();
    let output = run(&["serve", "--config", path.to_str().unwrap()]);
    ends(&output, 2, &["line 2", "colour"]);
    let output = program()
        .arg("serve")
        .env("HOTDESK_SERVER_LISTEN", "everywhere")
        .output()
        .unwrap();
    ends(&output, 2, &["everywhere", "--listen"]);
}

#[tokio::test]
async fn an_exported_log_is_checked_without_a_server() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    let queued = john.get("/api/messages/m-1/proof").await.ok();
    john.lease().await.begin().await.ok();
    let proof = john.get("/api/messages/m-1/proof").await.ok();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m-1.json");
    let check = |text: String, noted: &[&str]| {
        std::fs::write(&file, text).unwrap();
        run(&[&["verify-proof", file.to_str().unwrap()], noted].concat())
    };
    let held = check(proof.to_string(), &[]);
    let told = String::from_utf8_lossy(&held.stdout).into_owned();
    assert!(
        held.status.success() && told.contains("m-1 holds: 3 events"),
        "{told}"
    );
    let noted = ["--noted", queued["head"].as_str().unwrap()];
    assert!(
        check(proof.to_string(), &noted).status.success(),
        "the head of an earlier day is one of its hashes"
    );
    let other = "00".repeat(32);
    let broken = check(proof.to_string(), &["--noted", &other]);
    ends(&broken, 5, &["m-1", "does not hold"]);
    let mut tampered = proof.clone();
    tampered["events"][1]["desktopId"] = json!("d2");
    let seq = proof["events"][1]["seq"].to_string();
    ends(
        &check(tampered.to_string(), &[]),
        5,
        &[&format!("event {seq} was changed")],
    );
    ends(&check("{}".to_owned(), &[]), 5, &["is no proof"]);
}

#[test]
fn the_log_of_a_data_file_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let database = ["--database", path.to_str().unwrap()];
    let check = || run(&[&["check-log"], &database[..]].concat());
    ends(&check(), 1, &["there is no data file"]);
    assert!(!path.exists(), "a check makes no file");
    run(&[&["seed", "--sample-office"], &database[..]].concat());
    let told = String::from_utf8(check().stdout).unwrap();
    assert!(told.contains("all 30 messages hold"), "{told}");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "DROP TRIGGER events_are_never_changed;
         UPDATE events SET person_id = 'john' WHERE message_id = 'sample-00007'",
    )
    .unwrap();
    ends(&check(), 5, &["sample-00007", "was changed"]);
}

#[tokio::test]
async fn a_data_file_is_copied_whole_while_the_server_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let database = ["--database", path.to_str().unwrap()];
    run(&[&["seed", "--sample-office"], &database[..]].concat());
    let server = Serving::start(&path);
    let http = reqwest::Client::new();
    let sign_in = json!({"email": "manager@hotdesk.example", "password": PASSWORD});
    let url = format!("{}/api/sender/auth", server.url);
    let answer = send(http.post(url).json(&sign_in)).await.ok();
    let token = answer["token"].as_str().unwrap().to_owned();
    let url = format!("{}/api/messages", server.url);
    let (first, mut writing) = tokio::sync::watch::channel(0_u32);
    let writer = tokio::spawn(async move {
        for number in 0_u32..400 {
            let phone = format!("+55119{}", 80_000_000 + number);
            let body = message(&format!("w-{number}"), "john", &phone);
            send(http.post(&url).bearer_auth(&token).json(&body))
                .await
                .ok();
            if first.send(number).is_err() {
                return;
            }
        }
    });
    writing.wait_for(|number| *number > 3).await.unwrap();
    let copy = folder.path().join("copy.sqlite");
    let arguments = [
        &["backup"],
        &database[..],
        &["--to", copy.to_str().unwrap()],
    ]
    .concat();
    let told = tokio::task::spawn_blocking({
        let arguments = arguments
            .iter()
            .map(|it| (*it).to_owned())
            .collect::<Vec<_>>();
        move || program().args(arguments).output().unwrap()
    });
    let told = told.await.unwrap();
    let words = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.status.success() && words.contains("is a whole copy of"),
        "{told:?}"
    );
    drop(writing);
    writer.await.unwrap();
    let copied: u64 = words
        .split_once(": ")
        .unwrap()
        .1
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(copied > 33, "what was written before is in it: {copied}");
    let check = run(&["check-log", "--database", copy.to_str().unwrap()]);
    let held = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(
        held.contains(&format!("all {copied} messages hold")),
        "{held}"
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    let unfinished = |entry: &std::io::Result<std::fs::DirEntry>| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("unfinished")
    };
    assert!(!left.iter().any(unfinished), "nothing half is left");
    ends(
        &run(&arguments),
        1,
        &["is there already", "nothing was overwritten"],
    );
}

#[test]
fn what_cannot_be_copied_is_told_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let back_up = |from: &str, to: &str| run(&["backup", "--database", from, "--to", to]);
    ends(&back_up(&at("none"), &at("copy")), 4, &["none"]);
    assert!(
        !Path::new(&at("none")).exists(),
        "a copy makes no data file"
    );
    std::fs::write(at("letter"), "Dear all, ".repeat(500)).unwrap();
    ends(&back_up(&at("letter"), &at("copy")), 4, &["letter"]);
    run(&["seed", "--sample-office", "--database", &at("q")]);
    ends(
        &back_up(&at("q"), &at("nowhere/copy")),
        1,
        &["could not be made", "as it was"],
    );
    ends(
        &back_up("postgres://anna:s3cret@db.example/q", &at("copy")),
        1,
        &["pg_dump"],
    );
    assert!(!Path::new(&at("copy")).exists());
}

#[test]
fn the_log_can_be_one_json_object_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
        .args(["--metrics-listen", "127.0.0.1:0", "--database"])
        .arg(folder.path().join("q.sqlite"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let log = server.stderr.take().unwrap();
    BufReader::new(log).read_line(&mut line).unwrap();
    let _ = server.kill();
    let _ = server.wait();
    let line: serde_json::Value = serde_json::from_str(&line).expect("each line is an object");
    assert_eq!(line["message"], "metrics are served");
    assert!(line["timestamp"].is_string() && line["address"].is_string());
}

#[test]
fn help_names_every_command_and_setting() {
    let help = |args: &[&str]| String::from_utf8(run(args).stdout).unwrap();
    let all = help(&["--help"]);
    assert!(
        [
            "serve",
            "seed",
            "add-person",
            "backup",
            "verify-proof",
            "check-log",
            "migrate"
        ]
        .iter()
        .all(|it| all.contains(it)),
        "{all}"
    );
    let serve = help(&["serve", "--help"]);
    for word in [
        "HOTDESK_SERVER_LISTEN",
        "HOTDESK_SERVER_DATABASE",
        "127.0.0.1:8750",
        "SIGTERM",
    ] {
        assert!(serve.contains(word), "{word} is missing: {serve}");
    }
}

#[test]
fn every_command_works_on_postgres_and_none_tells_a_password() {
    let name = cluster().empty();
    let url = format!("{}&password=s3cret", cluster().url(&name));
    let told = |args: &[&str]| {
        let output = program()
            .args(args)
            .env("HOTDESK_SERVER_DATABASE", &url)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let told = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
        assert!(!told.contains("s3cret"), "{told}");
        told
    };
    let planned = told(&["migrate", "--dry-run"]);
    assert!(planned.contains("CREATE TABLE hotdesk_queue.messages"));
    assert!(told(&["migrate"]).contains("of this version"));
    assert!(told(&["migrate", "--dry-run"]).contains("nothing to run"));
    let seeded = told(&["seed", "--sample-office", "--messages", "3"]);
    assert!(seeded.contains("3 messages queued"), "{seeded}");
    assert!(told(&["check-log"]).contains("the logs of all 3 messages hold"));
    let person = [
        "add-person",
        "--id",
        "amy",
        "--email",
        "amy@office.example",
        "--name",
        "Amy",
    ];
    assert!(
        told(&person).contains("nobody was added"),
        "without a password"
    );
    assert!(told(&["serve", "--help"]).contains("HOTDESK_SERVER_DATABASE"));
    let lock =
        "ALTER TABLE hotdesk_queue.events DISABLE TRIGGER ALL; DELETE FROM hotdesk_queue.events";
    cluster().sql(&name, lock);
    assert!(told(&["check-log"]).contains("3 events are missing"));
}

#[test]
fn a_postgres_that_cannot_be_used_is_told_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    let url = "postgres://anna:s3cret@127.0.0.1:1/q";
    for (args, code, word) in [
        (vec!["check-log", "--database", url], 4, "cannot be reached"),
        (
            vec![
                "check-log",
                "--database",
                "postgres://anna:s3cret@db.example/q?sslmode=disable",
            ],
            4,
            "sslmode=require",
        ),
        (
            vec!["check-log", "--database", "postgres://anna:s3cret@[/q"],
            4,
            "cannot be used",
        ),
        (
            vec!["serve", "--config", config.to_str().unwrap()],
            2,
            "server.toml",
        ),
    ] {
        std::fs::write(&config, format!("database = \"{url}\" oops\n")).unwrap();
        let output = run(&args);
        ends(&output, code, &[word]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("s3cret"), "{told}");
    }
}

/// A million rows with HOTDESK_IMPORT_ROWS; the server is a process of its own, so that its memory is
/// its own as well.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_large_file_of_leads_goes_through_in_little_memory() {
    let rows = std::env::var("HOTDESK_IMPORT_ROWS").map_or(100_000, |it| it.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let args = ["seed", "--sample-office", "--messages", "0", "--database"];
    let seeded = program().args(args).arg(&path).output().unwrap();
    assert!(seeded.status.success());
    let server = Serving::start(&path);
    let peak = || {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
        let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
        let kib = line.split_whitespace().nth(1).unwrap();
        kib.parse::<u64>().unwrap() / 1024
    };
    let http = reqwest::Client::new();
    let sign_in = json!({"email": "manager@hotdesk.example", "password": PASSWORD});
    let answer = send(
        http.post(format!("{}/api/sender/auth", server.url))
            .json(&sign_in),
    )
    .await;
    let token = answer.ok()["token"].as_str().unwrap().to_owned();
    let before = peak();
    let pain = "x".repeat(100);
    let pieces = (0..rows).step_by(500).map(move |first: u32| {
        let row = |at: u32| format!("Ana Araújo {at};119{at:08};Construções;{pain}\n");
        let head = if first == 0 {
            "nome;telefone;empresa;dor\n"
        } else {
            ""
        };
        let rows: String = (first..(first + 500).min(rows)).map(row).collect();
        Ok::<_, std::io::Error>(format!("{head}{rows}"))
    });
    let started = std::time::Instant::now();
    let file = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let url = format!("{}/api/leads/import?consent=asked", server.url);
    let import = http
        .post(url)
        .bearer_auth(&token)
        .header("content-type", "text/csv");
    let answer = send(import.body(file)).await.ok();
    let took = started.elapsed();
    assert_eq!(answer["rows"], rows);
    let valid = answer["fresh"].as_u64().unwrap() + answer["rejectedCount"].as_u64().unwrap();
    assert_eq!(valid, u64::from(rows), "each row is taken or told");
    assert!(
        answer["fresh"].as_u64().unwrap() > u64::from(rows) * 9 / 10,
        "{}",
        answer["rejected"][0]
    );
    let grown = peak() - before;
    println!("import: {rows} rows in {took:?}, {grown} MiB more than before");
    assert!(grown < 150, "{grown} MiB for {rows} rows");
}
