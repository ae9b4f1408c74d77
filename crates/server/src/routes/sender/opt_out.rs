//! `POST /api/sender/opt-out`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::phone::is_e164;
use crate::problem::ApiError;
use crate::store::OptOutOf;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most characters of a reason that are kept.
pub const MAX_REASON_CHARS: usize = 200;

/// A lead does not want more. One of `messageId` (the lead of that message) and `phone` (E.164).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptOut {
    /// The token's SDR; a manager leaves it out.
    sdr_id: Option<SdrId>,
    message_id: Option<MessageId>,
    phone: Option<String>,
    /// Why, for the list.
    reason: Option<String>,
}

/// What it did.
#[derive(Serialize, ToSchema)]
pub struct OptOutAnswer {
    /// How many messages were withdrawn because of this number, over all SDRs; the same when asked again.
    pub cancelled: u32,
}

/// Blocks the number for every SDR at once and withdraws what is not begun; repeatable.
#[utoipa::path(
    post,
    operation_id = "post_sender_opt_out",
    path = "/api/sender/opt-out",
    tag = "Opt-outs",
    request_body = OptOut,
    responses(
        (status = 200, description = "How many messages were withdrawn", body = OptOutAnswer),
        (status = 404, description = "There is no such message", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<OptOut>,
) -> Result<Json<OptOutAnswer>, ApiError> {
    match &request.sdr_id {
        Some(sdr) => caller.must_be(sdr)?,
        None => caller.must_manage()?,
    }
    let of = match (request.message_id, request.phone) {
        (Some(id), None) => OptOutOf::Message(id),
        (None, Some(phone)) if is_e164(&phone) => OptOutOf::Phone(phone),
        (None, Some(_)) => {
            return Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                ProblemCode::BadPhone,
                "The phone number is not E.164 (+ and 7 to 15 digits).",
            ));
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(ApiError::bad_request("Give either messageId or phone."));
        }
    };
    let reason = request.reason.unwrap_or_else(|| "opted out".to_owned());
    let reason = reason.chars().take(MAX_REASON_CHARS).collect();
    let done = app
        .store
        .opt_out(of, caller.id().clone(), reason, app.now())
        .await?;
    // Every desktop keeps the list, not only those whose messages were withdrawn.
    app.hints.wake_all();
    Ok(Json(OptOutAnswer {
        cancelled: done.cancelled,
    }))
}
