//! A disk that lies, loses and runs full: whatever it does to the desktop's files, a start ends
//! "recovered" or "stopped with a reason".

use crate::child::{Home, copy_files};
use crate::support::desk::{Desk, sign_in, until_sdr};
use crate::support::office::Office;
use crate::support::pages::{FakePages, Mood};
use crate::table::{Row, write};
use hotdesk_protocol::session::{MessageState, SessionState};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const DATABASE: &str = "hotdesk.db";
const LOG: &str = "hotdesk.db-wal";
const NEWEST: &str = "hotdesk.backup.db";
const OLDER: &str = "hotdesk.backup-old.db";
const LEASE_MS: u32 = 2_500;
const SIDE_BY_SIDE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to the files of a desktop that was killed.
#[derive(Clone, Debug)]
enum Damage {
    /// One bit is another, at a place between 0 and 1000 thousandths of the file.
    Flip(&'static str, u64),
    /// The file ends there.
    Cut(&'static str, u64),
    /// The database and its newest copy, or both copies.
    FlipAlso(&'static [&'static str], u64),
    /// Somebody puts a copy back by hand, with or without the log.
    PutBack(&'static str, bool),
    /// The database is one of another key.
    OtherKey(u64),
    /// Something that is no file is in the way.
    InTheWay(&'static str),
}

impl Damage {
    fn kind(&self) -> String {
        match self {
            Self::Flip(file, _) => format!("a bit flipped in {file}"),
            Self::Cut(file, _) => format!("{file} cut off"),
            Self::FlipAlso(files, _) => format!("a bit flipped in {} files", files.len()),
            Self::PutBack(file, _) => format!("{file} put back by hand"),
            Self::OtherKey(_) => "a database of another key".to_owned(),
            Self::InTheWay(_) => "a directory in a file's place".to_owned(),
        }
    }

    fn inflict(&self, dir: &Path) {
        match self {
            Self::Flip(file, place) => flip(&dir.join(file), *place),
            Self::Cut(file, place) => {
                let file = std::fs::File::options()
                    .write(true)
                    .open(dir.join(file))
                    .unwrap();
                let length = file.metadata().unwrap().len();
                file.set_len(length * place / 1_000).unwrap();
            }
            Self::FlipAlso(files, place) => files.iter().for_each(|f| flip(&dir.join(f), *place)),
            Self::PutBack(file, log) => {
                std::fs::copy(dir.join(file), dir.join(DATABASE)).unwrap();
                if !log {
                    std::fs::remove_file(dir.join(LOG)).unwrap();
                }
            }
            Self::OtherKey(seed) => {
                for file in [DATABASE, LOG] {
                    std::fs::remove_file(dir.join(file)).unwrap();
                }
                let db = rusqlite::Connection::open(dir.join(DATABASE)).unwrap();
                let key = format!("PRAGMA key = \"x'{seed:064x}'\"; CREATE TABLE a (b);");
                db.execute_batch(&key).unwrap();
            }
            Self::InTheWay(file) => {
                let _gone = std::fs::remove_file(dir.join(file));
                std::fs::create_dir(dir.join(file)).unwrap();
            }
        }
    }
}

fn flip(file: &Path, place: u64) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = usize::try_from(bytes.len() as u64 * place / 1_000).unwrap();
    bytes[at] ^= 1 << (place % 8);
    std::fs::write(file, bytes).unwrap();
}

fn damages() -> Vec<Damage> {
    let spread = |count: u64| (0..count).map(move |n| n * 1_000 / count);
    let mut all: Vec<Damage> = Vec::new();
    all.extend(spread(60).map(|at| Damage::Flip(DATABASE, at)));
    all.extend(spread(40).map(|at| Damage::Flip(LOG, at)));
    all.extend(spread(20).map(|at| Damage::Cut(DATABASE, at)));
    all.extend(spread(20).map(|at| Damage::Cut(LOG, at)));
    all.extend(spread(15).map(|at| Damage::FlipAlso(&[DATABASE, NEWEST], at)));
    all.extend(spread(5).map(|at| Damage::FlipAlso(&[DATABASE, NEWEST, OLDER], at)));
    for log in [true, false] {
        all.extend([NEWEST, OLDER].map(|file| Damage::PutBack(file, log)));
    }
    all.extend((1..=5).map(Damage::OtherKey));
    all.extend(
        [
            DATABASE,
            LOG,
            NEWEST,
            "hotdesk.backup.new",
            "hotdesk.key.json",
        ]
        .map(Damage::InTheWay),
    );
    all
}

/// A desktop at the moment of its death: one message is read, one has left untold, one waits.
struct Death {
    dir: TempDir,
    pages: FakePages,
    key: Vec<u8>,
    entry: String,
}

impl Death {
    async fn new() -> Self {
        let mut office = Office::leasing(LEASE_MS, 3).await;
        let desk = Desk::new(&office.url());
        let agent = desk.start_signed_in(&["john"]).await;
        office.until(Some("john"), MessageState::Delivered, 1).await;
        agent.shut_down().await;
        let agent = desk.start().await;
        desk.pages.set_mood("john", Mood::SendsInSilence);
        until_sdr(&agent, "john", "connected", |sdr| {
            sdr.state == SessionState::Connected && !sdr.stale
        })
        .await;
        office.seed(9).await;
        while desk.pages.history().len() < 2 {
            tokio::task::yield_now().await;
        }
        let dir = TempDir::new().unwrap();
        copy_files(&desk.data_dir(), &dir.path().join("data"));
        let death = Self {
            dir,
            pages: desk.pages.copy(),
            key: desk.key(),
            entry: desk.entry(),
        };
        desk.kill(agent);
        office.close().await;
        std::fs::copy(office.database(), death.dir.path().join("server.db")).unwrap();
        let log = death.dir.path().join("data").join(LOG);
        assert!(log.metadata().unwrap().len() > 0, "not yet in the file");
        death
    }
}

async fn start_after(death: &Death, damage: Damage) -> Row {
    let since = Instant::now();
    let case = format!("{damage:?}");
    let dir = TempDir::new().unwrap();
    copy_files(&death.dir.path().join("data"), &dir.path().join("data"));
    damage.inflict(&dir.path().join("data"));
    let office = Office::from_copy(LEASE_MS, &death.dir.path().join("server.db")).await;
    let mut desk = Desk::at(dir.path().join("data"), &office.url());
    desk.pages = death.pages.copy().into();
    desk.keep_key(&death.entry, &death.key);
    let (end, review) = match desk.start_or_words().await {
        Err(words) => {
            assert!(
                words.contains("othing was"),
                "what is safe: {case}: {words}"
            );
            assert_eq!(desk.pages.submits(), 0, "stopped is stopped: {case}");
            ("stopped", 0)
        }
        Ok(agent) => {
            if agent.views().borrow().sdrs.is_empty() {
                sign_in(&agent, "john").await;
            }
            let mut look = tokio::time::interval(Duration::from_millis(30));
            while office.ended("john").await < 3 {
                look.tick().await;
                assert!(
                    since.elapsed() < PATIENCE,
                    "lost: {case}: {:#?}",
                    agent.views().borrow()
                );
            }
            agent.shut_down().await;
            let messages = office.messages(Some("john")).await;
            let review = messages
                .iter()
                .filter(|m| m.state == MessageState::Review)
                .count();
            let history = desk.pages.history();
            let texts: BTreeSet<_> = history.iter().map(|left| &left.text).collect();
            assert_eq!(texts.len(), history.len(), "no message left twice: {case}");
            assert_eq!(
                history.len() + review,
                3,
                "each left or is in review: {case}"
            );
            ("recovered", review)
        }
    };
    Row {
        case,
        kind: damage.kind(),
        end: end.to_owned(),
        review,
        ms: since.elapsed().as_millis(),
    }
}

/// No file may grow beyond so many blocks of 512 bytes; then it may again.
async fn run_full(blocks: u32) -> Row {
    let since = Instant::now();
    let case = format!("no file beyond {blocks} blocks");
    let office = Office::leasing(LEASE_MS, 9).await;
    let home = Home::new(&office).await;
    let before = format!("trap '' XFSZ; ulimit -S -f {blocks}; ");
    let mut desktop = home.start(&before, &[]);
    let mut look = tokio::time::interval(Duration::from_millis(30));
    // It works, it stands, or it has said why it does not start.
    while office.ended("john").await < 3 && since.elapsed() < Duration::from_secs(5) {
        look.tick().await;
    }
    let stood = office.ended("john").await < 3;
    let died = desktop.has_ended();
    if died {
        says_what_is_safe(&home, &case);
        desktop = home.start("", &[]);
    } else {
        lift(desktop.pid());
    }
    while office.ended("john").await < 3 {
        look.tick().await;
        assert!(since.elapsed() < PATIENCE * 2, "lost: {case}");
    }
    assert!(desktop.stop().await, "no panic: {case}");
    let history = home.pages().history();
    let texts: BTreeSet<_> = history.iter().map(|left| &left.text).collect();
    assert_eq!(
        (texts.len(), history.len()),
        (3, 3),
        "each left once: {case}"
    );
    Row {
        case,
        kind: "full at a write".to_owned(),
        end: match (died, stood) {
            (true, _) => "stopped",
            (false, true) => "recovered",
            (false, false) => "not met",
        }
        .to_owned(),
        review: 0,
        ms: since.elapsed().as_millis(),
    }
}

/// The owner may not write the file, or make one in the directory; then again.
async fn run_read_only(file: &'static str) -> Row {
    let since = Instant::now();
    let case = format!("no right to write {:?}", home_file(file));
    let office = Office::leasing(LEASE_MS, 9).await;
    let home = Home::new(&office).await;
    let path = home.data_dir().join(file);
    let as_owner = give_away(home.path());
    let rights = path.metadata().unwrap().permissions();
    let mut fewer = rights.clone();
    fewer.set_readonly(true);
    std::fs::set_permissions(&path, fewer).unwrap();
    let mut desktop = home.start(as_owner, &[]);
    let mut look = tokio::time::interval(Duration::from_millis(30));
    while office.ended("john").await < 3 && !desktop.has_ended() {
        look.tick().await;
        assert!(since.elapsed() < PATIENCE, "lost: {case}");
    }
    let stopped = desktop.has_ended();
    if stopped {
        says_what_is_safe(&home, &case);
        assert!(
            home.pages().history().is_empty(),
            "stopped is stopped: {case}"
        );
        std::fs::set_permissions(&path, rights).unwrap();
        desktop = home.start(as_owner, &[]);
    }
    while office.ended("john").await < 3 {
        look.tick().await;
        assert!(since.elapsed() < PATIENCE * 2, "lost: {case}");
    }
    assert!(desktop.stop().await, "no panic: {case}");
    assert_eq!(home.pages().history().len(), 3, "each left once: {case}");
    Row {
        case,
        kind: "no right to write".to_owned(),
        end: if stopped { "stopped" } else { "recovered" }.to_owned(),
        review: 0,
        ms: since.elapsed().as_millis(),
    }
}

fn home_file(file: &str) -> &str {
    if file.is_empty() {
        "the directory"
    } else {
        file
    }
}

/// A superuser may write everything, so the files become another's, and the program runs as that one.
fn give_away(home: &Path) -> &'static str {
    if !rustix::process::geteuid().is_root() {
        return "";
    }
    let nobody = Some(65_534);
    let mut dirs = vec![home.to_owned()];
    while let Some(dir) = dirs.pop() {
        std::os::unix::fs::chown(&dir, nobody, nobody).unwrap();
        if dir.is_dir() {
            let entries = std::fs::read_dir(&dir).unwrap();
            dirs.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" \"$@\"; "
}

fn says_what_is_safe(home: &Home, case: &str) {
    let words = home.why().expect("a reason");
    assert!(
        words.contains("othing was"),
        "what is safe: {case}: {words}"
    );
}

fn lift(pid: u32) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let pid = Pid::from_raw(i32::try_from(pid).unwrap());
    let none = Rlimit {
        current: None,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, none).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_disk_does_a_start_recovers_or_stops_with_a_reason() {
    let death = Arc::new(Death::new().await);
    let room = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut cases = JoinSet::new();
    for damage in damages() {
        let (room, death) = (Arc::clone(&room), Arc::clone(&death));
        cases.spawn(async move {
            let _place = room.acquire().await.unwrap();
            start_after(&death, damage).await
        });
    }
    for n in 0..24 {
        let room = Arc::clone(&room);
        cases.spawn(async move {
            let _place = room.acquire().await.unwrap();
            run_full(8 + n * 4).await
        });
    }
    for file in [DATABASE, NEWEST, "hotdesk.key.json", ""] {
        let room = Arc::clone(&room);
        cases.spawn(async move {
            let _place = room.acquire().await.unwrap();
            run_read_only(file).await
        });
    }
    let rows = cases.join_all().await;
    assert!(rows.len() >= 200, "only {} cases", rows.len());
    let met = rows
        .iter()
        .filter(|row| row.kind == "full at a write" && row.end != "not met")
        .count();
    write("disk", rows);
    assert!(met >= 10, "the disk did run full only {met} times");
}
