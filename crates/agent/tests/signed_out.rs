//! An SDR whose every token was ended at the queue server.

use crate::support::desk::{Desk, sign_in, until, until_sdr};
use crate::support::office::Office;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::session::MessageState;

async fn end_every_token(office: &Office, sdr: &str) {
    let store = office.server().store();
    store.revoke_tokens(sdr.into(), UtcMs(1)).await.unwrap();
}

fn rows(desk: &Desk, sdr: &str) -> i64 {
    let count = "SELECT count(*) FROM outbox WHERE sdr_id = ?1";
    let db = desk.open_database();
    db.query_row(count, [sdr], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdr_signed_out_everywhere_keeps_the_outbox_begins_nothing_and_stops_nobody_else() {
    let office = Office::open(6).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane"]).await;
    for sdr in ["john", "jane"] {
        office.until(Some(sdr), MessageState::Delivered, 2).await;
    }
    end_every_token(&office, "john").await;
    office.seed(12).await;
    until_sdr(&agent, "john", "signed out", |sdr| sdr.signed_out).await;
    office.until(Some("jane"), MessageState::Delivered, 4).await;
    office.until(Some("john"), MessageState::Queued, 2).await;
    let shown = agent.views().borrow().clone();
    let signed_out: Vec<_> = shown.sdrs.iter().map(|sdr| sdr.signed_out).collect();
    assert_eq!(signed_out, [true, false], "John alone is locked out");
    assert_eq!(rows(&desk, "john"), 2, "what John has sent is still known");
    sign_in(&agent, "john").await;
    office.until(Some("john"), MessageState::Delivered, 4).await;
    assert_eq!(desk.pages.history().len(), 8, "each left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_signed_out_is_so_after_a_start_without_a_network_until_they_sign_in() {
    let mut office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane"]).await;
    end_every_token(&office, "john").await;
    until_sdr(&agent, "john", "signed out", |sdr| sdr.signed_out).await;
    agent.shut_down().await;
    desk.until_closed().await;
    office.close().await;
    let agent = desk.start().await;
    let away = until(&agent, "the server is away", |view| {
        view.server.problem.is_some() && view.sdrs.len() == 2
    })
    .await;
    let signed_out: Vec<_> = away.sdrs.iter().map(|sdr| sdr.signed_out).collect();
    assert_eq!(signed_out, [true, false], "as it was known before");
    office.reopen().await;
    sign_in(&agent, "john").await;
    until_sdr(&agent, "john", "signed in again", |sdr| !sdr.signed_out).await;
    agent.shut_down().await;
}
