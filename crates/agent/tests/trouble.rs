//! What goes wrong around a message, and what must not come of it.

use crate::support::desk::{Desk, sign_in, until, until_sdr};
use crate::support::office::Office;
use crate::support::pages::Mood;
use hotdesk_agent::agent::Order;
use hotdesk_agent::pages::PageSignal;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::{MessageState, SessionState};

#[tokio::test(flavor = "multi_thread")]
async fn messages_go_on_when_the_server_comes_back() {
    let mut office = Office::open(6).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    office.close().await;
    let seen = until(&agent, "the server is away", |view| {
        view.server.problem.is_some()
    })
    .await;
    let problem = seen.server.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::Unreachable, "the window says so");
    office.reopen().await;
    office.seed(12).await;
    office.until(Some("john"), MessageState::Delivered, 4).await;
    until(&agent, "the server is back", |view| {
        view.server.problem.is_none()
    })
    .await;
    assert_eq!(desk.pages.history().len(), 4, "each left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_left_while_the_server_was_away_is_reported_later() {
    let mut office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    desk.pages.set_mood("john", Mood::SendsInSilence);
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Begun, 1).await;
    until_sdr(&agent, "john", "begun", |sdr| !sdr.activity.is_empty()).await;
    while desk.pages.history().is_empty() {
        tokio::task::yield_now().await;
    }
    office.close().await;
    desk.kill(agent);
    desk.pages.set_mood("john", Mood::Works);
    let agent = desk.start().await;
    until_sdr(&agent, "john", "found in the page", |sdr| {
        sdr.activity
            .iter()
            .any(|a| a.state == MessageState::Delivered)
    })
    .await;
    office.reopen().await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(desk.pages.history().len(), 1, "it left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_intent_and_send_is_made_good_without_a_second_send() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    desk.pages.set_mood("john", Mood::SwallowsSubmits);
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Begun, 1).await;
    while desk.pages.submits() == 0 {
        tokio::task::yield_now().await;
    }
    desk.kill(agent);
    assert!(desk.pages.history().is_empty(), "nothing had left");
    desk.pages.set_mood("john", Mood::Works);
    let agent = desk.start().await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(
        desk.pages.history().len(),
        1,
        "it left once, with the id it had"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_send_and_tick_is_made_good_without_a_second_send() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    desk.pages.set_mood("john", Mood::SendsInSilence);
    let agent = desk.start_signed_in(&["john"]).await;
    while desk.pages.history().is_empty() {
        tokio::task::yield_now().await;
    }
    desk.kill(agent);
    desk.pages.set_mood("john", Mood::Works);
    let agent = desk.start().await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(
        desk.pages.history().len(),
        1,
        "the page had it, so it was not sent again"
    );
    assert_eq!(
        desk.pages.submits(),
        1,
        "it was looked up, not submitted again"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crashed_page_comes_back_and_sends_go_on() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    desk.pages.die();
    agent.page_signal(&SdrId::from("john"), PageSignal::Crashed);
    office.seed(3).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(desk.pages.history().len(), 1, "each left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_hangs_holds_up_only_its_own_sdr() {
    let office = Office::open(30).await;
    let desk = Desk::new(&office.url());
    desk.pages.set_mood("john", Mood::Hangs);
    let agent = desk.start_signed_in(&["john", "jane", "bob"]).await;
    office
        .until(Some("jane"), MessageState::Delivered, 10)
        .await;
    office.until(Some("bob"), MessageState::Delivered, 10).await;
    let history = desk.pages.history();
    assert!(
        history.iter().all(|left| left.sdr.as_str() != "john"),
        "John's page sends nothing"
    );
    office.until(Some("john"), MessageState::Queued, 10).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_asks_for_a_sign_in_and_goes_on_after_it() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    let stored = stored_token(&desk, agent).await;
    let hash = sha2::Sha256::digest(stored.as_bytes()).into();
    let now = hotdesk_server::Options::new("").clock;
    office
        .server()
        .store()
        .revoke_token(hash, now())
        .await
        .unwrap();
    let agent = desk.start().await;
    let john = until_sdr(&agent, "john", "signed out", |sdr| sdr.signed_out).await;
    assert_eq!(
        john.problem.unwrap().code,
        ProblemCode::Unauthorized,
        "it says why"
    );
    office.seed(3).await;
    sign_in(&agent, "john").await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    until_sdr(&agent, "john", "signed in again", |sdr| !sdr.signed_out).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_modules_have_moved_is_served_by_wa_js() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let for_wa_js = false;
    desk.pages
        .move_away("john", Capability::SendText, for_wa_js);
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let john = until_sdr(&agent, "john", "which adapter serves", |sdr| {
        sdr.adapter.as_deref() == Some("wa-js") && sdr.state == SessionState::Connected
    })
    .await;
    assert!(john.missing.is_empty(), "nothing is missing any more");
    assert_eq!(desk.pages.adoptions(), 1, "wa-js was put in once");
    assert_eq!(desk.pages.history().len(), 1, "the message left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_lacks_is_shown_and_nothing_is_sent_through_it() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let for_wa_js = true;
    desk.pages
        .move_away("john", Capability::SendText, for_wa_js);
    let agent = desk.start_signed_in(&["john"]).await;
    let john = until_sdr(&agent, "john", "that another way is tried", |sdr| {
        sdr.problem
            .as_ref()
            .is_some_and(|p| p.code == ProblemCode::TryingOtherWay)
    })
    .await;
    assert_eq!(john.missing, [Capability::SendText], "named");
    assert_ne!(john.state, SessionState::Connected, "it cannot send");
    assert_eq!(desk.pages.submits(), 0, "nothing was handed over");
    let waiting = office.messages(Some("john")).await;
    assert_eq!(waiting[0].state, MessageState::Queued, "nor even claimed");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_changes_nothing() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start().await;
    let refused = agent
        .sign_in("john@hotdesk.example", "wrong")
        .await
        .unwrap_err();
    assert_eq!(
        refused.code,
        ProblemCode::WrongCredentials,
        "the window can tell it apart"
    );
    let manager = agent
        .sign_in("manager@hotdesk.example", "hotdesk-demo")
        .await
        .unwrap_err();
    assert_eq!(
        manager.code,
        ProblemCode::Forbidden,
        "a manager has no session"
    );
    let empty = agent.sign_in("  ", "").await.unwrap_err();
    assert_eq!(
        empty.code,
        ProblemCode::BadRequest,
        "nothing is asked with nothing"
    );
    assert!(agent.views().borrow().sdrs.is_empty(), "nobody was added");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_while_the_server_is_away_says_so() {
    let mut office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start().await;
    office.close().await;
    let problem = agent
        .sign_in("john@hotdesk.example", "hotdesk-demo")
        .await
        .unwrap_err();
    assert_eq!(
        problem.code,
        ProblemCode::Unreachable,
        "not a matter of the password"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_while_the_store_cannot_be_written() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    let other = desk.open_database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    office.seed(3).await;
    let john = until_sdr(&agent, "john", "the store's problem", |sdr| {
        sdr.problem
            .as_ref()
            .is_some_and(|p| p.code == ProblemCode::StoreFailed)
    })
    .await;
    assert!(
        john.problem.unwrap().message.contains("nothing is lost"),
        "it says what is safe"
    );
    assert_eq!(desk.pages.submits(), 0, "no intent on disk, no send");
    other.execute_batch("ROLLBACK").unwrap();
    agent
        .order(&SdrId::from("john"), Order::Resume)
        .await
        .unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(desk.pages.history().len(), 1, "and then it leaves once");
    agent.shut_down().await;
}

/// Stop the agent and read the token it keeps.
async fn stored_token(desk: &Desk, agent: crate::support::desk::FakeAgent) -> String {
    agent.shut_down().await;
    desk.pages.die();
    let sql = "SELECT token FROM sdr WHERE id = 'john'";
    desk.open_database()
        .query_row(sql, [], |row| row.get(0))
        .unwrap()
}

use sha2::Digest;
