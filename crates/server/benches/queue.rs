//! What the queue costs: both stores beside the floor of their databases, and a server that many
//! desktops wait at. Prints a table; judges nothing. PostgreSQL's commits reach the disk here, as
//! SQLite's always do.
//! usage: cargo bench --workspace --bench queue
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
#[path = "support/table.rs"]
mod table;

use floor::Work;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, LeadId, MessageId, ProfileEpoch, SdrId};
use hotdesk_protocol::policy::{Caps, Hours, Policy};
use hotdesk_protocol::queue::{BeginRequest, ClaimedMessage, RenewRequest};
use hotdesk_protocol::session::MessageState;
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{
    Addressee, Claim, Credentials, NewLead, NewMessage, Office, Person, Report, Reporter, Role,
    Store,
};
use postgres::cluster;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use table::{Of, Table};
use tokio::task::JoinSet;

/// Messages of each filled queue.
const MESSAGES: u32 = 100_000;
/// People whose queues they are.
const SDRS: u32 = 41;
/// Who queues the messages at once.
const WRITERS: u32 = 8;
/// How long claims and cycles are counted.
const FOR: Duration = Duration::from_secs(5);
/// A moment of an office day.
const NOW: UtcMs = UtcMs(1_772_636_400_000);
const LEASE_MS: u32 = 60_000;
const CLIENTS: [u32; 3] = [1, 8, 32];

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
    let mut writers = JoinSet::new();
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

/// The one desktop of an SDR.
fn desktop(nth: u32) -> DesktopId {
    DesktopId(format!("desktop-{nth}"))
}

/// The next message of an SDR, or none.
async fn claim(store: &dyn Store, nth: u32) -> Option<ClaimedMessage> {
    let claim = Claim {
        sdr_id: sdr(nth),
        desktop_id: desktop(nth),
        limit: 1,
        holding: Vec::new(),
        // As desktops do, each claim under a name of its own.
        claim_id: Some(uuid::Uuid::new_v4().to_string()),
        session_epoch: None,
        opt_outs_since: None,
        lease_ms: LEASE_MS,
    };
    store.claim(claim, NOW).await.unwrap().messages.pop()
}

/// Claim, begin, result: the next message of an SDR, or none.
async fn cycle(store: &dyn Store, nth: u32) -> Option<()> {
    let leased = claim(store, nth).await?;
    let begin = BeginRequest {
        sdr_id: sdr(nth),
        desktop_id: desktop(nth),
        message_id: leased.message_id.clone(),
        lease_token: leased.lease_token,
        profile_epoch: ProfileEpoch("epoch".to_owned()),
        session_epoch: None,
    };
    store.begin(begin, LEASE_MS, NOW).await.unwrap();
    let report = Report {
        sdr_id: sdr(nth),
        by: Reporter::Desktop(desktop(nth)),
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

/// The SDRs of a client, over and over, each of them this client's only: else one SDR would soon hold more
/// leases than any desktop does.
fn sdrs_of(client: u32, clients: u32) -> impl Iterator<Item = u32> {
    (client..SDRS)
        .step_by(usize::try_from(clients).unwrap())
        .cycle()
}

/// Claims a second by so many clients, each of SDRs of their own. What they claimed is queued again
/// before this ends.
async fn claims(store: &Arc<dyn Store>, clients: u32) -> f64 {
    let started = Instant::now();
    let mut all = JoinSet::new();
    for client in 0..clients {
        let store = Arc::clone(store);
        all.spawn(async move {
            let mut held = Vec::new();
            for nth in sdrs_of(client, clients) {
                if started.elapsed() >= FOR {
                    break;
                }
                held.extend(claim(&*store, nth).await.map(|leased| (nth, leased)));
            }
            held
        });
    }
    let held = all.join_all().await;
    let took = started.elapsed();
    let mut given_back = JoinSet::new();
    let mut done = 0_u32;
    for messages in held {
        done += u32::try_from(messages.len()).unwrap();
        let store = Arc::clone(store);
        given_back.spawn(async move {
            for (nth, leased) in messages {
                let release = RenewRequest {
                    sdr_id: sdr(nth),
                    desktop_id: desktop(nth),
                    message_id: leased.message_id,
                    lease_token: leased.lease_token,
                };
                store.release(release, NOW).await.unwrap();
            }
        });
    }
    given_back.join_all().await;
    f64::from(done) / took.as_secs_f64()
}

/// Whole cycles a second by so many clients, each of SDRs of their own.
async fn cycles(store: &Arc<dyn Store>, clients: u32) -> f64 {
    let started = Instant::now();
    let mut all = JoinSet::new();
    for client in 0..clients {
        let store = Arc::clone(store);
        all.spawn(async move {
            let mut done = 0_u32;
            for nth in sdrs_of(client, clients) {
                if started.elapsed() >= FOR {
                    break;
                }
                done += u32::from(cycle(&*store, nth).await.is_some());
            }
            done
        });
    }
    let done: u32 = all.join_all().await.into_iter().sum();
    f64::from(done) / started.elapsed().as_secs_f64()
}

async fn measure(
    table: &mut Table,
    store: Arc<dyn Store>,
    (ours, bare): (Of, Of),
    floor: impl Fn(u32, Work) -> f64,
) {
    people(&*store, SDRS).await;
    let measure = format!("enqueue of {MESSAGES} messages by {WRITERS} clients");
    let queued = enqueue(&store, WRITERS).await;
    table.put(&measure, "1/s", ours, queued);
    table.put(&measure, "1/s", bare, floor(WRITERS, Work::Insert));
    for clients in CLIENTS {
        let measure = format!("claims, {clients} client{}", plural(clients));
        let rate = claims(&store, clients).await;
        table.put(&measure, "1/s", ours, rate);
        table.put(&measure, "1/s", bare, floor(clients, Work::Claim));
    }
    for clients in CLIENTS {
        let measure = format!("cycles, {clients} client{}", plural(clients));
        let rate = cycles(&store, clients).await;
        table.put(&measure, "1/s", ours, rate);
        table.put(&measure, "1/s", bare, floor(clients, Work::Cycle));
    }
}

fn plural(many: u32) -> &'static str {
    if many == 1 { "" } else { "s" }
}

#[tokio::main]
async fn main() {
    let mut table = Table::default();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let store = Arc::new(SqliteStore::open(&file("queue.sqlite")).unwrap());
    let nth = AtomicU32::new(0);
    // However many clients there are, SQLite has one writer: the same floor for all.
    let bare = |_, work| {
        let nth = nth.fetch_add(1, Ordering::Relaxed);
        floor::sqlite(&file(&format!("floor-{nth}.sqlite")), work, FOR)
    };
    measure(&mut table, store, (Of::Sqlite, Of::BareSqlite), bare).await;
    for setting in ["fsync", "full_page_writes"] {
        cluster().sql("postgres", &format!("ALTER SYSTEM SET {setting} = on"));
    }
    cluster().sql("postgres", "SELECT pg_reload_conf()");
    let name = cluster().fresh();
    let store = Arc::new(cluster().open(&name).await);
    let bare = |clients, work| floor::pgbench(clients, work, FOR);
    measure(&mut table, store, (Of::Postgres, Of::BarePostgres), bare).await;
    let path = file("server.sqlite").display().to_string();
    desktops::measure(&mut table, Of::Sqlite, &path).await;
    let url = cluster().url(&cluster().fresh());
    desktops::measure(&mut table, Of::Postgres, &url).await;
    table.tell("The queue (a cycle is claim, begin and result: three commits)");
}
