//! The queue API's calls as they go over the wire.

use crate::support::stub::{Answer, Stub};
use hotdesk_agent::clock::Clock;
use hotdesk_agent::queue_client::{Desk, QueueClient, QueueError, QueueServer, Retry, Token};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{ClaimAnswer, ClaimRequest};
use url::Url;

const CLAIM: &str = "/api/sender/claim";

fn client(url: &str) -> QueueClient {
    let server = QueueServer::new(Url::parse(url).unwrap(), "1.2.3").unwrap();
    let desk = Desk::new(DesktopId::from("desk"), Clock::real(), []);
    server.of(SdrId::from("john"), Token::new("secret".to_owned()), desk)
}

async fn claim(url: &str) -> Result<ClaimAnswer, QueueError> {
    let request = ClaimRequest {
        sdr_id: SdrId::from("john"),
        desktop_id: DesktopId::from("desk"),
        limit: 1,
        wait_seconds: 0,
        holding: Vec::new(),
        claim_id: None,
        session_epoch: None,
        opt_outs_since: None,
    };
    client(url).claim(&request).await
}

async fn claim_answered(answer: Answer) -> QueueError {
    let stub = Stub::start().await;
    stub.on(CLAIM, [answer]);
    claim(&stub.url).await.unwrap_err()
}

#[tokio::test]
async fn a_call_names_its_sdr_by_bearer_and_by_query_and_no_secret_is_in_the_url() {
    let stub = Stub::start().await;
    let _ = claim(&stub.url).await;
    let call = stub.calls(CLAIM).remove(0);
    assert_eq!(call.bearer.as_deref(), Some("Bearer secret"), "the bearer");
    assert_eq!(
        call.query, "sdrId=john",
        "the query names the SDR and nothing else"
    );
}

#[tokio::test]
async fn a_base_address_with_a_path_keeps_it() {
    let stub = Stub::start().await;
    let _ = claim(&format!("{}/office/", stub.url)).await;
    assert_eq!(
        stub.calls("/office/api/sender/claim").len(),
        1,
        "the path is kept"
    );
}

#[tokio::test]
async fn retry_after_is_read_as_seconds_or_as_a_date_and_bounded() {
    for status in [429, 503] {
        let error = claim_answered(Answer::status(status, "").with("retry-after", "7")).await;
        assert_eq!(error.retry(), Retry::After(7_000), "{status} in seconds");
    }
    let past = Answer::status(503, "").with("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT");
    assert_eq!(
        claim_answered(past).await.retry(),
        Retry::After(0),
        "a date gone by"
    );
    let far = Answer::status(503, "").with("retry-after", "99999999999999999");
    assert_eq!(
        claim_answered(far).await.retry(),
        Retry::After(3_600_000),
        "an hour at most"
    );
    let none = claim_answered(Answer::status(500, "oops")).await;
    assert_eq!(
        none.retry(),
        Retry::After(0),
        "without the header the engine's own pace"
    );
    assert_eq!(
        none.code(),
        ProblemCode::ServerError,
        "and the status is told apart"
    );
}

#[tokio::test]
async fn a_refusal_carries_the_servers_own_words() {
    let body = r#"{"code":"not_now","message":"After hours."}"#;
    let error = claim_answered(Answer::status(403, body)).await;
    assert_eq!(error.code(), ProblemCode::NotNow, "the server's code");
    assert_eq!(error.to_string(), "After hours.", "the server's words");
    assert_eq!(error.retry(), Retry::Never, "a no stays a no");
}

#[tokio::test]
async fn a_refusal_without_a_problem_is_told_by_its_status() {
    for (status, code) in [
        (401, ProblemCode::Unauthorized),
        (403, ProblemCode::Forbidden),
        (409, ProblemCode::Fenced),
        (410, ProblemCode::Cancelled),
    ] {
        let error = claim_answered(Answer::status(status, "<html>")).await;
        assert_eq!(error.code(), code, "{status}");
    }
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_cut_off() {
    let error = claim_answered(Answer::ok("x".repeat(5 * 1024 * 1024))).await;
    assert_eq!(
        error.code(),
        ProblemCode::BadAnswer,
        "nobody reads five megabytes"
    );
}

#[tokio::test]
async fn a_redirect_to_another_server_is_not_followed() {
    let other = Stub::start().await;
    let to = format!("{}{CLAIM}", other.url);
    let error = claim_answered(Answer::status(307, "").with("location", to)).await;
    assert_eq!(
        error.code(),
        ProblemCode::BadAnswer,
        "it is told as a bad answer"
    );
    assert!(
        other.calls(CLAIM).is_empty(),
        "the bearer went nowhere else"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_told_as_such() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = claim(&url).await.unwrap_err();
    assert_eq!(error.code(), ProblemCode::Unreachable, "nobody is there");
    assert_eq!(error.retry(), Retry::Soon, "it may be tried again");
}
