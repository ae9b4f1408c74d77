use crate::support::{Office, Seat};
use serde_json::{Value, json};

async fn numbers(manager: &Seat, query: &str) -> Vec<String> {
    let found = manager.get(&format!("/api/opt-outs?{query}")).await.ok();
    let rows = found["optOuts"].as_array().unwrap();
    rows.iter()
        .map(|it| it["phone"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_number_is_blocked_and_the_list_says_by_whom_why_and_when() {
    let office = Office::open().await;
    let manager = office.manager().await;
    office.queue("m-1", "john", "+5511970000001").await;
    office.queue("m-2", "john", "+5511970000002").await;
    let body = json!({"phone": "(11) 97000-0001", "reason": " called us "});
    for _ in 0..2 {
        let done = manager.post("/api/opt-outs", body.clone()).await.ok();
        assert_eq!(done["cancelled"], 1, "repeatable");
    }
    office.pass(1_000);
    let john = office.seat("john", "d1").await;
    let said = json!({"sdrId": "john", "messageId": "m-2", "reason": "wrote STOP"});
    john.post("/api/sender/opt-out", said).await.ok();
    let found = manager.get("/api/opt-outs").await.ok();
    assert_eq!(found["total"], 2);
    assert_eq!(
        found["optOuts"],
        json!([
            {"phone": "+5511970000002", "reason": "wrote STOP", "atMs": office.now(),
             "by": "john", "byName": "John", "source": "message"},
            {"phone": "+5511970000001", "reason": "called us", "atMs": office.now() - 1_000,
             "by": "manager", "byName": "Manager", "source": "number"},
        ])
    );
    assert_eq!(found["next"], Value::Null);
    let audit = manager.get("/api/audit").await.ok();
    let entry = &audit["entries"][0];
    assert_eq!(
        (&entry["act"], &entry["note"]),
        (&json!("number_blocked"), &json!("1 messages withdrawn")),
        "and never the number"
    );
}

#[tokio::test]
async fn the_list_is_searched_and_walked_through() {
    let office = Office::open().await;
    let manager = office.manager().await;
    for at in 1..=5 {
        let body = json!({"phone": format!("+551197000000{at}")});
        manager.post("/api/opt-outs", body).await.ok();
    }
    let first = manager.get("/api/opt-outs?limit=2").await.ok();
    assert_eq!(
        (&first["total"], &first["optOuts"][0]["phone"]),
        (&json!(5), &json!("+5511970000005")),
        "newest first"
    );
    let next = first["next"].as_str().unwrap();
    let second = numbers(&manager, &format!("limit=2&cursor={next}")).await;
    assert_eq!(second, ["+5511970000003", "+5511970000002"]);
    assert_eq!(
        numbers(&manager, "search=(11)%2097000-0004").await,
        ["+5511970000004"]
    );
    assert!(numbers(&manager, "search=ana").await.is_empty());
    manager
        .get("/api/opt-outs?cursor=x")
        .await
        .refused(400, "bad_request");
}

#[tokio::test]
async fn only_a_manager_sees_it_and_what_is_no_number_is_refused() {
    let office = Office::open().await;
    let (manager, john) = (office.manager().await, office.seat("john", "d1").await);
    john.get("/api/opt-outs").await.refused(403, "forbidden");
    let body = json!({"phone": "+5511970000001"});
    john.post("/api/opt-outs", body)
        .await
        .refused(403, "forbidden");
    for phone in ["", "x", "123", "'; DROP TABLE leads; --"] {
        let refused = manager.post("/api/opt-outs", json!({"phone": phone})).await;
        refused.refused(400, "bad_phone");
    }
    assert!(numbers(&manager, "").await.is_empty());
}
