//! `GET /api/sender/files/{id}?sdrId=`.

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{FileId, SdrId};
use serde::Deserialize;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

const CHUNK_BYTES: usize = 64 * 1024;

/// Whose message carries it.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct FileParams {
    sdr_id: SdrId,
}

/// The bytes of a file, for the SDR of a message that carries it.
#[utoipa::path(
    get,
    operation_id = "get_sender_files_one",
    path = "/api/sender/files/{id}",
    tag = "Desktops",
    params(("id" = FileId, Path, description = "Which file"), FileParams),
    responses(
        (status = 200, description = "Its bytes", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, description = "No message of theirs carries it", body = Problem),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<FileParams>,
) -> Result<Response, ApiError> {
    caller.must_be(&params.sdr_id)?;
    let found = app.store.file_of(FileId(id), params.sdr_id).await?;
    // The same answer for a file that is not there and for another SDR's.
    let file = found.ok_or_else(|| {
        ApiError::not_found("No message of this SDR carries a file with this id.")
    })?;
    let turn = Arc::clone(&app.files.downloads)
        .try_acquire_owned()
        .map_err(|_| {
            ApiError::unavailable(
                1,
                "Many files are being fetched. Nothing is lost; it is tried again.",
            )
        })?;
    let bytes = app
        .files
        .open(&file.sha256)
        .await
        .map_err(|error| ApiError::failed(&error))?;
    let pieces = try_unfold((bytes, turn), async |(mut bytes, turn)| {
        let mut piece = vec![0; CHUNK_BYTES];
        let read = bytes.read(&mut piece).await?;
        piece.truncate(read);
        let more = (read > 0).then(|| (Bytes::from(piece), (bytes, turn)));
        Ok::<_, std::io::Error>(more)
    });
    let head = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, file.size_bytes.to_string()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((head, Body::from_stream(pieces)).into_response())
}
