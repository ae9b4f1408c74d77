//! `/api/templates`: texts with variables that are kept. For managers.

use super::audit::note_of_one;
use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::campaigns::{KeptTemplate, NewTemplate};
use crate::templates::Text;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::dashboard::{Template, TemplateRequest, TemplatesAnswer};
use hotdesk_protocol::ids::TemplateId;
use hotdesk_protocol::{Problem, ProblemCode};

const MOST_TEMPLATES: usize = 500;
const MOST_NAME_CHARS: usize = 100;

/// All templates, by name.
#[utoipa::path(
    get,
    operation_id = "get_templates",
    path = "/api/templates",
    tag = "Campaigns",
    responses(
        (status = 200, description = "All of them, by name", body = TemplatesAnswer),
        Refusals
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<TemplatesAnswer>, ApiError> {
    caller.must_manage()?;
    let found = app.store.templates().await?;
    Ok(Json(TemplatesAnswer {
        templates: found.into_iter().map(shown).collect(),
    }))
}

/// Keeps a text with variables, under a name that no other has.
#[utoipa::path(
    post,
    operation_id = "post_templates",
    path = "/api/templates",
    tag = "Campaigns",
    request_body = TemplateRequest,
    responses(
        (status = 201, description = "It is kept", body = Template),
        (status = 409, description = "Another has this name", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<TemplateRequest>,
) -> Result<(StatusCode, Json<Template>), ApiError> {
    caller.must_manage()?;
    let id = TemplateId(uuid::Uuid::now_v7().to_string());
    let new = checked(&caller, id, request)?;
    if app.store.templates().await?.len() >= MOST_TEMPLATES {
        return Err(ApiError::bad_request(format!(
            "There are {MOST_TEMPLATES} templates already; remove one first. Nothing was changed."
        )));
    }
    let kept = app.store.add_template(new, app.now()).await?;
    note_of_one(&app, &caller, "template_added", kept.id.as_str()).await?;
    Ok((StatusCode::CREATED, Json(shown(kept))))
}

/// Changes a template. Campaigns that were made of it stay as they are.
#[utoipa::path(
    put,
    operation_id = "put_templates_one",
    path = "/api/templates/{id}",
    tag = "Campaigns",
    params(("id" = TemplateId, Path, description = "Which template")),
    request_body = TemplateRequest,
    responses(
        (status = 200, description = "It is kept", body = Template),
        (status = 404, description = "There is none", body = Problem),
        (status = 409, description = "Another has this name", body = Problem),
        Refusals
    )
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(request): Body<TemplateRequest>,
) -> Result<Json<Template>, ApiError> {
    caller.must_manage()?;
    let new = checked(&caller, TemplateId(id), request)?;
    let kept = app.store.change_template(new, app.now()).await?;
    note_of_one(&app, &caller, "template_changed", kept.id.as_str()).await?;
    Ok(Json(shown(kept)))
}

/// Removes a template; campaigns that were made of it stay as they are.
#[utoipa::path(
    delete,
    operation_id = "delete_templates_one",
    path = "/api/templates/{id}",
    tag = "Campaigns",
    params(("id" = TemplateId, Path, description = "Which template")),
    responses(
        (status = 204, description = "It is no more"),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.must_manage()?;
    let id = TemplateId(id);
    if !app.store.remove_template(id.clone()).await? {
        return Err(ApiError::not_found(
            "There is no template with this id; nothing was changed.",
        ));
    }
    note_of_one(&app, &caller, "template_removed", id.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a name is, trimmed.
pub(super) fn checked_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > MOST_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(ApiError::bad_request(format!(
            "A name has 1 to {MOST_NAME_CHARS} characters, none of them a control character; nothing was changed."
        )));
    }
    Ok(name.to_owned())
}

/// The text, or all that is wrong with it.
pub(super) fn checked_text(text: &str) -> Result<Text, ApiError> {
    Text::parse(text).map_err(|problems| {
        let words = format!("{} Nothing was changed.", problems.join(" "));
        ApiError::new(StatusCode::BAD_REQUEST, ProblemCode::BadText, words)
    })
}

fn checked(
    caller: &Caller,
    id: TemplateId,
    request: TemplateRequest,
) -> Result<NewTemplate, ApiError> {
    checked_text(&request.text)?;
    Ok(NewTemplate {
        id,
        name: checked_name(&request.name)?,
        text: request.text,
        by: caller.id().clone(),
    })
}

fn shown(kept: KeptTemplate) -> Template {
    let text = Text::parse(&kept.text);
    Template {
        id: kept.id,
        name: kept.name,
        // One that is kept has no problem.
        variables: text.map_or_else(|_| Vec::new(), |text| text.variable_names()),
        text: kept.text,
        changed_at_ms: kept.changed_at_ms,
        changed_by: kept.changed_by,
    }
}
