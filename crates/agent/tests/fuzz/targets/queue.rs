//! What a queue server answers: status, headers and body of any call in any dialect. The whole client
//! reads it, from the socket on; what a claim offers goes to a connected session.

use super::sender::{SDR, Sender};
use super::server::Server;
use hotdesk_agent::clock::Clock;
use hotdesk_agent::queue_client::{
    Desk, Dialect, Past, QueueClient, QueueError, QueueServer, Replied, Retry, Token,
};
use hotdesk_engine::QueueFault;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::{ClaimAnswer, ClaimRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::{LazyLock, Mutex, PoisonError};
use tokio::runtime::{Builder, Runtime};

/// What a person can read in a window.
const MOST_WORDS: usize = 1_000;
const LONGEST_WAIT_MS: u64 = 3_600_000;
/// An accepted answer is no larger than this, and so many times what was given.
const MOST_GROWTH: (usize, usize) = (64 * 1024, 20);
const BODY_ID: &str = "m-1";

static CONNECTED: LazyLock<Sender> = LazyLock::new(Sender::connected);
static OFFICE: LazyLock<Mutex<Office>> = LazyLock::new(|| Mutex::new(Office::open()));

struct Office {
    runtime: Runtime,
    server: Server,
    /// For each dialect, the unknown one last: a client of its own, kept because it is dear to make.
    clients: Vec<(Option<Dialect>, QueueServer)>,
}

impl Office {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = Server::default();
        let url = runtime.block_on(server.start());
        let known = [Dialect::Native, Dialect::Lk1, Dialect::Lk2].map(Some);
        let clients = known.into_iter().chain([None]).map(|dialect| {
            let client = QueueServer::new(url.parse().unwrap(), None, "0").unwrap();
            if let Some(dialect) = dialect {
                client.set_dialect(dialect);
            }
            (dialect, client)
        });
        Self {
            runtime,
            server,
            clients: clients.collect(),
        }
    }
}

pub fn check(bytes: &[u8]) -> bool {
    let case: Value = serde_json::from_slice(bytes).unwrap_or_else(|_| {
        let body = String::from_utf8_lossy(bytes);
        json!({"dialect": "native", "call": "claim", "answers": [{"body": body}]})
    });
    let empty = Vec::new();
    let answers = case["answers"].as_array().unwrap_or(&empty);
    let dialect = case["dialect"].as_str().and_then(Dialect::named);
    let call = case["call"].as_str().unwrap_or_default();
    let office = OFFICE.lock().unwrap_or_else(PoisonError::into_inner);
    let given = answers.iter().map(written);
    // A server that says nothing would only take the time of a time-out.
    let nothing = answers.is_empty().then(|| written(&Value::Null));
    office.server.answers(given.chain(nothing));
    let client = office.clients.iter().find(|(known, _)| *known == dialect);
    let client = &client.expect("a client for each dialect").1;
    let outcome = office.runtime.block_on(made(client, call));
    match outcome {
        Ok(seen) => {
            let (least, times) = MOST_GROWTH;
            let most = least + times * bytes.len();
            assert!(seen.len() <= most, "{} bytes grew so", seen.len());
            let asked = office.server.asked() > 0 && !answers.is_empty();
            let refused = asked && answers.iter().all(is_refusal);
            assert!(!refused, "{call} was refused and taken for done: {seen}");
            true
        }
        Err(error) => {
            is_told(error);
            false
        }
    }
}

/// An answer as it goes over the wire. What HTTP itself would stumble over is left out: that is hyper's.
fn written(answer: &Value) -> Vec<u8> {
    let status = status(answer);
    let body = match &answer["body"] {
        _ if matches!(status, 204 | 304) => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => other.to_string().into_bytes(),
    };
    let mut head = format!("HTTP/1.1 {status} \r\ncontent-length: {}\r\n", body.len());
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let kept = ["retry-after", "location", "content-type", "etag"];
        if kept.contains(&name.as_str()) {
            let value = value.as_str().unwrap_or("1").replace(char::is_control, "");
            head += &format!("{name}: {value}\r\n");
        }
    }
    [head.into_bytes(), b"\r\n".to_vec(), body].concat()
}

fn status(answer: &Value) -> u64 {
    match answer["status"].as_u64() {
        Some(status) => 200 + status.saturating_sub(200) % 400,
        None => 200,
    }
}

/// An answer by which nothing can have been done, also not by a server that lacks the call.
fn is_refusal(answer: &Value) -> bool {
    let lacks_it = answer["body"].to_string().contains("not_found");
    status(answer) >= 400 && !matches!(status(answer), 404 | 405) && !lacks_it
}

fn is_told(error: QueueError) {
    let problem = Problem::from(&error);
    let words = &problem.message;
    assert!(!words.trim().is_empty(), "no words: {problem:?}");
    assert!(words.chars().count() <= MOST_WORDS, "too many: {words}");
    assert!(!words.contains(char::is_control), "not plain: {words:?}");
    match error.retry() {
        Retry::After(ms) => assert!(ms <= LONGEST_WAIT_MS, "{ms} ms is for ever"),
        Retry::Soon | Retry::Never => {}
    }
    match QueueFault::from(error) {
        QueueFault::Lost(told) | QueueFault::Later(_, told) | QueueFault::Refused(told) => {
            assert_eq!(told, problem, "the engine hears the same");
        }
    }
}

/// The call of this name, and what was read of its answer.
async fn made(server: &QueueServer, call: &str) -> Result<String, QueueError> {
    let desk = Desk::new("desk".into(), Clock::real(), []);
    let client = server.of(SDR.into(), Token::new("token".to_owned()), desk);
    match call {
        "sign_in" => {
            let desktop = "desk".into();
            let password = "secret".into();
            let signed_in = server.sign_in("john@hotdesk.example", &password, &desktop);
            Ok(same(signed_in.await?.sdr))
        }
        "claim" => claimed(&client).await,
        "begin" => Ok(same(client.begin(&body(BEGIN)).await?)),
        "release" => Ok(same(client.release(&body(BEGIN)).await?)),
        "result" => Ok(same(client.result(&body(RESULT), Past::default()).await?)),
        "reply" => Ok(match client.reply(&body(REPLY)).await? {
            Replied::Told => "told".to_owned(),
            Replied::NoPlace => String::new(),
        }),
        "take_over" => Ok(same(client.take_over(&body(BEGIN)).await?)),
        "review" => Ok(same(client.review().await?)),
        "decide" => {
            let decision = body(r#"{"decision":"sent"}"#);
            Ok(same(client.decide(&BODY_ID.into(), &decision).await?))
        }
        "adapter_pack" => Ok(same(client.adapter_pack(1).await?)),
        "file" => {
            let file = client.file(&body(FILE)).await?;
            assert!(file.len() <= 17, "no more than one byte too many");
            Ok(String::new())
        }
        "sign_out" => Ok(same(client.sign_out().await?)),
        "occupied" => Ok(same(client.occupied().await?)),
        _ => Ok(same(client.heartbeat(&body(HEARTBEAT)).await?)),
    }
}

async fn claimed(client: &QueueClient) -> Result<String, QueueError> {
    let request = ClaimRequest {
        sdr_id: SDR.into(),
        desktop_id: "desk".into(),
        limit: 10,
        wait_seconds: 0,
        holding: Vec::new(),
        claim_id: None,
        session_epoch: None,
        opt_outs_since: None,
    };
    let answer: ClaimAnswer = client.claim(&request).await?;
    let mut sender = CONNECTED.clone();
    sender.offer(answer.clone());
    sender.play(super::sender::Script::default());
    Ok(same(answer))
}

/// As it is written; it says the same when it is read again.
fn same<T: Serialize + DeserializeOwned>(value: T) -> String {
    let text = serde_json::to_string(&value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), text, "read again");
    text
}

fn body<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

const BEGIN: &str = r#"{"sdrId":"john","desktopId":"desk","messageId":"m-1","leaseToken":"lease",
    "profileEpoch":"epoch"}"#;
const RESULT: &str = r#"{"sdrId":"john","desktopId":"desk","messageId":"m-1","state":"sent","atMs":1,
    "waMessageId":null,"chatId":null,"problem":null}"#;
const REPLY: &str = r#"{"sdrId":"john","desktopId":"desk","messageId":"m-1","waMessageId":"A1",
    "chatId":"5511970000001@c.us","text":"Yes","atMs":1}"#;
const FILE: &str = r#"{"fileId":"f-1","kind":"document","fileName":"a.pdf","mimeType":"application/pdf",
    "sizeBytes":16,"sha256":""}"#;
const HEARTBEAT: &str = r#"{"session":{"sdrId":"john","desktopId":"desk","connected":true,
    "state":"connected","phone":null,"connectedAtMs":null,"adapter":null,"problem":null},
    "paused":false,"inFlight":0,"appVersion":"0"}"#;
