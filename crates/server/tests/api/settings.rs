use crate::support::Office;
use serde_json::{Value, json};

const PATH: &str = "/api/settings";

fn settings() -> Value {
    json!({
        "timeZone": "America/Manaus",
        "hours": {
            "mode": "weekly", "days": ["mon", "tue"], "fromMin": 600, "toMin": 720,
            "holidays": ["2026-12-25"],
        },
        "caps": {"newLeads": 5, "unanswered": null},
        "dailyMessages": 40,
        "gapMs": 50_000,
        "officeName": "Padaria Ação",
        "firstMessage": {"required": true},
        "retentionDays": 90,
    })
}

#[tokio::test]
async fn an_admin_changes_the_rules_and_the_audit_has_what_they_were() {
    let office = Office::open().await;
    let (admin, manager) = (office.admin().await, office.manager().await);
    for _ in 0..2 {
        assert_eq!(admin.put(PATH, settings()).await.ok(), settings());
    }
    assert_eq!(manager.get(PATH).await.ok(), settings());
    let audit = manager.get("/api/audit").await.ok();
    let entries = audit["entries"].as_array().unwrap();
    let notes: Vec<_> = entries
        .iter()
        .filter(|it| it["act"] == "settings_changed" && it["who"] == "Admin")
        .map(|it| it["note"].as_str().unwrap())
        .collect();
    assert_eq!(
        notes,
        [
            "days that texts are kept: none -> 90",
            "first message: free -> names sender, office and a way out",
            "office name: none -> Padaria Ação",
            "gap ms: 300 -> 50000",
            "messages a day: 100000 -> 40",
            "new leads a day: none -> 5",
            "holidays: none -> 2026-12-25",
            "hours: at any hour -> Mon, Tue 10:00-12:00",
            "time zone: America/Sao_Paulo -> America/Manaus",
        ],
        "newest first, and nothing for what stayed or was said twice"
    );
}

#[tokio::test]
async fn only_an_admin_changes_the_rules_and_no_sdr_reads_them() {
    let office = Office::open().await;
    let (john, manager) = (office.seat("john", "d1").await, office.manager().await);
    john.get(PATH).await.refused(403, "forbidden");
    for seat in [john, manager] {
        seat.put(PATH, settings()).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn rules_under_which_nothing_could_be_sent_are_refused() {
    let office = Office::open().await;
    let admin = office.admin().await;
    let before = admin.get(PATH).await.ok();
    let broken = |path: &str, value: Value| {
        let mut settings = settings();
        *settings.pointer_mut(path).unwrap() = value;
        settings
    };
    for settings in [
        broken("/timeZone", json!("Manaus")),
        broken("/hours/toMin", json!(600)),
        broken("/hours/days", json!([])),
        broken("/hours/holidays", json!(["Christmas"])),
        broken("/hours/mode", json!("never")),
        broken("/dailyMessages", json!(-1)),
        broken("/gapMs", json!(3_600_001)),
        broken("/caps/newLeads", json!(100_001)),
        broken("/officeName", json!("x".repeat(101))),
        broken("/officeName", json!("!?")),
        broken("/officeName", json!("a\nb")),
        broken("/officeName", json!(null)),
        broken("/officeName", json!(" ")),
        broken("/firstMessage", json!(null)),
        broken("/firstMessage", json!({"required": true, "more": 1})),
        json!({}),
    ] {
        admin.put(PATH, settings).await.refused(400, "bad_request");
    }
    assert_eq!(admin.get(PATH).await.ok(), before, "nothing was changed");
}

#[tokio::test]
async fn a_blank_name_of_the_office_is_none_and_nothing_need_be_named_then() {
    let office = Office::open().await;
    let admin = office.admin().await;
    let mut body = settings();
    body["officeName"] = json!("  Padaria  ");
    assert_eq!(
        admin.put(PATH, body.clone()).await.ok()["officeName"],
        "Padaria"
    );
    body["officeName"] = json!("  ");
    body["firstMessage"] = json!({"required": false});
    admin.put(PATH, body).await.ok();
    let found = admin.get(PATH).await.ok();
    assert_eq!(
        (&found["officeName"], &found["firstMessage"]),
        (&Value::Null, &json!({"required": false}))
    );
}
