//! `POST /api/messages/{id}/decision`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::review::Decide;
use axum::Json;
use axum::extract::{Path, State};
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::review::{DecisionAnswer, DecisionRequest, Verdict};

const MAX_NOTE_CHARS: usize = 500;

/// Does what was decided, once; whoever repeats it gets the same answer, whoever decides otherwise
/// afterwards 409.
#[utoipa::path(
    post,
    operation_id = "post_messages_one_decision",
    path = "/api/messages/{id}/decision",
    tag = "Review",
    params(("id" = MessageId, Path, description = "Which message")),
    request_body = DecisionRequest,
    responses(
        (status = 200, description = "Where it stands", body = DecisionAnswer),
        (status = 404, description = "There is none", body = Problem),
        (status = 409, description = "It is not in review, or something else was decided", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(request): Body<DecisionRequest>,
) -> Result<Json<DecisionAnswer>, ApiError> {
    let note = request.note.filter(|note| !note.trim().is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > MAX_NOTE_CHARS)
    {
        return Err(ApiError::bad_request(format!(
            "A note has at most {MAX_NOTE_CHARS} characters; nothing was decided."
        )));
    }
    if request.unlinked && request.decision != Verdict::Resend {
        return Err(ApiError::bad_request(
            "`unlinked` goes with `resend` only; nothing was decided.",
        ));
    }
    let decide = Decide {
        message_id: MessageId(id),
        verdict: request.decision,
        generation: request.generation,
        unlinked: request.unlinked,
        note,
        of: caller.own_sdr().cloned(),
        by: caller.id().clone(),
    };
    let decided = app.store.decide(decide, app.now()).await?;
    app.hints.wake(&decided.sdr_id);
    Ok(Json(decided))
}
