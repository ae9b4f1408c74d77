//! `POST /api/files?kind=&fileName=[&sha256=]`.

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::files::check;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::file::{Attachment, FileKind, MAX_FILE_NAME_BYTES};
use hotdesk_protocol::ids::FileId;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What the file is; its bytes are the body, its type is that of the body.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct UploadParams {
    kind: FileKind,
    #[param(min_length = 1, max_length = 200)]
    file_name: String,
    /// What the client has counted; other bytes are refused.
    sha256: Option<String>,
}

/// Keeps a file for messages to carry: 201, or 200 if this very file was kept before. Its id says
/// nothing about who may read it: only the SDR of a message that carries it.
#[utoipa::path(
    post,
    operation_id = "post_files",
    path = "/api/files",
    tag = "Messages",
    params(UploadParams),
    request_body(content = Vec<u8>, description = "The bytes; their type is the header's", content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "This very file was kept before", body = Attachment),
        (status = 201, description = "It is kept", body = Attachment),
        Refusals
    )
)]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<UploadParams>,
    request: Request,
) -> Result<(StatusCode, Json<Attachment>), ApiError> {
    check_name(&params.file_name)?;
    let mime_type = mime_type(&request);
    let bytes = {
        let _turn = app.files.uploads.try_acquire().map_err(|_| {
            ApiError::unavailable(
                2,
                "Other files are being uploaded; nothing was kept. Try again.",
            )
        })?;
        let limit = app.files.limit(params.kind);
        let bytes = receive(request, limit, app.patience.file).await?;
        check(params.kind, &mime_type, &bytes).map_err(|why| unfit(why.to_string()))?;
        bytes
    };
    let sha256 = hex::encode(Sha256::digest(&bytes));
    if params
        .sha256
        .is_some_and(|told| !told.eq_ignore_ascii_case(&sha256))
    {
        return Err(unfit(
            "The bytes arrived changed; nothing was kept. Upload them again.",
        ));
    }
    app.files.keep(&sha256, &bytes).await.map_err(|error| {
        tracing::error!(%error, "a file could not be kept");
        ApiError::unavailable(60, "The queue server cannot keep the file; nothing was queued. Free disk space there and try again.")
    })?;
    let file = Attachment {
        file_id: file_id(params.kind, &params.file_name, &mime_type, &sha256),
        kind: params.kind,
        file_name: params.file_name,
        mime_type,
        size_bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        sha256,
    };
    let by = caller.id().clone();
    let fresh = app.store.put_file(file.clone(), by, app.now()).await?;
    let status = if fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(file)))
}

/// The same file has the same id, so a repeated upload is harmless.
fn file_id(kind: FileKind, name: &str, mime_type: &str, sha256: &str) -> FileId {
    let kind = match kind {
        FileKind::Image => "image",
        FileKind::Document => "document",
    };
    let hash = Sha256::digest(format!("v1|{kind}|{mime_type}|{sha256}|{name}"));
    FileId(hex::encode(&hash[..16]))
}

fn mime_type(request: &Request) -> String {
    let told = request.headers().get(CONTENT_TYPE);
    let text = told
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let bad = |letter: char| letter.is_control() || matches!(letter, '/' | '\\');
    if name.trim().is_empty() || name.len() > MAX_FILE_NAME_BYTES || name.contains(bad) {
        return Err(unfit(format!(
            "A file's name has 1 to {MAX_FILE_NAME_BYTES} bytes and no slashes; nothing was kept."
        )));
    }
    Ok(())
}

async fn receive(
    request: Request,
    limit: u32,
    within: Duration,
) -> Result<axum::body::Bytes, ApiError> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let told = request.headers().get(CONTENT_LENGTH);
    let told = told.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let too_large = || {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ProblemCode::BadFile,
            format!("The file is larger than {limit} bytes; nothing was kept."),
        )
    };
    if told.is_some_and(|bytes| bytes > u64::from(limit)) {
        return Err(too_large());
    }
    let body: Body = request.into_body();
    let late = |_| {
        ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            ProblemCode::BadRequest,
            "The file did not arrive in time; nothing was kept.",
        )
    };
    let received = tokio::time::timeout(within, to_bytes(body, most))
        .await
        .map_err(late)?;
    received.map_err(|error| {
        let long = std::error::Error::source(&error)
            .is_some_and(|why| why.to_string().contains("length limit"));
        if long {
            too_large()
        } else {
            ApiError::bad_request("The file could not be read; nothing was kept.")
        }
    })
}

fn unfit(words: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, ProblemCode::BadFile, words)
}
