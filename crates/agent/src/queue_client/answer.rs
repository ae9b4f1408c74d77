//! From a response to a value or a [`QueueError`], reading no more than is allowed.

use super::certificate;
use super::error::QueueError;
use hotdesk_protocol::adapter_pack::MAX_PACK_BYTES;
use hotdesk_protocol::{Problem, ProblemCode};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Ten messages of the longest text, escaped, and what is around them.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// A pack as a JSON string, where quotes and line ends take two bytes, and what is around it.
const MOST_PACK_BYTES: usize = 2 * MAX_PACK_BYTES + 64 * 1024;
/// A server's words shown to a person.
const LONGEST_WORDS: usize = 500;
/// What `Retry-After` may ask for at most: an hour.
const LONGEST_WAIT_MS: u64 = 3_600_000;

type Sent = Result<Response, reqwest::Error>;

/// A 2xx with a body of `T`.
pub(super) async fn json<T: DeserializeOwned>(sent: Sent) -> Result<T, QueueError> {
    read(&success(sent, MOST_BYTES).await?)
}

/// The same, or nothing where it is what the caller knows (304).
pub(super) async fn changed<T: DeserializeOwned>(sent: Sent) -> Result<Option<T>, QueueError> {
    let same = |response: &Response| response.status() == StatusCode::NOT_MODIFIED;
    if sent.as_ref().is_ok_and(same) {
        return Ok(None);
    }
    read(&success(sent, MOST_PACK_BYTES).await?).map(Some)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, QueueError> {
    serde_json::from_slice(body).map_err(|error| bad(&error))
}

/// A `T` in an answer that was read before.
pub(super) fn value<T: DeserializeOwned>(answer: Value) -> Result<T, QueueError> {
    serde_json::from_value(answer).map_err(|error| bad(&error))
}

fn bad(error: &serde_json::Error) -> QueueError {
    QueueError::BadAnswer {
        what: match error.classify() {
            serde_json::error::Category::Data => format!(
                "a field is missing or of another kind than agreed, near column {}",
                error.column()
            ),
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => "it is not JSON".to_owned(),
        },
    }
}

/// A 2xx, whatever its body.
pub(super) async fn nothing(sent: Sent) -> Result<(), QueueError> {
    success(sent, MOST_BYTES).await.map(|_| ())
}

/// A 2xx's body as it is, cut off at one byte above `most`.
pub(super) async fn bytes(sent: Sent, most: usize) -> Result<Vec<u8>, QueueError> {
    let mut response = accepted(sent).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            bytes.truncate(most + 1);
            break;
        }
    }
    Ok(bytes)
}

/// A 2xx that does not say otherwise in its body. A page of somebody in between is no ack.
pub(super) async fn acknowledged(sent: Sent) -> Result<(), QueueError> {
    let body = success(sent, MOST_BYTES).await?;
    if body.is_empty() {
        return Ok(());
    }
    let answer: Map<String, Value> = read(&body)?;
    let refused = answer.get("success") == Some(&Value::Bool(false));
    if refused || answer.get("error").is_some_and(|error| !error.is_null()) {
        return Err(QueueError::BadAnswer {
            what: "it says that the report was not taken".to_owned(),
        });
    }
    Ok(())
}

/// A server's words, cut to what a person reads, on one line.
pub(super) fn short(words: &str) -> String {
    let plain = words.replace(char::is_control, " ");
    plain.trim().chars().take(LONGEST_WORDS).collect()
}

async fn success(sent: Sent, most: usize) -> Result<Vec<u8>, QueueError> {
    body(accepted(sent).await?, most).await
}

/// A response that says yes; its body is not yet read.
async fn accepted(sent: Sent) -> Result<Response, QueueError> {
    let response = sent.map_err(|error| lost(&error))?;
    let status = response.status();
    let after_ms = retry_after_ms(response.headers());
    if status.is_redirection() {
        return Err(QueueError::BadAnswer {
            what: "it sends us to another address".to_owned(),
        });
    }
    if status.is_success() {
        return Ok(response);
    }
    let body = body(response, MOST_BYTES).await?;
    let problem = problem(status, &body);
    if status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
    {
        Err(QueueError::Later { after_ms, problem })
    } else {
        Err(QueueError::Refused { problem })
    }
}

async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, QueueError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + chunk.len() > most {
            return Err(QueueError::BadAnswer {
                what: format!("it is longer than {most} bytes"),
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn lost(error: &reqwest::Error) -> QueueError {
    if let Some(what) = certificate::fault(error) {
        return QueueError::Untrusted { what };
    }
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection was cut"
    };
    QueueError::Unreachable { what }
}

/// An error of a server that is not ours.
#[derive(Deserialize)]
struct Theirs {
    error: String,
}

/// The body's own problem if it is one, else what the status says.
fn problem(status: StatusCode, body: &[u8]) -> Problem {
    if let Ok(problem) = serde_json::from_slice::<Problem>(body) {
        let known = Some(problem.code).filter(|code| *code != ProblemCode::Unknown);
        let code = known.unwrap_or_else(|| code(status));
        return Problem::new(code, words(status, &problem.message));
    }
    let theirs = serde_json::from_slice::<Theirs>(body).map(|theirs| theirs.error);
    Problem::new(code(status), words(status, &theirs.unwrap_or_default()))
}

/// The server's words, or ours where it has none.
fn words(status: StatusCode, theirs: &str) -> String {
    let theirs = short(theirs);
    if !theirs.is_empty() {
        return theirs;
    }
    match status.as_u16() {
        401 => "The queue server no longer accepts this desktop. Nothing is lost. Sign in again."
            .to_owned(),
        429 => "The queue server is busy. Nothing is lost; Hotdesk waits and goes on by itself."
            .to_owned(),
        other => format!(
            "The queue server answered {other}. Nothing is lost. If this lasts, tell whoever runs the queue server."
        ),
    }
}

fn code(status: StatusCode) -> ProblemCode {
    match status.as_u16() {
        401 => ProblemCode::Unauthorized,
        403 => ProblemCode::Forbidden,
        404 | 405 => ProblemCode::NotFound,
        409 => ProblemCode::Fenced,
        410 => ProblemCode::Cancelled,
        429 => ProblemCode::TooManyRequests,
        500.. => ProblemCode::ServerError,
        _ => ProblemCode::BadRequest,
    }
}

/// Seconds, or a date; bounded.
fn retry_after_ms(headers: &HeaderMap) -> u64 {
    let Some(text) = headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()) else {
        return 0;
    };
    let text = text.trim();
    let ms = match text.parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1_000),
        Err(_) => jiff::fmt::rfc2822::parse(text).map_or(0, |at| {
            let wait = at.timestamp().as_millisecond() - crate::clock::utc().0;
            u64::try_from(wait).unwrap_or(0)
        }),
    };
    ms.min(LONGEST_WAIT_MS)
}
