//! Hours and moments in words, and what is no hours.

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::policy::{Hours, Weekday, WeeklyHours};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use thiserror::Error;

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Mon"),
    (Weekday::Tue, "Tue"),
    (Weekday::Wed, "Wed"),
    (Weekday::Thu, "Thu"),
    (Weekday::Fri, "Fri"),
    (Weekday::Sat, "Sat"),
    (Weekday::Sun, "Sun"),
];
const MOST_HOLIDAYS: usize = 400;

/// What is wrong with hours that somebody gives.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// No day, or one twice.
    #[error("Hours need at least one day of the week, and each only once.")]
    Days,
    /// The end is not after the beginning, or out of the day.
    #[error("Hours begin at 0 to 1439 minutes past midnight and end later, at 1440 at most.")]
    Minutes,
    /// Not a date, one twice, or too many.
    #[error("Holidays are dates such as 2026-12-25, each only once, at most {MOST_HOLIDAYS}.")]
    Holidays,
}

/// Refuses hours in which no message could ever begin, and dates that are none.
pub fn check(hours: &Hours) -> Result<(), Unfit> {
    let weekly = match hours {
        Hours::Always => return Ok(()),
        Hours::Weekly(weekly) => weekly,
    };
    if weekly.days.is_empty() || has_twice(&weekly.days) {
        return Err(Unfit::Days);
    }
    if weekly.from_min >= weekly.to_min || weekly.to_min > 24 * 60 {
        return Err(Unfit::Minutes);
    }
    let is_date = |date: &String| {
        let read: Result<Date, _> = date.parse();
        read.is_ok_and(|read| read.to_string() == *date)
    };
    if weekly.holidays.len() > MOST_HOLIDAYS
        || has_twice(&weekly.holidays)
        || !weekly.holidays.iter().all(is_date)
    {
        return Err(Unfit::Holidays);
    }
    Ok(())
}

fn has_twice<T: PartialEq>(all: &[T]) -> bool {
    let before = |(at, one)| all.iter().take(at).any(|other| other == one);
    all.iter().enumerate().any(before)
}

/// `Mon-Fri 09:00-18:00`; days that do not follow each other one by one.
pub fn spoken(hours: &Hours) -> String {
    let weekly = match hours {
        Hours::Always => return "at any hour".to_owned(),
        Hours::Weekly(weekly) => weekly,
    };
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!(
        "{} {}-{}",
        days(weekly),
        clock(weekly.from_min),
        clock(weekly.to_min)
    )
}

fn days(weekly: &WeeklyHours) -> String {
    let has: Vec<usize> = (0..WEEK.len())
        .filter(|day| weekly.days.contains(&WEEK[*day].0))
        .collect();
    match (has.first(), has.last()) {
        (Some(first), Some(last)) if has.len() > 2 && last - first + 1 == has.len() => {
            format!("{}-{}", WEEK[*first].1, WEEK[*last].1)
        }
        _ => Vec::from_iter(has.iter().map(|day| WEEK[*day].1)).join(", "),
    }
}

/// `Mon 30 Nov 2026, 09:00 (America/Sao_Paulo)`; a zone nobody knows counts as UTC.
pub fn moment(at: UtcMs, time_zone: &str) -> String {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    Timestamp::from_millisecond(at.0).map_or_else(
        |_| String::new(),
        |at| {
            let there = at.to_zoned(zone);
            format!("{} ({name})", there.strftime("%a %-d %b %Y, %H:%M"))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly(change: impl FnOnce(&mut WeeklyHours)) -> Hours {
        match Hours::default() {
            Hours::Weekly(mut weekly) => {
                change(&mut weekly);
                Hours::Weekly(weekly)
            }
            Hours::Always => panic!("the design has hours"),
        }
    }

    #[test]
    fn hours_are_told_as_people_tell_them() {
        assert_eq!(spoken(&Hours::default()), "Mon-Fri 09:00-18:00");
        assert_eq!(spoken(&Hours::Always), "at any hour");
        let some = weekly(|it| {
            it.days = vec![Weekday::Sat, Weekday::Mon, Weekday::Tue];
            it.to_min = 12 * 60 + 5;
        });
        assert_eq!(spoken(&some), "Mon, Tue, Sat 09:00-12:05");
        assert_eq!(
            moment(UtcMs(1_772_636_400_000), "America/Sao_Paulo"),
            "Wed 4 Mar 2026, 12:00 (America/Sao_Paulo)"
        );
        assert_eq!(
            moment(UtcMs(1_772_636_400_000), "Nowhere/Land"),
            "Wed 4 Mar 2026, 15:00 (UTC)"
        );
    }

    #[test]
    fn hours_in_which_nothing_could_ever_begin_are_refused() {
        assert_eq!(check(&Hours::default()), Ok(()));
        assert_eq!(check(&Hours::Always), Ok(()));
        let of = |change: fn(&mut WeeklyHours)| check(&weekly(change));
        assert_eq!(of(|it| it.days.clear()), Err(Unfit::Days));
        assert_eq!(of(|it| it.days.push(Weekday::Mon)), Err(Unfit::Days));
        assert_eq!(of(|it| it.to_min = it.from_min), Err(Unfit::Minutes));
        assert_eq!(of(|it| it.to_min = 1441), Err(Unfit::Minutes));
        assert_eq!(of(|it| (it.from_min, it.to_min) = (0, 1440)), Ok(()));
        let holidays = |dates: &[&str]| {
            let dates = dates.iter().map(|date| (*date).to_owned()).collect();
            check(&weekly(|it| it.holidays = dates))
        };
        assert_eq!(holidays(&["2026-12-25", "2027-01-01"]), Ok(()));
        for none in ["25/12/2026", "2026-13-01", "", "2026-12-25T10:00"] {
            assert_eq!(holidays(&[none]), Err(Unfit::Holidays), "{none}");
        }
        assert_eq!(
            holidays(&["2026-12-25", "2026-12-25"]),
            Err(Unfit::Holidays)
        );
    }
}
