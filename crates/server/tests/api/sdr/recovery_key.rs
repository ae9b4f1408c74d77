use crate::support::Office;
use serde_json::{Value, json};

const PATH: &str = "/api/sdr/recovery-key";

fn of(sdr: &str) -> Value {
    json!({"sdrId": sdr})
}

#[tokio::test]
async fn an_sdr_gets_the_same_key_on_each_desktop_and_no_other_sdr_has_it() {
    let office = Office::open().await;
    let first = office.seat("john", "d1").await.post(PATH, of("john")).await;
    let first = first.ok();
    let second = office.seat("john", "d2").await.post(PATH, of("john")).await;
    assert_eq!(first, second.ok());
    let key = first["recoveryKey"].as_str().unwrap();
    assert_eq!(hex::decode(key).unwrap().len(), 32);
    let jane = office.seat("jane", "d1").await.post(PATH, of("jane")).await;
    assert_ne!(jane.ok()["recoveryKey"], key);
}

#[tokio::test]
async fn nobody_else_gets_it_not_even_a_manager_and_the_audit_says_who_did() {
    let office = Office::open().await;
    let jane = office.seat("jane", "d1").await;
    jane.post(PATH, of("john")).await.refused(403, "forbidden");
    let manager = office.manager().await;
    manager
        .post(PATH, of("john"))
        .await
        .refused(403, "forbidden");
    let john = office.seat("john", "d1").await;
    john.post(PATH, of("john")).await.ok();
    let kept = manager.get("/api/audit").await.ok();
    let entries = kept["entries"].as_array().unwrap();
    let acts: Vec<_> = entries
        .iter()
        .map(|it| [&it["act"], &it["actor"], &it["who"]].map(|word| word.as_str()))
        .collect();
    assert_eq!(
        acts,
        [
            [Some("recovery_key_given"), Some("sdr"), None],
            [Some("refused"), Some("manager"), Some("Manager")],
            [Some("refused"), Some("sdr"), Some("jane")],
        ]
    );
}
