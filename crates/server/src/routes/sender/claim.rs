//! `POST /api/sender/claim`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::Claim;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::{ClaimAnswer, ClaimRequest};
use std::pin::pin;
use std::time::Duration;
use tokio::time::Instant;

const MOST_MESSAGES: u32 = 10;
const MOST_WAIT_SECONDS: u32 = 25;
const MOST_HELD: usize = 10_000;
const MAX_CLAIM_ID_BYTES: usize = 128;

/// Long-poll: answers when something can be leased, when a number was blocked, when a person wants
/// something of the SDR's WhatsApp, when the SDR is active on another desktop, when the time is up, or
/// when the server stops.
#[utoipa::path(
    post,
    operation_id = "post_sender_claim",
    path = "/api/sender/claim",
    tag = "Desktops",
    request_body = ClaimRequest,
    responses(
        (status = 200, description = "What may be begun", body = ClaimAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "They are active on another desktop", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<ClaimRequest>,
) -> Result<Json<ClaimAnswer>, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    if !(1..=MOST_MESSAGES).contains(&request.limit)
        || request.wait_seconds > MOST_WAIT_SECONDS
        || request.holding.len() > MOST_HELD
    {
        return Err(ApiError::bad_request(format!(
            "A claim takes limit 1..={MOST_MESSAGES}, waitSeconds 0..={MOST_WAIT_SECONDS}, at most {MOST_HELD} holding."
        )));
    }
    if request
        .claim_id
        .as_ref()
        .is_some_and(|id| id.is_empty() || id.len() > MAX_CLAIM_ID_BYTES)
    {
        return Err(ApiError::bad_request(format!(
            "A claimId has 1 to {MAX_CLAIM_ID_BYTES} bytes."
        )));
    }
    let claim = Claim {
        sdr_id: request.sdr_id,
        desktop_id: request.desktop_id,
        limit: request.limit,
        holding: request.holding,
        claim_id: request.claim_id,
        session_epoch: request.session_epoch,
        opt_outs_since: request.opt_outs_since,
        lease_ms: app.lease_ms,
    };
    let bell = app.hints.bell(&claim.sdr_id);
    let mut stopping = app.stopping.clone();
    let asked = Instant::now();
    let until = asked + Duration::from_secs(request.wait_seconds.into());
    let mut waited = Duration::ZERO;
    let mut wish = None;
    loop {
        let mut ring = pin!(bell.notified());
        ring.as_mut().enable();
        let mut claimed = app.store.claim(claim.clone(), app.now()).await?;
        let stop = *stopping.borrow();
        let news = claimed
            .opt_outs
            .as_ref()
            .is_some_and(|it| !it.numbers.is_empty());
        let elsewhere = claimed.active.desktop_id != claim.desktop_id;
        // One that was there before was told before; the heartbeat tells it again.
        let before = wish.get_or_insert_with(|| claimed.wish.clone());
        let wished = claimed.wish.is_some() && claimed.wish != *before;
        let told = !claimed.messages.is_empty() || news || elsewhere || wished;
        if told || stop || Instant::now() >= until {
            // A desktop counts a lease from before its request.
            let waited_ms = u32::try_from(waited.as_millis()).unwrap_or(u32::MAX);
            for message in &mut claimed.messages {
                message.lease_ms = message.lease_ms.saturating_add(waited_ms);
            }
            return Ok(Json(ClaimAnswer {
                tenant: claimed.office.tenant,
                messages: claimed.messages,
                policy: claimed.office.policy,
                queued: claimed.counts.queued,
                sent_today: claimed.counts.sent_today,
                blocked: claimed.blocked,
                active_desktop: Some(claimed.active),
                opt_outs: claimed.opt_outs,
                wish: claimed.wish,
            }));
        }
        tokio::select! {
            () = ring => {}
            () = tokio::time::sleep_until(until.min(Instant::now() + app.poll)) => {}
            _ = stopping.changed() => {}
        }
        waited = asked.elapsed();
        if app.store.holder(caller.token(), app.now()).await?.is_none() {
            return Err(ApiError::unauthorized());
        }
    }
}
