//! Strict mode: nothing is sent while the SDR is locked, and nothing of theirs can be read.

use crate::support::desk::Desk;
use crate::support::office::{Office, PASSWORD};
use crate::support::pages::FakePages;
use hotdesk_agent::agent::Order;
use hotdesk_agent::guard::{Guard, LockCause};
use hotdesk_agent::views::{GuardView, LockView, OfficeView, SdrView};
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode};
use rusqlite::types::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

const PIN: &str = "246810";
const NEW_PIN: &str = "864209";
const WRONG: &str = "975310";
const PHONE: &str = "+5511960000001";

type FakeGuard = Guard<FakePages>;

fn john() -> SdrId {
    "john".into()
}

async fn start(desk: &Desk) -> FakeGuard {
    Guard::new(desk.start().await, None)
}

async fn sign_in(guard: &FakeGuard) -> Result<(), ProblemCode> {
    code(
        guard
            .sign_in("john@hotdesk.example", PASSWORD)
            .await
            .map(drop),
    )
}

fn code(answer: Result<(), Problem>) -> Result<(), ProblemCode> {
    answer.map_err(|problem| problem.code)
}

async fn unlock(guard: &FakeGuard, pin: &str) -> Result<(), ProblemCode> {
    code(guard.unlock(&john(), pin).await)
}

/// John in strict mode, unlocked and linked.
async fn strict(desk: &Desk) -> FakeGuard {
    let guard = start(desk).await;
    desk.pages.link("john", PHONE);
    sign_in(&guard).await.unwrap();
    guard.choose_pin(None, PIN).await.unwrap();
    assert_eq!(code(guard.set_strict(PIN, true).await), Ok(()));
    guard
}

fn tile(view: &OfficeView) -> SdrView {
    view.sdrs
        .iter()
        .find(|one| one.id == john())
        .unwrap()
        .clone()
}

async fn until(guard: &FakeGuard, what: &str, is: impl Fn(&SdrView) -> bool) {
    let mut views = guard.views();
    let seen = views.wait_for(|view| is(&tile(view)));
    if timeout(Duration::from_secs(30), seen).await.is_err() {
        panic!("never seen: {what}");
    }
}

/// Every cell of every table of a file of the data directory, as somebody with the key reads it.
fn cells(desk: &Desk, file: &str) -> Vec<u8> {
    let db = desk.open_file(file);
    let mut all = Vec::new();
    for table in tables(&db, "") {
        let mut rows = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..width {
                match row.get(at).unwrap() {
                    Value::Text(text) => all.extend(text.into_bytes()),
                    Value::Blob(bytes) => all.extend(bytes),
                    Value::Null | Value::Integer(_) | Value::Real(_) => {}
                }
                all.push(b'\n');
            }
        }
    }
    all
}

/// The tables that have such a column.
fn tables(db: &rusqlite::Connection, column: &str) -> Vec<String> {
    let mut tables = db
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND (?1 = '' OR EXISTS (SELECT 1 FROM pragma_table_info(sqlite_master.name) WHERE name = ?1))",
        )
        .unwrap();
    let names = tables.query_map([column], |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

fn holds(all: &[u8], secret: &str) -> bool {
    all.windows(secret.len())
        .any(|part| part == secret.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_while_the_sdr_is_locked_and_each_message_once_afterwards() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    guard.lock(LockCause::Idle).await;
    assert!(!desk.pages.is_open("john"), "the page is closed");
    let view = tile(&guard.views().borrow());
    assert!(view.sealed && view.strict && view.lock == LockView::Pin);
    office.seed(9).await;
    office.until(Some("john"), MessageState::Queued, 3).await;
    assert_eq!(desk.pages.submits(), 0);
    assert_eq!(unlock(&guard, PIN).await, Ok(()));
    office.until(Some("john"), MessageState::Delivered, 3).await;
    assert_eq!(desk.pages.history().len(), 3);
    assert!(!tile(&guard.views().borrow()).sealed);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_who_unlocks_closes_it_too_and_has_the_window_at_once() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    guard
        .sign_in("jane@hotdesk.example", PASSWORD)
        .await
        .unwrap();
    assert!(
        matches!(&guard.views().borrow().guard, GuardView::Sdr { sdr, .. } if sdr.as_str() == "jane")
    );
    until(&guard, "John is closed", |john| john.sealed).await;
    office.seed(9).await;
    office.until(Some("john"), MessageState::Queued, 3).await;
    assert_eq!(unlock(&guard, PIN).await, Ok(()));
    office.until(Some("john"), MessageState::Delivered, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_in_the_middle_of_sending_no_message_is_lost_and_none_leaves_twice() {
    // A claim that is cut off by a lock may have leased; that comes back with the lease's end.
    let office = Office::leasing(5_000, 0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    office.seed(60).await;
    for left in [3, 8, 13] {
        while desk.pages.history().len() < left {
            tokio::task::yield_now().await;
        }
        guard.lock(LockCause::Asked).await;
        assert_eq!(unlock(&guard, PIN).await, Ok(()));
    }
    office
        .until(Some("john"), MessageState::Delivered, 20)
        .await;
    assert_eq!(desk.pages.history().len(), 20, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_nothing_starts_until_the_sdr_unlocks() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    strict(&desk).await.shut_down().await;
    office.seed(9).await;
    let opened = desk.pages.profiles().len();
    let guard = start(&desk).await;
    assert!(tile(&guard.views().borrow()).sealed);
    assert_eq!(unlock(&guard, WRONG).await, Err(ProblemCode::WrongPin));
    assert!(
        tile(&guard.views().borrow()).sealed,
        "a wrong PIN opens nothing"
    );
    assert_eq!(desk.pages.profiles().len(), opened, "no page was opened");
    assert_eq!(unlock(&guard, PIN).await, Ok(()));
    office.until(Some("john"), MessageState::Delivered, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_database_and_its_key_reads_nothing_of_a_locked_sdr() {
    let office = Office::open(9).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    office.until(Some("john"), MessageState::Delivered, 3).await;
    until(&guard, "the leads are shown", |john| {
        john.activity.len() == 3
    })
    .await;
    guard.order(&john(), Order::Pause).await.unwrap();
    let token: String = desk
        .open_database()
        .query_row("SELECT token FROM sdr WHERE id = 'john'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let mut secrets = vec![token, PHONE.to_owned()];
    for message in office.messages(Some("john")).await {
        secrets.extend([message.lead_name, message.phone, message.text]);
    }
    guard.lock(LockCause::Asked).await;
    for file in ["hotdesk.db", "hotdesk.backup.db", "hotdesk.backup2.db"] {
        if !desk.data_dir().join(file).exists() {
            continue;
        }
        let all = cells(&desk, file);
        assert!(
            holds(&all, "john@hotdesk.example"),
            "the search finds what is there"
        );
        for secret in &secrets {
            assert!(!holds(&all, secret), "{secret} is in {file}");
        }
    }
    assert_eq!(unlock(&guard, PIN).await, Ok(()));
    until(&guard, "all is back", |john| {
        john.paused && john.activity.len() == 3 && john.sent_today == 3
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_while_the_sdr_was_unlocked_a_start_closes_everything() {
    let office = Office::open(9).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    office.until(Some("john"), MessageState::Delivered, 3).await;
    let text = office.messages(Some("john")).await.remove(0).lead_name;
    // What is shown is kept a moment after what is to be sent.
    let kept = "SELECT count(*) FROM activity WHERE sdr_id = 'john'";
    while desk
        .open_database()
        .query_row(kept, [], |row| row.get::<_, u32>(0))
        .unwrap()
        == 0
    {
        tokio::task::yield_now().await;
    }
    assert!(holds(&cells(&desk, "hotdesk.db"), &text));
    drop(guard);
    desk.pages.die();
    // A process that has died writes nothing more.
    desk.until_closed().await;
    let guard = start(&desk).await;
    assert!(tile(&guard.views().borrow()).sealed);
    assert!(!holds(&cells(&desk, "hotdesk.db"), &text));
    assert_eq!(unlock(&guard, PIN).await, Ok(()));
    until(&guard, "it is back", |john| !john.activity.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_opens_it_as_well_so_a_forgotten_pin_loses_nothing() {
    let office = Office::open(9).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    office.until(Some("john"), MessageState::Delivered, 3).await;
    guard.lock(LockCause::Asked).await;
    for _ in 0..5 {
        assert_eq!(unlock(&guard, WRONG).await, Err(ProblemCode::WrongPin));
    }
    assert_eq!(unlock(&guard, PIN).await, Err(ProblemCode::WrongPin));
    assert_eq!(sign_in(&guard).await, Ok(()));
    until(&guard, "all is back", |john| john.activity.len() == 3).await;
    guard.choose_pin(None, NEW_PIN).await.unwrap();
    guard.lock(LockCause::Asked).await;
    assert_eq!(
        unlock(&guard, NEW_PIN).await,
        Ok(()),
        "and opens it from now on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_pin_opens_what_the_one_before_closed() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    guard.choose_pin(Some(PIN), NEW_PIN).await.unwrap();
    guard.shut_down().await;
    let guard = start(&desk).await;
    assert_eq!(unlock(&guard, PIN).await, Err(ProblemCode::WrongPin));
    assert_eq!(unlock(&guard, NEW_PIN).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_the_recovery_key_leaves_the_pin_which_may_be_tried_again() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    guard.lock(LockCause::Asked).await;
    let server = rusqlite::Connection::open(office.database()).unwrap();
    server.execute("DELETE FROM recovery_keys", []).unwrap();
    for _ in 0..5 {
        assert_eq!(unlock(&guard, WRONG).await, Err(ProblemCode::WrongPin));
    }
    assert_eq!(sign_in(&guard).await, Err(ProblemCode::Locked));
    assert!(tile(&guard.views().borrow()).sealed);
    assert_eq!(unlock(&guard, PIN).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_turned_on_and_off_by_the_pin_alone_and_the_audit_says_so() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    assert_eq!(
        code(guard.set_strict(WRONG, false).await),
        Err(ProblemCode::WrongPin),
        "not by whoever finds the window open"
    );
    assert_eq!(code(guard.set_strict(PIN, false).await), Ok(()));
    guard.lock(LockCause::Asked).await;
    assert_eq!(
        code(guard.set_strict(PIN, true).await),
        Err(ProblemCode::Locked),
        "nor at a locked window"
    );
    office.seed(9).await;
    office.until(Some("john"), MessageState::Delivered, 3).await;
    let store = office.server().store();
    let mut look = tokio::time::interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let kept = store.audit(None, i64::MAX, 100).await.unwrap();
        let acts: Vec<_> = kept.iter().map(|it| &it.entry.act).collect();
        if acts.contains(&&AuditAct::StrictOn) && acts.contains(&&AuditAct::StrictOff) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_sdr_can_be_paused_resumed_and_removed_by_a_manager() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    guard.lock(LockCause::Asked).await;
    guard
        .sign_in("manager@hotdesk.example", PASSWORD)
        .await
        .unwrap();
    for (order, paused) in [(Order::Pause, true), (Order::Resume, false)] {
        assert_eq!(code(guard.order(&john(), order).await), Ok(()));
        assert_eq!(tile(&guard.views().borrow()).paused, paused);
    }
    assert_eq!(code(guard.order(&john(), Order::Remove).await), Ok(()));
    let mut views = guard.views();
    let gone = views.wait_for(|view| view.sdrs.is_empty());
    assert!(timeout(Duration::from_secs(30), gone).await.is_ok());
    let db = desk.open_database();
    for table in tables(&db, "sdr_id") {
        let sql = format!("SELECT count(*) FROM {table} WHERE sdr_id = 'john'");
        let left: u32 = db.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert!(left == 0 || table == "audit", "{table} still has John");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_sign_in_stays_revoked_while_it_is_closed() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = strict(&desk).await;
    office.forget_tokens();
    until(&guard, "it is locked and closed", |john| john.sealed).await;
    let view = tile(&guard.views().borrow());
    assert!(view.signed_out && view.lock == LockView::Password);
    assert_eq!(unlock(&guard, PIN).await, Err(ProblemCode::NotFound));
    assert_eq!(sign_in(&guard).await, Ok(()));
    until(&guard, "John is back", |john| {
        !john.sealed && !john.signed_out
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_an_sdr_is_closed_or_known_to_hold_nothing_of_a_lead() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    desk.start().await.shut_down().await;
    let found: BTreeSet<_> = tables(&desk.open_database(), "sdr_id")
        .into_iter()
        .collect();
    let closed = ["activity", "opt_out", "outbox", "reply", "session_cache"];
    let harmless = ["audit", "pin", "sealed", "strict"];
    let known = closed.into_iter().chain(harmless).map(str::to_owned);
    assert_eq!(
        found,
        known.collect(),
        "decide about a new table in store/sealed.rs"
    );
}
