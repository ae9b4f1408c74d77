//! The real agent and the real queue server with a bad network between them: each fault meets each
//! call once, and still every message leaves exactly once and is told.

use crate::support::desk::Desk;
use crate::support::office::Office;
use crate::support::proxy::{Fault, Proxy};
use hotdesk_protocol::session::MessageState;
use std::time::Duration;
use tokio::time::{Instant, interval};

const CALLS: [&str; 5] = [
    "/api/sender/claim",
    "/api/sender/begin",
    "/api/sender/result",
    "/api/sender/heartbeat",
    "/api/sender/reply",
];

/// Two messages of one SDR and an answer, with this fault at the first of each call.
async fn survives(fault: Fault) -> Proxy {
    let office = Office::open(6).await;
    let proxy = Proxy::start(office.server().address()).await;
    CALLS.iter().for_each(|call| proxy.plan(call, fault));
    let desk = Desk::new(&proxy.url);
    let agent = desk.start_signed_in(&["john"]).await;
    until("both are delivered", || async {
        let messages = office.messages(Some("john")).await;
        messages
            .iter()
            .all(|it| it.state == MessageState::Delivered)
    })
    .await;
    desk.pages.receive("john", "IN1", "a lead's answer");
    until("the answer is told and nothing is unmet", || async {
        let messages = office.messages(Some("john")).await;
        let told = messages.iter().map(|it| it.replies.len()).sum::<usize>();
        assert!(told <= 1, "an answer is kept once");
        told == 1 && proxy.unmet().is_empty()
    })
    .await;
    let history = desk.pages.history();
    let mut ids: Vec<_> = history.iter().map(|left| &left.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((history.len(), ids.len()), (2, 2), "two left, each once");
    agent.shut_down().await;
    proxy
}

async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let by = Instant::now() + Duration::from_secs(90);
    let mut look = interval(Duration::from_millis(50));
    while !holds().await {
        look.tick().await;
        assert!(Instant::now() < by, "never: {what}");
    }
}

/// The call after one that was put off comes when the server said, within a tenth.
fn keeps_to_retry_after(proxy: &Proxy) {
    for call in CALLS {
        let arrivals = proxy.arrivals(call);
        let at = arrivals.iter().position(|it| it.fault.is_some()).unwrap();
        let Some((Fault::Later(_, seconds), told)) = arrivals[at].fault else {
            panic!("{call} was not put off");
        };
        let wait = (arrivals[at + 1].at - told).as_secs_f64();
        let asked = Duration::from_secs(seconds).as_secs_f64();
        assert!(
            (asked * 0.9..=asked * 1.1).contains(&wait),
            "{call} came again after {wait:.3} s, {asked} s were asked for"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn latency() {
    survives(Fault::Latency(Duration::from_millis(1_500))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_before_the_request() {
    survives(Fault::Reset).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_instead_of_the_answer() {
    survives(Fault::ResetAfter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_in_the_middle() {
    survives(Fault::CutBody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_black_hole() {
    survives(Fault::BlackHole).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_arrives_twice() {
    survives(Fault::Duplicate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_for_an_answer() {
    survives(Fault::Garbage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_drops_and_a_slow_close() {
    survives(Fault::SlowClose).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_with_retry_after() {
    keeps_to_retry_after(&survives(Fault::Later(429, 10)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn unavailable_with_retry_after() {
    keeps_to_retry_after(&survives(Fault::Later(503, 10)).await);
}
