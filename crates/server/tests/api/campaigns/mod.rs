mod preview;
mod start;

use crate::support::{Answer, Office, Seat};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{Campaign, CampaignState};
use hotdesk_server::Options;
use serde_json::{Value, json};
use std::time::Duration;

pub const PATH: &str = "/api/campaigns";
const DAY: i64 = 86_400_000;

/// An office whose server looks often, with so many leads: `Lead 1`, whose company is `Firm 1`, and so on.
/// The first is John's, the second Jane's, the third John's; the others are nobody's.
pub async fn office_with(leads: usize, change: impl FnOnce(&mut Options)) -> (Office, Seat) {
    let office = Office::with(0, |options| {
        options.sweep = Duration::from_millis(20);
        change(options);
    })
    .await;
    let manager = office.manager().await;
    let rows: String = (1..=leads)
        .map(|nth| format!("Lead {nth},Firm {nth},119{:08}\n", 70_000_000 + nth))
        .collect();
    let file = format!("name,company,phone\n{rows}");
    let done = manager.import("consent=asked", file).await.ok();
    assert_eq!(done["fresh"], leads, "{done}");
    for (nth, sdr) in [(1, "john"), (2, "jane"), (3, "john")] {
        if nth <= leads {
            give(&manager, nth, sdr).await;
        }
    }
    (office, manager)
}

pub async fn give(manager: &Seat, nth: usize, sdr: &str) {
    let body = json!({"leadIds": [lead(manager, nth).await], "to": {"sdrId": sdr}});
    assert_eq!(
        manager.post("/api/leads/assign", body).await.ok()["assigned"],
        1
    );
}

pub fn phone(nth: usize) -> String {
    format!("+55119{:08}", 70_000_000 + nth)
}

/// The id of a lead.
pub async fn lead(manager: &Seat, nth: usize) -> String {
    let digits = &phone(nth)[1..];
    let found = manager
        .get(&format!("/api/leads?search={digits}"))
        .await
        .ok();
    found["leads"][0]["id"].as_str().unwrap().to_owned()
}

/// A campaign for the first leads.
pub async fn for_leads(manager: &Seat, leads: usize, text: &str, sdrs: Value) -> Value {
    let mut ids = Vec::new();
    for nth in 1..=leads {
        ids.push(lead(manager, nth).await);
    }
    json!({"campaignId": "spring", "name": "Spring", "text": text, "to": {"leadIds": ids},
        "sdrs": sdrs})
}

/// The campaign, once it is like this.
pub async fn once(office: &Office, id: &str, fits: impl Fn(&Campaign) -> bool) -> Campaign {
    let looking = async {
        loop {
            let now = UtcMs(office.now());
            let found = office.running.store().campaign(id.into(), now).await;
            let found = found.unwrap().unwrap();
            if fits(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    let bounded = tokio::time::timeout(Duration::from_secs(120), looking);
    bounded.await.expect("the campaign comes that far in time")
}

/// Once nothing of it waits.
pub async fn queued(office: &Office, id: &str) -> Campaign {
    once(office, id, |it| it.counts.waiting == 0).await
}

/// SDR, lead's name and text of each of its messages, in the order of the queue.
pub async fn messages(manager: &Seat, id: &str) -> Vec<(String, String, String)> {
    let found = manager.get(&format!("/api/messages?campaignId={id}")).await;
    let found = found.ok();
    let word = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
    let all = found["messages"].as_array().unwrap().iter();
    all.map(|it| {
        assert_eq!(it["campaignId"], id);
        (word(it, "sdrId"), word(it, "leadName"), word(it, "text"))
    })
    .collect()
}

fn row(sdr: &str, lead: &str, text: &str) -> (String, String, String) {
    (sdr.to_owned(), lead.to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_filter_that_finds_others_than_were_seen_makes_nothing() {
    let (_office, manager) = office_with(3, |_| ()).await;
    let body = |expected: u32| {
        json!({
            "campaignId": "spring", "name": "Spring", "text": "Hello {{first_name}}",
            "to": {"filter": {}}, "sdrs": "owners", "expected": expected,
        })
    };
    let refused = manager.post(PATH, body(2)).await;
    refused.refused(409, "bad_request");
    assert_eq!(manager.get(PATH).await.ok()["campaigns"], json!([]));
    assert_eq!(manager.post(PATH, body(3)).await.ok()["total"], 3);
}

#[tokio::test]
async fn each_lead_gets_the_text_made_for_them_from_their_own_sdr() {
    let (office, manager) = office_with(4, |_| ()).await;
    let text = "Hi {{first_name}} of {{company}}, {{sdr_name}} here";
    let body = for_leads(&manager, 4, text, json!("owners")).await;
    let made = manager.post(PATH, body).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!(
        (&made["id"], &made["name"], &made["text"], &made["total"]),
        (&json!("spring"), &json!("Spring"), &json!(text), &json!(4))
    );
    assert_eq!(
        (
            &made["createdBy"],
            &made["createdAtMs"],
            &made["startsAtMs"],
            &made["skipped"]
        ),
        (
            &json!("Manager"),
            &json!(office.now()),
            &json!(office.now()),
            &json!([{"reason": "nobody", "leads": 1}])
        )
    );
    let now = queued(&office, "spring").await;
    assert_eq!((now.counts.queued, now.counts.skipped), (3, 1));
    assert_eq!(now.state, CampaignState::Running);
    assert_eq!(
        messages(&manager, "spring").await,
        [
            row("john", "Lead 1", "Hi Lead of Firm 1, John here"),
            row("jane", "Lead 2", "Hi Lead of Firm 2, Jane here"),
            row("john", "Lead 3", "Hi Lead of Firm 3, John here"),
        ]
    );
    office.queue("m-1", "bob", "+5511960000000").await;
    let other = manager.get("/api/messages/m-1").await.ok();
    assert_eq!(other["campaignId"], Value::Null);
    let audit = manager.get("/api/audit").await.ok();
    assert_eq!(
        (&audit["entries"][0]["act"], &audit["entries"][0]["note"]),
        (&json!("campaign_added"), &json!("spring"))
    );
}

#[tokio::test]
async fn leads_that_are_nobodys_are_written_to_in_turn_and_are_their_writers_from_then_on() {
    let (office, manager) = office_with(6, |_| ()).await;
    let body = for_leads(&manager, 6, "Hi", json!(["bob", "jane"])).await;
    manager.post(PATH, body).await.ok();
    queued(&office, "spring").await;
    let whose: Vec<_> = messages(&manager, "spring").await;
    let whose: Vec<_> = whose.iter().map(|(sdr, ..)| sdr.as_str()).collect();
    assert_eq!(whose, ["john", "jane", "john", "bob", "jane", "bob"]);
    let found = manager.get("/api/leads?sdrId=none").await.ok();
    assert_eq!(found["total"], 0);
}

#[tokio::test]
async fn its_counts_follow_its_messages_and_always_sum_to_all() {
    let (office, manager) = office_with(4, |_| ()).await;
    give(&manager, 2, "john").await;
    let body = for_leads(&manager, 4, "Hi", json!(["john"])).await;
    manager.post(PATH, body).await.ok();
    queued(&office, "spring").await;
    let john = office.seat("john", "d1").await;
    let claimed = crate::support::ids(&john.claim(4).await);
    assert_eq!(claimed.len(), 4);
    for (id, state) in claimed.iter().zip(["sent", "read", "failed", "review"]) {
        john.result(id, state, office.now()).await.ok();
    }
    for nth in 0..2 {
        let body = json!({
            "sdrId": "john", "desktopId": "d1", "messageId": claimed[1], "chatId": "5511@c.us",
            "waMessageId": format!("3A{nth}"), "text": "yes", "atMs": office.now(),
        });
        assert_eq!(john.post("/api/sender/reply", body).await.status, 204);
    }
    let found = manager.get(&format!("{PATH}/spring")).await.ok();
    assert_eq!(
        found["counts"],
        json!({"waiting": 0, "queued": 0, "sent": 1, "delivered": 0, "read": 1, "failed": 1,
            "review": 1, "cancelled": 0, "skipped": 0})
    );
    assert_eq!(
        (&found["replied"], &found["state"]),
        (&json!(1), &json!("done")),
        "a lead who answers twice is one"
    );
}

#[tokio::test]
async fn the_same_campaign_is_made_once_whatever_became_of_its_leads() {
    let (office, manager) = office_with(3, |_| ()).await;
    let body = for_leads(&manager, 3, "Hi", json!("owners")).await;
    let (one, other) = tokio::join!(
        manager.post(PATH, body.clone()),
        manager.post(PATH, body.clone())
    );
    let mut status = [one.status, other.status];
    status.sort_unstable();
    assert_eq!(status, [200, 201]);
    queued(&office, "spring").await;
    for nth in 1..=3 {
        let body = json!({"phone": phone(nth)});
        manager.post("/api/opt-outs", body).await.ok();
    }
    let again = manager.post(PATH, body.clone()).await;
    assert_eq!((again.status, &again.body["total"]), (200, &json!(3)));
    assert_eq!(again.body["counts"]["cancelled"], 3);
    for (field, value) in [
        ("text", json!("Ho")),
        ("startsAtMs", json!(1)),
        ("sdrs", json!(["bob"])),
    ] {
        let mut other = body.clone();
        other[field] = value;
        manager.post(PATH, other).await.refused(409, "bad_request");
    }
    assert_eq!(messages(&manager, "spring").await.len(), 3);
}

#[tokio::test]
async fn a_list_is_newest_first_and_walked_through() {
    let (_office, manager) = office_with(1, |_| ()).await;
    let mut body = for_leads(&manager, 1, "Hi", json!("owners")).await;
    for id in ["a", "b", "c"] {
        body["campaignId"] = json!(id);
        manager.post(PATH, body.clone()).await.ok();
    }
    let ids = |page: &Value| -> Vec<String> {
        let all = page["campaigns"].as_array().unwrap().iter();
        all.map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = manager.get(&format!("{PATH}?limit=2")).await.ok();
    assert_eq!(ids(&first), ["c", "b"]);
    let next = first["next"].as_str().unwrap();
    let last = manager
        .get(&format!("{PATH}?limit=2&cursor={next}"))
        .await
        .ok();
    assert_eq!(
        (ids(&last), &last["next"]),
        (vec!["a".to_owned()], &Value::Null)
    );
    manager
        .get(&format!("{PATH}?cursor=x"))
        .await
        .refused(400, "bad_request");
    manager
        .get(&format!("{PATH}/other"))
        .await
        .refused(404, "not_found");
}

async fn is_refused(manager: &Seat, body: &Value, change: impl FnOnce(&mut Value)) -> Answer {
    let mut body = body.clone();
    change(&mut body);
    manager.post(PATH, body).await
}

#[tokio::test]
async fn what_makes_no_sense_makes_nothing() {
    let (office, manager) = office_with(4, |_| ()).await;
    let body = for_leads(&manager, 3, "Hi", json!("owners")).await;
    let nobodys = lead(&manager, 4).await;
    let ahead = office.now() + 366 * DAY;
    for (pointer, value, status) in [
        ("/name", json!(" "), 400),
        ("/name", json!("x".repeat(101)), 400),
        ("/text", json!("Hi {{nome}}"), 400),
        ("/campaignId", json!(".."), 400),
        ("/campaignId", json!("x".repeat(129)), 400),
        ("/startsAtMs", json!(ahead + 1), 400),
        ("/to", json!({"leadIds": []}), 400),
        ("/to", json!({"leadIds": [nobodys]}), 400),
        ("/to", json!({"leadIds": ["x"]}), 404),
        ("/to", json!({"leadIds": ["x\0"]}), 404),
        ("/to", json!({"filter": {"search": "nobody at all"}}), 400),
        ("/to", json!({"filter": {"sdr": "x"}}), 400),
        ("/to", json!({}), 400),
        ("/sdrs", json!([]), 400),
        ("/sdrs", json!("all"), 400),
        ("/sdrs", json!(["manager"]), 404),
        ("/more", json!(1), 400),
    ] {
        let key = &pointer[1..];
        let answer = is_refused(&manager, &body, |it| it[key] = value.clone()).await;
        assert_eq!(answer.status, status, "{pointer} {value} {}", answer.body);
        assert!(answer.body["message"].is_string());
    }
    let found = manager.get(PATH).await.ok();
    assert_eq!(found["campaigns"], json!([]), "nothing was made");
    is_refused(&manager, &body, |it| it["startsAtMs"] = json!(ahead))
        .await
        .ok();
}

#[tokio::test]
async fn no_sdr_makes_sees_or_cancels_campaigns() {
    let (office, manager) = office_with(1, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = for_leads(&manager, 1, "Hi", json!("owners")).await;
    manager.post(PATH, body.clone()).await.ok();
    john.get(PATH).await.refused(403, "forbidden");
    john.post(PATH, body).await.refused(403, "forbidden");
    for (path, body) in [
        (
            "preview",
            json!({"text": "x", "to": {"filter": {}}, "sdrs": "owners"}),
        ),
        ("spring/cancel", Value::Null),
    ] {
        let path = format!("{PATH}/{path}");
        john.post(&path, body).await.refused(403, "forbidden");
    }
    let path = format!("{PATH}/spring");
    john.get(&path).await.refused(403, "forbidden");
}
