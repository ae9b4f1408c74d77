use crate::support::Office;
use crate::support::postgres::cluster;
use serde_json::json;

const PATH: &str = "/api/audit";

#[tokio::test]
async fn an_export_and_a_sign_out_at_the_server_are_kept_with_who_did_it() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.get("/api/messages/m-1/proof").await.ok();
    let manager = office.manager().await;
    let who = json!({"sdrId": "john"});
    manager.post("/api/sdr/sign-out", who).await.ok();
    let kept = manager.get("/api/audit?sdrId=john").await.ok();
    let [out, export] = [&kept["entries"][0], &kept["entries"][1]];
    assert_eq!(out["act"], "signed_out_everywhere");
    assert_eq!(out["actor"], "manager");
    assert!(out["who"].as_str().is_some_and(|name| !name.is_empty()));
    assert_eq!(export["act"], "exported");
    assert_eq!(
        (&export["actor"], &export["messageId"]),
        (&json!("sdr"), &json!("m-1"))
    );
    assert!(export["desktopId"].is_null(), "it was done at the server");
}

#[tokio::test]
async fn an_sdr_sees_what_was_done_about_their_own_session_and_a_manager_all_of_it() {
    let office = Office::open().await;
    for sdr in ["john", "jane"] {
        let seat = office.seat(sdr, "d1").await;
        let id = format!("e-{sdr}");
        let entry = json!({"id": id, "atMs": 5, "sdrId": sdr, "actor": "sdr", "act": "unlocked"});
        let body = json!({"sdrId": sdr, "desktopId": "d1", "entries": [entry]});
        seat.post("/api/sender/audit", body).await.ok();
    }
    let john = office.seat("john", "d1").await;
    let own = john.get(PATH).await.ok();
    assert_eq!(own["entries"].as_array().unwrap().len(), 1);
    assert_eq!(own["entries"][0]["sdrId"], "john");
    john.get("/api/audit?sdrId=jane")
        .await
        .refused(403, "forbidden");
    let all = office.manager().await.get(PATH).await.ok();
    let told: Vec<_> = all["entries"].as_array().unwrap().iter().collect();
    let told = told.into_iter().filter(|one| one["act"] == "unlocked");
    assert_eq!(told.count(), 2);
}

#[tokio::test]
async fn a_long_audit_comes_in_pages() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let entry = |at: u32| json!({"id": format!("e-{at}"), "atMs": at, "sdrId": "john", "actor": "hotdesk", "act": "sent"});
    let entries: Vec<_> = (0..5).map(entry).collect();
    let body = json!({"sdrId": "john", "desktopId": "d1", "entries": entries});
    john.post("/api/sender/audit", body).await.ok();
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = john.get(&format!("{PATH}?limit=2{next}")).await.ok();
        let entries = page["entries"].as_array().unwrap();
        seen.extend(entries.iter().map(|one| one["atMs"].as_u64().unwrap()));
        match page["next"].as_i64() {
            Some(before) => next = format!("&before={before}"),
            None => break,
        }
    }
    assert_eq!(seen, [4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn what_was_done_can_be_neither_changed_nor_taken_out_of_the_data_file() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.get("/api/messages/m-1/proof").await.ok();
    for spoil in ["DELETE FROM audit", "UPDATE audit SET entry = '{}'"] {
        let refused = match &office.on_postgres {
            Some(name) => cluster()
                .try_sql(name, &format!("SET search_path = hotdesk_queue; {spoil}"))
                .unwrap_err(),
            None => rusqlite::Connection::open(office.database())
                .and_then(|file| file.execute(spoil, []))
                .unwrap_err()
                .to_string(),
        };
        assert!(refused.contains("only added to"), "{spoil}: {refused}");
    }
}
