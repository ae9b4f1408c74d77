use super::{THREE, all, id_of, with_leads};
use crate::support::{LEASE_MS, Office, Seat, ids};
use reqwest::Method;
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

async fn assign(manager: &Seat, body: Value) -> Value {
    manager.post("/api/leads/assign", body).await.ok()
}

async fn whose(manager: &Seat) -> Vec<String> {
    all(&manager.get("/api/leads?sort=name").await.ok(), "sdrId")
}

/// The entries of assignments: whom about, and what was done.
async fn audited(manager: &Seat) -> Vec<(Value, Value)> {
    let found = manager.get("/api/audit").await.ok();
    let entries = found["entries"].as_array().unwrap().clone();
    let entries = entries
        .into_iter()
        .filter(|it| it["act"] == "leads_assigned");
    entries
        .map(|it| (it["sdrId"].clone(), it["note"].clone()))
        .collect()
}

#[tokio::test]
async fn a_list_in_the_place_of_a_filter_is_refused_and_not_everybody() {
    let (_office, manager) = with_leads(&THREE).await;
    let before = whose(&manager).await;
    for filter in ["[]", "[null, null]"] {
        for body in [
            format!(r#"{{"filter": {filter}, "to": {{"sdrId": "jane"}}}}"#),
            format!(r#"[null, {filter}, {{"sdrId": "jane"}}, null]"#),
        ] {
            let answer = manager.send(Method::POST, "/api/leads/assign", body).await;
            answer.refused(400, "bad_request");
        }
        let body = json!({
            "text": "Hello", "sdrs": "owners", "to": {"filter": serde_json::from_str::<Value>(filter).unwrap()},
        });
        let preview = manager.post("/api/campaigns/preview", body).await;
        preview.refused(400, "bad_request");
    }
    assert_eq!(whose(&manager).await, before);
}

#[tokio::test]
async fn leads_are_given_to_one_to_several_in_turn_and_to_nobody() {
    let (_office, manager) = with_leads(&THREE).await;
    let ana = id_of(&manager, "ana").await;
    let done = assign(&manager, json!({"leadIds": [ana], "to": {"sdrId": "jane"}})).await;
    assert_eq!(
        done,
        json!({"assigned": 1, "skippedCount": 0, "skipped": []})
    );
    assert_eq!(whose(&manager).await, ["jane", "-", "-"]);
    let rest = json!({"filter": {"sdrId": "none"}, "to": {"roundRobin": ["john", "bob"]}});
    let done = assign(&manager, rest).await;
    assert_eq!(done["assigned"], 2);
    let mut now = whose(&manager).await;
    now.sort();
    assert_eq!(now, ["bob", "jane", "john"]);
    let found = json!({"filter": {"search": "ANA"}, "to": {"nobody": true}, "expected": 1});
    assert_eq!(assign(&manager, found).await["assigned"], 1);
    assert_eq!(whose(&manager).await[0], "-");
    let told = audited(&manager).await;
    assert_eq!(told.len(), 4, "one entry for each who got leads: {told:?}");
    assert_eq!(
        told[3],
        (json!("jane"), json!("1 leads, 0 queued messages"))
    );
}

#[tokio::test]
async fn queued_messages_go_with_their_lead_and_the_log_says_so() {
    let (office, manager) = with_leads(&THREE).await;
    for id in ["m-1", "m-2"] {
        office.queue(id, "john", "+5511970000001").await;
    }
    let joao = id_of(&manager, "João").await;
    let order = json!({"leadIds": [joao], "to": {"sdrId": "jane"}});
    assert_eq!(assign(&manager, order.clone()).await["assigned"], 1);
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d2").await,
    );
    assert!(
        ids(&john.claim(5).await).is_empty(),
        "nothing is left for John"
    );
    assert_eq!(ids(&jane.claim(5).await), ["m-1"]);
    let proof = manager.get("/api/messages/m-1/proof").await.ok();
    let moved = &proof["events"][1];
    assert_eq!(
        (&moved["cause"], &moved["personId"], &moved["note"]),
        (
            &json!("reassigned"),
            &json!("manager"),
            &json!("from john to jane")
        )
    );
    let told = audited(&manager).await;
    assert_eq!(told, [(json!("jane"), json!("1 leads, 2 queued messages"))]);
    assert!(office.running.store().check_logs().await.unwrap().holds());
    assert_eq!(assign(&manager, order).await["assigned"], 1, "repeatable");
    let body = crate::support::message("m-1", "john", "+5511970000001");
    let again = manager.post("/api/messages", body).await;
    assert_eq!(again.status, 200, "whoever queued it may repeat their call");
}

#[tokio::test]
async fn a_waiting_claim_is_woken_by_what_it_is_given() {
    let (office, manager) = with_leads(&THREE).await;
    office.queue("m-1", "john", "+5511970000001").await;
    let jane = office.seat("jane", "d2").await;
    let claim = office.waiting_claim(&jane).await;
    let order = json!({"filter": {"search": "joao"}, "to": {"sdrId": "jane"}});
    assign(&manager, order).await;
    assert_eq!(ids(&claim.await.unwrap().ok()), ["m-1"]);
}

#[tokio::test]
async fn a_lead_with_a_message_under_way_stays_and_the_answer_says_why() {
    let (office, manager) = with_leads(&THREE).await;
    office.queue("m-1", "john", "+5511970000001").await;
    office.queue("m-2", "john", "+5511970000002").await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    let to_jane = json!({"filter": {"sdrId": "john"}, "to": {"sdrId": "jane"}});
    let skips = async |word: &str| {
        let done = assign(&manager, to_jane.clone()).await;
        let why = done["skipped"][0]["why"].as_str().unwrap();
        assert!(why.contains(word), "{why}");
        assert_eq!(done["skippedCount"], 1);
        assert_eq!(
            office
                .running
                .store()
                .messages(hotdesk_server::store::Which::One("m-1".into()))
                .await
                .unwrap()[0]
                .sdr_id
                .as_str(),
            "john"
        );
    };
    skips("on a desktop").await;
    lease.begin().await.ok();
    skips("on a desktop").await;
    office.pass(LEASE_MS + HOUR);
    manager.get("/api/review").await.ok();
    skips("whether one of its messages left").await;
    let new = json!({"decision": "resend", "generation": 0, "unlinked": true});
    manager.post("/api/messages/m-1/decision", new).await.ok();
    skips("sent as new").await;
    let nobody = json!({"leadIds": [id_of(&manager, "ana").await], "to": {"nobody": true}});
    let done = assign(&manager, nobody).await;
    let why = done["skipped"][0]["why"].as_str().unwrap();
    assert!(why.contains("queued messages"), "{why}");
    let done = assign(
        &manager,
        json!({"leadIds": ["x", "x\0"], "to": {"sdrId": "jane"}}),
    )
    .await;
    assert_eq!(
        (&done["assigned"], &done["skippedCount"]),
        (&json!(0), &json!(2))
    );
}

#[tokio::test]
async fn of_two_managers_at_once_the_later_wins_and_both_are_audited() {
    let (office, manager) = with_leads(&THREE).await;
    office.queue("m-1", "bob", "+5511970000001").await;
    let other = office.seat("manager", "another browser").await;
    let to = |sdr: &str| json!({"filter": {}, "to": {"sdrId": sdr}});
    let both = tokio::join!(assign(&manager, to("john")), assign(&other, to("jane")));
    assert_eq!(
        (&both.0["assigned"], &both.1["assigned"]),
        (&json!(3), &json!(3))
    );
    let now = whose(&manager).await;
    assert!(
        now.iter().all(|sdr| sdr == &now[0]),
        "one of them won: {now:?}"
    );
    let with = manager.get("/api/messages/m-1").await.ok()["sdrId"].clone();
    assert_eq!(with, json!(now[0]), "and what is queued is with the winner");
    assert_eq!(audited(&manager).await.len(), 2);
    assert!(office.running.store().check_logs().await.unwrap().holds());
}

#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let (office, manager) = with_leads(&THREE).await;
    let john = office.seat("john", "d1").await;
    let ana = id_of(&manager, "ana").await;
    for (body, status) in [
        (json!({"to": {"sdrId": "john"}}), 400),
        (
            json!({"leadIds": [ana], "filter": {}, "to": {"sdrId": "john"}}),
            400,
        ),
        (json!({"leadIds": [ana], "to": {"nobody": false}}), 400),
        (json!({"leadIds": [ana], "to": {"roundRobin": []}}), 400),
        (
            json!({"leadIds": [ana], "to": {"sdrId": "john", "nobody": true}}),
            400,
        ),
        (json!({"leadIds": [ana], "to": {"sdrId": "manager"}}), 404),
        (
            json!({"leadIds": [ana], "to": {"roundRobin": ["john", "nobody"]}}),
            404,
        ),
        (
            json!({"filter": {}, "to": {"sdrId": "john"}, "expected": 2}),
            409,
        ),
        (
            json!({"filter": {"sdr": "x"}, "to": {"sdrId": "john"}}),
            400,
        ),
    ] {
        let answer = manager.post("/api/leads/assign", body.clone()).await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
    }
    let body = json!({"filter": {}, "to": {"sdrId": "john"}});
    john.post("/api/leads/assign", body)
        .await
        .refused(403, "forbidden");
    assert_eq!(whose(&manager).await, ["-", "-", "-"]);
    assert!(audited(&manager).await.is_empty());
}

#[tokio::test]
async fn more_leads_than_one_transaction_takes_are_dealt_evenly() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let rows: String = (0..1_201)
        .map(|at| format!("Lead,119700{at:05}\n"))
        .collect();
    let file = format!("name,phone\n{rows}");
    let done = manager.import("consent=asked", file).await.ok();
    assert_eq!(done["fresh"], 1_201);
    let deal = json!({"filter": {"sdrId": "none"}, "to": {"roundRobin": ["john", "jane", "bob"]},
        "expected": 1_201});
    assert_eq!(assign(&manager, deal).await["assigned"], 1_201);
    for (sdr, leads) in [("john", 401), ("jane", 400), ("bob", 400), ("none", 0)] {
        let found = manager
            .get(&format!("/api/leads?sdrId={sdr}&limit=1"))
            .await
            .ok();
        assert_eq!(found["total"], leads, "{sdr}");
    }
}
