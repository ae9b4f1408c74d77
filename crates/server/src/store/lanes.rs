//! What of a queue may be offered now: the hours and the caps, decided once for all messages alike.
//!
//! Each queued message carries what decides about it (the zones its lead may be in, whether anything
//! ever left to them, how many messages since their last reply), kept up to date by whatever changes
//! that. Messages of one SDR that are alike in all three are a lane. A claim looks at the handful of
//! lanes by an index that jumps from one to the next, decides about each here, and reads messages of
//! those only that are open: at night it reads none, however many wait.

use super::Office;
use crate::hours::{Opening, moment, opening, zone_key, zones};
use hotdesk_protocol::UtcMs;

/// A `zone_key` that nobody has looked at yet.
pub(super) const UNKNOWN: &str = "?";

/// Queued messages of an SDR that are held back or offered together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    /// As [`zone_key`] tells it.
    pub(super) zone_key: String,
    /// Nothing ever left to these leads.
    pub(super) fresh: bool,
    /// So many messages have left to them since their last reply.
    pub(super) unanswered: u32,
}

/// What may be offered, and why the rest may not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Admitted {
    pub(super) lanes: Vec<Lane>,
    /// How many more leads may be written to for the first time; none for any number.
    pub(super) new_leads: Option<u32>,
    held: Held,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    /// Outside of the hours; when the first of these opens.
    hours: Option<Option<UtcMs>>,
    /// Leads nobody wrote to before.
    new_leads: bool,
    /// Leads that have not answered.
    unanswered: bool,
}

/// Decides about each lane. `new_leads`: how many more leads the SDR may write to for the first time.
pub(super) fn admit(
    office: &Office,
    lanes: Vec<Lane>,
    new_leads: Option<u32>,
    now: UtcMs,
) -> Admitted {
    let mut admitted = Admitted {
        new_leads,
        ..Admitted::default()
    };
    for lane in lanes {
        let held = &mut admitted.held;
        let most = office.caps.unanswered;
        if most.is_some_and(|most| lane.unanswered >= most) {
            held.unanswered = true;
        } else if lane.fresh && new_leads == Some(0) {
            held.new_leads = true;
        } else {
            match opens(office, &lane.zone_key, now) {
                Opening::Open => admitted.lanes.push(lane),
                Opening::Closed { opens_at } => {
                    let before = held.hours.flatten();
                    held.hours = Some(before.into_iter().chain(opens_at).min());
                }
            }
        }
    }
    admitted
}

impl Admitted {
    /// Why nothing of the queue can be offered, as sentences; none if something can.
    pub(super) fn why_nothing(&self, office: &Office) -> Option<String> {
        if !self.lanes.is_empty() {
            return None;
        }
        let mut why = Vec::new();
        match self.held.hours {
            None => {}
            Some(Some(at)) => why.push(format!(
                "It is outside of the sending hours where these leads are; the first of them may be written to from {}.",
                moment(at, &office.time_zone)
            )),
            Some(None) => why.push(
                "The time zones these leads may be in have no sending hour in common: write down each lead's time zone, or let an admin widen the hours."
                    .to_owned(),
            ),
        }
        if self.held.new_leads {
            why.push(format!(
                "The limit of {} new leads a day is reached; those go on tomorrow.",
                office.caps.new_leads.unwrap_or(0)
            ));
        }
        if self.held.unanswered {
            why.push(format!(
                "Leads who have not answered {} messages get no further one until they reply.",
                office.caps.unanswered.unwrap_or(0)
            ));
        }
        (!why.is_empty()).then(|| why.join(" "))
    }
}

/// Whether a message to a lead in these zones may begin.
pub(super) fn opens(office: &Office, zone_key: &str, now: UtcMs) -> Opening {
    opening(now, &zones(zone_key, &office.time_zone), &office.hours)
}

/// Whether this message may not begin now.
pub(super) fn is_closed(office: &Office, key: &str, phone: &str, now: UtcMs) -> bool {
    let opening = if key == UNKNOWN {
        opens(office, &zone_key(phone, None), now)
    } else {
        opens(office, key, now)
    };
    match opening {
        Opening::Open => false,
        Opening::Closed { .. } => true,
    }
}

/// A message that could be offered.
pub(super) struct Candidate<T> {
    pub(super) seq: i64,
    pub(super) fresh: bool,
    pub(super) message: T,
}

/// The oldest of those that fit.
pub(super) fn pick<T>(
    mut candidates: Vec<Candidate<T>>,
    room: usize,
    new_leads: Option<u32>,
) -> Vec<T> {
    candidates.sort_unstable_by_key(|candidate| candidate.seq);
    let mut new_leads = new_leads.unwrap_or(u32::MAX);
    let mut fits = |candidate: &Candidate<T>| {
        let fits = !candidate.fresh || new_leads > 0;
        new_leads -= u32::from(candidate.fresh && fits);
        fits
    };
    let chosen = candidates.into_iter().filter(|it| fits(it)).take(room);
    chosen.map(|candidate| candidate.message).collect()
}

/// How many more leads an SDR may write to for the first time today, who has written or begun to write
/// to so many.
pub(super) fn new_leads_left(office: &Office, today: u32) -> Option<u32> {
    let most = office.caps.new_leads?;
    Some(most.saturating_sub(today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hotdesk_protocol::ids::TenantId;
    use hotdesk_protocol::policy::{Caps, FirstMessage, Hours, Policy};

    /// 2026-03-04, a Wednesday, 15:00 UTC: noon in São Paulo.
    const NOON: UtcMs = UtcMs(1_772_636_400_000);

    fn office() -> Office {
        Office {
            tenant: TenantId::from("office"),
            time_zone: "America/Sao_Paulo".to_owned(),
            policy: Policy::default(),
            hours: Hours::default(),
            caps: Caps::default(),
            name: None,
            first_message: FirstMessage::default(),
            retention_days: None,
        }
    }

    fn lane(zone_key: &str, fresh: bool, unanswered: u32) -> Lane {
        Lane {
            zone_key: zone_key.to_owned(),
            fresh,
            unanswered,
        }
    }

    #[test]
    fn why_nothing_is_offered_is_said_with_the_first_opening() {
        let lanes = vec![
            lane("Asia/Tokyo", true, 0),
            lane("Asia/Kolkata", false, 1),
            lane("", true, 2),
        ];
        let admitted = admit(&office(), lanes, Some(20), NOON);
        assert!(admitted.lanes.is_empty());
        let why = admitted.why_nothing(&office()).unwrap();
        assert_eq!(
            why,
            "It is outside of the sending hours where these leads are; the first of them may be written to from Wed 4 Mar 2026, 21:00 (America/Sao_Paulo). Leads who have not answered 2 messages get no further one until they reply."
        );
    }

    #[test]
    fn a_lane_that_is_open_is_reason_enough_to_say_nothing() {
        let lanes = vec![lane("Asia/Tokyo", true, 0), lane("", false, 1)];
        let admitted = admit(&office(), lanes, Some(0), NOON);
        assert_eq!(admitted.lanes, [lane("", false, 1)]);
        assert_eq!(admitted.why_nothing(&office()), None);
    }

    #[test]
    fn the_oldest_are_picked_and_of_new_leads_as_many_as_may_be() {
        let of = |seq, fresh| Candidate {
            seq,
            fresh,
            message: seq,
        };
        let some = || vec![of(5, false), of(1, true), of(3, true), of(2, false)];
        assert_eq!(pick(some(), 3, None), [1, 2, 3]);
        assert_eq!(pick(some(), 3, Some(1)), [1, 2, 5]);
        assert_eq!(pick(some(), 1, Some(0)), [2]);
    }
}
