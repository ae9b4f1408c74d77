//! The real agent and the real queue server with a bad network between them: each fault meets each
//! call once, and still every message leaves exactly once and is told.
//!
//! `HOTDESK_DELIVERY` names a folder for the figures, in `network.json`.

use crate::files::queue_a_document;
use crate::support::desk::Desk;
use crate::support::office::Office;
use crate::support::proxy::{Fault, Proxy};
use hotdesk_protocol::session::MessageState;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::{Instant, interval};

const CALLS: [&str; 5] = [
    "/api/sender/claim",
    "/api/sender/begin",
    "/api/sender/result",
    "/api/sender/heartbeat",
    "/api/sender/reply",
];
/// Not for the black hole: the largest file is waited for three minutes.
const FILES: &str = "/api/sender/files";
const ASKED: Duration = Duration::from_secs(10);
/// From when an answer is written until whoever waits for it has read it, on a busy machine; a call of
/// another message may be made in that time.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_at_every_call_loses_nothing_and_sends_nothing_twice() {
    let faults = [
        Fault::Latency(Duration::from_millis(1_500)),
        Fault::Reset,
        Fault::ResetAfter,
        Fault::CutBody,
        Fault::BlackHole,
        Fault::Duplicate,
        Fault::Garbage,
        Fault::SlowClose,
    ];
    let seen = side_by_side(faults, 15_000).await;
    note(seen.into_iter().map(|seen| seen.figures));
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_obeyed_within_a_tenth_at_every_call() {
    let faults = [429, 503].map(|status| Fault::Later(status, ASKED.as_secs()));
    let seen = side_by_side(faults, 60_000).await;
    note(seen.into_iter().map(|seen| {
        let waits = waits(&seen);
        let mut figures = seen.figures;
        figures["retryAfter"] = json!({
            "calls": waits.len(),
            "earliest": waits.iter().copied().fold(f64::INFINITY, f64::min),
            "latest": waits.iter().copied().fold(0.0, f64::max),
        });
        figures
    }));
}

/// What a fault came to.
struct Seen {
    proxy: Proxy,
    calls: Vec<&'static str>,
    figures: Value,
}

/// What was leased by a claim whose answer was lost is offered again after `lease_ms`.
async fn side_by_side(faults: impl IntoIterator<Item = Fault>, lease_ms: u32) -> Vec<Seen> {
    let survives = |fault| tokio::spawn(survives(fault, lease_ms));
    let tasks = faults.into_iter().map(survives);
    let mut seen = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        seen.push(task.await.unwrap());
    }
    seen
}

/// Two texts, a document and an answer of one SDR, with this fault at the first of each call.
async fn survives(fault: Fault, lease_ms: u32) -> Seen {
    let begun = Instant::now();
    let office = Office::leasing(lease_ms, 6).await;
    queue_a_document(&office, b"%PDF-1.7 offer".to_vec()).await;
    let proxy = Proxy::start(office.server().address()).await;
    let mut calls = CALLS.to_vec();
    if fault != Fault::BlackHole {
        calls.push(FILES);
    }
    calls.iter().for_each(|call| proxy.plan(call, fault));
    let desk = Desk::new(&proxy.url);
    let agent = desk.start_signed_in(&["john"]).await;
    until(fault, "all are delivered", || async {
        let messages = office.messages(Some("john")).await;
        let is_there = |state| state == MessageState::Delivered;
        messages.len() == 3 && messages.iter().all(|it| is_there(it.state))
    })
    .await;
    desk.pages.receive("john", "IN1", "a lead's answer");
    until(fault, "the answer is told and nothing is unmet", || async {
        let messages = office.messages(Some("john")).await;
        let told = messages.iter().map(|it| it.replies.len()).sum::<usize>();
        assert!(told <= 1, "{fault:?}: an answer is kept once");
        told == 1 && proxy.unmet().is_empty()
    })
    .await;
    let history = desk.pages.history();
    let ids: BTreeSet<_> = history.iter().map(|left| &left.id.0).collect();
    let left = (history.len(), ids.len());
    assert_eq!(left, (3, 3), "{fault:?}: three left, each once");
    agent.shut_down().await;
    let figures = json!({
        "fault": fault.name(),
        "calls": calls.len(),
        "requests": proxy.requests(),
        "messages": 3,
        "left": history.len(),
        "duplicates": history.len() - ids.len(),
        "seconds": begun.elapsed().as_secs(),
    });
    Seen {
        proxy,
        calls,
        figures,
    }
}

async fn until<F: Future<Output = bool>>(fault: Fault, what: &str, holds: impl Fn() -> F) {
    let by = Instant::now() + Duration::from_secs(150);
    let mut look = interval(Duration::from_millis(50));
    while !holds().await {
        look.tick().await;
        assert!(Instant::now() < by, "{fault:?}: never: {what}");
    }
}

/// How long each call that was put off stayed away, as a share of what was asked.
fn waits(seen: &Seen) -> Vec<f64> {
    let wait = |call: &&str| {
        let arrivals = seen.proxy.arrivals(call);
        let (_, told) = arrivals.iter().find_map(|it| it.fault).unwrap();
        // What was on its way before that was heard nobody can call back.
        let next = arrivals.iter().find(|it| it.at > told + ON_ITS_WAY);
        let next = next.unwrap();
        let share = (next.at - told).as_secs_f64() / ASKED.as_secs_f64();
        let in_time = (0.9..=1.1).contains(&share);
        assert!(in_time, "{call} came again after {share:.3} of the time");
        (share * 1e3).round() / 1e3
    };
    seen.calls.iter().map(wait).collect()
}

/// Keep the figures beside those of the other test.
fn note(figures: impl Iterator<Item = Value>) {
    static ALL: Mutex<BTreeMap<String, Value>> = Mutex::new(BTreeMap::new());
    let Some(folder) = std::env::var_os("HOTDESK_DELIVERY") else {
        return;
    };
    let mut all = ALL.lock().unwrap();
    all.extend(figures.map(|one| (one["fault"].to_string(), one)));
    let rows: Vec<_> = all.values().collect();
    let cases: u64 = rows.iter().filter_map(|row| row["calls"].as_u64()).sum();
    let ends = json!([{ "end": "survived, each message left once and told", "count": cases }]);
    let run = json!({ "cases": cases, "ends": ends, "faults": rows });
    let text = serde_json::to_string_pretty(&run).unwrap();
    let file = std::path::Path::new(&folder).join("network.json");
    std::fs::write(file, format!("{text}\n")).unwrap();
}
