//! A disk that runs full.

use crate::support::desk::{Desk, until_sdr};
use crate::support::office::Office;
use hotdesk_agent::space::Space;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::session::{MessageState, SessionState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_begun_below_200_mb_and_it_goes_on_by_itself() {
    let free = Arc::new(AtomicU64::new(199_999_999));
    let office = Office::open(3).await;
    let mut desk = Desk::new(&office.url());
    let seen = Arc::clone(&free);
    desk.space = Space::reading(move |_| Some(seen.load(Ordering::SeqCst)));
    let agent = desk.start_signed_in(&["john"]).await;
    let john = until_sdr(&agent, "john", "stopped", |sdr| {
        sdr.state == SessionState::Stopped
    })
    .await;
    let problem = john.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::StoreFailed, "of the store");
    assert!(problem.message.contains("200 MB"), "in words");
    office.until(Some("john"), MessageState::Queued, 1).await;
    free.store(200_000_000, Ordering::SeqCst);
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(desk.pages.history().len(), 1, "it left once");
    agent.shut_down().await;
}

#[test]
fn this_machine_says_how_much_is_free() {
    let free = fs4::available_space(std::env::temp_dir()).unwrap();
    assert!(free > 0, "some");
}
