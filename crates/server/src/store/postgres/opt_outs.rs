//! Table `do_not_contact`: who does not want messages.

use super::fault::Done;
use super::row::{Mover, Outcome, move_to, number, standing};
use super::transaction::Db;
use crate::cursor;
use crate::store::leads::{FoundOptOuts, OptOutPage};
use crate::store::rules::{MAX_OPT_OUTS, source, state_name};
use crate::store::{Cause, OptOutOf, OptedOut, Refusal};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::OptOutRow;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::OptOuts;
use hotdesk_protocol::session::MessageState;

/// What is queued or leased at this moment is withdrawn. A message that another transaction queues
/// meanwhile is withdrawn at its claim, as one of the office's own list is.
pub(super) async fn opt_out(
    db: &Db,
    of: &OptOutOf,
    by: &SdrId,
    reason: &str,
    now: UtcMs,
) -> Done<Outcome<OptedOut>> {
    let phone = match of {
        OptOutOf::Phone(phone) => phone.clone(),
        OptOutOf::Message(id) => {
            let whose = "SELECT sdr_id, phone FROM hotdesk_queue.messages WHERE id = $1";
            match db.row(whose, &[&id.as_str()]).await? {
                None => return Ok(Err(Refusal::NoSuchMessage)),
                Some(row) if row.try_get::<_, &str>(0)? != by.as_str() => {
                    return Ok(Err(Refusal::NotYours));
                }
                Some(row) => row.try_get(1)?,
            }
        }
    };
    // In one order, so that no two of these wait for each other.
    db.run(
        "SELECT pg_advisory_xact_lock(1752134756, queue) FROM (
             SELECT DISTINCT hashtext('queue ' || sdr_id) AS queue FROM hotdesk_queue.messages
             WHERE phone = $1 AND state IN ('queued', 'leased') ORDER BY 1) queues",
        &[&phone],
    )
    .await?;
    db.run("SELECT pg_advisory_xact_lock(1752134756, 2)", &[])
        .await?;
    db.run(
        "INSERT INTO do_not_contact (phone, reason, blocked_at, blocked_by, source)
         SELECT $1::text, $2::text, hotdesk_queue.at($3), $4::text, $5::text WHERE NOT EXISTS (
             SELECT 1 FROM do_not_contact d WHERE d.phone IN ($1::text, substr($1::text, 2)))",
        &[&phone, &reason, &now.0, &by.as_str(), &source(of)],
    )
    .await?;
    let waiting = format!(
        "SELECT {} FROM hotdesk_queue.messages WHERE phone = $1 AND state IN ('queued', 'leased')
         ORDER BY seq FOR UPDATE",
        super::row::STANDING
    );
    let waiting = db.rows(&waiting, &[&phone]).await?;
    let mover = Mover {
        person: Some(by),
        ..Mover::default()
    };
    let mut sdrs: Vec<SdrId> = Vec::new();
    for row in &waiting {
        let message = standing(row)?;
        let (from, to) = (message.state, MessageState::Cancelled);
        move_to(db, &message.id, from, to, Cause::OptedOut, mover, now).await?;
        if !sdrs.contains(&message.sdr_id) {
            sdrs.push(message.sdr_id);
        }
    }
    let row = db
        .one(
            "SELECT count(*) FROM hotdesk_queue.events e
             JOIN hotdesk_queue.messages m ON m.id = e.message_id
             WHERE m.phone = $1 AND e.cause = $2 AND e.to_state = $3",
            &[
                &phone,
                &Cause::OptedOut.as_str(),
                &state_name(MessageState::Cancelled),
            ],
        )
        .await?;
    let cancelled = number(&row, 0)?;
    Ok(Ok(OptedOut { cancelled, sdrs }))
}

/// The numbers blocked after a cursor, for the last look before a submit.
pub(super) async fn since(db: &Db, cursor: Option<i64>) -> Done<Option<OptOuts>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let most = i64::try_from(MAX_OPT_OUTS + 1).unwrap_or(i64::MAX);
    let mut rows = db
        .rows(
            "SELECT seq, '+' || ltrim(phone::text, '+') FROM do_not_contact
             WHERE seq > $1 ORDER BY seq LIMIT $2",
            &[&cursor, &most],
        )
        .await?
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Done<Vec<(i64, String)>>>()?;
    let more = rows.len() > MAX_OPT_OUTS;
    rows.truncate(MAX_OPT_OUTS);
    Ok(Some(OptOuts {
        cursor: rows.last().map_or(cursor, |(seq, _)| *seq),
        numbers: rows.into_iter().map(|(_, phone)| phone).collect(),
        more,
    }))
}

/// Newest first.
pub(super) async fn page(db: &Db, page: &OptOutPage) -> Done<FoundOptOuts> {
    const FITS: &str = "($1::text IS NULL OR strpos(d.phone::text, $1) > 0)";
    let count = format!("SELECT count(*) FROM do_not_contact d WHERE {FITS}");
    let total = number(&db.one(&count, &[&page.digits]).await?, 0)?;
    let sql = format!(
        "SELECT d.seq, '+' || ltrim(d.phone::text, '+'), d.reason::text,
             coalesce(hotdesk_queue.ms(d.blocked_at), 0), d.blocked_by, u.name::text, d.source
         FROM do_not_contact d LEFT JOIN sdr_users u ON u.id::text = d.blocked_by
         WHERE {FITS} AND d.seq < $2 ORDER BY d.seq DESC LIMIT $3"
    );
    let limit = i64::from(page.limit).saturating_add(1);
    let rows = db.rows(&sql, &[&page.digits, &page.before, &limit]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let opt_out = OptOutRow {
            phone: row.try_get(1)?,
            reason: row.try_get(2)?,
            at_ms: UtcMs(row.try_get(3)?),
            by: row.try_get::<_, Option<String>>(4)?.map(SdrId),
            by_name: row.try_get(5)?,
            source: row.try_get(6)?,
        };
        found.push((row.try_get::<_, i64>(0)?, opt_out));
    }
    let (found, next) = cursor::page(found, page.limit, |(seq, _)| *seq);
    Ok(FoundOptOuts {
        next,
        rows: found.into_iter().map(|(_, row)| row).collect(),
        total,
    })
}
