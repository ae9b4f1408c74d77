//! Files on their way: uploaded by a page before the message, kept under their SHA-256.

use crate::knobs::Knobs;
use crate::sim::{Sim, World};
use crate::wire::{FileInfo, FileSent};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The largest file the server half takes.
pub const MAX_FILE_BYTES: usize = 100 * 1024 * 1024;
/// The cookie by which a linked page is known.
pub(crate) const DEVICE_COOKIE: &str = "wa_device";

/// The routes of uploads.
pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/media", post(upload))
        .route("/media/{sha256}", get(download))
        .layer(DefaultBodyLimit::max(MAX_FILE_BYTES))
}

/// The token in a page's cookie.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    let mut pairs = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == DEVICE_COOKIE)?;
    Some(token)
}

async fn upload(State(sim): State<Sim>, headers: HeaderMap, body: Bytes) -> Response {
    let knobs: Option<Knobs> = {
        let world = sim.world();
        let device = token_of(&headers).and_then(|token| world.phones.device_of(token));
        device.map(|(account, _)| world.knobs.of(Some(&account.phone)))
    };
    let folder = sim.world().media.clone();
    match knobs {
        None => (StatusCode::FORBIDDEN, "Only a linked device uploads.").into_response(),
        Some(knobs) if knobs.refuse_uploads => {
            (StatusCode::SERVICE_UNAVAILABLE, "Uploads are refused.").into_response()
        }
        Some(_) => {
            let sha256 = hex::encode(Sha256::digest(&body));
            let kept = async {
                tokio::fs::create_dir_all(&folder).await?;
                let beside = folder.join(format!("{sha256}.new"));
                tokio::fs::write(&beside, &body).await?;
                tokio::fs::rename(beside, folder.join(&sha256)).await
            };
            match kept.await {
                Ok(()) => Json(json!({"sha256": sha256, "size": body.len()})).into_response(),
                Err(error) => {
                    tracing::error!(%error, "an upload could not be kept");
                    (StatusCode::INSUFFICIENT_STORAGE, "The file was not kept.").into_response()
                }
            }
        }
    }
}

async fn download(State(sim): State<Sim>, Path(sha256): Path<String>) -> Response {
    let hex = sha256.len() == 64 && sha256.bytes().all(|it| it.is_ascii_hexdigit());
    let path = sim.world().media.join(&sha256);
    match tokio::fs::read(path).await {
        Ok(bytes) if hex => {
            let head = [
                (CONTENT_TYPE, "application/octet-stream"),
                (CACHE_CONTROL, "private, max-age=31536000, immutable"),
            ];
            (head, bytes).into_response()
        }
        Ok(_) | Err(_) => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    }
}

impl World {
    /// What is known of a file that a page says it has uploaded.
    pub(crate) fn uploaded(&self, sent: &FileSent) -> Option<FileInfo> {
        let hex = sent.sha256.len() == 64 && sent.sha256.bytes().all(|it| it.is_ascii_hexdigit());
        let path = hex.then(|| self.media.join(&sent.sha256))?;
        let size = std::fs::metadata(path).ok()?.len();
        Some(FileInfo {
            file_name: sent.file_name.clone(),
            mime_type: sent.mime_type.clone(),
            size,
            sha256: sent.sha256.clone(),
        })
    }
}
