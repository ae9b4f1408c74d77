//! When a message may begin: within the office's hours in every time zone its lead may be in. Without a
//! clock and without a database.

mod brazil;
mod words;
mod zones;

pub use words::{Unfit, check, moment, spoken};
pub use zones::{is_zone, zone_key, zone_names, zones};

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::policy::{Hours, Weekday, WeeklyHours};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// So far ahead the next opening is looked for. Zones that have no hour in common have none later either,
/// but where summer time begins or ends.
const LOOKED_AHEAD_DAYS: i32 = 30;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whether a message may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Now.
    Open,
    /// Not now.
    Closed {
        /// The first moment at which it may; none within the next 30 days.
        opens_at: Option<UtcMs>,
    },
}

/// Whether a message may begin to a lead who is in one of these zones, nobody knows in which.
pub fn opening(at: UtcMs, zones: &[TimeZone], hours: &Hours) -> Opening {
    let rule = match hours {
        Hours::Always => return Opening::Open,
        Hours::Weekly(weekly) => Rule::of(weekly),
    };
    let Ok(at) = Timestamp::from_millisecond(at.0) else {
        return Opening::Closed { opens_at: None };
    };
    if rule.is_open(at, zones) {
        return Opening::Open;
    }
    let opens_at = rule.next(at, zones);
    Opening::Closed {
        opens_at: opens_at.map(|at| UtcMs(at.as_millisecond())),
    }
}

/// The hours as they are asked.
struct Rule {
    days: [bool; 7],
    from: Time,
    from_min: u16,
    to_min: u16,
    holidays: Vec<Date>,
}

impl Rule {
    /// What cannot be read of the hours opens and closes nothing; [`check`] keeps that out.
    fn of(weekly: &WeeklyHours) -> Self {
        let has = |day| weekly.days.contains(&day);
        let minutes = |of: u16| i8::try_from(of).unwrap_or(0);
        Self {
            days: [
                has(Weekday::Mon),
                has(Weekday::Tue),
                has(Weekday::Wed),
                has(Weekday::Thu),
                has(Weekday::Fri),
                has(Weekday::Sat),
                has(Weekday::Sun),
            ],
            from: Time::new(
                minutes(weekly.from_min / 60),
                minutes(weekly.from_min % 60),
                0,
                0,
            )
            .unwrap_or(Time::MAX),
            from_min: weekly.from_min,
            to_min: weekly.to_min,
            holidays: weekly
                .holidays
                .iter()
                .filter_map(|date| date.parse().ok())
                .collect(),
        }
    }

    fn is_open(&self, at: Timestamp, zones: &[TimeZone]) -> bool {
        zones.iter().all(|zone| {
            let there = zone.to_datetime(at);
            let minute = u16::try_from(there.hour()).unwrap_or(0) * 60
                + u16::try_from(there.minute()).unwrap_or(0);
            self.has_day(there.date()) && (self.from_min..self.to_min).contains(&minute)
        })
    }

    fn has_day(&self, date: Date) -> bool {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.days.get(day).is_some_and(|has| *has) && !self.holidays.contains(&date)
    }

    /// A zone opens only when its clock comes to the hour, which it may do twice where an hour is
    /// repeated, or when it jumps past that; so all open first at one of these moments.
    fn next(&self, at: Timestamp, zones: &[TimeZone]) -> Option<Timestamp> {
        (0..LOOKED_AHEAD_DAYS).find_map(|day| {
            let from = at.checked_add(DAY * day).ok()?;
            let to = from.checked_add(DAY).ok()?;
            let mut moments: Vec<_> = zones
                .iter()
                .flat_map(|zone| self.beginnings(zone, from, to))
                .filter(|moment| *moment > from && *moment <= to)
                .collect();
            moments.sort_unstable();
            moments.into_iter().find(|it| self.is_open(*it, zones))
        })
    }

    /// When the zone may begin to be open in this time.
    fn beginnings(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let last = zone.to_datetime(to).date();
        let days = zone
            .to_datetime(from)
            .date()
            .series(jiff::Span::new().days(1));
        let mut moments: Vec<_> = days
            .take_while(|date| *date <= last)
            .filter(|date| self.has_day(*date))
            .map(|date| zone.to_ambiguous_timestamp(date.to_datetime(self.from)))
            .flat_map(|moment| [moment.earlier(), moment.later()])
            .flatten()
            .collect();
        let jumps = zone.following(from).map(|jump| jump.timestamp());
        moments.extend(jumps.take_while(|jump| *jump <= to));
        moments
    }
}
