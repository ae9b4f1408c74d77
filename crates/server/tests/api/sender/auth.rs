use crate::support::{Office, send};
use hotdesk_server::seed::PASSWORD;
use serde_json::json;

#[tokio::test]
async fn a_sign_in_is_answered_as_lk1_does_and_names_the_tenant() {
    let office = Office::open().await;
    let body = office
        .auth("John@hotdesk.example", PASSWORD, Some("d1"))
        .await
        .ok();
    assert_eq!(body["success"], true);
    assert_eq!(
        body["sdr"],
        json!({"id": "john", "email": "john@hotdesk.example", "name": "John", "role": "sdr"})
    );
    assert_eq!(body["tenant"], "sample-office");
    assert_ne!(body["token"], "john", "the bearer is not the SDR's id");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_e_mail_are_refused_alike() {
    let office = Office::open().await;
    let wrong = office.auth("john@hotdesk.example", "guess", None).await;
    let unknown = office.auth("nobody@hotdesk.example", "guess", None).await;
    assert_eq!(wrong.body, unknown.body, "nobody learns who works here");
    wrong.refused(401, "wrong_credentials");
    unknown.refused(401, "wrong_credentials");
}

#[tokio::test]
async fn a_missing_field_is_a_bad_request() {
    let office = Office::open().await;
    let url = format!("{}/api/sender/auth", office.running.url());
    for body in [
        json!({}),
        json!({"email": "a"}),
        json!({"email": "", "password": ""}),
    ] {
        send(office.http.post(&url).json(&body))
            .await
            .refused(400, "bad_request");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_and_says_for_how_long() {
    let office = Office::open().await;
    for _ in 0..5 {
        office
            .auth("john@hotdesk.example", "guess", None)
            .await
            .refused(401, "wrong_credentials");
    }
    let answer = office.auth("john@hotdesk.example", PASSWORD, None).await;
    let seconds = answer.retry_after.expect("429 carries Retry-After");
    answer.refused(429, "too_many_requests");
    office
        .auth("jane@hotdesk.example", PASSWORD, None)
        .await
        .ok();
    office.pass(i64::from(seconds) * 1_000);
    office
        .auth("john@hotdesk.example", PASSWORD, None)
        .await
        .ok();
}

#[tokio::test]
async fn signing_in_again_ends_the_old_token_of_that_desktop_only() {
    let office = Office::open().await;
    let first = office.seat("john", "d1").await;
    let elsewhere = office.seat("john", "d2").await;
    office.pass(60_000);
    let second = office.seat("john", "d1").await;
    first
        .get("/api/sender/queue?sdrId=john")
        .await
        .refused(401, "unauthorized");
    elsewhere.get("/api/sender/queue?sdrId=john").await.ok();
    second.get("/api/sender/queue?sdrId=john").await.ok();
}

#[tokio::test]
async fn the_sdrs_id_is_no_bearer() {
    let office = Office::open().await;
    let mut john = office.seat("john", "d1").await;
    for token in ["john", "", "hd_00"] {
        john.token = token.to_owned();
        john.get("/api/sender/queue?sdrId=john")
            .await
            .refused(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_sign_in_without_a_desktop_reads_but_does_not_send() {
    let office = Office::open().await;
    let answer = office
        .auth("john@hotdesk.example", PASSWORD, None)
        .await
        .ok();
    let mut john = office.seat("john", "d1").await;
    john.token = answer["token"].as_str().unwrap().to_owned();
    john.get("/api/sender/queue").await.ok();
    john.claim_waiting(1, 0, &[])
        .await
        .refused(403, "forbidden");
}
