//! The calls of Hotdesk's own server.

use super::Token;
use super::answer;
use super::dialect::Dialect;
use super::error::QueueError;
use super::server::{CALL_TIMEOUT, SignedIn, Wire};
use hotdesk_protocol::queue::{AuthAnswer, ClaimAnswer, ClaimRequest};
use hotdesk_protocol::{Problem, ProblemCode};
use reqwest::Method;
use serde_json::{Map, Value};
use std::time::Duration;

pub(super) fn signed_in(answer: Map<String, Value>) -> Result<SignedIn, QueueError> {
    let answer: AuthAnswer = answer::value(Value::Object(answer))?;
    Ok(SignedIn {
        sdr: answer.sdr,
        token: Token::new(answer.token),
        dialect: Dialect::Native,
    })
}

/// Long-poll for messages.
pub(super) async fn claim(wire: &Wire, body: &ClaimRequest) -> Result<ClaimAnswer, QueueError> {
    let patience = CALL_TIMEOUT + Duration::from_secs(body.wait_seconds.into());
    let request = wire
        .request(Method::POST, "api/sender/claim")?
        .timeout(patience);
    let answer = answer::json(request.json(body).send().await).await;
    answer.map_err(|error: QueueError| match error {
        QueueError::Refused { problem } if problem.code == ProblemCode::NotFound => {
            QueueError::Refused {
                problem: Problem::new(ProblemCode::NotFound, NOT_OURS),
            }
        }
        other @ (QueueError::Unreachable { .. }
        | QueueError::BadAnswer { .. }
        | QueueError::OtherDialect { .. }
        | QueueError::Later { .. }
        | QueueError::Refused { .. }) => other,
    })
}

const NOT_OURS: &str = "This queue server does not know the calls of Hotdesk's own server (native). \
    Nothing was sent and nothing is lost. If it is another lead system, sign in again, so that Hotdesk \
    sees what it speaks, or set `dialect` in the configuration; else tell whoever runs the queue server.";
