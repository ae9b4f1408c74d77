//! `POST /api/campaigns/preview`: what a campaign would be.

use super::recipients::{Skips, each};
use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::templates::Text;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::dashboard::{
    CampaignPreview, CampaignPreviewRequest, MOST_PREVIEWED_TEXTS, MissingValue, PreviewedText,
};

const TEXTS: u32 = 5;

/// What a campaign would be; changes nothing. What is wrong with the text is an answer, not a refusal: the person is still writing it.
#[utoipa::path(
    post,
    operation_id = "post_campaigns_preview",
    path = "/api/campaigns/preview",
    tag = "Campaigns",
    request_body = CampaignPreviewRequest,
    responses(
        (status = 200, description = "What a campaign would be, or what is wrong with its text", body = CampaignPreview),
        (status = 404, description = "There is no such SDR or lead", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<CampaignPreviewRequest>,
) -> Result<Json<CampaignPreview>, ApiError> {
    caller.must_manage()?;
    let text = match Text::parse(&request.text) {
        Ok(text) => text,
        Err(problems) => {
            return Ok(Json(CampaignPreview {
                problems,
                ..CampaignPreview::default()
            }));
        }
    };
    let texts = request.limit.unwrap_or(TEXTS);
    let texts = texts.clamp(1, MOST_PREVIEWED_TEXTS);
    let mut preview = CampaignPreview {
        variables: text.variable_names(),
        ..CampaignPreview::default()
    };
    let mut skips = Skips::default();
    each(
        &app,
        &caller,
        text,
        request.to,
        request.sdrs,
        |lead, planned| {
            let skipped = planned.gets.as_ref().err().copied();
            let missing = planned.missing.map(|it| it.as_str().to_owned());
            if let Some(variable) = &missing {
                count(&mut preview.missing, variable);
            }
            match skipped {
                Some(reason) => skips.count(reason),
                None => {
                    preview.will_get += 1;
                    preview.first_messages += u32::from(lead.fresh);
                }
            }
            if preview.total < texts {
                preview.previews.push(PreviewedText {
                    lead_id: lead.id,
                    lead_name: lead.name,
                    sdr_id: planned.sdr,
                    text: planned.gets.unwrap_or_default(),
                    skipped,
                    missing,
                });
            }
            preview.total += 1;
            Ok(())
        },
    )
    .await?;
    preview.skipped = skips.all();
    Ok(Json(preview))
}

/// One more lead without this value.
fn count(missing: &mut Vec<MissingValue>, variable: &str) {
    match missing.iter_mut().find(|it| it.variable == variable) {
        Some(known) => known.leads += 1,
        None => missing.push(MissingValue {
            variable: variable.to_owned(),
            leads: 1,
        }),
    }
}
