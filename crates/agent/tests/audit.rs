//! Who unlocked, sent, paused, decided and removed, and when: kept here and told to the server.

use crate::review::parked;
use crate::support::day::{Day, HOUR_MS};
use crate::support::desk::Desk;
use crate::support::office::{Office, PASSWORD};
use crate::support::pages::FakePages;
use hotdesk_agent::agent::Order;
use hotdesk_agent::guard::{Guard, LockCause};
use hotdesk_agent::review::Decision;
use hotdesk_protocol::audit::{AuditAct, AuditActor, KeptAudit};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::MessageState;
use std::time::Duration;
use tokio::time::{Instant, interval};

const PIN: &str = "246810";
const WRONG: &str = "975310";
const DAY_MS: u64 = 24 * HOUR_MS;

/// What the server keeps, oldest first.
async fn kept(office: &Office) -> Vec<KeptAudit> {
    let store = office.server().store();
    let mut kept = store.audit(None, i64::MAX, 1_000).await.unwrap();
    kept.reverse();
    kept
}

/// Wait until the server keeps so many, and no more than that.
async fn until_kept(office: &Office, count: usize) -> Vec<KeptAudit> {
    let by = Instant::now() + Duration::from_secs(30);
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let found = kept(office).await;
        if found.len() == count {
            return found;
        }
        assert!(Instant::now() < by, "never {count} entries: {found:#?}");
    }
}

fn acts(kept: &[KeptAudit]) -> Vec<(AuditAct, AuditActor)> {
    let entries = kept.iter().map(|kept| &kept.entry);
    entries
        .map(|entry| (entry.act.clone(), entry.actor))
        .collect()
}

async fn sign_in(guard: &Guard<FakePages>, desk: &Desk, name: &str) {
    desk.pages.link(name, "+5511960000001");
    let email = format!("{name}@hotdesk.example");
    guard.sign_in(&email, PASSWORD).await.unwrap();
}

fn untold(desk: &Desk) -> u32 {
    let sql = "SELECT count(*) FROM audit WHERE told = 0";
    desk.open_database()
        .query_row(sql, [], |row| row.get(0))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_at_the_window_is_at_the_server_in_order_with_who_did_it() {
    use AuditAct::{Locked, Paused, PinChosen, PinWrong, Removed, Resumed, SignedIn, Unlocked};
    use AuditActor::{Manager, Nobody, Sdr};
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = Guard::new(desk.start().await, None);
    let john: SdrId = "john".into();
    sign_in(&guard, &desk, "john").await;
    guard.choose_pin(None, PIN).await.unwrap();
    guard.lock(LockCause::Asked).await;
    guard.unlock(&john, WRONG).await.unwrap_err();
    guard.pause_all().await;
    guard.unlock(&john, PIN).await.unwrap();
    guard.order(&john, Order::Resume).await.unwrap();
    let manager = "manager@hotdesk.example";
    guard.sign_in(manager, PASSWORD).await.unwrap();
    guard.order(&john, Order::Remove).await.unwrap();
    let found = until_kept(&office, 10).await;
    assert_eq!(
        acts(&found),
        [
            (SignedIn, Sdr),
            (PinChosen, Sdr),
            (Locked, Sdr),
            (PinWrong, Nobody),
            (Paused, Nobody),
            (Unlocked, Sdr),
            (Resumed, Sdr),
            (SignedIn, Manager),
            (Locked, Sdr),
            (Removed, Manager),
        ]
    );
    let notes: Vec<_> = found
        .iter()
        .filter_map(|it| it.entry.note.as_deref())
        .collect();
    assert_eq!(notes, ["asked", "handed over"]);
    let removed = &found[9].entry;
    assert_eq!(removed.who.as_deref(), Some("Manager"));
    assert_eq!(removed.sdr_id, Some(john), "about John");
    assert_eq!(untold(&desk), 0);
    assert!(found.iter().all(|it| it.told_by.as_str() == "john"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_without_the_server_is_kept_over_a_restart_and_told_once_it_is_back() {
    let mut office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = Guard::new(desk.start().await, None);
    sign_in(&guard, &desk, "john").await;
    until_kept(&office, 1).await;
    office.close().await;
    guard.lock(LockCause::Idle).await;
    guard.pause_all().await;
    guard.shut_down().await;
    assert_eq!(untold(&desk), 2);
    office.reopen().await;
    let _guard = Guard::new(desk.start().await, None);
    let found = until_kept(&office, 3).await;
    assert_eq!(
        acts(&found)[1..],
        [
            (AuditAct::Locked, AuditActor::Hotdesk),
            (AuditAct::Paused, AuditActor::Nobody),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_that_left_is_in_it_once_with_its_id_and_nothing_of_its_lead() {
    let office = Office::open(4).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    agent.shut_down().await;
    // A start tells what the one before had not.
    let _guard = Guard::new(desk.start().await, None);
    let found = until_kept(&office, 2).await;
    let messages = office.messages(Some("john")).await;
    let told = serde_json::to_string(&found).unwrap();
    for message in messages {
        let of = |it: &&KeptAudit| it.entry.message_id.as_ref() == Some(&message.message_id);
        let entry = found.iter().find(of).expect("an entry for each message");
        assert_eq!(entry.entry.act, AuditAct::Sent);
        for secret in [&message.lead_name, &message.phone, &message.text] {
            assert!(!told.contains(secret.as_str()), "{secret} is in the audit");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_names_its_message() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let guard = Guard::new(parked(&office, &desk).await, None);
    sign_in(&guard, &desk, "john").await;
    let john: SdrId = "john".into();
    let Ok(mut waiting) = guard.review(&john).await else {
        panic!("John has the window");
    };
    let it = waiting.remove(0);
    guard
        .decide(
            &john,
            it.message_id.clone(),
            it.generation,
            Decision::DoNotSend,
        )
        .await
        .unwrap();
    let found = until_kept(&office, 2).await;
    let decided = &found[1].entry;
    assert_eq!(decided.act, AuditAct::DecidedCancel);
    assert_eq!(decided.message_id, Some(it.message_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_has_goes_after_ninety_days_and_what_it_has_not_stays() {
    let mut office = Office::open(0).await;
    let day = Day::at("2026-03-02T12:00:00Z");
    let mut desk = Desk::new(&office.url());
    desk.clock = day.clock.clone();
    let guard = Guard::new(desk.start().await, None);
    sign_in(&guard, &desk, "john").await;
    until_kept(&office, 1).await;
    office.close().await;
    guard.pause_all().await;
    let here = || -> Vec<String> {
        let db = desk.open_database();
        let mut acts = db
            .prepare("SELECT entry ->> 'act' FROM audit ORDER BY seq")
            .unwrap();
        let acts = acts.query_map([], |row| row.get(0)).unwrap();
        acts.collect::<Result<_, _>>().unwrap()
    };
    day.pass(89 * DAY_MS, DAY_MS / 4).await;
    assert_eq!(here()[0], "signed_in");
    day.until("it is gone", DAY_MS / 4, || here()[0] != "signed_in")
        .await;
    assert!(here().contains(&"paused".to_owned()));
}
