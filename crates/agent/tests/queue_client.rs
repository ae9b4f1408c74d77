//! The queue API's calls as they go over the wire.

use crate::support::stub::{Answer, Stub};
use hotdesk_agent::clock::Clock;
use hotdesk_agent::queue_client::{Desk, QueueClient, QueueError, QueueServer, Retry, Token};
use hotdesk_agent::secret::Secret;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::file::{Attachment, FileKind};
use hotdesk_protocol::ids::{DesktopId, FileId, SdrId};
use hotdesk_protocol::queue::{ClaimAnswer, ClaimRequest};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{interval, timeout};
use url::Url;

const CLAIM: &str = "/api/sender/claim";

fn client(url: &str) -> QueueClient {
    let server = QueueServer::new(Url::parse(url).unwrap(), None, "1.2.3").unwrap();
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
async fn a_refusal_without_words_is_told_in_ours_and_keeps_its_code() {
    let spaces = format!("{}x", " ".repeat(600));
    for words in ["", " ", "\u{0}", &spaces] {
        let body = serde_json::json!({"code": "opted_out", "message": words});
        let error = claim_answered(Answer::status(409, body.to_string())).await;
        assert_eq!(error.code(), ProblemCode::OptedOut, "the server's code");
        let told = error.to_string();
        assert!(!told.trim().is_empty(), "a person is told something");
    }
}

#[tokio::test]
async fn a_servers_words_are_shown_on_one_line() {
    for body in [
        r#"{"code":"not_now","message":"After\u0000\r\nhours."}"#,
        r#"{"error":"After\u001b\r\nhours."}"#,
    ] {
        let error = claim_answered(Answer::status(403, body)).await;
        assert_eq!(error.to_string(), "After   hours.", "nothing that hides");
    }
}

#[tokio::test]
async fn a_review_whose_pages_hold_nothing_is_not_turned_over_for_ever() {
    let stub = Stub::start().await;
    let page = |next: u32| {
        let empty = serde_json::json!({"messages": [], "next": next});
        Answer::ok(empty.to_string())
    };
    stub.on("/api/review", (1..=50).map(page));
    let found = client(&stub.url).review().await.unwrap();
    assert_eq!(found.map(|found| found.len()), Some(0), "nothing waits");
    let turned = stub.calls("/api/review").len();
    assert_eq!(turned, 1, "an empty page is the last");
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
async fn of_a_longer_file_than_was_announced_one_byte_more_is_read_and_of_a_pack_no_more_than_fits()
{
    let stub = Stub::start().await;
    let mebibyte = "x".repeat(1024 * 1024);
    stub.on("/api/sender/files/f-1", [Answer::ok(mebibyte.clone())]);
    stub.on("/api/adapter-pack", [Answer::ok(mebibyte.repeat(17))]);
    let file = Attachment {
        file_id: FileId::from("f-1"),
        kind: FileKind::Document,
        file_name: "a.txt".to_owned(),
        mime_type: "text/plain".to_owned(),
        size_bytes: 10,
        sha256: String::new(),
    };
    let read = client(&stub.url).file(&file).await.map(|bytes| bytes.len());
    assert_eq!(read, Ok(11), "enough to see that it is another one");
    let pack = client(&stub.url).adapter_pack(1).await.map(|_| ());
    let told = pack.unwrap_err().to_string();
    assert!(told.contains("is longer than"), "{told}");
}

/// Answers with a byte now and then, for ever.
async fn dripping_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
                let mut ticks = interval(Duration::from_millis(200));
                let mut going = stream.read(&mut [0; 1_024]).await.is_ok()
                    && stream.write_all(head).await.is_ok();
                while going {
                    ticks.tick().await;
                    going = stream.write_all(b" ").await.is_ok();
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_server_that_answers_a_byte_at_a_time_is_given_up() {
    let url = dripping_server().await;
    let (client, password) = (client(&url), Secret::from("a password"));
    let server = QueueServer::new(Url::parse(&url).unwrap(), None, "1.2.3").unwrap();
    let desk = DesktopId::from("desk");
    let calls = async {
        tokio::join!(
            async { claim(&url).await.map(|_| ()) },
            async { client.review().await.map(|_| ()) },
            async { client.sign_out().await },
            async { server.sign_in("john", &password, &desk).await.map(|_| ()) },
        )
    };
    let given_up = timeout(Duration::from_secs(20), calls).await;
    let (one, two, three, four) = given_up.expect("a call waits for no answer for ever");
    for answer in [one, two, three, four] {
        let error = answer.unwrap_err();
        assert_eq!(error.code(), ProblemCode::Unreachable, "{error}");
        assert!(error.to_string().contains("no answer in time"), "{error}");
    }
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
