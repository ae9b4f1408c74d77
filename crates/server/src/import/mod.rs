//! Leads from a file of comma-separated values, taken while it comes in: a thousand rows in one
//! transaction, in bounded memory. Repeated, or overlapping with another, an import changes nothing
//! twice, because the same number is the same lead.

mod columns;
mod encoding;
mod reading;
mod records;
mod rows;

pub use columns::Misfit;
pub use rows::Defaults;

use crate::app::App;
use crate::problem::ApiError;
use crate::store::StoreError;
use crate::store::leads::{By, ImportRows};
use axum::body::Bytes;
use axum::http::StatusCode;
use futures_util::{Stream, StreamExt};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::audit::{AuditAct, AuditActor, AuditEntry};
use hotdesk_protocol::dashboard::{ImportAnswer, ImportMapping, MAX_IMPORT_BYTES};
use hotdesk_protocol::ids::SdrId;
use reading::{Reading, Row};
use std::pin::pin;

/// How a file is to be taken.
pub struct Wanted {
    /// Which column holds what; guessed if nothing is said.
    pub mapping: Option<ImportMapping>,
    /// What is said of all rows.
    pub defaults: Defaults,
    /// Whose the leads become, in turn.
    pub to: Vec<SdrId>,
    /// Nothing is changed.
    pub dry_run: bool,
    /// Who says so.
    pub by: By,
}

/// Why the rest of a file was not taken.
#[derive(Debug)]
enum Stopped {
    /// It did not arrive, or not in time.
    Lost,
    TooLarge,
    /// Nothing arrived at all.
    Empty,
    Misfit(Misfit),
    Unmapped,
    Store(StoreError),
}

/// Takes the file. What was taken before an error stays, and the audit says so.
pub async fn import<E>(
    app: &App,
    wanted: Wanted,
    file: impl Stream<Item = Result<Bytes, E>>,
) -> Result<ImportAnswer, ApiError> {
    let mut reading = Reading::new(wanted.mapping, wanted.defaults);
    let mut taking = Taking {
        app,
        id: (!wanted.dry_run).then(|| uuid::Uuid::now_v7().to_string()),
        to: wanted.to,
        turn: 0,
    };
    let done = taking.take(&mut reading, file).await;
    let mut answer = reading.end();
    answer.import_id.clone_from(&taking.id);
    if let Some(id) = taking.id {
        let entry = entry(&wanted.by, &id, &answer, done.is_ok(), app);
        let told_by = wanted.by.id;
        app.store
            .put_audit(vec![entry], None, told_by, app.now())
            .await?;
    }
    done.map_err(|stopped| told(stopped, &answer))?;
    Ok(answer)
}

struct Taking<'a> {
    app: &'a App,
    /// None for a dry run.
    id: Option<String>,
    to: Vec<SdrId>,
    turn: u32,
}

impl Taking<'_> {
    async fn take<E>(
        &mut self,
        reading: &mut Reading,
        file: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<(), Stopped> {
        let mut file = pin!(file);
        let mut bytes = 0;
        loop {
            let next = tokio::time::timeout(self.app.patience.body, file.next()).await;
            let piece = next.map_err(|_| Stopped::Lost)?;
            let piece = piece.transpose().map_err(|_| Stopped::Lost)?;
            let last = piece.is_none();
            let piece = piece.unwrap_or_default();
            bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if bytes > MAX_IMPORT_BYTES {
                return Err(Stopped::TooLarge);
            }
            if last && bytes == 0 {
                return Err(Stopped::Empty);
            }
            reading.push(&piece, last);
            while let Some(rows) = reading.batch().map_err(Stopped::Misfit)? {
                self.batch(reading, rows).await?;
            }
            if self.id.is_some() && !reading.answer.columns.is_empty() && !reading.is_mapped() {
                return Err(Stopped::Unmapped);
            }
            if last || reading.is_full() {
                return Ok(());
            }
        }
    }

    async fn batch(&mut self, reading: &mut Reading, rows: Vec<Row>) -> Result<(), Stopped> {
        let store = &self.app.store;
        let became = if let Some(id) = &self.id {
            let leads = ImportRows {
                import: id.clone(),
                rows: rows.iter().map(|row| row.lead.clone()).collect(),
                to: self.to.clone(),
                turn: self.turn,
            };
            let done = store.import(leads, self.app.now()).await;
            let done = done.map_err(Stopped::Store)?;
            self.turn = done.turn;
            done.rows
        } else {
            let phones = rows.iter().map(|row| row.lead.phone.clone()).collect();
            let looked = store.look_at_phones(phones).await;
            looked.map_err(Stopped::Store)?
        };
        reading.settle(rows, became);
        Ok(())
    }
}

fn entry(by: &By, import: &str, answer: &ImportAnswer, whole: bool, app: &App) -> AuditEntry {
    let end = if whole { "" } else { "; it broke off" };
    AuditEntry {
        id: uuid::Uuid::now_v7().to_string(),
        at_ms: app.now(),
        sdr_id: None,
        actor: AuditActor::Manager,
        who: Some(by.name.clone()),
        act: AuditAct::LeadsImported,
        message_id: None,
        note: Some(format!(
            "import {import}: {} new, {} known, {} not taken{end}",
            answer.fresh, answer.known, answer.rejected_count
        )),
    }
}

fn told(stopped: Stopped, answer: &ImportAnswer) -> ApiError {
    let taken = answer.fresh + answer.known;
    let kept = format!(
        "{taken} leads before that were taken and stay; import the file again, and what was taken is not taken twice."
    );
    match stopped {
        Stopped::Lost => ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            ProblemCode::BadRequest,
            format!("The file did not arrive whole. {kept}"),
        ),
        Stopped::TooLarge => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ProblemCode::BadFile,
            format!(
                "The file is larger than {MAX_IMPORT_BYTES} bytes; cut it into smaller ones. {kept}"
            ),
        ),
        Stopped::Empty => ApiError::new(
            StatusCode::BAD_REQUEST,
            ProblemCode::BadFile,
            "The file is empty; nothing was taken.",
        ),
        Stopped::Misfit(Misfit::NoColumn(name)) => ApiError::bad_request(format!(
            "The file has no column “{name}”; nothing was taken. Look at the mapping again."
        )),
        Stopped::Misfit(Misfit::Twice(name)) => ApiError::bad_request(format!(
            "The file has two columns “{name}”; nothing was taken. Rename one of them in the file."
        )),
        Stopped::Misfit(Misfit::Same(_)) => ApiError::bad_request(
            "Two columns are mapped to one field; nothing was taken. Look at the mapping again.",
        ),
        Stopped::Unmapped => ApiError::bad_request(
            "Nothing says which columns are the name and the phone number; nothing was taken. Give a mapping.",
        ),
        Stopped::Store(StoreError::Refused(refusal)) => refusal.into(),
        Stopped::Store(error @ (StoreError::Busy | StoreError::Failed(_))) => {
            tracing::warn!(leads.taken = taken, "an import broke off");
            error.into()
        }
    }
}
