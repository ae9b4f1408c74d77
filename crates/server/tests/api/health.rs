use crate::support::postgres::cluster;
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

#[tokio::test]
async fn a_server_that_runs_is_alive_and_ready() {
    let office = Office::open().await;
    for (path, status) in [("healthz", "alive"), ("readyz", "ready")] {
        let url = format!("{}/{path}", office.running.url());
        assert_eq!(send(office.http.get(url)).await.ok()["status"], status);
    }
}

#[tokio::test]
async fn without_its_database_it_is_alive_and_not_ready() {
    let office = Office::open().await;
    let url = |path: &str| format!("{}/{path}", office.running.url());
    match &office.on_postgres {
        Some(name) => cluster().drop(name),
        None => {
            let file = rusqlite::Connection::open(office.database()).unwrap();
            file.execute_batch("DROP TABLE office").unwrap();
        }
    }
    send(office.http.get(url("healthz"))).await.ok();
    let answer = send(office.http.get(url("readyz"))).await;
    assert_eq!(answer.retry_after, Some(1));
    answer.refused(503, "server_error");
}
