use crate::support::Office;
use serde_json::json;

const PATH: &str = "/api/sdr/whatsapp/qr";

#[tokio::test]
async fn a_code_is_relayed_while_it_is_good() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    john.get(PATH).await.refused(404, "not_found");
    let body = json!({"sdrId": "john", "value": "2@abc", "expiresInMs": 20_000});
    assert_eq!(john.post(PATH, body).await.status, 204);
    office.pass(5_000);
    let code = office
        .manager()
        .await
        .get(&format!("{PATH}?sdrId=john"))
        .await
        .ok();
    assert_eq!(
        code,
        json!({"sdrId": "john", "method": "qr", "value": "2@abc", "expiresInMs": 15_000})
    );
    office.pass(15_000);
    john.get(PATH).await.refused(404, "not_found");
    let typed =
        json!({"sdrId": "john", "method": "code", "value": "ABCD1234", "expiresInMs": 9_000});
    john.post(PATH, typed.clone()).await;
    assert_eq!(
        john.get(PATH).await.ok(),
        typed,
        "a code to type, told as one"
    );
}

#[tokio::test]
async fn a_code_is_void_once_the_session_is_linked() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let body = json!({"sdrId": "john", "value": "2@abc", "expiresInMs": 20_000});
    john.post(PATH, body).await;
    let session = json!({
        "sdrId": "john", "desktopId": "d1", "connected": true, "state": "connected",
        "phone": "+5511960000001", "connectedAtMs": 5, "adapter": "modules", "problem": null,
    });
    john.put("/api/sdr/whatsapp/session", session).await.ok();
    john.get(PATH).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_code_is_its_own_sdrs() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    john.get(&format!("{PATH}?sdrId=jane"))
        .await
        .refused(403, "forbidden");
    let body = json!({"sdrId": "jane", "value": "2@abc", "expiresInMs": 20_000});
    john.post(PATH, body).await.refused(403, "forbidden");
    let body = json!({"sdrId": "john", "value": "", "expiresInMs": 20_000});
    john.post(PATH, body).await.refused(400, "bad_request");
}
