//! Messages a person sends by hand, from the order to the server and over a kill.

use crate::support::desk::{Desk, FakeAgent, until_sdr};
use crate::support::office::Office;
use hotdesk_agent::agent::Order;
use hotdesk_agent::views::AssistView;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::MessageState;

/// John at a page that cannot send, with the chat of his first message open.
async fn opened(office: &Office, desk: &Desk) -> FakeAgent {
    desk.pages.close_off("john", Capability::SendText);
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "sending by hand is offered", |sdr| {
        sdr.assist == Some(AssistView::Offered)
    })
    .await;
    assert!(
        desk.pages.composed().is_empty(),
        "not before it is asked for"
    );
    order(&agent, Order::Assist).await;
    let john = until_sdr(&agent, "john", "the chat is open", |sdr| {
        matches!(sdr.assist, Some(AssistView::Waiting { .. }))
    })
    .await;
    let message = office.messages(Some("john")).await.remove(0);
    let expected = AssistView::Waiting {
        lead_name: message.lead_name,
        phone: message.phone.clone(),
    };
    assert_eq!(john.assist, Some(expected), "it says who it is for");
    agent
}

async fn order(agent: &FakeAgent, order: Order) {
    agent.order(&SdrId::from("john"), order).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_by_hand_is_sent_at_the_server_by_the_person_s_word_alone() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = opened(&office, &desk).await;
    let message = office.messages(Some("john")).await.remove(0);
    assert_eq!(message.state, MessageState::Begun, "pinned, and no more");
    order(&agent, Order::AssistSent).await;
    office.until(Some("john"), MessageState::Sent, 1).await;
    assert_eq!(desk.pages.submits(), 0, "no send command was given");
    assert_eq!(
        desk.pages.composed(),
        [message.phone],
        "its chat was opened"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_person_s_word_parks_the_message() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = opened(&office, &desk).await;
    desk.kill(agent);
    desk.pages.put_back("john");
    let agent = desk.start().await;
    office.until(Some("john"), MessageState::Review, 1).await;
    assert_eq!(desk.pages.submits(), 0, "it is not sent on a guess");
    agent.shut_down().await;
}
