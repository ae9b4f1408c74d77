use crate::support::Office;
use hotdesk_server::CallLimit;
use std::num::NonZeroU32;

async fn held_to_five() -> Office {
    Office::with(0, |options| {
        options.calls = CallLimit {
            // One more in a quarter of an hour.
            per_second: NonZeroU32::MIN,
            burst: NonZeroU32::new(5).unwrap(),
        };
    })
    .await
}

#[tokio::test]
async fn a_program_gone_wild_is_held_back_and_nobody_else_is() {
    let office = held_to_five().await;
    let john = office.seat("john", "d1").await;
    let jane = office.seat("jane", "d1").await;
    let path = "/api/sdr/whatsapp/status";
    let mut answered = 0;
    let refused = loop {
        let answer = john.get(path).await;
        if answer.status != 200 {
            break answer;
        }
        answered += 1;
        assert!(answered < 500, "there is a limit");
    };
    assert!(answered >= 5, "a burst is taken");
    assert!(refused.retry_after.is_some_and(|seconds| seconds >= 1));
    refused.refused(429, "too_many_requests");
    jane.get(path).await.ok();
}

#[tokio::test]
async fn a_call_that_is_held_back_changes_nothing() {
    let office = held_to_five().await;
    let manager = office.manager().await;
    let mut queued = 0;
    for number in 0..500 {
        let id = format!("m-{number}");
        let phone = format!("+55119{:08}", 70_000_000 + number);
        let body = crate::support::message(&id, "john", &phone);
        match manager.post("/api/messages", body).await.status {
            200 | 201 => queued += 1,
            429 => break,
            other => panic!("{other}"),
        }
    }
    let john = office.seat("john", "d1").await;
    let claim = john.claim(1).await;
    assert_eq!(claim["queued"].as_u64().unwrap() + 1, queued);
}
