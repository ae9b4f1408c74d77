use crate::support::{Office, send};

#[tokio::test]
async fn health_names_the_office() {
    let office = Office::open().await;
    let url = format!("{}/api/health", office.running.url());
    let body = send(office.http.get(url)).await.ok();
    assert_eq!(body["tenant"], "sample-office");
    assert_eq!(body["status"], "ok");
}

#[tokio::test]
async fn an_unknown_call_and_a_wrong_method_are_problems() {
    let office = Office::open().await;
    let base = office.running.url();
    send(office.http.get(format!("{base}/api/nothing")))
        .await
        .refused(404, "not_found");
    send(office.http.delete(format!("{base}/api/health")))
        .await
        .refused(405, "bad_request");
}
