use super::{PATH, for_leads, lead, office_with, phone};
use crate::support::{Office, Seat};
use hotdesk_protocol::policy::FirstMessage;
use serde_json::{Value, json};

async fn preview(manager: &Seat, body: Value) -> Value {
    let path = format!("{PATH}/preview");
    manager.post(&path, body).await.ok()
}

async fn of_all(manager: &Seat, text: &str) -> Value {
    let body = json!({"text": text, "to": {"filter": {}}, "sdrs": "owners"});
    preview(manager, body).await
}

/// From here on first messages must name John or Jane, `Sample & Co`, and a way out.
async fn requires_names(office: &Office) {
    office
        .settle(|it| {
            it.name = Some("Sample & Co".to_owned());
            it.first_message = FirstMessage { required: true };
        })
        .await;
}

#[tokio::test]
async fn it_shows_the_first_texts_and_why_others_get_nothing_and_changes_nothing() {
    let (_office, manager) = office_with(5, |_| ()).await;
    let blocked = json!({"phone": phone(3)});
    manager.post("/api/opt-outs", blocked).await.ok();
    let ids = for_leads(&manager, 5, "", json!("owners")).await["to"].clone();
    let text = "Hi {{first_name}} of {{company}}";
    let body = json!({"text": text, "to": ids, "sdrs": "owners", "limit": 4});
    let shown = preview(&manager, body).await;
    assert_eq!(
        (&shown["problems"], &shown["variables"], &shown["total"]),
        (&json!([]), &json!(["first_name", "company"]), &json!(5))
    );
    assert_eq!(
        (
            &shown["willGet"],
            &shown["firstMessages"],
            &shown["skipped"]
        ),
        (
            &json!(2),
            &json!(2),
            &json!([{"reason": "nobody", "leads": 2}, {"reason": "opted_out", "leads": 1}])
        )
    );
    let previews = shown["previews"].as_array().unwrap();
    assert_eq!(
        previews[0],
        json!({"leadId": lead(&manager, 1).await, "leadName": "Lead 1", "sdrId": "john",
            "text": "Hi Lead of Firm 1", "skipped": null, "missing": null})
    );
    let rest: Vec<_> = previews[1..]
        .iter()
        .map(|it| (&it["sdrId"], &it["text"], &it["skipped"]))
        .collect();
    assert_eq!(
        rest,
        [
            (&json!("jane"), &json!("Hi Lead of Firm 2"), &Value::Null),
            (&json!("john"), &json!(""), &json!("opted_out")),
            (&Value::Null, &json!(""), &json!("nobody")),
        ]
    );
    let found = manager.get(PATH).await.ok();
    assert_eq!(found["campaigns"], json!([]));
    assert_eq!(
        manager.get("/api/messages").await.ok()["messages"],
        json!([])
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_text_is_an_answer_and_the_rest_of_it_is_empty() {
    let (_office, manager) = office_with(2, |_| ()).await;
    let shown = of_all(&manager, "Hi {{nome}}").await;
    let problem = shown["problems"][0].as_str().unwrap();
    assert!(problem.starts_with("Line 1, column 4: there is no variable “nome”"));
    assert_eq!(
        (&shown["total"], &shown["previews"], &shown["variables"]),
        (&json!(0), &json!([]), &json!([]))
    );
}

#[tokio::test]
async fn a_lead_without_a_value_or_with_too_long_a_text_is_skipped() {
    let (_office, manager) = office_with(2, |_| ()).await;
    let shown = of_all(&manager, "Hi {{office}}").await;
    assert_eq!(
        shown["skipped"],
        json!([{"reason": "missing_variable", "leads": 2}]),
        "an office without a name has none to say"
    );
    assert_eq!(
        (&shown["missing"], &shown["previews"][0]["missing"]),
        (
            &json!([{"variable": "office", "leads": 2}]),
            &json!("office")
        ),
        "and which it is"
    );
    let shown = of_all(&manager, "Hi {{site|there}}").await;
    assert_eq!(shown["previews"][0]["text"], "Hi there");
    assert_eq!(shown["missing"], json!([]));
    let company = "A company with quite a long name";
    let file = format!("name,company,phone\nLong,{company},11960000000\n");
    manager.import("consent=asked", file).await.ok();
    let long = format!("{}{{{{company}}}}", "x".repeat(65_525));
    let body = json!({"text": long, "to": {"filter": {}}, "sdrs": ["john"]});
    let shown = preview(&manager, body).await;
    assert_eq!(
        (&shown["willGet"], &shown["skipped"]),
        (&json!(2), &json!([{"reason": "too_long", "leads": 1}]))
    );
}

#[tokio::test]
async fn a_first_message_that_does_not_name_all_it_must_is_skipped() {
    let (office, manager) = office_with(2, |_| ()).await;
    let lacking = "Hi, {{sdr_first_name}} of {{office}} here";
    let shown = of_all(&manager, lacking).await;
    assert_eq!(shown["skipped"][0]["reason"], "missing_variable");
    requires_names(&office).await;
    let shown = of_all(&manager, lacking).await;
    assert_eq!(
        shown["skipped"],
        json!([{"reason": "not_named", "leads": 2}])
    );
    let shown = of_all(&manager, &format!("{lacking}. Reply SAIR to stop.")).await;
    assert_eq!(
        (&shown["willGet"], &shown["firstMessages"]),
        (&json!(2), &json!(2))
    );
    // Once one has left, it is no first message any more.
    let text = format!("{lacking}: STOP");
    let mut body = for_leads(&manager, 1, &text, json!("owners")).await;
    body["campaignId"] = json!("first");
    manager.post(PATH, body).await.ok();
    super::queued(&office, "first").await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    john.result(&lease.message, "sent", office.now()).await.ok();
    let shown = of_all(&manager, lacking).await;
    assert_eq!(
        (
            &shown["willGet"],
            &shown["firstMessages"],
            &shown["skipped"]
        ),
        (
            &json!(1),
            &json!(0),
            &json!([{"reason": "not_named", "leads": 1}])
        )
    );
}
