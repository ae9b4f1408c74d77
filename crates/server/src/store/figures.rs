//! What both stores make of the messages of the last days.

use super::rules::day_start;
use hotdesk_protocol::dashboard::{DayFigures, FailureCount, Figures, Funnel};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most days that are told at once.
pub const MOST_DAYS: u32 = 366;

/// One day of the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `2026-11-29`.
    pub name: String,
    /// When it begins.
    pub from: UtcMs,
    /// When the next one begins.
    pub to: UtcMs,
}

/// The last `count` days of the office, oldest first; the last one is not over yet. A zone nobody knows
/// counts as UTC.
pub fn days(count: u32, time_zone: &str, now: UtcMs) -> Vec<Day> {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let named = |at: UtcMs| {
        Timestamp::from_millisecond(at.0).map_or_else(
            |_| String::new(),
            |at| at.to_zoned(zone.clone()).date().to_string(),
        )
    };
    let mut days: Vec<Day> = Vec::new();
    let mut within = now;
    for _ in 0..count.clamp(1, MOST_DAYS) {
        let from = day_start(within, time_zone);
        let to = days.last().map_or(UtcMs(i64::MAX), |next| next.from);
        let name = named(from);
        days.push(Day { name, from, to });
        within = UtcMs(from.0 - 1);
    }
    days.reverse();
    days
}

/// A message that failed.
pub(super) struct Failed {
    pub(super) sdr_id: SdrId,
    pub(super) at: UtcMs,
    /// A problem as JSON; none where nobody said why.
    pub(super) problem: Option<String>,
}

/// Puts together what left on the days, without failures, and what failed since the first of them.
pub(super) fn figures(
    days: &[Day],
    left: Vec<DayFigures>,
    failed: &[Failed],
    funnel: Funnel,
) -> Figures {
    let mut lines: BTreeMap<(String, SdrId), DayFigures> = left
        .into_iter()
        .map(|line| ((line.day.clone(), line.sdr_id.clone()), line))
        .collect();
    for it in failed {
        let Some(day) = days.iter().find(|day| day.from <= it.at && it.at < day.to) else {
            continue;
        };
        let line = lines
            .entry((day.name.clone(), it.sdr_id.clone()))
            .or_insert_with(|| DayFigures {
                day: day.name.clone(),
                sdr_id: it.sdr_id.clone(),
                sent: 0,
                delivered: 0,
                read: 0,
                replied: 0,
                failed: 0,
            });
        line.failed = line.failed.saturating_add(1);
    }
    Figures {
        days: lines.into_values().collect(),
        funnel,
        failures: why(failed),
    }
}

fn why(failed: &[Failed]) -> Vec<FailureCount> {
    let mut counts: BTreeMap<String, FailureCount> = BTreeMap::new();
    for it in failed {
        let problem = it.problem.as_deref().map(serde_json::from_str::<Problem>);
        let code = match problem {
            Some(Ok(problem)) => problem.code,
            Some(Err(_)) | None => ProblemCode::Unknown,
        };
        let counted = counts
            .entry(format!("{code:?}"))
            .or_insert(FailureCount { code, count: 0 });
        counted.count = counted.count.saturating_add(1);
    }
    let mut counts: Vec<FailureCount> = counts.into_values().collect();
    counts.sort_by_key(|counted| Reverse(counted.count));
    counts
}
