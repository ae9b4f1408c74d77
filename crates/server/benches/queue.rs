//! What the queue costs: both stores beside the floor of their databases, and a server that many
//! desktops wait at. Prints a table; judges nothing.
//! usage: cargo bench -p hotdesk-server --bench queue
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement"
)]

#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod postgres;

#[path = "queue/desktops.rs"]
mod desktops;
#[path = "queue/floor.rs"]
mod floor;

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, LeadId, MessageId, ProfileEpoch, SdrId};
use hotdesk_protocol::policy::{Caps, Hours, Policy};
use hotdesk_protocol::queue::BeginRequest;
use hotdesk_protocol::session::MessageState;
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{
    Addressee, Claim, Credentials, NewLead, NewMessage, Office, Person, Report, Reporter, Role,
    Store,
};
use postgres::cluster;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Messages of each filled queue.
const MESSAGES: u32 = 100_000;
/// People whose queues they are.
const SDRS: u32 = 32;
/// How long cycles are counted.
const FOR: Duration = Duration::from_secs(5);
/// A moment of an office day.
const NOW: UtcMs = UtcMs(1_772_636_400_000);
const LEASE_MS: u32 = 60_000;

fn sdr(nth: u32) -> SdrId {
    SdrId(format!("sdr-{nth}"))
}

/// An office without limits, and its people.
async fn people(store: &dyn Store, many: u32) {
    let office = Office {
        policy: Policy {
            gap_ms: 0,
            daily_messages: 1_000_000,
            ..Policy::default()
        },
        hours: Hours::Always,
        caps: Caps::NONE,
        ..store.office().await.unwrap()
    };
    store.put_office(office).await.unwrap();
    for nth in 0..many {
        let id = sdr(nth);
        let person = Person {
            email: format!("{id}@hotdesk.example"),
            name: id.to_string(),
            id,
            role: Role::Sdr,
        };
        let password_hash = String::new();
        let credentials = Credentials {
            person,
            password_hash,
        };
        store.put_person(credentials).await.unwrap();
    }
}

fn message(nth: u32) -> NewMessage {
    NewMessage {
        id: MessageId(format!("m-{nth}")),
        sdr_id: sdr(nth % SDRS),
        addressee: Addressee::Given(Box::new(NewLead {
            id: LeadId(format!("lead-{nth}")),
            name: format!("Lead {nth}"),
            phone: format!("+55119{nth:08}"),
            company: None,
            position: None,
            site: None,
            pain: None,
            consent: "asked for it on the form of the fair".to_owned(),
            time_zone: None,
        })),
        text: "Hi, this is a message of an ordinary length, as a person would write it.".to_owned(),
        file: None,
        by: sdr(0),
    }
}

/// Queues all messages, by so many at once; how many a second.
async fn enqueue(store: &Arc<dyn Store>, at_once: u32) -> f64 {
    let started = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for first in 0..at_once {
        let store = Arc::clone(store);
        writers.spawn(async move {
            for nth in (first..MESSAGES).step_by(usize::try_from(at_once).unwrap()) {
                store.enqueue(message(nth), NOW).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    f64::from(MESSAGES) / started.elapsed().as_secs_f64()
}

/// Claim, begin, result: the next message of an SDR, or none.
async fn cycle(store: &dyn Store, nth: u32) -> Option<()> {
    let (sdr_id, desktop_id) = (sdr(nth), DesktopId(format!("desktop-{nth}")));
    let claim = Claim {
        sdr_id: sdr_id.clone(),
        desktop_id: desktop_id.clone(),
        limit: 1,
        holding: Vec::new(),
        claim_id: None,
        session_epoch: None,
        opt_outs_since: None,
        lease_ms: LEASE_MS,
    };
    let leased = store.claim(claim, NOW).await.unwrap().messages.pop()?;
    let begin = BeginRequest {
        sdr_id: sdr_id.clone(),
        desktop_id: desktop_id.clone(),
        message_id: leased.message_id.clone(),
        lease_token: leased.lease_token,
        profile_epoch: ProfileEpoch("epoch".to_owned()),
        session_epoch: None,
    };
    store.begin(begin, LEASE_MS, NOW).await.unwrap();
    let report = Report {
        sdr_id,
        by: Reporter::Desktop(desktop_id),
        message_id: leased.message_id,
        state: MessageState::Sent,
        at_ms: NOW,
        wa_message_id: None,
        chat_id: None,
        problem: None,
    };
    store.report(report, NOW).await.unwrap();
    Some(())
}

/// Whole cycles a second by so many clients, each of an SDR of their own.
async fn cycles(store: &Arc<dyn Store>, clients: u32) -> f64 {
    let started = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for nth in 0..clients {
        let store = Arc::clone(store);
        all.spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < FOR && cycle(&*store, nth).await.is_some() {
                done += 1;
            }
            done
        });
    }
    let done: u32 = all.join_all().await.into_iter().sum();
    f64::from(done) / started.elapsed().as_secs_f64()
}

async fn measure(name: &str, store: Arc<dyn Store>, floor: impl Fn(u32) -> f64) {
    people(&*store, SDRS).await;
    let queued = enqueue(&store, 8).await;
    println!("  {name}: {MESSAGES} messages queued, {queued:.0} a second");
    for clients in [1, 8, 32] {
        let bare = floor(clients);
        let ours = cycles(&store, clients).await;
        println!(
            "  {name}: {clients:>2} clients   {ours:>7.0} cycles/s   bare SQL {bare:>7.0}   {:>4.0} %",
            ours / bare * 100.0
        );
    }
}

#[tokio::main]
async fn main() {
    println!("\nClaim, begin and result of one message are a cycle: three commits each.");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.sqlite");
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let bare = floor::sqlite(&folder.path().join("floor.sqlite"), FOR);
    measure("SQLite", store, |_| bare).await;
    let name = cluster().fresh();
    let store = Arc::new(cluster().open(&name).await);
    measure("PostgreSQL", store, |clients| floor::pgbench(clients, FOR)).await;
    desktops::measure(
        "SQLite",
        &folder.path().join("server.sqlite").display().to_string(),
    )
    .await;
    desktops::measure("PostgreSQL", &cluster().url(&cluster().fresh())).await;
}
