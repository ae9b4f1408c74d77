//! `POST /api/messages`, `GET /api/messages[/{id}]`, `POST /api/messages/{id}/cancel`.

pub mod decision;
pub mod proof;
pub mod requeue;

use crate::app::App;
use crate::cursor;
use crate::extract::{Body, Caller, Params};
use crate::hours::is_zone;
use crate::openapi::Refusals;
use crate::phone::is_e164;
use crate::problem::ApiError;
use crate::routes::{MAX_ID_BYTES, can_be_addressed};
use crate::store::leads::Needle;
use crate::store::{Addressee, MessageView, NewLead, NewMessage, Which};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::bridge::MAX_TEXT_BYTES;
use hotdesk_protocol::file::MAX_CAPTION_CHARS;
use hotdesk_protocol::ids::{CampaignId, FileId, LeadId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MAX_PAGE: u32 = 1_000;
const MAX_FIELD_BYTES: usize = 500;

/// A message to be queued, by a manager. One of `leadId` and `lead`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Enqueue {
    /// Chosen by the client to make a repeated call harmless.
    message_id: Option<MessageId>,
    sdr_id: SdrId,
    lead_id: Option<LeadId>,
    lead: Option<LeadGiven>,
    /// The text; beside a file its caption, which may be left out.
    #[serde(default)]
    text: String,
    /// From `POST /api/files`.
    file_id: Option<FileId>,
}

/// A lead given with the message; the same phone is the same lead.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeadGiven {
    name: String,
    phone: String,
    consent: Option<String>,
    company: Option<String>,
    position: Option<String>,
    site: Option<String>,
    pain: Option<String>,
    /// IANA name; none to go by the number.
    time_zone: Option<String>,
}

/// The id a message has been queued under.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enqueued {
    message_id: MessageId,
}

/// Queues a message: 201; 200 if this very message was queued before.
#[utoipa::path(
    post,
    operation_id = "post_messages",
    path = "/api/messages",
    tag = "Messages",
    request_body = Enqueue,
    responses(
        (status = 200, description = "This very message was queued before", body = Enqueued),
        (status = 201, description = "It is queued", body = Enqueued),
        (status = 404, description = "There is no such SDR, lead or file", body = Problem),
        (status = 409, description = "The number must not be written to, or the id is another message's", body = Problem),
        Refusals
    )
)]
pub async fn enqueue(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<Enqueue>,
) -> Result<(StatusCode, Json<Enqueued>), ApiError> {
    caller.must_manage()?;
    check_text(&request.text, request.file_id.is_some())?;
    let addressee = match (request.lead_id, request.lead) {
        (Some(id), None) => Addressee::Known(id),
        (None, Some(lead)) => Addressee::Given(Box::new(checked(lead)?)),
        (Some(_), Some(_)) | (None, None) => {
            return Err(ApiError::bad_request(
                "Give either leadId or lead; nothing was queued.",
            ));
        }
    };
    let id = request
        .message_id
        .unwrap_or_else(|| MessageId(uuid::Uuid::now_v7().to_string()));
    if !can_be_addressed(id.as_str()) {
        return Err(ApiError::bad_request(format!(
            "A messageId has 1 to {MAX_ID_BYTES} bytes, no control characters, and is not . or ..; nothing was queued."
        )));
    }
    let message = NewMessage {
        id: id.clone(),
        sdr_id: request.sdr_id.clone(),
        addressee,
        text: request.text,
        file: request.file_id,
        by: caller.id().clone(),
    };
    let fresh = app.store.enqueue(message, app.now()).await?;
    app.hints.wake(&request.sdr_id);
    let status = if fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(Enqueued { message_id: id })))
}

fn check_text(text: &str, beside_file: bool) -> Result<(), ApiError> {
    let refused =
        |words: String| ApiError::new(StatusCode::BAD_REQUEST, ProblemCode::BadText, words);
    if beside_file && text.chars().count() > MAX_CAPTION_CHARS {
        return Err(refused(format!(
            "The text beside a file is longer than {MAX_CAPTION_CHARS} characters; nothing was queued."
        )));
    }
    if !beside_file && (text.trim().is_empty() || text.len() > MAX_TEXT_BYTES) {
        return Err(refused(format!(
            "The text is empty or longer than {MAX_TEXT_BYTES} bytes; nothing was queued."
        )));
    }
    Ok(())
}

fn checked(lead: LeadGiven) -> Result<NewLead, ApiError> {
    if !is_e164(&lead.phone) {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            ProblemCode::BadPhone,
            "The phone number is not E.164 (+ and 7 to 15 digits); nothing was queued.",
        ));
    }
    let consent = lead.consent.unwrap_or_default();
    if consent.trim().is_empty() {
        return Err(ApiError::bad_request(
            "The lead needs a consent: why they may be written to. Nothing was queued.",
        ));
    }
    if lead.time_zone.as_deref().is_some_and(|name| !is_zone(name)) {
        return Err(ApiError::bad_request(
            "The time zone is not an IANA name such as America/Manaus; nothing was queued.",
        ));
    }
    let fields = [&lead.company, &lead.position, &lead.site, &lead.pain];
    let too_long = fields
        .into_iter()
        .flatten()
        .chain([&lead.name, &consent])
        .any(|field| field.len() > MAX_FIELD_BYTES);
    if too_long || lead.name.trim().is_empty() {
        return Err(ApiError::bad_request(format!(
            "The lead needs a name, and no field longer than {MAX_FIELD_BYTES} bytes; nothing was queued."
        )));
    }
    Ok(NewLead {
        id: LeadId(uuid::Uuid::now_v7().to_string()),
        name: lead.name,
        phone: lead.phone,
        company: lead.company,
        position: lead.position,
        site: lead.site,
        pain: lead.pain,
        consent,
        time_zone: lead.time_zone,
    })
}

/// Which messages to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct ListParams {
    state: Option<MessageState>,
    sdr_id: Option<SdrId>,
    lead_id: Option<LeadId>,
    campaign_id: Option<CampaignId>,
    search: Option<String>,
    #[serde(default)]
    newest: bool,
    cursor: Option<String>,
    limit: Option<u32>,
    after: Option<i64>,
}

/// A page of messages.
#[derive(Serialize, ToSchema)]
pub struct MessagesAnswer {
    /// With their events.
    messages: Vec<MessageView>,
    /// The `cursor` of the next page; none on the last.
    next: Option<String>,
}

/// A page of messages with their events, oldest first, `state=dead` those given up; `after` is the `seq` of the last one seen.
/// With `newest=true` the newest come first, and `next` is the `cursor` of the page after it.
#[utoipa::path(
    get,
    operation_id = "get_messages",
    path = "/api/messages",
    tag = "Messages",
    params(ListParams),
    responses(
        (status = 200, description = "A page of messages", body = MessagesAnswer),
        Refusals
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Json<MessagesAnswer>, ApiError> {
    let sdr_id = match (params.sdr_id, caller.own_sdr()) {
        (Some(sdr), _) => Some(sdr),
        (None, own) => own.cloned(),
    };
    if let Some(sdr) = &sdr_id {
        caller.must_see(sdr)?;
    }
    let start = if params.newest { i64::MAX } else { 0 };
    let after = params.cursor.as_deref().map(cursor::of).transpose()?;
    let limit = params.limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let messages = app
        .store
        .messages(Which::Found {
            state: params.state,
            sdr_id,
            lead_id: params.lead_id,
            campaign_id: params.campaign_id,
            search: params.search.as_deref().and_then(Needle::of),
            newest: params.newest,
            after: after.or(params.after).unwrap_or(start),
            limit: limit + 1,
        })
        .await?;
    let (messages, end) = cursor::page(messages, limit, |last| last.seq);
    let next = end.map(|end| cursor::word(&end)).transpose()?;
    Ok(Json(MessagesAnswer { messages, next }))
}

/// One message with its events.
#[utoipa::path(
    get,
    operation_id = "get_messages_one",
    path = "/api/messages/{id}",
    tag = "Messages",
    params(("id" = MessageId, Path, description = "Which message")),
    responses(
        (status = 200, description = "The message with its events and replies", body = MessageView),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<MessageView>, ApiError> {
    let found = app.store.messages(Which::One(MessageId(id))).await?.pop();
    let found = found.ok_or_else(|| ApiError::not_found("There is no message with this id."))?;
    caller.must_see(&found.sdr_id)?;
    Ok(Json(found))
}

/// Withdraws a message that is not begun: 204, also when it was withdrawn before; else 409.
#[utoipa::path(
    post,
    operation_id = "post_messages_one_cancel",
    path = "/api/messages/{id}/cancel",
    tag = "Messages",
    params(("id" = MessageId, Path, description = "Which message")),
    responses(
        (status = 204, description = "It is withdrawn"),
        (status = 404, description = "There is none", body = Problem),
        (status = 409, description = "It is begun already", body = Problem),
        Refusals
    )
)]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (of, by) = (caller.own_sdr().cloned(), caller.id().clone());
    let sdr = app.store.cancel(MessageId(id), of, by, app.now()).await?;
    app.hints.wake(&sdr);
    Ok(StatusCode::NO_CONTENT)
}
