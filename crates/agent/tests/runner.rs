//! Messages on their way through the sender, end to end.

use crate::support::desk::{Desk, sign_in, until_sdr};
use crate::support::office::Office;
use crate::support::pages::Mood;
use hotdesk_agent::agent::Order;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::{MessageState, SessionState};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn every_message_leaves_once_through_its_own_sdr_and_is_reported() {
    let office = Office::open(30).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane", "bob"]).await;
    office.until(None, MessageState::Delivered, 30).await;
    let history = desk.pages.history();
    let ids: BTreeSet<_> = history.iter().map(|left| left.id.clone()).collect();
    assert_eq!(
        (history.len(), ids.len()),
        (30, 30),
        "thirty messages left, each once"
    );
    for message in office.messages(None).await {
        let left = history
            .iter()
            .find(|left| Some(&left.id) == message.wa_message_id.as_ref());
        let left = left.expect("the server knows the id each left with");
        assert_eq!(
            left.sdr, message.sdr_id,
            "it left through its own SDR's profile"
        );
        assert_eq!(
            (&left.phone, &left.text),
            (&message.phone, &message.text),
            "unchanged"
        );
    }
    let john = until_sdr(&agent, "john", "ten sent, no run left", |sdr| {
        sdr.run.is_none()
            && sdr.queued == 0
            && sdr.activity.len() == 10
            && sdr
                .activity
                .iter()
                .all(|a| a.state == MessageState::Delivered)
    })
    .await;
    assert_eq!(
        john.state,
        SessionState::Connected,
        "the tile shows the page's state"
    );
    assert_eq!(
        john.phone.as_deref(),
        Some("+5511960000001"),
        "and the linked number"
    );
    let steps: Vec<_> = john.activity[0]
        .steps
        .iter()
        .map(|step| step.state)
        .collect();
    let way = [
        MessageState::Leased,
        MessageState::Begun,
        MessageState::Sent,
        MessageState::Delivered,
    ];
    assert_eq!(steps, way, "the activity tells the message's way");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdr_that_is_not_linked_shows_its_qr_and_sends_after_the_scan() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start().await;
    sign_in(&agent, "john").await;
    until_sdr(&agent, "john", "the QR", |sdr| {
        sdr.state == SessionState::Qr
    })
    .await;
    assert_eq!(desk.pages.submits(), 0, "nothing is sent before the scan");
    desk.pages.link("john", "+5511960000001");
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_sdr_sends_nothing_until_resumed_and_stays_paused_over_a_restart() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    // Without a page there is no claim on its way that would still be given the message.
    desk.pages.set_mood("john", Mood::Hangs);
    let agent = desk.start_signed_in(&["john"]).await;
    let john = SdrId::from("john");
    agent.pause_all().await;
    until_sdr(&agent, "john", "paused", |sdr| sdr.paused).await;
    office.seed(3).await;
    agent.shut_down().await;
    desk.pages.set_mood("john", Mood::Works);
    let agent = desk.start().await;
    until_sdr(&agent, "john", "paused, counting what waits", |sdr| {
        sdr.paused && sdr.queued == 1 && sdr.state == SessionState::Connected
    })
    .await;
    assert_eq!(desk.pages.submits(), 0, "a paused SDR sends nothing");
    agent.order(&john, Order::Resume).await.unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_shows_the_last_known_truth_at_once() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    until_sdr(&agent, "john", "delivered", |sdr| {
        sdr.activity
            .iter()
            .any(|a| a.state == MessageState::Delivered)
    })
    .await;
    agent.shut_down().await;
    desk.pages.die();
    desk.pages.set_mood("john", Mood::Hangs);
    let agent = desk.start().await;
    let john = until_sdr(&agent, "john", "known at once", |_| true).await;
    assert!(john.stale, "nothing has been seen in this run");
    assert_eq!(
        john.state,
        SessionState::Connected,
        "the state is that of the run before"
    );
    assert_eq!(
        john.phone.as_deref(),
        Some("+5511960000001"),
        "as is the number"
    );
    assert_eq!(john.activity.len(), 1, "as is the activity");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnected_sdr_closes_its_page_and_stays_so_over_a_restart() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    let john = SdrId::from("john");
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    agent.order(&john, Order::Disconnect).await.unwrap();
    until_sdr(&agent, "john", "closed", |sdr| {
        sdr.state == SessionState::Closed
    })
    .await;
    agent.shut_down().await;
    let agent = desk.start().await;
    until_sdr(&agent, "john", "still closed", |sdr| {
        sdr.state == SessionState::Closed && !sdr.stale
    })
    .await;
    assert!(!desk.pages.is_open("john"), "no page is opened by a start");
    agent.order(&john, Order::Connect).await.unwrap();
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_sdr_is_unlinked_signed_out_and_deleted() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    let profile = desk.data_dir().join("profiles/john");
    std::fs::write(profile.join("cookies"), "a cookie").unwrap();
    agent
        .order(&SdrId::from("john"), Order::Remove)
        .await
        .unwrap();
    assert!(
        !desk.pages.is_linked("john"),
        "the phone no longer lists this device"
    );
    assert!(!desk.pages.is_open("john"), "the page is closed");
    assert!(!profile.exists(), "the profile is deleted");
    let ids: Vec<_> = agent
        .views()
        .borrow()
        .sdrs
        .iter()
        .map(|sdr| sdr.id.0.clone())
        .collect();
    assert_eq!(ids, ["jane"], "the others stay");
    let again = agent.order(&SdrId::from("john"), Order::Pause).await;
    assert!(again.is_err(), "an order to an SDR who is gone is refused");
    agent.shut_down().await;
    let agent = desk.start().await;
    let ids: Vec<_> = agent
        .views()
        .borrow()
        .sdrs
        .iter()
        .map(|sdr| sdr.id.0.clone())
        .collect();
    assert_eq!(ids, ["jane"], "also after a restart");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_signs_its_sdrs_in_by_itself() {
    let mut office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    office.close().await;
    let more =
        "[[rehearsal_sign_in]]\nemail = \"john@hotdesk.example\"\npassword = \"hotdesk-demo\"\n";
    let agent = desk.start_with(more).await.unwrap();
    crate::support::desk::until(&agent, "the server is away", |view| {
        view.server.problem.is_some()
    })
    .await;
    office.reopen().await;
    let john = until_sdr(&agent, "john", "signed in", |_| true).await;
    assert_eq!(john.name, "John", "as the server names them");
    agent.shut_down().await;
}
