mod assign;
mod import;

use crate::support::{Office, Seat, message};
use serde_json::{Value, json};

/// Leads with a name, a company and a number each; nobody's.
pub async fn with_leads(leads: &[(&str, &str, &str)]) -> (Office, Seat) {
    let office = Office::open().await;
    let manager = office.manager().await;
    let rows = leads
        .iter()
        .map(|(name, company, phone)| format!("{name};{company};{phone}\n"));
    let file = format!("name;company;phone\n{}", rows.collect::<String>());
    let answer = manager.import("consent=asked", file).await.ok();
    assert_eq!(answer["rejectedCount"], 0, "{answer}");
    (office, manager)
}

/// A field of each lead of a list.
pub fn all(answer: &Value, field: &str) -> Vec<String> {
    let leads = answer["leads"].as_array().unwrap();
    let field = |it: &Value| it[field].as_str().unwrap_or("-").to_owned();
    leads.iter().map(field).collect()
}

/// The id of the lead with this name.
pub async fn id_of(seat: &Seat, name: &str) -> String {
    let found = seat.get("/api/leads?limit=200").await.ok();
    let leads = found["leads"].as_array().unwrap();
    let lead = leads.iter().find(|it| it["name"] == name).unwrap();
    lead["id"].as_str().unwrap().to_owned()
}

const THREE: [(&str, &str, &str); 3] = [
    ("João", "Padaria Ação", "+5511970000001"),
    ("ana", "Zeta", "+5511970000002"),
    ("Bruno", "", "+5521970000003"),
];

#[tokio::test]
async fn leads_are_found_by_name_company_and_number_without_case_and_accents() {
    let (_office, manager) = with_leads(&THREE).await;
    for (search, found) in [
        ("JOAO", vec!["João"]),
        ("jo%C3%A3o", vec!["João"]),
        ("acao", vec!["João"]),
        ("z", vec!["ana"]),
        ("(21)%2097000-0003", vec!["Bruno"]),
        ("21970", vec!["Bruno"]),
        ("97", vec![]),
        ("9700000", vec!["ana", "Bruno", "João"]),
        ("%25", vec![]),
        ("_", vec![]),
        ("%20", vec!["ana", "Bruno", "João"]),
    ] {
        let path = format!("/api/leads?sort=name&search={search}");
        let answer = manager.get(&path).await.ok();
        assert_eq!(all(&answer, "name"), found, "{search}");
        assert_eq!(answer["total"], found.len(), "{search}");
    }
}

#[tokio::test]
async fn a_list_is_walked_through_page_by_page_in_every_order() {
    let names: Vec<String> = (0..7).map(|at| format!("Lead {}", at % 3)).collect();
    let phones: Vec<String> = (0..7).map(|at| format!("+551197000001{at}")).collect();
    let leads: Vec<_> = names.iter().zip(&phones).collect();
    let leads: Vec<_> = leads
        .iter()
        .map(|(n, p)| (n.as_str(), "C", p.as_str()))
        .collect();
    let (office, manager) = with_leads(&leads).await;
    for (id, phone) in [("m-1", &phones[2]), ("m-2", &phones[5])] {
        office.pass(1_000);
        office.queue(id, "john", phone).await;
    }
    for sort in ["name", "company", "createdAt", "lastMessageAt", "status"] {
        for filter in ["", "&search=lead"] {
            let mut orders = Vec::new();
            for desc in [false, true] {
                let (mut walked, mut cursor) = (Vec::new(), String::new());
                loop {
                    let path =
                        format!("/api/leads?sort={sort}&desc={desc}&limit=3{filter}{cursor}");
                    let page = manager.get(&path).await.ok();
                    assert_eq!(page["total"], 7);
                    walked.extend(all(&page, "phone"));
                    let Some(next) = page["next"].as_str() else {
                        break;
                    };
                    cursor = format!("&cursor={next}");
                }
                orders.push(walked);
            }
            let mut once = orders[0].clone();
            once.sort();
            assert_eq!(once, phones, "each lead once by {sort}");
            orders[1].reverse();
            assert_eq!(
                orders[0], orders[1],
                "{sort} backwards is the same backwards"
            );
        }
    }
    let newest = manager
        .get("/api/leads?sort=lastMessageAt&desc=true&limit=2")
        .await;
    let newest = newest.ok();
    assert_eq!(
        all(&newest, "phone"),
        [phones[5].clone(), phones[2].clone()]
    );
    assert_eq!(newest["leads"][0]["lastMessageAtMs"], office.now());
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let (_office, manager) = with_leads(&THREE).await;
    let page = manager.get("/api/leads?sort=name&limit=1").await.ok();
    let next = page["next"].as_str().unwrap();
    for path in [
        format!("/api/leads?sort=company&cursor={next}"),
        format!("/api/leads?sort=name&desc=true&cursor={next}"),
        format!("/api/leads?sort=createdAt&cursor={next}"),
        "/api/leads?cursor=zz".to_owned(),
        "/api/leads?cursor=7b7d".to_owned(),
        "/api/leads?sort=size".to_owned(),
        format!("/api/messages?newest=true&cursor={next}"),
    ] {
        manager.get(&path).await.refused(400, "bad_request");
    }
}

#[tokio::test]
async fn a_lead_stands_as_its_newest_message_does() {
    let (office, manager) = with_leads(&THREE).await;
    let status = async || {
        let found = manager.get("/api/leads?search=joao").await.ok();
        let lead = &found["leads"][0];
        (
            lead["status"].clone(),
            lead["messages"].clone(),
            lead["replies"].clone(),
        )
    };
    assert_eq!(status().await, (json!("new"), json!(0), json!(0)));
    office.queue("m-1", "john", "+5511970000001").await;
    assert_eq!(status().await, (json!("queued"), json!(1), json!(0)));
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    assert_eq!(status().await.0, "queued", "on its way");
    john.result("m-1", "read", office.now()).await.ok();
    assert_eq!(status().await.0, "sent");
    let reply = json!({"sdrId": "john", "desktopId": "d1", "messageId": "m-1", "waMessageId": "3A01",
        "chatId": "5511@c.us", "text": "tell me more", "atMs": 1});
    john.post("/api/sender/reply", reply).await.ok();
    assert_eq!(status().await, (json!("replied"), json!(1), json!(1)));
    office.queue("m-2", "john", "+5511970000001").await;
    assert_eq!(status().await, (json!("queued"), json!(2), json!(1)));
    manager
        .post("/api/messages/m-2/cancel", json!({}))
        .await
        .ok();
    let withdrawn = (json!("replied"), json!(1), json!(1));
    assert_eq!(status().await, withdrawn, "as if it had not been");
    let stop = json!({"phone": "+5511970000001"});
    manager.post("/api/opt-outs", stop).await.ok();
    assert_eq!(status().await.0, "opted_out");
    let found = manager.get("/api/leads?status=opted_out").await.ok();
    assert_eq!(
        (&found["total"], &found["leads"][0]["optedOut"]),
        (&json!(1), &json!(true))
    );
}

#[tokio::test]
async fn an_sdr_sees_their_own_leads_and_nobody_elses() {
    let (office, manager) = with_leads(&THREE).await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d1").await,
    );
    let own = john.get("/api/leads").await.ok();
    assert_eq!(
        (all(&own, "name"), &own["total"]),
        (vec!["João".to_owned()], &json!(1))
    );
    assert_eq!(
        own["leads"][0]["sdrId"], "john",
        "whoever writes first has the lead"
    );
    let none = jane.get("/api/leads").await.ok();
    assert_eq!(none["total"], 0);
    for seat in [&john, &jane] {
        for whose in ["bob", "none"] {
            let other = seat.get(&format!("/api/leads?sdrId={whose}")).await;
            other.refused(403, "forbidden");
        }
    }
    let nobodys = manager.get("/api/leads?sdrId=none&sort=name").await.ok();
    assert_eq!(all(&nobodys, "name"), ["ana", "Bruno"]);
    let johns = manager.get("/api/leads?sdrId=john").await.ok();
    assert_eq!(all(&johns, "name"), ["João"]);
    let path = format!("/api/leads/{}", own["leads"][0]["id"].as_str().unwrap());
    jane.get(&path).await.refused(403, "forbidden");
    let path = format!("/api/leads/{}", nobodys["leads"][0]["id"].as_str().unwrap());
    john.get(&path).await.refused(403, "forbidden");
    john.get("/api/leads/nobody")
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn leads_are_filtered_by_their_consent() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let file = "name,phone,consent\nAna,11970000001,form\nBob,11970000002,fair\n";
    manager.import("", file).await.ok();
    let found = manager.get("/api/leads?consent=fair").await.ok();
    assert_eq!(all(&found, "name"), ["Bob"]);
    assert_eq!(
        manager.get("/api/leads?consent=none").await.ok()["total"],
        0
    );
    assert_eq!(manager.get("/api/leads?consent=").await.ok()["total"], 2);
}

#[tokio::test]
async fn a_thread_has_what_was_written_to_and_by_the_lead() {
    let (office, manager) = with_leads(&THREE).await;
    let john = office.seat("john", "d1").await;
    for id in ["m-1", "m-2"] {
        office.queue(id, "john", "+5511970000001").await;
    }
    john.lease().await.begin().await.ok();
    john.result("m-1", "sent", office.now()).await.ok();
    let reply = json!({"sdrId": "john", "desktopId": "d1", "messageId": "m-1", "waMessageId": "3A01",
        "chatId": "5511@c.us", "text": "tell me more", "atMs": 7});
    john.post("/api/sender/reply", reply).await.ok();
    let path = format!("/api/leads/{}", id_of(&manager, "João").await);
    for seat in [&manager, &john] {
        let thread = seat.get(&path).await.ok();
        assert_eq!(crate::support::ids(&thread), ["m-1", "m-2"], "oldest first");
        assert_eq!(thread["lead"]["name"], "João");
        assert_eq!(thread["messages"][0]["state"], "sent");
        assert_eq!(thread["messages"][0]["sentAtMs"], office.now());
        assert_eq!(thread["messages"][1]["text"], "hello from john");
        let reply = &thread["replies"][0];
        assert_eq!(
            (&reply["text"], &reply["messageId"], &reply["atMs"]),
            (&json!("tell me more"), &json!("m-1"), &json!(7))
        );
    }
    let body = message("m-3", "jane", "+5511970000001");
    manager.post("/api/messages", body).await.ok();
    let own = john.get(&path).await.ok();
    assert_eq!(
        crate::support::ids(&own),
        ["m-1", "m-2"],
        "another SDR's is not John's to read"
    );
    let whole = manager.get(&path).await.ok();
    assert_eq!(crate::support::ids(&whole), ["m-1", "m-2", "m-3"]);
}
