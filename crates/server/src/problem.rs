//! Every answer that is not a success.

use crate::store::{Refusal, StoreError};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hotdesk_protocol::audit::AuditActor;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};

/// A problem with its status.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    problem: Problem,
    retry_after_seconds: Option<u32>,
    trespass: Option<Box<Trespass>>,
}

/// A caller asked for what is another SDR's. It goes with the answer, so that the audit has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trespass {
    /// Under whose sign-in.
    pub caller: SdrId,
    /// What they are.
    pub actor: AuditActor,
    /// As the audit names them.
    pub who: String,
    /// Whose.
    pub of: SdrId,
}

impl ApiError {
    /// A problem with its status.
    pub fn new(status: StatusCode, code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            status,
            problem: Problem::new(code, message),
            retry_after_seconds: None,
            trespass: None,
        }
    }

    /// 400: the request cannot be understood or is out of bounds.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ProblemCode::BadRequest, message)
    }

    /// 401: no valid token.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ProblemCode::Unauthorized,
            "The sign-in is unknown or was ended. Nothing is lost; sign in again.",
        )
    }

    /// 403: not the caller's.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ProblemCode::Forbidden, message)
    }

    /// 403: another SDR's.
    pub fn trespass(trespass: Trespass) -> Self {
        let Trespass { caller, of, .. } = &trespass;
        // Whatever a caller wrote there, quoted: a line of the log stays one line.
        tracing::warn!(caller.id = %caller, sdr.id = ?of.as_str(), "refused: another SDR's");
        Self {
            trespass: Some(Box::new(trespass)),
            ..Self::forbidden(
                "This sign-in is not that SDR's. Nothing was changed; sign in as that SDR.",
            )
        }
    }

    /// 404: not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, ProblemCode::NotFound, message)
    }

    /// 429: later.
    pub fn too_many(seconds: u32, message: impl Into<String>) -> Self {
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                ProblemCode::TooManyRequests,
                message,
            )
        }
    }

    /// 503: the server cannot now.
    pub fn unavailable(seconds: u32, message: impl Into<String>) -> Self {
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                ProblemCode::ServerError,
                message,
            )
        }
    }

    /// 500: the server failed; `why` goes to the log only.
    pub fn failed(why: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %why, "a call failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ProblemCode::ServerError,
            "The queue server failed. Nothing is lost; try again, and tell the office's admin if it stays.",
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self.problem)).into_response();
        response.extensions_mut().insert(self.problem);
        if let Some(seconds) = self.retry_after_seconds {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(trespass) = self.trespass {
            response.extensions_mut().insert(*trespass);
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Busy => Self::unavailable(
                1,
                "The queue server cannot write its data right now. Nothing is lost; it is tried again.",
            ),
            StoreError::Failed(why) => Self::failed(&why),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = match refusal {
            Refusal::NoSuchMessage
            | Refusal::NoSuchLead
            | Refusal::NoSuchSdr
            | Refusal::NoSuchFile
            | Refusal::NoSuchTemplate
            | Refusal::NoSuchCampaign => (StatusCode::NOT_FOUND, ProblemCode::NotFound),
            Refusal::NotYours | Refusal::NeverHeld => {
                (StatusCode::FORBIDDEN, ProblemCode::Forbidden)
            }
            Refusal::Fenced => (StatusCode::CONFLICT, ProblemCode::Fenced),
            Refusal::OtherDesktop => (StatusCode::CONFLICT, ProblemCode::OtherDesktop),
            Refusal::OutOfHours => (StatusCode::CONFLICT, ProblemCode::NotNow),
            Refusal::Cancelled => (StatusCode::GONE, ProblemCode::Cancelled),
            Refusal::TooLate
            | Refusal::IdTaken
            | Refusal::NotInReview
            | Refusal::NotDead
            | Refusal::NameTaken
            | Refusal::CampaignIdTaken
            | Refusal::NoDesktop => (StatusCode::CONFLICT, ProblemCode::BadRequest),
            Refusal::DoNotContact => (StatusCode::CONFLICT, ProblemCode::Forbidden),
            Refusal::NoConsent | Refusal::Unstorable => {
                (StatusCode::BAD_REQUEST, ProblemCode::BadRequest)
            }
            Refusal::NotNamed(_) => (StatusCode::BAD_REQUEST, ProblemCode::BadText),
        };
        let words = refusal.to_string();
        let mut letters = words.chars();
        let sentence = letters.next().map_or_else(String::new, |first| {
            format!("{}{}.", first.to_uppercase(), letters.as_str())
        });
        Self::new(status, code, sentence)
    }
}
