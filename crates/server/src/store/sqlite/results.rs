//! What became of messages, and what leads answered.

use super::row::{Mover, Outcome, message, to_json};
use crate::store::rules::{Standing as Stands, after_report, is_of_the_past, state_name};
use crate::store::{Cause, Report, Reporter};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{ChatId, DesktopId, MessageId, WaMessageId};
use hotdesk_protocol::queue::ReplyRequest;
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, params};

pub(super) fn report(
    db: &Connection,
    report: &Report,
    now: UtcMs,
) -> rusqlite::Result<Outcome<MessageState>> {
    let found = match message(db, &report.message_id, Some(&report.sdr_id))? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let desktop = match &report.by {
        Reporter::Desktop(desktop) => Some(desktop),
        Reporter::Lk1 => None,
    };
    let ever_held = match desktop.filter(|desktop| !found.is_with(desktop)) {
        Some(desktop) => ever_held(db, &found.id, desktop)?,
        None => false,
    };
    let stands = match found.reporter(&report.by, ever_held) {
        Ok(stands) => stands,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let tenant = super::people::office(db)?.tenant;
    let reported = report.wa_message_id.as_ref();
    let stands = if is_of_the_past(&tenant, &found.id, found.generation, reported) {
        Stands::Former
    } else {
        stands
    };
    let Some(to) = after_report(found.state, report.state, stands) else {
        return Ok(Ok(found.state));
    };
    let left_at = found.left_at(report, to, now);
    let problem = match (&report.problem, left_at) {
        (Some(problem), None) => Some(to_json(problem)?),
        (Some(_) | None, _) => None,
    };
    // With the state at once: how the lead stands is looked at anew after each of the two.
    db.prepare_cached(
        "UPDATE messages SET sent_at_ms = coalesce(sent_at_ms, ?2), problem = ?3,
             wa_message_id = coalesce(?4, wa_message_id), chat_id = coalesce(?5, chat_id),
             state = ?6, lease_token = NULL
         WHERE id = ?1",
    )?
    .execute(params![
        found.id.as_str(),
        left_at.map(|at| at.0),
        problem,
        report.wa_message_id.as_ref().map(WaMessageId::as_str),
        report.chat_id.as_ref().map(ChatId::as_str),
        state_name(to)
    ])?;
    let mover = Mover {
        desktop,
        person: desktop.is_none().then_some(&report.sdr_id),
        reported_at: Some(report.at_ms),
        wa_message_id: report.wa_message_id.as_ref(),
        note: None,
    };
    let from = Some(found.state);
    super::log::write_event(db, &found.id, from, to, Cause::Reported, mover, now)?;
    if left_at.is_some() {
        super::lanes::renew(db, &found.phone)?;
    }
    Ok(Ok(to))
}

fn ever_held(db: &Connection, id: &MessageId, desktop: &DesktopId) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM events WHERE message_id = ?1 AND desktop_id = ?2 AND cause = ?3",
    )?
    .exists(params![
        id.as_str(),
        desktop.as_str(),
        Cause::Claimed.as_str()
    ])
}

pub(super) fn reply(
    db: &Connection,
    reply: &ReplyRequest,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let found = match message(db, &reply.message_id, Some(&reply.sdr_id))? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    db.execute(
        "INSERT INTO message_replies (sdr_id, wa_message_id, message_id, chat_id, text, at_ms,
                                      received_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        params![
            reply.sdr_id.as_str(),
            reply.wa_message_id.as_str(),
            reply.message_id.as_str(),
            reply.chat_id.as_str(),
            reply.text,
            reply.at_ms.0,
            now.0
        ],
    )?;
    super::lanes::renew(db, &found.phone)?;
    Ok(Ok(()))
}
