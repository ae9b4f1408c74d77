//! What a server speaks is found out once, remembered, and never taken for something else.

use crate::support::day::{Day, MINUTE_MS};
use crate::support::desk::{Desk, sign_in as native_sign_in, until_sdr};
use crate::support::lk1::{JOHN, Lk1, QUEUE, sign_in};
use crate::support::lk2::{Lk2, TOKEN};
use crate::support::office::Office;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::session::SessionState;

const FRIDAY: &str = "2026-11-27T13:00:00Z";

fn stored(desk: &Desk) -> Vec<(String, String)> {
    let db = desk.open_database();
    let mut rows = db.prepare("SELECT url, dialect FROM server").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hotdesks_own_server_is_known_by_its_first_answer() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start().await;
    native_sign_in(&agent, "john").await;
    agent.shut_down().await;
    assert_eq!(
        stored(&desk),
        [(format!("{}/", office.url()), "native".to_owned())],
        ""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_does_not_guess_again() {
    let day = Day::at(FRIDAY);
    let server = Lk1::start(day.clock.clone()).await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    let agent = desk.start().await;
    sign_in(&desk, &agent, JOHN).await;
    agent.shut_down().await;
    desk.pages.die();
    assert_eq!(
        stored(&desk),
        [(format!("{}/", server.url), "lk1".to_owned())],
        ""
    );
    let before = server.inner().calls.len();
    let agent = desk.start().await;
    server.add(JOHN, "+5511970000001", "Hello");
    day.until("sent", 2_000, || server.count("sent") == 1).await;
    let calls = server.inner().calls.split_off(before);
    let foreign = calls.iter().any(|call| {
        !call.path.starts_with("/api/sdr/whatsapp/")
            && call.path != QUEUE
            && call.path != "/api/sender/mark-sent"
    });
    assert!(!foreign, "only lk1's calls: {calls:?}");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_changes_its_dialect_is_told_in_words_and_nothing_is_sent() {
    let day = Day::at(FRIDAY);
    let server = Lk2::start().await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    let agent = desk.start().await;
    let id = agent.sign_in("ana@office.example", TOKEN).await.unwrap();
    desk.pages.link(id.as_str(), "+5511960000001");
    until_sdr(&agent, id.as_str(), "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    server.inner().turned = true;
    server.add(1, "+5511970000001", "Hello");
    day.until("told", 2_000, || {
        let problem = agent.views().borrow().server.problem.clone();
        problem.is_some_and(|problem| {
            problem.code == ProblemCode::BadAnswer && problem.message.contains("dialect = \"lk1\"")
        })
    })
    .await;
    day.pass(5 * MINUTE_MS, 5_000).await;
    assert_eq!(desk.pages.submits(), 0, "nothing is sent on a guess");
    server.inner().turned = false;
    day.until("sent", 2_000, || desk.pages.submits() == 1).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_at_a_server_that_was_another_is_refused() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_with("dialect = \"lk1\"").await.unwrap();
    let refused = agent
        .sign_in("john@hotdesk.example", "hotdesk-demo")
        .await
        .unwrap_err();
    assert_eq!(refused.code, ProblemCode::BadAnswer, "not taken for lk1");
    for word in ["\"native\"", "\"lk1\"", "Nothing was sent"] {
        assert!(
            refused.message.contains(word),
            "{word}: {}",
            refused.message
        );
    }
    agent.shut_down().await;
    let agent = desk.start_with("dialect = \"native\"").await.unwrap();
    native_sign_in(&agent, "john").await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_desktop_before_another_lead_system_says_what_to_do() {
    let day = Day::at(FRIDAY);
    let server = Lk1::start(day.clock.clone()).await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    let agent = desk.start().await;
    sign_in(&desk, &agent, JOHN).await;
    agent.shut_down().await;
    desk.pages.die();
    let agent = desk.start_with("dialect = \"native\"").await.unwrap();
    day.until("told", 1_000, || {
        let problem = agent.views().borrow().sdrs[0].problem.clone();
        problem.is_some_and(|problem| problem.message.contains("`dialect`"))
    })
    .await;
    assert_eq!(desk.pages.submits(), 0, "nothing is sent");
    agent.shut_down().await;
}
