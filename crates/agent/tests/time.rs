//! Time that does not go as it should: pauses, a night's sleep, a wall clock that is put right.

use crate::support::desk::{Desk, until_sdr};
use crate::support::office::Office;
use crate::support::pages::FakePages;
use hotdesk_agent::clock;
use hotdesk_agent::machine::Machine;
use hotdesk_engine::Now;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::session::{MessageState, SessionState};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// A message is through within about so many looks at the clock.
const LOOKS: usize = 16;
const SIDE_BY_SIDE: usize = 6;

/// One leap of the clocks.
#[derive(Clone, Copy, Debug)]
struct Leap {
    /// Everything stood still for so long, suspend included.
    stood_ms: i64,
    /// The desktop's wall clock alone was put forward by so much.
    wall_ms: i64,
}

#[derive(Default)]
struct Leaping {
    looks_left: Option<usize>,
    leap: Option<Leap>,
    stood_ms: i64,
    wall_ms: i64,
    pages: Option<Arc<FakePages>>,
    /// Probes that were made before the leap.
    probes: usize,
}

#[derive(Clone, Default)]
struct Clocks(Arc<Mutex<Leaping>>);

impl Clocks {
    /// Leap at the nth look from now.
    fn leap_after(&self, looks: usize, leap: Leap) {
        let mut inner = self.0.lock().unwrap();
        inner.looks_left = Some(looks);
        inner.leap = Some(leap);
    }

    fn has_leapt(&self) -> bool {
        self.0.lock().unwrap().leap.is_none()
    }

    /// Whether what leaves now was decided after the leap: that takes a probe made after it. A leap
    /// between the last check and the call is outside of what can be promised.
    fn decided_since(&self) -> bool {
        let inner = self.0.lock().unwrap();
        let probes = inner.pages.as_ref().map_or(0, |pages| pages.probes());
        inner.leap.is_none() && probes > inner.probes
    }

    fn desktop(&self) -> Now {
        let mut inner = self.0.lock().unwrap();
        if let Some(left) = inner.looks_left.take() {
            inner.looks_left = left.checked_sub(1);
            if inner.looks_left.is_none()
                && let Some(leap) = inner.leap.take()
            {
                inner.stood_ms += leap.stood_ms;
                inner.wall_ms += leap.wall_ms;
                inner.probes = inner.pages.as_ref().map_or(0, |pages| pages.probes());
            }
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

fn lease_until(database: &PathBuf, message: &str) -> i64 {
    let db = rusqlite::Connection::open(database).unwrap();
    db.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    let sql = "SELECT lease_until_ms FROM messages WHERE id = ?1";
    db.query_row(sql, [message], |row| row.get(0)).unwrap()
}

/// One message, and one leap at some look at the clock.
async fn leap(looks: usize, leap: Leap) {
    let clocks = Clocks::default();
    let mut office = Office::closed();
    let seen = clocks.clone();
    office.clock = Arc::new(move || seen.server());
    office.lease_ms = 8_000;
    office.reopen().await;
    office.seed(0).await;
    let mut desk = Desk::new(&office.url());
    let seen = clocks.clone();
    desk.machine = Machine::os().with_clock(move || seen.desktop());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    let late = Arc::new(Mutex::new(None));
    let (told, seen, database) = (Arc::clone(&late), clocks.clone(), office.database());
    desk.pages.watch(move |message| {
        let left = lease_until(&database, message.as_str()) - seen.server().0;
        if left <= 0 && seen.decided_since() {
            *told.lock().unwrap() = Some(left);
        }
    });
    clocks.0.lock().unwrap().pages = Some(Arc::clone(&desk.pages));
    clocks.leap_after(looks, leap);
    office.seed(3).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let case = format!("{leap:?} at look {looks}");
    // A fast machine is through before; an idle session, too, looks at the clock.
    let mut look = tokio::time::interval(std::time::Duration::from_millis(20));
    while !clocks.has_leapt() {
        look.tick().await;
    }
    assert_eq!(desk.pages.history().len(), 1, "it left once: {case}");
    let late = *late.lock().unwrap();
    assert_eq!(late, None, "no submit under a lease that is over: {case}");
    agent.shut_down().await;
}

async fn every_look(leaps: &[Leap], step: usize) {
    let mut cases = JoinSet::new();
    for it in leaps {
        for looks in (0..LOOKS).step_by(step) {
            if cases.len() >= SIDE_BY_SIDE {
                cases.join_next().await.unwrap().unwrap();
            }
            cases.spawn(leap(looks, *it));
        }
    }
    cases.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_or_a_nights_suspend_at_any_moment_sends_nothing_late_and_loses_nothing() {
    let stood = |stood_ms| Leap {
        stood_ms,
        wall_ms: 0,
    };
    let leaps = [stood(90_000), stood(10 * MINUTE), stood(12 * HOUR)];
    every_look(&leaps, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_put_an_hour_forward_or_back_changes_nothing() {
    let wall = |wall_ms| Leap {
        stood_ms: 0,
        wall_ms,
    };
    every_look(&[wall(HOUR), wall(-HOUR)], 4).await;
}
