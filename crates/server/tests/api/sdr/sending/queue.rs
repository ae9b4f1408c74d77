use crate::support::Office;
use serde_json::json;

#[tokio::test]
async fn the_counts_are_told_in_lk1s_words() {
    let office = Office::with(9, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    lease.begin().await.ok();
    let sent = john.result(&lease.message, "sent", office.now());
    sent.await.ok();
    let path = "/api/sdr/sending/queue";
    assert_eq!(
        john.get(path).await.ok(),
        json!({"success": true, "pending": 2, "sentToday": 1, "review": 0, "isRunning": true})
    );
    let others = john.get(&format!("{path}?sdrId=jane")).await;
    others.refused(403, "forbidden");
}
