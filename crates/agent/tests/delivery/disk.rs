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
    /// The file's rights, or the directory's, do not allow a write (a superuser may all the same).
    ReadOnly(&'static str),
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
            Self::ReadOnly(_) => "no right to write".to_owned(),
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
            Self::ReadOnly(file) => {
                let path = dir.join(file);
                let mut rights = path.metadata().unwrap().permissions();
                rights.set_readonly(true);
                std::fs::set_permissions(path, rights).unwrap();
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
    all.extend([DATABASE, LOG, NEWEST, ""].map(Damage::ReadOnly));
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
        let mut office = office(Path::new("none"), 3).await;
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
        assert!(
            death
                .dir
                .path()
                .join("data")
                .join(LOG)
                .metadata()
                .unwrap()
                .len()
                > 0
        );
        death
    }
}

async fn office(database: &Path, messages: u32) -> Office {
    let mut office = Office::closed();
    office.lease_ms = 2_500;
    if database.exists() {
        std::fs::copy(database, office.database()).unwrap();
    }
    office.reopen().await;
    office.seed(messages).await;
    office
}

async fn start_after(death: &Death, damage: Damage) -> Row {
    let since = Instant::now();
    let case = format!("{damage:?}");
    let dir = TempDir::new().unwrap();
    copy_files(&death.dir.path().join("data"), &dir.path().join("data"));
    damage.inflict(&dir.path().join("data"));
    let office = office(&death.dir.path().join("server.db"), 9).await;
    let mut desk = Desk::at(dir.path().join("data"), &office.url());
    desk.pages = death.pages.copy().into();
    desk.keep_key(&death.entry, &death.key);
    let (end, review) = match desk.try_start().await {
        Err(error) => {
            let words = error.to_string();
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
    let office = office(Path::new("none"), 9).await;
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
            run_full(64 + n * 20).await
        });
    }
    let rows = cases.join_all().await;
    assert!(rows.len() >= 200, "only {} cases", rows.len());
    let met = rows
        .iter()
        .filter(|row| row.kind == "full at a write" && row.end != "not met");
    assert!(met.count() >= 10, "the disk did run full");
    write("disk", rows);
}
