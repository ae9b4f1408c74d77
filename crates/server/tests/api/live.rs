use crate::support::browser::Events;
use crate::support::{Office, message};
use serde_json::{Value, json};

fn about(name: &str, id: Option<&str>) -> Option<(String, Value)> {
    Some((name.to_owned(), json!({"id": id})))
}

#[tokio::test]
async fn a_manager_hears_of_every_row_code_and_queue_that_changes() {
    let office = Office::open().await;
    let manager = office.browser("manager").await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d1").await,
    );
    let mut events = Events::of(&manager).await;
    john.beat().await.ok();
    assert_eq!(events.next().await, about("sdr", Some("john")));
    john.beat().await.ok();
    let code = json!({"sdrId": "jane", "value": "2@abc", "expiresInMs": 20_000});
    jane.post("/api/sdr/whatsapp/qr", code).await.ok();
    assert_eq!(
        events.next().await,
        about("qr", Some("jane")),
        "a heartbeat that says nothing new is no news"
    );
    let body = message("m-1", "john", "+5511970000001");
    manager.post("/api/messages", body).await.ok();
    assert_eq!(events.next().await, about("queue", Some("john")));
    let blocked = json!({"phone": "+5511970000001"});
    manager.post("/api/sender/opt-out", blocked).await.ok();
    assert_eq!(events.next().await, about("queue", None), "everybody's");
}

#[tokio::test]
async fn an_sdr_hears_of_their_own_only() {
    let office = Office::open().await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d1").await,
    );
    let mut events = Events::of(&office.browser("john").await).await;
    jane.beat().await.ok();
    let manager = office.browser("manager").await;
    let body = message("m-1", "jane", "+5511970000001");
    manager.post("/api/messages", body).await.ok();
    john.beat().await.ok();
    assert_eq!(events.next().await, about("sdr", Some("john")));
    let blocked = json!({"phone": "+5511970000001"});
    manager.post("/api/sender/opt-out", blocked).await.ok();
    assert_eq!(events.next().await, about("queue", Some("john")));
}

#[tokio::test]
async fn a_stream_ends_with_its_session_at_once() {
    let office = Office::open().await;
    let (john, manager) = (
        office.browser("john").await,
        office.browser("manager").await,
    );
    let (mut johns, mut managers) = (Events::of(&john).await, Events::of(&manager).await);
    let out = manager.post("/api/sdr/sign-out", json!({"sdrId": "john"}));
    assert_eq!(out.await.status, 204);
    assert_eq!(
        johns.next().await,
        None,
        "every sign-in of theirs has ended"
    );
    assert!(managers.next().await.is_some(), "the manager's goes on");
    assert_eq!(manager.delete("/api/session").await.status, 204);
    while let Some((name, _)) = managers.next().await {
        assert_ne!(name, "hello", "it does not begin anew");
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_session_runs_out() {
    let poll = std::time::Duration::from_millis(20);
    let office = Office::with(0, |options| options.poll = poll).await;
    let mut events = Events::of(&office.browser("manager").await).await;
    office.pass(12 * 3_600_000);
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_server_that_stops_waits_for_no_dashboard() {
    let office = Office::open().await;
    let mut events = Events::of(&office.browser("manager").await).await;
    office.running.stop().await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn who_is_not_signed_in_hears_nothing() {
    let office = Office::open().await;
    let url = format!("{}/api/live", office.running.url());
    let refused = office.http.get(url).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}
