//! `POST /api/leads/import?dryRun=&mapping=&consent=&assign=&defaultCountry=`.

use super::assign::receivers;
use crate::app::App;
use crate::extract::{Caller, Params};
use crate::import::{Defaults, Wanted, import};
use crate::openapi::Refusals;
use crate::phone::HOME;
use crate::problem::ApiError;
use crate::store::leads::By;
use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hotdesk_protocol::dashboard::{AssignTo, ImportAnswer, ImportMapping, MAX_IMPORT_BYTES};
use hotdesk_protocol::{Problem, ProblemCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Most bytes of a field beside the file.
const MAX_FIELD_BYTES: usize = 64 * 1024;
const MAX_CONSENT_BYTES: usize = 500;

/// How the file is to be taken; in the address, or as parts of a form before the part `file`.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct ImportParams {
    dry_run: Option<bool>,
    /// JSON: the name of a column and the field it holds.
    mapping: Option<String>,
    consent: Option<String>,
    /// JSON: whose the leads become.
    assign: Option<String>,
    /// Two letters (ISO 3166).
    default_country: Option<String>,
}

/// Takes a file of leads. It goes on if the caller hangs up, as far as the file has come in, so that the
/// audit has its end.
#[utoipa::path(
    post,
    operation_id = "post_leads_import",
    path = "/api/leads/import",
    tag = "Leads",
    params(ImportParams),
    request_body(content = String, description = "The file; or a form with the same fields and the file as its last part", content_type = "text/csv"),
    responses(
        (status = 200, description = "What became of the rows", body = ImportAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ImportParams>,
    request: Request,
) -> Result<Json<ImportAnswer>, ApiError> {
    caller.must_manage()?;
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let room = u64::try_from(MAX_FIELD_BYTES).unwrap_or(u64::MAX);
    if length.is_some_and(|length| length > MAX_IMPORT_BYTES.saturating_add(room)) {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ProblemCode::BadFile,
            format!(
                "The file is larger than {MAX_IMPORT_BYTES} bytes; nothing was taken. Cut it into smaller ones."
            ),
        ));
    }
    let turn = Arc::clone(&app.imports).try_acquire_owned().map_err(|_| {
        ApiError::unavailable(
            10,
            "Other files are being imported; nothing was taken. Try again when they are done.",
        )
    })?;
    let by = By {
        id: caller.id().clone(),
        name: caller.name().to_owned(),
    };
    let work = tokio::spawn(async move {
        let _turn = turn;
        take(&app, by, params, request).await
    });
    work.await
        .map_err(|error| ApiError::failed(&error))?
        .map(Json)
}

async fn take(
    app: &App,
    by: By,
    mut params: ImportParams,
    request: Request,
) -> Result<ImportAnswer, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/")) {
        let file = request.into_body().into_data_stream();
        return import(app, params.wanted(by)?, file).await;
    }
    let form = Multipart::from_request(request, app).await;
    let mut form = form.map_err(|_| no_form())?;
    loop {
        let next = tokio::time::timeout(app.patience.body, form.next_field()).await;
        let next = next.map_err(|_| no_form())?.map_err(|_| no_form())?;
        let Some(mut part) = next else {
            return Err(no_form());
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            return import(app, params.wanted(by)?, part).await;
        }
        let mut text = Vec::new();
        loop {
            let piece = tokio::time::timeout(app.patience.body, part.chunk()).await;
            let piece = piece.map_err(|_| no_form())?.map_err(|_| no_form())?;
            let Some(piece) = piece else { break };
            text.extend_from_slice(&piece);
            if text.len() > MAX_FIELD_BYTES {
                return Err(no_form());
            }
        }
        let text = String::from_utf8(text).map_err(|_| no_form())?;
        params.set(&name, text)?;
    }
}

fn no_form() -> ApiError {
    ApiError::bad_request(
        "The form cannot be read, or has no part “file” as its last one; nothing was taken.",
    )
}

impl ImportParams {
    fn set(&mut self, name: &str, text: String) -> Result<(), ApiError> {
        match name {
            "dryRun" => self.dry_run = Some(json("dryRun", &text)?),
            "mapping" => self.mapping = Some(text),
            "consent" => self.consent = Some(text),
            "assign" => self.assign = Some(text),
            "defaultCountry" => self.default_country = Some(text),
            _ => {}
        }
        Ok(())
    }

    fn wanted(self, by: By) -> Result<Wanted, ApiError> {
        let dry_run = self.dry_run.unwrap_or(false);
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let mapping = given(self.mapping).map(|text| json::<ImportMapping>("mapping", &text));
        let to = given(self.assign).map(|text| json::<AssignTo>("assign", &text));
        let to = to.transpose()?.map(receivers).transpose()?;
        let country = match given(self.default_country) {
            None => HOME,
            Some(country) => country.trim().to_ascii_uppercase().parse().map_err(|_| {
                ApiError::bad_request(
                    "defaultCountry is not a country of two letters, such as BR; nothing was taken.",
                )
            })?,
        };
        let consent = given(self.consent).map(|consent| consent.trim().to_owned());
        if consent
            .as_ref()
            .is_some_and(|it| it.len() > MAX_CONSENT_BYTES)
        {
            return Err(ApiError::bad_request(format!(
                "A consent has at most {MAX_CONSENT_BYTES} bytes; nothing was taken."
            )));
        }
        Ok(Wanted {
            mapping: mapping.transpose()?,
            defaults: Defaults {
                country,
                // Asked for only once the file was looked at.
                consent_needed: !dry_run,
                consent,
            },
            to: to.unwrap_or_default(),
            dry_run,
            by,
        })
    }
}

fn json<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|error| {
        ApiError::bad_request(format!(
            "{name} is not what this call takes ({error}); nothing was taken."
        ))
    })
}
