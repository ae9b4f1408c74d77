//! How long a page takes of a list over 100,000 leads, in both stores. Prints a table; judges nothing.
//! usage: cargo bench --workspace --bench leads
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement"
)]

#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod postgres;
#[path = "support/table.rs"]
mod table;

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{LeadSort, LeadStatus};
use hotdesk_protocol::ids::{LeadId, SdrId};
use hotdesk_server::PasswordCost;
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::leads::{ImportRows, LeadFilter, LeadPage, Needle, Whose};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{NewLead, Store};
use postgres::cluster;
use std::time::{Duration, Instant};
use table::{Of, Table};

const LEADS: u32 = 100_000;
/// How often each page is looked at.
const TIMES: usize = 7;

/// Spreads states and times over the leads: what makes a list long, and not how they came about.
const SPREAD: &str = "UPDATE lead_book SET
     status = CASE created_at_ms % 6 WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' WHEN 2 THEN 'replied'
         WHEN 3 THEN 'failed' ELSE 'new' END,
     last_message_at_ms = CASE WHEN created_at_ms % 6 < 4 THEN (created_at_ms * 7919) % 1000000 ELSE -1 END";

async fn fill(store: &dyn Store) {
    let sample = SampleOffice {
        messages: 0,
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    sample_office(store, sample, UtcMs(1)).await.unwrap();
    for batch in 0..LEADS / 1_000 {
        let row = |at: u32| {
            let nth = batch * 1_000 + at;
            NewLead {
                id: LeadId(uuid::Uuid::now_v7().to_string()),
                name: format!("Sofía Araújo {}", nth.wrapping_mul(7_919) % LEADS),
                phone: format!("+55119{nth:08}"),
                company: (!nth.is_multiple_of(3))
                    .then(|| format!("Construções {} Ltda", nth % 997)),
                position: Some("Diretora".to_owned()),
                site: Some("https://www.example.com".to_owned()),
                pain: Some("Spends two days a month on what should take an hour".to_owned()),
                consent: "asked for it on the form of the fair".to_owned(),
                time_zone: None,
            }
        };
        let rows = ImportRows {
            import: "bench".to_owned(),
            rows: (0..1_000).map(row).collect(),
            to: ["john", "jane", "bob"].map(SdrId::from).into(),
            turn: batch,
        };
        store.import(rows, UtcMs(i64::from(batch))).await.unwrap();
    }
}

fn page(filter: LeadFilter, sort: LeadSort, desc: bool) -> LeadPage {
    LeadPage {
        filter,
        sort,
        desc,
        after: None,
        limit: 50,
    }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

/// Each page a few times, and the one after it; the median of them.
async fn measure(table: &mut Table, of_store: Of, store: &dyn Store) {
    let search = |words: &str| LeadFilter {
        search: Needle::of(words),
        ..LeadFilter::default()
    };
    let of = |whose: Whose, status: Option<LeadStatus>| LeadFilter {
        whose,
        status,
        ..LeadFilter::default()
    };
    let john = || Whose::Sdr(SdrId::from("john"));
    let all = LeadFilter::default;
    let pages = [
        ("all by name", page(all(), LeadSort::Name, false)),
        (
            "all by company, backwards",
            page(all(), LeadSort::Company, true),
        ),
        ("all by age", page(all(), LeadSort::CreatedAt, true)),
        ("all by message", page(all(), LeadSort::LastMessageAt, true)),
        ("all by status", page(all(), LeadSort::Status, false)),
        (
            "John's by name",
            page(of(john(), None), LeadSort::Name, false),
        ),
        (
            "nobody's by name",
            page(of(Whose::Nobody, None), LeadSort::Name, false),
        ),
        (
            "replied by message",
            page(
                of(Whose::Any, Some(LeadStatus::Replied)),
                LeadSort::LastMessageAt,
                true,
            ),
        ),
        (
            "John's sent by age",
            page(
                of(john(), Some(LeadStatus::Sent)),
                LeadSort::CreatedAt,
                false,
            ),
        ),
        (
            "search of few",
            page(search("araujo 4242"), LeadSort::Name, false),
        ),
        (
            "search of nobody",
            page(search("xyzzy"), LeadSort::Name, false),
        ),
        (
            "search of two letters",
            page(search("zy"), LeadSort::Name, false),
        ),
        (
            "search of all",
            page(search("SOFIA"), LeadSort::LastMessageAt, true),
        ),
        (
            "search of a number",
            page(search("11900042"), LeadSort::Name, false),
        ),
    ];
    for (what, page) in pages {
        let mut took = [const { Vec::new() }; 2];
        for _ in 0..TIMES {
            let mut page = page.clone();
            for took in &mut took {
                let started = Instant::now();
                let found = store.leads(page.clone()).await.unwrap();
                took.push(started.elapsed());
                page.after = found.next;
            }
        }
        for (which, took) in ["first page", "second page"].into_iter().zip(took) {
            let measure = format!("{what}: {which}");
            table.put(&measure, "ms", of_store, median(took).as_secs_f64() * 1e3);
        }
    }
}

#[tokio::main]
async fn main() {
    let mut table = Table::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    fill(&store).await;
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute(SPREAD, []).unwrap();
    measure(&mut table, Of::Sqlite, &store).await;
    let name = cluster().fresh();
    let store = cluster().open(&name).await;
    fill(&store).await;
    cluster().sql(
        &name,
        &SPREAD.replace("lead_book", "hotdesk_queue.lead_book"),
    );
    cluster().sql(&name, "VACUUM ANALYZE hotdesk_queue.lead_book");
    measure(&mut table, Of::Postgres, &store).await;
    table.tell(&format!("A page of 50 of {LEADS} leads"));
}
