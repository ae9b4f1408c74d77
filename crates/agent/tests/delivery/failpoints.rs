//! Every step, before and after it, struck by a kill, an error and a stall of five seconds.

use crate::child::Home;
use crate::support::office::Office;
use crate::table::{Row, write};
use hotdesk_protocol::session::MessageState;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub const STEPS: [&str; 10] = [
    "backup", "probe", "marker", "claim", "begin", "intent", "submit", "drain", "acked", "report",
];
const SIDE_BY_SIDE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(90);

/// Strike once, start anew, and let a second message through.
async fn strike(step: &'static str, place: &'static str, blow: &'static str) -> Row {
    let since = Instant::now();
    let case = format!("{blow} {place} {step}");
    let office = Office::leasing(4_000, 3).await;
    let home = Home::new(&office).await;
    let failpoint = format!("{step}:{place}:{blow}");
    let mut desktop = home.start("", &[("HOTDESK_FAILPOINT", &failpoint)]);
    let mut look = tokio::time::interval(Duration::from_millis(20));
    let struck = home.struck();
    loop {
        look.tick().await;
        assert!(
            since.elapsed() < PATIENCE,
            "not struck, or never over: {case}"
        );
        let over = match blow {
            "kill" => desktop.has_ended(),
            _ => office.ended("john").await == 1,
        };
        if struck.exists() && over {
            break;
        }
    }
    assert_eq!(
        desktop.has_ended(),
        blow == "kill",
        "as it was to be: {case}"
    );
    drop(desktop);
    office.seed(6).await;
    let desktop = home.start("", &[]);
    while office.ended("john").await < 2 {
        look.tick().await;
        assert!(since.elapsed() < PATIENCE, "it never ended: {case}");
    }
    assert!(desktop.stop().await, "no panic: {case}");
    let messages = office.messages(Some("john")).await;
    let history = home.pages().history();
    let texts: BTreeSet<_> = history.iter().map(|left| &left.text).collect();
    assert_eq!(texts.len(), history.len(), "no message left twice: {case}");
    let states: Vec<_> = messages.iter().map(|m| (m.state, &m.problem)).collect();
    let review = messages
        .iter()
        .filter(|m| m.state == MessageState::Review)
        .count();
    assert_eq!(
        (history.len(), review),
        (2, 0),
        "each left, and is told: {case}: {states:?}"
    );
    Row {
        case,
        kind: format!("{blow} {place} a step"),
        end: "sent once".to_owned(),
        review,
        ms: since.elapsed().as_millis(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_before_or_after_any_step_loses_nothing_and_sends_nothing_twice() {
    let room = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut cases = JoinSet::new();
    for step in STEPS {
        for place in ["before", "after"] {
            for blow in ["kill", "error", "stall"] {
                let room = Arc::clone(&room);
                cases.spawn(async move {
                    let _place = room.acquire().await.unwrap();
                    strike(step, place, blow).await
                });
            }
        }
    }
    let rows = cases.join_all().await;
    assert_eq!(rows.len(), 60, "every step, place and blow");
    write("failpoints", rows);
}
