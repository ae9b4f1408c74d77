//! `GET /api/opt-outs?search=&cursor=&limit=` and `POST /api/opt-outs`.

use crate::app::App;
use crate::cursor;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Refusals;
use crate::phone::{HOME, is_e164, normalise};
use crate::problem::ApiError;
use crate::routes::sender::opt_out::{MAX_REASON_CHARS, OptOutAnswer};
use crate::store::OptOutOf;
use crate::store::leads::OptOutPage;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::dashboard::{MAX_ROWS, OptOutRequest, OptOutsAnswer};
use serde::Deserialize;

const ROWS: u32 = 50;

/// Which numbers.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OptOutsParams {
    search: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The numbers that must not be written to, for a manager; newest first.
#[utoipa::path(
    get,
    operation_id = "get_opt_outs",
    path = "/api/opt-outs",
    tag = "Opt-outs",
    params(OptOutsParams),
    responses(
        (status = 200, description = "A page of numbers, newest first", body = OptOutsAnswer),
        Refusals
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<OptOutsParams>,
) -> Result<Json<OptOutsAnswer>, ApiError> {
    caller.must_manage()?;
    let before = params.cursor.as_deref().map(cursor::of).transpose()?;
    let search = params.search.as_deref().map(str::trim).unwrap_or_default();
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    // Words are part of no number.
    let digits = if digits.is_empty() {
        search.to_owned()
    } else {
        digits
    };
    let page = OptOutPage {
        digits: Some(digits).filter(|digits| !digits.is_empty()),
        before: before.unwrap_or(i64::MAX),
        limit: params.limit.unwrap_or(ROWS).clamp(1, MAX_ROWS),
    };
    let found = app.store.opt_outs(page).await?;
    let next = found.next.map(|end| cursor::word(&end));
    Ok(Json(OptOutsAnswer {
        opt_outs: found.rows,
        next: next.transpose()?,
        total: found.total,
    }))
}

/// Blocks a number for every SDR at once and withdraws what is not begun; repeatable.
#[utoipa::path(
    post,
    operation_id = "post_opt_outs",
    path = "/api/opt-outs",
    tag = "Opt-outs",
    request_body = OptOutRequest,
    responses(
        (status = 200, description = "How many messages were withdrawn", body = OptOutAnswer),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<OptOutRequest>,
) -> Result<Json<OptOutAnswer>, ApiError> {
    caller.must_manage()?;
    let phone = if is_e164(&request.phone) {
        Some(request.phone)
    } else {
        normalise(&request.phone, HOME)
    };
    let phone = phone.ok_or_else(|| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            ProblemCode::BadPhone,
            "The phone number is none; nothing was changed. Write it with + and the country's code.",
        )
    })?;
    let reason = request.reason.filter(|reason| !reason.trim().is_empty());
    let reason = reason.unwrap_or_else(|| "opted out".to_owned());
    let reason = reason.trim().chars().take(MAX_REASON_CHARS).collect();
    let (of, by) = (OptOutOf::Phone(phone), caller.id().clone());
    let done = app.store.opt_out(of, by, reason, app.now()).await?;
    app.hints.wake_all();
    let note = format!("{} messages withdrawn", done.cancelled);
    super::audit::note_of_office(&app, &caller, AuditAct::NumberBlocked, note).await?;
    Ok(Json(OptOutAnswer {
        cancelled: done.cancelled,
    }))
}
