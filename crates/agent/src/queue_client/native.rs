//! The calls of Hotdesk's own server.

use super::answer;
use super::dialect::Dialect;
use super::error::QueueError;
use super::server::{CALL_TIMEOUT, SignedIn, Wire};
use super::{REVIEW_MOST, Token};
use crate::secret::Secret;
use hotdesk_protocol::queue::{
    AuthAnswer, ClaimAnswer, ClaimRequest, RecoveryKeyAnswer, RecoveryKeyRequest,
};
use hotdesk_protocol::review::{ReviewAnswer, ReviewItem};
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
        | QueueError::Untrusted { .. }
        | QueueError::BadAnswer { .. }
        | QueueError::OtherDialect { .. }
        | QueueError::Later { .. }
        | QueueError::Refused { .. }) => other,
    })
}

/// What the server keeps to open this SDR's data; `None` from an older server that keeps nothing.
pub(super) async fn recovery_key(wire: &Wire) -> Result<Option<Secret<String>>, QueueError> {
    let body = RecoveryKeyRequest {
        sdr_id: wire.sdr.clone(),
    };
    let answer = wire.call(Method::POST, "api/sdr/recovery-key", &body).await;
    match answer {
        Ok(RecoveryKeyAnswer { recovery_key }) => Ok(Some(Secret::new(recovery_key))),
        Err(error) if error.code() == ProblemCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The messages of the SDR in review, page by page, the oldest [`REVIEW_MOST`]; `None` from an older server that keeps none.
pub(super) async fn review(wire: &Wire) -> Result<Option<Vec<ReviewItem>>, QueueError> {
    let (mut found, mut after, mut seen) = (Vec::new(), 0, 0);
    while seen < REVIEW_MOST {
        let request = wire.request(Method::GET, "api/review")?;
        let request = request.query(&[("after", after)]);
        let answer: ReviewAnswer = match answer::json(request.send().await).await {
            Err(error) if error.code() == ProblemCode::NotFound => return Ok(None),
            answer => answer?,
        };
        // A page that holds nothing is the last one, whatever it says.
        let empty = answer.messages.is_empty();
        seen += answer.messages.len();
        let own = answer.messages.into_iter().map(|shown| shown.item);
        found.extend(own.filter(|item| item.sdr_id == wire.sdr));
        match answer.next {
            Some(next) if next > after && !empty => after = next,
            Some(_) | None => break,
        }
    }
    Ok(Some(found))
}

const NOT_OURS: &str = "This queue server does not know the calls of Hotdesk's own server (native). \
    Nothing was sent and nothing is lost. If it is another lead system, sign in again, so that Hotdesk \
    sees what it speaks, or set `dialect` in the configuration; else tell whoever runs the queue server.";
