//! What a person at the dashboard wants of an SDR's WhatsApp reaches the desktop and is done there once.

use crate::support::desk::{Desk, until_sdr};
use crate::support::office::Office;
use hotdesk_agent::agent::Order;
use hotdesk_protocol::queue::{LinkMethod, Wish, WishKind};
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_server::Options;
use std::time::Duration;
use tokio::time::interval;

const PHONE: &str = "+5511960000001";

/// Wants it as soon as the server has heard of John's desktop.
async fn want(office: &Office, kind: WishKind) {
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let now = (Options::new("").clock)();
        let wish = Wish {
            kind,
            phone: (kind == WishKind::LinkByCode).then(|| PHONE.to_owned()),
            asked_at_ms: now,
        };
        let store = office.server().store();
        if store.put_wish("john".into(), wish).await.is_ok() {
            return;
        }
    }
}

/// Waits until the server no longer has a wish for John.
async fn until_it_is_so(office: &Office) {
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let now = (Options::new("").clock)();
        let rows = office.server().store().sdrs(Some("john".into()), now).await;
        if rows.unwrap()[0].wish.is_none() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_to_disconnect_pauses_the_sdr_for_good_and_unlinks_the_device() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane"]).await;
    for sdr in ["john", "jane"] {
        until_sdr(&agent, sdr, "connected", |it| {
            it.state == SessionState::Connected
        })
        .await;
    }
    want(&office, WishKind::Disconnect).await;
    until_sdr(&agent, "john", "unlinked and paused", |it| {
        it.state == SessionState::Qr && it.paused
    })
    .await;
    until_it_is_so(&office).await;
    assert!(!desk.pages.is_linked("john"));
    assert!(desk.pages.is_linked("jane"), "of nobody else");
    office.seed(2).await;
    office.until(Some("jane"), MessageState::Delivered, 1).await;
    desk.pages.link("john", PHONE);
    let linked = until_sdr(&agent, "john", "linked again", |it| {
        it.state == SessionState::Connected
    })
    .await;
    assert!(linked.paused, "a person at the desktop resumes");
    agent.order(&"john".into(), Order::Resume).await.unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert!(desk.pages.is_linked("john"), "it was done once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_to_link_opens_a_closed_page_and_keeps_it_open() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    let john = "john".into();
    agent.order(&john, Order::Disconnect).await.unwrap();
    until_sdr(&agent, "john", "closed", |it| {
        it.state == SessionState::Closed
    })
    .await;
    desk.pages.unlink("john");
    want(&office, WishKind::Link).await;
    // A heartbeat comes at once when something changed.
    agent.order(&john, Order::Pause).await.unwrap();
    until_sdr(&agent, "john", "a code", |it| it.state == SessionState::Qr).await;
    desk.pages.link("john", PHONE);
    until_it_is_so(&office).await;
    until_sdr(&agent, "john", "connected", |it| {
        it.state == SessionState::Connected
    })
    .await;
    agent.shut_down().await;
    desk.until_closed().await;
    let agent = desk.start().await;
    until_sdr(&agent, "john", "open again after a start", |it| {
        it.state == SessionState::Connected && it.paused
    })
    .await;
    agent.shut_down().await;
}

/// The code that the dashboard sees for John once it is of this kind.
async fn code(office: &Office, john: &str, method: LinkMethod) -> String {
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let shown = office.link_code(john).await;
        if let Some(code) = shown.filter(|it| it.method == method) {
            return code.value;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_a_pairing_code_is_asked_of_whatsapp_and_the_code_reaches_the_dashboard() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    desk.pages.unlink("john");
    let john = office.bearer("john").await;
    until_sdr(&agent, "john", "a code to scan", |it| {
        it.state == SessionState::Qr
    })
    .await;
    want(&office, WishKind::LinkByCode).await;
    assert_eq!(code(&office, &john, LinkMethod::Code).await, "CODE0001");
    until_sdr(&agent, "john", "a code to type", |it| {
        it.state == SessionState::PairingCode
    })
    .await;
    want(&office, WishKind::Link).await;
    assert_eq!(
        code(&office, &john, LinkMethod::Qr).await,
        "secret-qr-of-john",
        "and one to scan again, once that is wanted"
    );
    want(&office, WishKind::LinkByCode).await;
    code(&office, &john, LinkMethod::Code).await;
    desk.pages.let_codes_run_out("john");
    until_sdr(&agent, "john", "no code", |it| it.state == SessionState::Qr).await;
    want(&office, WishKind::Link).await;
    assert_eq!(
        code(&office, &john, LinkMethod::Qr).await,
        "secret-qr-of-john",
        "nor does one that has run out stand in the way"
    );
    want(&office, WishKind::LinkByCode).await;
    code(&office, &john, LinkMethod::Code).await;
    desk.pages.link("john", PHONE);
    until_it_is_so(&office).await;
    assert!(office.link_code(&john).await.is_none(), "void once linked");
    agent.shut_down().await;
}
