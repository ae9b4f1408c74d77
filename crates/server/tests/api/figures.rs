use crate::support::{Office, Seat};
use serde_json::{Value, json};

const DAY_MS: i64 = 24 * 3_600_000;

/// Sends the next message and says what came of it.
async fn send(office: &Office, seat: &Seat, states: &[&str]) -> String {
    let lease = seat.lease().await;
    lease.begin().await.ok();
    for state in states {
        seat.result(&lease.message, state, office.now()).await.ok();
    }
    lease.message
}

async fn answer(seat: &Seat, message: &str, at: i64) {
    let body = json!({
        "sdrId": seat.sdr, "desktopId": seat.desktop, "messageId": message,
        "waMessageId": format!("in-{message}-{at}"), "chatId": "5511@c.us", "text": "yes",
        "atMs": at,
    });
    seat.post("/api/sender/reply", body).await.ok();
}

fn day(day: &str, sdr: &str, counts: [u32; 5]) -> Value {
    let [sent, delivered, read, replied, failed] = counts;
    json!({
        "day": day, "sdrId": sdr, "sent": sent, "delivered": delivered, "read": read,
        "replied": replied, "failed": failed,
    })
}

#[tokio::test]
async fn what_left_is_counted_by_day_and_sdr_with_how_far_it_came() {
    let office = Office::with(12, |_| ()).await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d1").await,
    );
    send(&office, &john, &["sent"]).await;
    let read = send(&office, &john, &["sent", "read"]).await;
    answer(&john, &read, office.now()).await;
    answer(&john, &read, office.now() + 1).await;
    send(&office, &jane, &["failed"]).await;
    // 23:30 in São Paulo, when it is the next day already in UTC.
    office.pass(11 * 3_600_000 + 1_800_000);
    send(&office, &john, &["delivered"]).await;
    office.pass(DAY_MS);
    send(&office, &jane, &["failed"]).await;
    let manager = office.browser("manager").await;
    let figures = manager.get("/api/figures?days=2").await.ok();
    assert_eq!(
        figures,
        json!({
            "days": [
                day("2026-03-04", "jane", [0, 0, 0, 0, 1]),
                day("2026-03-04", "john", [3, 2, 1, 1, 0]),
                day("2026-03-05", "jane", [0, 0, 0, 0, 1]),
            ],
            "funnel": {"queued": 12, "sent": 3, "delivered": 2, "read": 1, "replied": 1},
            "failures": [{"code": "unknown", "count": 2}],
        }),
        "days are the office's"
    );
    let today = manager.get("/api/figures?days=1").await.ok();
    assert_eq!(
        today["days"],
        json!([day("2026-03-05", "jane", [0, 0, 0, 0, 1])])
    );
    assert_eq!(today["funnel"]["queued"], 0, "nothing was queued today");
}

#[tokio::test]
async fn an_sdr_sees_their_own_figures_only() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    send(&office, &john, &["sent"]).await;
    let jane = office.browser("jane").await;
    let figures = jane.get("/api/figures").await.ok();
    assert_eq!(figures["days"], json!([]));
    assert_eq!(figures["funnel"]["queued"], 1);
    let others = jane.get("/api/figures?sdrId=john").await;
    others.refused(403, "forbidden");
    let manager = office.browser("manager").await;
    let johns = manager.get("/api/figures?sdrId=john").await.ok();
    assert_eq!(johns["funnel"]["sent"], 1);
    for days in ["0", "367", "-1", "x"] {
        let refused = manager.get(&format!("/api/figures?days={days}")).await;
        refused.refused(400, "bad_request");
    }
}
