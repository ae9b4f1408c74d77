//! When a lead may be written to: by their own clock, across nights, holidays and summer time.

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::policy::{Hours, Weekday, WeeklyHours};
use hotdesk_server::hours::{Opening, opening, zone_key, zones};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const ZONES: [&str; 12] = [
    "UTC",
    "America/Sao_Paulo",
    "America/Noronha",
    "America/Rio_Branco",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "Europe/Lisbon",
    "Europe/London",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

fn at(time: &str, zone: &str) -> UtcMs {
    let time: DateTime = time.parse().unwrap();
    let time = time.to_zoned(TimeZone::get(zone).unwrap()).unwrap();
    UtcMs(time.timestamp().as_millisecond())
}

fn weekly(days: &[Weekday], from_min: u16, to_min: u16, holidays: &[&str]) -> Hours {
    Hours::Weekly(WeeklyHours {
        days: days.to_vec(),
        from_min,
        to_min,
        holidays: holidays.iter().map(|date| (*date).to_owned()).collect(),
    })
}

const WORKDAYS: [Weekday; 5] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];
const ALL_DAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// When a lead with this number opens, as the clock of a zone tells it.
#[track_caller]
fn opens(phone: &str, now: (&str, &str), hours: &Hours, then: (&str, &str)) {
    let zones = zones(&zone_key(phone, None), "UTC");
    let opens_at = Some(at(then.0, then.1));
    assert_eq!(
        opening(at(now.0, now.1), &zones, hours),
        Opening::Closed { opens_at }
    );
    assert_eq!(
        opening(at(then.0, then.1), &zones, hours),
        Opening::Open,
        "it opens when it says"
    );
}

#[test]
fn a_lead_is_written_to_by_their_own_clock() {
    let hours = Hours::default();
    let new_york = zones(&zone_key("+12125550143", None), "America/Sao_Paulo");
    let sao_paulo = zones(&zone_key("+5511970000001", None), "America/Sao_Paulo");
    let morning = at("2026-03-02T09:30", "America/Sao_Paulo");
    assert_eq!(opening(morning, &sao_paulo, &hours), Opening::Open);
    let opens_at = Some(at("2026-03-02T09:00", "America/New_York"));
    assert_eq!(
        opening(morning, &new_york, &hours),
        Opening::Closed { opens_at },
        "it is 07:30 there"
    );
}

#[test]
fn the_day_ends_at_its_last_minute_and_the_next_one_begins_at_its_first() {
    let (hours, zone) = (Hours::default(), "America/Sao_Paulo");
    let there = zones(zone, "UTC");
    assert_eq!(
        opening(at("2026-03-02T17:59:59.999", zone), &there, &hours),
        Opening::Open
    );
    opens(
        "+5511970000001",
        ("2026-03-02T18:00", zone),
        &hours,
        ("2026-03-03T09:00", zone),
    );
    opens(
        "+5511970000001",
        ("2026-03-03T08:59:59.999", zone),
        &hours,
        ("2026-03-03T09:00", zone),
    );
}

#[test]
fn a_weekend_and_a_holiday_are_waited_out() {
    let zone = "America/Sao_Paulo";
    let hours = weekly(&WORKDAYS, 540, 1080, &["2026-12-25", "2026-12-28"]);
    // Thursday evening; Friday and Monday are holidays.
    let evening = ("2026-12-24T18:00", zone);
    opens(
        "+5511970000001",
        evening,
        &hours,
        ("2026-12-29T09:00", zone),
    );
}

#[test]
fn a_holiday_is_one_by_the_leads_calendar() {
    let hours = weekly(&ALL_DAYS, 0, 1440, &["2026-12-25"]);
    let tokyo = zones("Asia/Tokyo", "UTC");
    let eve = at("2026-12-24T15:00", "UTC");
    let opens_at = Some(at("2026-12-26T00:00", "Asia/Tokyo"));
    let closed = Opening::Closed { opens_at };
    assert_eq!(opening(eve, &tokyo, &hours), closed, "midnight there");
    assert_eq!(opening(eve, &zones("UTC", "UTC"), &hours), Opening::Open);
}

#[test]
fn a_number_that_may_be_in_two_zones_waits_for_the_later_and_ends_with_the_earlier() {
    let hours = Hours::default();
    let recife = "America/Recife";
    let may_be = zones(&zone_key("+5581981112222", None), "UTC");
    assert_eq!(may_be.len(), 2, "on the coast or on Fernando de Noronha");
    assert_eq!(
        opening(at("2026-03-02T16:59", recife), &may_be, &hours),
        Opening::Open
    );
    let evening = ("2026-03-02T17:00", recife);
    opens(
        "+5581981112222",
        evening,
        &hours,
        ("2026-03-03T09:00", recife),
    );
}

#[test]
fn zones_without_an_hour_in_common_never_open() {
    let hours = Hours::default();
    let russia = zones(&zone_key("+79123456789", None), "UTC");
    assert!(russia.len() > 10);
    let noon = at("2026-03-02T12:00", "Europe/Moscow");
    let never = Opening::Closed { opens_at: None };
    assert_eq!(opening(noon, &russia, &hours), never);
}

#[test]
fn the_night_in_which_summer_time_begins_is_an_hour_shorter() {
    // New York, 2026-03-08: 02:00 becomes 03:00.
    let zone = "America/New_York";
    let hours = weekly(&ALL_DAYS, 540, 1080, &[]);
    let evening = at("2026-03-07T18:00", zone);
    let there = zones(zone, "UTC");
    let opens_at = Some(UtcMs(evening.0 + 14 * 3_600_000));
    assert_eq!(
        opening(evening, &there, &hours),
        Opening::Closed { opens_at }
    );
}

#[test]
fn hours_that_begin_in_an_hour_that_is_left_out_begin_after_it() {
    let zone = "America/New_York";
    let hours = weekly(&ALL_DAYS, 150, 240, &[]);
    let before = ("2026-03-08T01:59", zone);
    opens("+12125550143", before, &hours, ("2026-03-08T03:00", zone));
}

#[test]
fn hours_that_begin_in_an_hour_that_comes_twice_begin_twice() {
    // New York, 2026-11-01: 02:00 becomes 01:00.
    let zone = "America/New_York";
    let hours = weekly(&ALL_DAYS, 90, 240, &[]);
    let there = zones(zone, "UTC");
    let first = at("2026-11-01T01:30", zone);
    let state = |minutes: i64| opening(UtcMs(first.0 + minutes * 60_000), &there, &hours);
    assert_eq!(state(0), Opening::Open, "the first 01:30");
    assert_eq!(state(29), Opening::Open);
    let opens_at = Some(UtcMs(first.0 + 3_600_000));
    assert_eq!(state(30), Opening::Closed { opens_at }, "01:00 once more");
    assert_eq!(state(60), Opening::Open, "the second 01:30");
}

#[test]
fn at_any_hour_means_at_any_hour() {
    let night = at("2026-12-25T03:00", "UTC");
    let there = zones("UTC", "UTC");
    assert_eq!(opening(night, &there, &Hours::Always), Opening::Open);
}

/// Whether the clock and the calendar on each wall say that it is open.
fn is_open_on_every_wall(at: Timestamp, zones: &[TimeZone], hours: &WeeklyHours) -> bool {
    zones.iter().all(|zone| {
        let wall = at.to_zoned(zone.clone());
        let day = ALL_DAYS[usize::try_from(wall.weekday().to_monday_zero_offset()).unwrap()];
        let minute = u16::try_from(i32::from(wall.hour()) * 60 + i32::from(wall.minute())).unwrap();
        let holiday = |date: &String| date.parse::<Date>().unwrap() == wall.date();
        hours.days.contains(&day)
            && hours.from_min <= minute
            && minute < hours.to_min
            && !hours.holidays.iter().any(holiday)
    })
}

fn hours() -> impl Strategy<Value = WeeklyHours> {
    (
        prop::sample::subsequence(ALL_DAYS.to_vec(), 1..=7),
        0..1440_u16,
        1..1441_u16,
        prop::collection::vec((2024..2028_i16, 1..13_i8, 1..29_i8), 0..6),
    )
        .prop_map(|(days, one, other, holidays)| WeeklyHours {
            days,
            from_min: one.min(other - 1),
            to_min: other.max(one + 1),
            holidays: holidays
                .into_iter()
                .map(|(year, month, day)| Date::new(year, month, day).unwrap().to_string())
                .collect(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_opens_at_the_first_moment_at_which_every_wall_says_so(
        hours in hours(),
        names in prop::sample::subsequence(ZONES.to_vec(), 1..4),
        day in 0..1460_i64,
        minute in 0..1440_i64,
    ) {
        let zones: Vec<_> = names.iter().map(|name| TimeZone::get(name).unwrap()).collect();
        let start: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
        let now = start + SignedDuration::from_mins(day * 1440 + minute);
        let rule = Hours::Weekly(hours.clone());
        let open = |at: Timestamp| is_open_on_every_wall(at, &zones, &hours);
        let found = opening(UtcMs(now.as_millisecond()), &zones, &rule);
        prop_assert_eq!(found, opening(UtcMs(now.as_millisecond()), &zones, &rule), "asked twice");
        match found {
            Opening::Open => prop_assert!(open(now)),
            Opening::Closed { opens_at } => {
                prop_assert!(!open(now));
                let until = opens_at.map_or(now + SignedDuration::from_hours(24 * 29), |at| {
                    Timestamp::from_millisecond(at.0).unwrap()
                });
                prop_assert!(until > now);
                prop_assert!(opens_at.is_none() || open(until), "it is open then");
                prop_assert!(opens_at.is_none() || !open(until - SignedDuration::from_millis(1)));
                let mut before = now;
                while before < until {
                    prop_assert!(!open(before), "{} is before {}", before, until);
                    before += SignedDuration::from_mins(5);
                }
                if let Some(then) = opens_at {
                    prop_assert_eq!(opening(then, &zones, &rule), Opening::Open);
                    let middle = UtcMs(now.as_millisecond().midpoint(then.0));
                    if middle != then {
                        prop_assert_eq!(
                            opening(middle, &zones, &rule),
                            Opening::Closed { opens_at: Some(then) },
                            "on the way there it is the same"
                        );
                    }
                }
            }
        }
    }
}
