//! Time that does not go as it should: pauses, a night's suspend, a wall clock that is put right, and
//! a process that stands still before and after every step.

#[cfg(target_os = "linux")]
use crate::child::Home;
#[cfg(target_os = "linux")]
use crate::failpoints::STEPS;
use crate::support::desk::{Desk, until_sdr};
use crate::support::office::Office;
use crate::table::{Row, write};
use hotdesk_agent::clock::{self, Clock};
use hotdesk_engine::Now;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::session::{MessageState, SessionState};
#[cfg(target_os = "linux")]
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// A message is through within about so many looks at the clock.
const LOOKS: usize = 32;
const LEASE_MS: u32 = 8_000;
const SIDE_BY_SIDE: usize = 8;
/// How long a process stands still; its lease is a third of that.
#[cfg(target_os = "linux")]
const STILL: Duration = Duration::from_secs(6);
#[cfg(target_os = "linux")]
const PATIENCE: Duration = Duration::from_secs(90);

/// One leap of the clocks.
#[derive(Clone, Copy, Debug)]
struct Leap {
    /// Everything stood still for so long, suspend included.
    stood_ms: i64,
    /// The desktop's wall clock alone was put forward by so much.
    wall_ms: i64,
}

impl Leap {
    fn kind(self) -> String {
        match self.wall_ms {
            0 => format!("everything stands still for {} s", self.stood_ms / 1_000),
            ms => format!("the wall clock is put by {} s", ms / 1_000),
        }
    }
}

/// When the clocks leap.
#[derive(Clone, Copy, Debug)]
enum When {
    /// At the nth look at the desktop's clock.
    Look(usize),
    /// At the first look at which the server has a message in this state: whatever is decided about
    /// the message after that is decided after the leap.
    First(&'static str),
}

#[derive(Default)]
struct Leaping {
    wanted: Option<(When, Leap)>,
    looks: usize,
    stood_ms: i64,
    wall_ms: i64,
    database: PathBuf,
}

#[derive(Clone, Default)]
struct Clocks(Arc<Mutex<Leaping>>);

impl Clocks {
    fn leap(&self, when: When, leap: Leap, database: PathBuf) {
        let mut inner = self.0.lock().unwrap();
        inner.database = database;
        inner.looks = 0;
        inner.wanted = Some((when, leap));
    }

    fn has_leapt(&self) -> bool {
        self.0.lock().unwrap().wanted.is_none()
    }

    fn desktop(&self) -> Now {
        let mut inner = self.0.lock().unwrap();
        let now = match inner.wanted {
            Some((When::Look(n), _)) => inner.looks == n,
            Some((When::First(state), _)) => is_there(&inner.database, state),
            None => false,
        };
        inner.looks += 1;
        if now && let Some((_, leap)) = inner.wanted.take() {
            inner.stood_ms += leap.stood_ms;
            inner.wall_ms += leap.wall_ms;
        }
        let now = clock::now();
        let boot = now.boot.0.checked_add_signed(inner.stood_ms).unwrap();
        Now {
            boot: Millis(boot),
            utc: UtcMs(now.utc.0 + inner.stood_ms + inner.wall_ms),
        }
    }

    fn server(&self) -> UtcMs {
        UtcMs(clock::utc().0 + self.0.lock().unwrap().stood_ms)
    }
}

fn open(database: &Path) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(database).unwrap();
    db.busy_timeout(Duration::from_secs(5)).unwrap();
    db
}

fn is_there(database: &Path, state: &str) -> bool {
    let sql = "SELECT count(*) FROM messages WHERE sdr_id = 'john' AND state = ?1";
    let count: i64 = open(database)
        .query_row(sql, [state], |row| row.get(0))
        .unwrap();
    count > 0
}

fn lease_until(database: &Path, message: &str) -> i64 {
    let sql = "SELECT lease_until_ms FROM messages WHERE id = ?1";
    open(database)
        .query_row(sql, [message], |row| row.get(0))
        .unwrap()
}

/// One message, and one leap.
async fn leap(when: When, leap: Leap) -> Row {
    let since = Instant::now();
    let case = format!("{leap:?}, {when:?}");
    let clocks = Clocks::default();
    let seen = clocks.clone();
    let office = Office::with_clock(LEASE_MS, Arc::new(move || seen.server())).await;
    let mut desk = Desk::new(&office.url());
    let seen = clocks.clone();
    desk.clock = Clock::reading(move || seen.desktop());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    let late = Arc::new(Mutex::new(None));
    let (told, seen, database) = (Arc::clone(&late), clocks.clone(), office.database());
    desk.pages.watch(move |message| {
        let left = lease_until(&database, message.as_str()) - seen.server().0;
        if left <= 0 {
            *told.lock().unwrap() = Some(left);
        }
    });
    clocks.leap(when, leap, office.database());
    office.seed(3).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    // A fast machine is through before; an idle session, too, looks at the clock.
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while !clocks.has_leapt() {
        look.tick().await;
    }
    assert_eq!(desk.pages.history().len(), 1, "it left once: {case}");
    // A leap between the last check and the call is outside of what can be promised.
    if let When::First(_) = when {
        let late = *late.lock().unwrap();
        assert_eq!(late, None, "no submit under a lease that is over: {case}");
    }
    agent.shut_down().await;
    Row {
        case,
        kind: leap.kind(),
        end: "sent once".to_owned(),
        review: 0,
        ms: since.elapsed().as_millis(),
    }
}

/// The process stands still for three leases, before or after a step; the server does not.
#[cfg(target_os = "linux")]
async fn stand_still(step: &'static str, place: &'static str) -> Row {
    use rustix::process::{Pid, Signal, kill_process};
    let since = Instant::now();
    let case = format!("{} s {place} {step}", STILL.as_secs());
    let lease_ms = u32::try_from(STILL.as_millis() / 3).unwrap();
    let office = Office::leasing(lease_ms, 3).await;
    let home = Home::new(&office).await;
    let failpoint = format!("{step}:{place}:stall");
    let desktop = home.start("", &[("HOTDESK_FAILPOINT", &failpoint)]);
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while !home.struck().exists() {
        look.tick().await;
        assert!(since.elapsed() < PATIENCE, "not struck: {case}");
    }
    let pid = Pid::from_raw(i32::try_from(desktop.pid()).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    tokio::time::sleep(STILL).await;
    kill_process(pid, Signal::CONT).unwrap();
    office.seed(6).await;
    while office.ended("john").await < 2 {
        look.tick().await;
        assert!(since.elapsed() < PATIENCE, "it never ended: {case}");
    }
    assert!(desktop.stop().await, "no panic: {case}");
    let history = home.pages().history();
    let texts: BTreeSet<_> = history.iter().map(|left| &left.text).collect();
    assert_eq!(
        (texts.len(), history.len()),
        (2, 2),
        "each left once: {case}"
    );
    Row {
        case,
        kind: "the process stands still".to_owned(),
        end: "sent once".to_owned(),
        review: 0,
        ms: since.elapsed().as_millis(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_time_does_nothing_is_sent_late_or_twice_and_nothing_is_lost() {
    let stood = |stood_ms| Leap {
        stood_ms,
        wall_ms: 0,
    };
    let wall = |wall_ms| Leap {
        stood_ms: 0,
        wall_ms,
    };
    let room = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut cases = JoinSet::new();
    for it in [
        stood(90_000),
        stood(10 * MINUTE),
        stood(12 * HOUR),
        wall(HOUR),
        wall(-HOUR),
    ] {
        let looks = (0..LOOKS).step_by(2).map(When::Look);
        for when in looks.chain(["leased", "begun"].map(When::First)) {
            let room = Arc::clone(&room);
            cases.spawn(async move {
                let _place = room.acquire().await.unwrap();
                leap(when, it).await
            });
        }
    }
    #[cfg(target_os = "linux")]
    for step in STEPS {
        for place in ["before", "after"] {
            let room = Arc::clone(&room);
            cases.spawn(async move {
                let _place = room.acquire().await.unwrap();
                stand_still(step, place).await
            });
        }
    }
    let rows = cases.join_all().await;
    write("clock", rows);
}
