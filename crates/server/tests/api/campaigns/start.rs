//! When its time has come: once, by whichever process, and by what is true then.

use super::{DAY, PATH, for_leads, give, lead, messages, office_with, once, phone, queued, row};
use crate::support::postgres::cluster;
use crate::support::{Office, Seat};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{CampaignState, SkipReason};
use hotdesk_server::Options;
use hotdesk_server::store::Store;
use hotdesk_server::store::folding::fold;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

/// So that nothing begins by itself.
fn never(options: &mut Options) {
    options.sweep = Duration::from_secs(86_400);
}

/// A campaign that begins tomorrow.
async fn tomorrow(office: &Office, manager: &Seat, leads: usize, text: &str) {
    let mut body = for_leads(manager, leads, text, json!(["bob"])).await;
    body["startsAtMs"] = json!(office.now() + DAY);
    assert_eq!(manager.post(PATH, body).await.status, 201);
}

/// A campaign for all leads there are that begins tomorrow.
async fn for_all_tomorrow(office: &Office, manager: &Seat) {
    let body = json!({"campaignId": "spring", "name": "Spring", "text": "Hi {{name}}",
        "to": {"filter": {}}, "sdrs": ["bob", "jane"], "startsAtMs": office.now() + DAY});
    manager.post(PATH, body).await.ok();
}

/// Runs SQL behind the server's back.
fn behind_its_back(office: &Office, sql: &str) {
    match &office.on_postgres {
        Some(name) => drop(cluster().sql(name, sql)),
        None => {
            let file = Connection::open(office.database()).unwrap();
            let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
            // A trigger on leads uses it.
            file.create_scalar_function("fold", 1, flags, |context| {
                Ok(fold(context.get_raw(0).as_str()?))
            })
            .unwrap();
            file.execute_batch(sql).unwrap();
        }
    }
}

async fn cancel(manager: &Seat) -> Value {
    let path = format!("{PATH}/spring/cancel");
    manager.post(&path, Value::Null).await.ok()
}

#[tokio::test]
async fn it_waits_for_its_time_and_then_begins_by_itself() {
    let (office, manager) = office_with(3, |_| ()).await;
    tomorrow(&office, &manager, 3, "Hi {{first_name}}").await;
    office.pass(DAY - 1);
    // The server has looked twice since, and left it alone.
    office.asked_for_the_time(8).await;
    let found = manager.get(&format!("{PATH}/spring")).await.ok();
    assert_eq!(
        (&found["state"], &found["counts"]["waiting"]),
        (&json!("scheduled"), &json!(3))
    );
    let none = manager.get("/api/sender/queue?sdrId=john").await.ok();
    assert_eq!(none["total"], 0, "it is not in the queue yet");
    office.pass(1);
    let now = queued(&office, "spring").await;
    assert_eq!((now.state, now.counts.queued), (CampaignState::Running, 3));
    assert_eq!(messages(&manager, "spring").await.len(), 3);
}

#[tokio::test]
async fn a_waiting_claim_is_woken_by_its_start() {
    let (office, manager) = office_with(1, |options| {
        never(options);
        options.poll = Duration::from_secs(600);
    })
    .await;
    let john = office.seat("john", "d1").await;
    let claim = office.waiting_claim(&john).await;
    let body = for_leads(&manager, 1, "Hi", json!("owners")).await;
    manager.post(PATH, body).await.ok();
    assert_eq!(crate::support::ids(&claim.await.unwrap().ok()).len(), 1);
}

#[tokio::test]
async fn who_opts_out_or_takes_back_their_consent_before_it_gets_nothing() {
    let (office, manager) = office_with(4, |_| ()).await;
    tomorrow(&office, &manager, 4, "Hi {{first_name}}").await;
    let body = json!({"phone": phone(1)});
    manager.post("/api/opt-outs", body).await.ok();
    let gone = lead(&manager, 2).await;
    behind_its_back(
        &office,
        &format!("UPDATE leads SET consent = NULL WHERE id = '{gone}'"),
    );
    office.pass(DAY);
    let now = queued(&office, "spring").await;
    assert_eq!((now.counts.queued, now.counts.skipped), (2, 2));
    let reasons: Vec<_> = now.skipped.iter().map(|it| (it.reason, it.leads)).collect();
    assert_eq!(
        reasons,
        [(SkipReason::OptedOut, 1), (SkipReason::NoConsent, 1)]
    );
    let names: Vec<_> = messages(&manager, "spring").await;
    let names: Vec<_> = names.iter().map(|(_, lead, _)| lead.as_str()).collect();
    assert_eq!(names, ["Lead 3", "Lead 4"]);
}

#[tokio::test]
async fn a_lead_who_is_anothers_by_then_is_written_to_by_them_with_the_text_that_was_fixed() {
    let (office, manager) = office_with(3, |_| ()).await;
    tomorrow(&office, &manager, 3, "Hi {{name}}").await;
    give(&manager, 1, "bob").await;
    let renamed = lead(&manager, 2).await;
    behind_its_back(
        &office,
        &format!("UPDATE leads SET name = 'Another' WHERE id = '{renamed}'"),
    );
    office.pass(DAY);
    queued(&office, "spring").await;
    assert_eq!(
        messages(&manager, "spring").await,
        [
            row("bob", "Lead 1", "Hi Lead 1"),
            row("jane", "Another", "Hi Lead 2"),
            row("john", "Lead 3", "Hi Lead 3"),
        ]
    );
}

#[tokio::test]
async fn a_first_message_that_would_name_another_sdr_than_its_sender_is_not_queued() {
    let (office, manager) = office_with(3, |_| ()).await;
    office
        .settle(|it| {
            it.name = Some("Sample".to_owned());
            it.first_message.required = true;
        })
        .await;
    let text = "{{sdr_first_name}} of {{office}}. Reply STOP to end it.";
    tomorrow(&office, &manager, 3, text).await;
    give(&manager, 1, "bob").await;
    office.pass(DAY);
    let now = queued(&office, "spring").await;
    assert_eq!((now.counts.queued, now.counts.skipped), (2, 1));
    assert_eq!(now.skipped[0].reason, SkipReason::NotNamed);
}

#[tokio::test]
async fn cancelled_in_the_middle_it_withdraws_what_has_not_begun() {
    let (office, manager) = office_with(10, never).await;
    for nth in 1..=10 {
        give(&manager, nth, "john").await;
    }
    tomorrow(&office, &manager, 10, "Hi {{name}}").await;
    office.pass(DAY);
    let store = office.running.store();
    let moved = store.start_campaigns(6, UtcMs(office.now())).await.unwrap();
    assert_eq!((moved.recipients, moved.more), (6, true));
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    let leased = john.lease().await;
    for _ in 0..2 {
        let found = cancel(&manager).await;
        let counts = &found["counts"];
        assert_eq!(
            (&found["state"], &counts["queued"], &counts["cancelled"]),
            (&json!("cancelled"), &json!(2), &json!(8)),
            "what is begun or leased goes its way"
        );
    }
    assert!(
        john.claim(5).await["messages"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let moved = store.start_campaigns(6, UtcMs(office.now())).await.unwrap();
    assert_eq!(moved.recipients, 0, "it does not begin again");
    leased.release().await.ok();
    assert_eq!(
        cancel(&manager).await["counts"]["queued"],
        1,
        "what came back is withdrawn when somebody asks again"
    );
    let events = manager
        .get(&format!("/api/messages/{}", leased.message))
        .await
        .ok();
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["cause"], &last["personId"]),
        (&json!("cancelled"), &json!("manager"))
    );
    assert!(store.check_logs().await.unwrap().holds());
    let path = format!("{PATH}/x/cancel");
    manager
        .post(&path, Value::Null)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_cancel_that_was_cut_off_is_finished_by_the_server() {
    let (office, manager) = office_with(3, |_| ()).await;
    let body = for_leads(&manager, 3, "Hi", json!("owners")).await;
    manager.post(PATH, body).await.ok();
    queued(&office, "spring").await;
    let (id, by) = ("spring".into(), "manager".into());
    let now = UtcMs(office.now());
    let store = office.running.store();
    store.cancel_campaign(id, by, now).await.unwrap();
    once(&office, "spring", |it| it.counts.cancelled == 3).await;
}

/// Every recipient has one message, and nobody two.
async fn is_queued_once(office: &Office, manager: &Seat, leads: usize) {
    let all = messages(manager, "spring").await;
    let names: HashSet<_> = all.iter().map(|(_, lead, _)| lead.clone()).collect();
    assert_eq!((all.len(), names.len()), (leads, leads));
    let store = office.running.store();
    assert!(store.check_logs().await.unwrap().holds());
}

#[tokio::test]
async fn a_server_that_dies_between_two_batches_goes_on_where_it_was() {
    let (office, manager) = office_with(450, never).await;
    for_all_tomorrow(&office, &manager).await;
    office.pass(DAY);
    let now = UtcMs(office.now());
    let moved = office.running.store().start_campaigns(200, now).await;
    assert_eq!(moved.unwrap().recipients, 200);
    let database = match &office.on_postgres {
        Some(name) => cluster().url(name).as_str().into(),
        None => office.database().into(),
    };
    office.running.stop().await;
    let next = Office::with(0, |options| {
        options.database = database;
        options.sweep = Duration::from_millis(20);
    })
    .await;
    next.pass(DAY);
    let manager = next.manager().await;
    assert_eq!(queued(&next, "spring").await.counts.queued, 450);
    is_queued_once(&next, &manager, 450).await;
}

#[tokio::test]
async fn two_processes_start_one_campaign_and_queue_nothing_twice() {
    let name = cluster().fresh();
    let server = |options: &mut Options| {
        options.database = cluster().url(&name).as_str().into();
    };
    let (one, manager) = office_with(450, |options| {
        server(options);
        never(options);
    })
    .await;
    let other = Office::with(0, |options| {
        server(options);
        never(options);
    })
    .await;
    for_all_tomorrow(&one, &manager).await;
    let now = UtcMs(one.now() + DAY);
    let start = async |store: &dyn Store| {
        let mut mine = 0;
        loop {
            let moved = store.start_campaigns(20, now).await.unwrap();
            mine += moved.recipients;
            if !moved.more {
                return mine;
            }
        }
    };
    let (first, second) = tokio::join!(
        start(&**one.running.store()),
        start(&**other.running.store())
    );
    let waits = one.running.store().start_campaigns(450, now).await.unwrap();
    assert_eq!(first + second + waits.recipients, 450);
    assert!(first > 0 && second > 0, "both were at it: {first} {second}");
    is_queued_once(&one, &manager, 450).await;
}

#[tokio::test]
async fn twenty_thousand_leads_are_a_campaign_and_one_more_are_not() {
    let (office, manager) = office_with(20_000, never).await;
    for_all_tomorrow(&office, &manager).await;
    let found = manager.get(&format!("{PATH}/spring")).await.ok();
    assert_eq!(
        (&found["total"], &found["counts"]["waiting"]),
        (&json!(20_000), &json!(20_000))
    );
    let mut ids = Vec::new();
    let store = office.running.store();
    loop {
        let more = store.lead_ids(
            hotdesk_server::store::leads::LeadFilter::default(),
            ids.last().cloned(),
            5_000,
        );
        let more = more.await.unwrap();
        if more.is_empty() {
            break;
        }
        ids.extend(more);
    }
    let body = json!({"text": "Hi {{name}}", "to": {"leadIds": ids}, "sdrs": ["bob"]});
    let preview = format!("{PATH}/preview");
    let shown = manager.post(&preview, body).await.ok();
    assert_eq!(shown["willGet"], 20_000);
    office.pass(DAY);
    let moved = store.start_campaigns(200, UtcMs(office.now())).await;
    assert_eq!(moved.unwrap().recipients, 200);
    let found = cancel(&manager).await;
    assert_eq!(found["counts"]["cancelled"], 20_000);
    let file = "name,phone\nOne more,11960000000\n";
    manager.import("consent=asked", file).await.ok();
    ids.push("one-more".into());
    for to in [json!({"leadIds": ids}), json!({"filter": {}})] {
        let body = json!({"name": "x", "text": "Hi", "to": to, "sdrs": ["bob"]});
        manager.post(PATH, body).await.refused(400, "bad_request");
    }
}
