//! Requests that are too long, or never quite arrive.

use crate::support::{Office, Seat};
use hotdesk_server::Patience;
use reqwest::Method;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

const SOON: Duration = Duration::from_millis(400);
/// So long is waited for what the server is to end by itself.
const AT_MOST: Duration = Duration::from_secs(60);

async fn impatient() -> Office {
    impatient_with(0).await
}

async fn impatient_with(messages: u32) -> Office {
    let patience = Patience {
        head: SOON,
        body: SOON,
        file: SOON,
        answer: SOON,
    };
    Office::with(messages, |options| options.patience = patience).await
}

/// Sends `begun` at once and then a byte now and then, for ever; what was answered until the server
/// has closed the connection.
async fn drip(office: &Office, begun: &str) -> String {
    let stream = TcpStream::connect(office.running.address()).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    to.write_all(begun.as_bytes()).await.unwrap();
    let dripping = tokio::spawn(async move {
        let mut ticks = interval(SOON / 8);
        while to.write_all(b"x").await.is_ok() {
            ticks.tick().await;
        }
    });
    let mut answer = Vec::new();
    let ended = timeout(AT_MOST, from.read_to_end(&mut answer)).await;
    dripping.abort();
    // A reset counts: the connection is gone.
    let _ = ended.expect("the server holds the connection of a client that never ends");
    String::from_utf8(answer).unwrap()
}

fn head(seat: &Seat, call: &str, more: &str) -> String {
    let bearer = &seat.token;
    format!("{call} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {bearer}\r\n{more}\r\n\r\n")
}

#[tokio::test]
async fn a_head_that_comes_a_byte_at_a_time_is_cut_off() {
    let office = impatient().await;
    let answer = drip(&office, "GET /api/health HTTP/1.1\r\nx: ").await;
    assert_eq!(answer, "", "there is no request to answer");
}

#[tokio::test]
async fn a_body_that_comes_a_byte_at_a_time_is_cut_off() {
    let office = impatient().await;
    let john = office.seat("john", "d1").await;
    let of_a_file = "POST /api/files?kind=document&fileName=a.pdf";
    for call in ["POST /api/sender/claim", of_a_file] {
        let answer = drip(&office, &head(&john, call, "content-length: 1000")).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{call}: {answer}");
        assert!(answer.contains("did not arrive in time"), "{answer}");
    }
}

#[tokio::test]
async fn a_caller_who_takes_no_answer_is_cut_off() {
    // Long answers soon fill what the system keeps for a caller.
    let office = impatient_with(300).await;
    let john = office.seat("john", "d1").await;
    let asked = head(&john, "GET /api/messages", "");
    let mut stream = TcpStream::connect(office.running.address()).await.unwrap();
    let asking = async { while stream.write_all(asked.as_bytes()).await.is_ok() {} };
    let cut = timeout(AT_MOST, asking).await;
    cut.expect("the server waits for a client that never reads");
}

#[tokio::test]
async fn a_body_that_nobody_reads_keeps_no_connection() {
    let office = impatient().await;
    let john = office.seat("john", "d1").await;
    for call in ["GET /api/health", "POST /api/sender/sign-out"] {
        let answer = drip(&office, &head(&john, call, "content-length: 1000")).await;
        assert!(answer.starts_with("HTTP/1.1 20"), "{call}: {answer}");
    }
}

#[tokio::test]
async fn no_call_takes_a_body_of_any_length() {
    let limit = 600_000;
    let change = |options: &mut hotdesk_server::Options| options.file_limits.document_bytes = limit;
    let office = Office::with(0, change).await;
    let john = office.seat("john", "d1").await;
    let long = "x".repeat(usize::try_from(limit).unwrap() + 1);
    for path in [
        "/api/messages",
        "/api/messages/m-1/decision",
        "/api/sdr/desktop/take-over",
        "/api/sdr/sign-out",
        "/api/sdr/whatsapp/qr",
        "/api/sender/auth",
        "/api/sender/begin",
        "/api/sender/claim",
        "/api/sender/heartbeat",
        "/api/sender/mark-failed",
        "/api/sender/mark-sent",
        "/api/sender/opt-out",
        "/api/sender/release",
        "/api/sender/renew",
        "/api/sender/reply",
        "/api/sender/result",
    ] {
        let answer = john.send(Method::POST, path, long.clone()).await;
        assert_eq!(answer.status, 413, "{path}");
        answer.refused(413, "bad_request");
    }
    let path = "/api/sdr/whatsapp/session";
    let answer = john.send(Method::PUT, path, long.clone()).await;
    answer.refused(413, "bad_request");
    let path = "/api/files?kind=document&fileName=a.txt";
    let answer = john.send(Method::POST, path, long).await;
    answer.refused(413, "bad_file");
}
