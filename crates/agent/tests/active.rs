//! One SDR on two desktops of one server.

use crate::support::desk::{Desk, FakeAgent, sign_in, until_sdr};
use crate::support::office::Office;
use hotdesk_agent::agent::Order;
use hotdesk_agent::views::SdrView;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::session::MessageState;

/// John on a desktop of this name, with its own linked device.
async fn seat(office: &Office, name: &str) -> (Desk, FakeAgent) {
    let desk = Desk::new(&office.url());
    let agent = desk.start_with(&format!("desktop_name = {name:?}")).await;
    let agent = agent.unwrap();
    desk.pages.link("john", "+5511960000001");
    sign_in(&agent, "john").await;
    (desk, agent)
}

async fn until_elsewhere(agent: &FakeAgent, name: &str) -> SdrView {
    until_sdr(agent, "john", name, |sdr| {
        let other = sdr.elsewhere.as_ref().and_then(|it| it.name.as_deref());
        other == Some(name) && sdr.problem.is_some()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_desktop_says_where_the_sdr_is_active_and_sends_only_after_taking_over() {
    let office = Office::open(3).await;
    let (front, at_front) = seat(&office, "Front desk").await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let (back, at_back) = seat(&office, "Back office").await;
    let passive = until_elsewhere(&at_back, "Front desk").await;
    let code = passive.problem.map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::OtherDesktop), "and says so");

    let order = at_back.order(&"john".into(), Order::TakeOver).await;
    order.unwrap();
    until_sdr(&at_back, "john", "active here", |sdr| {
        sdr.elsewhere.is_none() && sdr.problem.is_none()
    })
    .await;
    until_elsewhere(&at_front, "Back office").await;
    assert_eq!(back.pages.submits(), 0, "nothing was sent while passive");
    office.seed(6).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    let (one, two) = (front.pages.history().len(), back.pages.history().len());
    assert_eq!((one, two), (1, 1), "the new one left through the second");
    at_front.shut_down().await;
    at_back.shut_down().await;
}
