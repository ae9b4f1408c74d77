//! The numbers that are not to be sent to, as this desktop keeps them.

use crate::support::desk::{Desk, sign_in, until_sdr};
use crate::support::office::Office;
use hotdesk_agent::agent::Order;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{ProblemCode, UtcMs};
use hotdesk_server::store::OptOutOf;
use std::time::Duration;
use tokio::time::interval;

/// The lead of John's message opts out under the other spelling of the number, which the server
/// takes for another lead's.
async fn opt_out(office: &Office) {
    let lead = office.messages(Some("john")).await.remove(0).phone;
    let other = lead.replacen("+55119", "+5511", 1);
    assert_ne!(lead, other, "a mobile number with its ninth digit");
    let (store, by) = (office.server().store(), SdrId::from("john"));
    let of = OptOutOf::Phone(other);
    let opted_out = store.opt_out(of, by, "stop".into(), UtcMs(1)).await;
    assert_eq!(opted_out.unwrap().cancelled, 0, "no message of that number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_a_blocked_number_is_not_sent_and_the_server_and_the_sdr_read_why() {
    let office = Office::open(3).await;
    opt_out(&office).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Failed, 1).await;
    assert_eq!(desk.pages.submits(), 0, "nothing was handed to the page");
    let message = office.messages(Some("john")).await.remove(0);
    let code = message.problem.map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::OptedOut), "at the server");
    until_sdr(&agent, "john", "the reason in the activity", |sdr| {
        let problem = sdr.activity.first().and_then(|item| item.problem.as_ref());
        problem.is_some_and(|problem| problem.code == ProblemCode::OptedOut)
    })
    .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_knows_the_blocked_numbers_although_the_server_tells_of_them_no_more() {
    let office = Office::open(3).await;
    opt_out(&office).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start().await;
    sign_in(&agent, "john").await;
    let known = || -> (i64, Option<i64>) {
        let sql = "SELECT count(*), max(opt_outs_since) FROM opt_out JOIN sdr ON id = sdr_id";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        desk.open_database().query_row(sql, [], read).unwrap()
    };
    until_sdr(&agent, "john", "an unlinked page", |sdr| {
        sdr.state == SessionState::Qr
    })
    .await;
    let mut look = interval(Duration::from_millis(20));
    while known() != (1, Some(1)) {
        look.tick().await;
    }
    desk.kill(agent);
    office.forget_opt_outs();
    desk.pages.link("john", "+5511960000001");
    let agent = desk.start().await;
    office.until(Some("john"), MessageState::Failed, 1).await;
    assert_eq!(desk.pages.submits(), 0, "known from the disk");
    agent.order(&"john".into(), Order::Remove).await.unwrap();
    assert_eq!(known(), (0, None), "and gone with the SDR");
    agent.shut_down().await;
}
