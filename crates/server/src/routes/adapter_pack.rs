//! `GET /api/adapter-pack`: the newest pack of the folder an admin fills. Nothing is checked here: a
//! desktop believes the signature and never this server.

use crate::app::App;
use crate::extract::Caller;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hotdesk_protocol::Problem;
use hotdesk_protocol::adapter_pack::{
    AdapterPackAnswer, MAX_PACK_BYTES, MAX_SIGNATURE_BYTES, PACK_PREFIX, PACK_SUFFIX,
    SIGNATURE_SUFFIX,
};
use std::ffi::OsString;
use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The newest adapter pack, for any signed-in caller; 304 where they know it.
#[utoipa::path(
    get,
    operation_id = "get_adapter_pack",
    path = "/api/adapter-pack",
    tag = "Desktops",
    params(("If-None-Match" = Option<String>, Header, description = "The number that is known, in quotes")),
    responses(
        (status = 200, description = "The newest pack", body = AdapterPackAnswer),
        (status = 304, description = "It is known"),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    _: Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let none = || ApiError::not_found("This server has no adapter pack.");
    let folder = app.adapter_pack_dir.ok_or_else(none)?;
    let known = headers.get(IF_NONE_MATCH).cloned();
    let answer = tokio::task::spawn_blocking(move || {
        let Some((number, file)) = newest(&folder)? else {
            return Ok(None);
        };
        let tag = format!("\"{number}\"");
        if known.is_some_and(|known| known == tag) {
            return Ok(Some((tag, None)));
        }
        let answer = AdapterPackAnswer {
            number,
            signature: read(&signature_of(&file), MAX_SIGNATURE_BYTES)?,
            pack: read(&file, MAX_PACK_BYTES)?,
        };
        Ok::<_, Error>(Some((tag, Some(answer))))
    });
    let found = answer.await.map_err(|error| ApiError::failed(&error))?;
    let found = found.map_err(|error| ApiError::failed(&error))?;
    let (tag, answer) = found.ok_or_else(none)?;
    let body = match answer {
        Some(answer) => Json(answer).into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    Ok(([(ETAG, tag)], body).into_response())
}

/// The pack with the highest number in its name that has a signature beside it.
fn newest(folder: &Path) -> std::io::Result<Option<(u32, PathBuf)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let mut newest = None;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let signed = || path.is_file() && signature_of(&path).is_file();
        if let Some(number) = name.and_then(number_of).filter(|_| signed()) {
            newest = newest.max(Some((number, path)));
        }
    }
    Ok(newest)
}

fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(PACK_PREFIX)?.strip_suffix(PACK_SUFFIX)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

fn signature_of(pack: &Path) -> PathBuf {
    let mut path = OsString::from(pack);
    path.push(SIGNATURE_SUFFIX);
    path.into()
}

fn read(file: &Path, most: usize) -> std::io::Result<String> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = String::new();
    File::open(file)?.take(limit).read_to_string(&mut text)?;
    if text.len() > most {
        let name = file.display();
        return Err(Error::other(format!(
            "{name} is longer than {most} bytes; no adapter pack is served"
        )));
    }
    Ok(text)
}
