//! What leads answer outlives the process that heard it.

use crate::support::desk::Desk;
use crate::support::office::Office;
use hotdesk_protocol::session::MessageState;
use std::time::Duration;
use tokio::time::{Instant, interval};

/// Wait until so many replies are on this desktop's disk.
async fn until_kept(desk: &Desk, count: i64) {
    let by = Instant::now() + Duration::from_secs(30);
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let kept = desk
            .open_database()
            .query_row("SELECT count(*) FROM reply", [], |row| row.get::<_, i64>(0));
        if kept == Ok(count) {
            return;
        }
        assert!(Instant::now() < by, "never {count} replies: {kept:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_heard_before_a_kill_reaches_the_server_exactly_once() {
    let mut office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    office.close().await;
    desk.pages.receive("john", "IN1", "the lead's own words");
    until_kept(&desk, 1).await;
    desk.kill(agent);
    let agent = desk.start().await;
    office.reopen().await;
    until_kept(&desk, 0).await;
    let message = office.messages(Some("john")).await.remove(0);
    let texts: Vec<_> = message.replies.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(texts, ["the lead's own words"], "once, as it was written");
    agent.shut_down().await;
    let rest = std::fs::read(desk.data_dir().join("hotdesk.db")).unwrap();
    let clear = rest
        .windows(20)
        .any(|bytes| bytes == b"the lead's own words");
    assert!(!clear, "never in the clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_under_the_lead_s_other_id_is_attributed_also_by_a_later_start() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
    let agent = desk.start().await;
    desk.pages
        .receive_in("john", "777@lid", "IN1", "from a lid");
    let by = Instant::now() + Duration::from_secs(30);
    let mut look = interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        let message = office.messages(Some("john")).await.remove(0);
        let texts: Vec<_> = message.replies.iter().map(|r| r.text.as_str()).collect();
        if texts == ["from a lid"] {
            break;
        }
        assert!(Instant::now() < by, "never told: {texts:?}");
    }
    agent.shut_down().await;
}
