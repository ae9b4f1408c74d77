//! `GET` and `PUT /api/settings`: by which rules the office sends.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::first_message::can_be_named;
use crate::hours::{check, is_zone, spoken};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::Office;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::policy::{Caps, FirstMessage, Hours};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MOST_GAP_MS: u32 = 3_600_000;
const MOST_MESSAGES: u32 = 100_000;
const MOST_NAME_CHARS: usize = 100;
const MOST_RETENTION_DAYS: u32 = 3_650;
/// The act as the audit knows it.
const CHANGED: &str = "settings_changed";

/// The rules; a change replaces all of them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// IANA name; when the office's day begins, and the zone of leads whose number tells none.
    time_zone: String,
    /// When messages may begin, by each lead's own clock.
    hours: Hours,
    /// How many new leads and unanswered messages there may be.
    caps: Caps,
    /// Most messages a day for one SDR.
    daily_messages: u32,
    /// Least time between two messages of one SDR.
    gap_ms: u32,
    /// What leads know the office by.
    office_name: Option<String>,
    /// What the first message to a lead must say.
    first_message: FirstMessage,
    /// How many days after they left messages lose their text; none for never.
    retention_days: Option<u32>,
}

impl Settings {
    fn of(office: &Office) -> Self {
        Self {
            time_zone: office.time_zone.clone(),
            hours: office.hours.clone(),
            caps: office.caps.clone(),
            daily_messages: office.policy.daily_messages,
            gap_ms: office.policy.gap_ms,
            office_name: office.name.clone(),
            first_message: office.first_message,
            retention_days: office.retention_days,
        }
    }

    /// A blank name is none.
    fn tidied(mut self) -> Self {
        let name = self.office_name.take();
        let name = name.map(|name| name.trim().to_owned());
        self.office_name = name.filter(|name| !name.is_empty());
        self
    }

    fn check(&self) -> Result<(), ApiError> {
        let refused = |why: String| ApiError::bad_request(format!("{why} Nothing was changed."));
        if !is_zone(&self.time_zone) {
            return Err(refused(
                "The time zone is not an IANA name such as America/Sao_Paulo.".to_owned(),
            ));
        }
        check(&self.hours).map_err(|unfit| refused(unfit.to_string()))?;
        let counts = [
            Some(self.daily_messages),
            self.caps.new_leads,
            self.caps.unanswered,
        ];
        if counts
            .into_iter()
            .flatten()
            .any(|most| most > MOST_MESSAGES)
            || self.gap_ms > MOST_GAP_MS
        {
            return Err(refused(format!(
                "Caps are at most {MOST_MESSAGES}, the gap at most {MOST_GAP_MS} ms."
            )));
        }
        if self
            .retention_days
            .is_some_and(|days| !(1..=MOST_RETENTION_DAYS).contains(&days))
        {
            return Err(refused(format!(
                "Texts are kept for 1 to {MOST_RETENTION_DAYS} days, or for good."
            )));
        }
        match &self.office_name {
            Some(name) if !can_be_named(name) => Err(refused(
                "The office's name has no letter and no digit.".to_owned(),
            )),
            Some(name) if name.chars().any(char::is_control) => Err(refused(
                "The office's name has a control character.".to_owned(),
            )),
            Some(name) if name.chars().count() > MOST_NAME_CHARS => Err(refused(format!(
                "The office's name has more than {MOST_NAME_CHARS} characters."
            ))),
            None if self.first_message.required => Err(refused(
                "A first message can name the office only if the office has a name: give officeName."
                    .to_owned(),
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn put_into(self, office: &mut Office) {
        office.time_zone = self.time_zone;
        office.hours = self.hours;
        office.caps = self.caps;
        office.policy.daily_messages = self.daily_messages;
        office.policy.gap_ms = self.gap_ms;
        office.name = self.office_name;
        office.first_message = self.first_message;
        office.retention_days = self.retention_days;
    }

    /// What differs, each with what it was and what it is now.
    fn changes(&self, now: &Self) -> Vec<String> {
        let cap = |cap: Option<u32>| cap.map_or_else(|| "none".to_owned(), |most| most.to_string());
        let holidays = |hours: &Hours| match hours {
            Hours::Always => "none".to_owned(),
            Hours::Weekly(weekly) if weekly.holidays.is_empty() => "none".to_owned(),
            Hours::Weekly(weekly) => weekly.holidays.join(" "),
        };
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
        let first = |first: FirstMessage| {
            let required = "names sender, office and a way out";
            let words = if first.required { required } else { "free" };
            words.to_owned()
        };
        let all = [
            ("time zone", self.time_zone.clone(), now.time_zone.clone()),
            ("hours", spoken(&self.hours), spoken(&now.hours)),
            ("holidays", holidays(&self.hours), holidays(&now.hours)),
            (
                "new leads a day",
                cap(self.caps.new_leads),
                cap(now.caps.new_leads),
            ),
            (
                "unanswered messages",
                cap(self.caps.unanswered),
                cap(now.caps.unanswered),
            ),
            (
                "messages a day",
                self.daily_messages.to_string(),
                now.daily_messages.to_string(),
            ),
            ("gap ms", self.gap_ms.to_string(), now.gap_ms.to_string()),
            (
                "office name",
                name(&self.office_name),
                name(&now.office_name),
            ),
            (
                "first message",
                first(self.first_message),
                first(now.first_message),
            ),
            (
                "days that texts are kept",
                cap(self.retention_days),
                cap(now.retention_days),
            ),
        ];
        let differ = all.into_iter().filter(|(_, was, is)| was != is);
        differ
            .map(|(what, was, is)| format!("{what}: {was} -> {is}"))
            .collect()
    }
}

/// The rules by which the office sends, for managers.
#[utoipa::path(
    get,
    operation_id = "get_settings",
    path = "/api/settings",
    tag = "Settings",
    responses(
        (status = 200, description = "The rules", body = Settings),
        Refusals
    )
)]
pub async fn get(State(app): State<App>, caller: Caller) -> Result<Json<Settings>, ApiError> {
    caller.must_manage()?;
    Ok(Json(Settings::of(&app.store.office().await?)))
}

/// Replaces the rules by which the office sends, for admins; what was changed, from what to what, goes into
/// the audit. Repeatable.
#[utoipa::path(
    put,
    operation_id = "put_settings",
    path = "/api/settings",
    tag = "Settings",
    request_body = Settings,
    responses(
        (status = 200, description = "The rules now", body = Settings),
        Refusals
    )
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Body(settings): Body<Settings>,
) -> Result<Json<Settings>, ApiError> {
    caller.must_administer()?;
    let settings = settings.tidied();
    settings.check()?;
    let mut office = app.store.office().await?;
    let changes = Settings::of(&office).changes(&settings);
    settings.clone().put_into(&mut office);
    // Written down first, so that nothing is ever changed unnoticed.
    for change in changes {
        let act = AuditAct::Other(CHANGED.to_owned());
        super::audit::note_of_office(&app, &caller, act, change).await?;
    }
    app.store.put_office(office).await?;
    app.hints.wake_all();
    Ok(Json(settings))
}
