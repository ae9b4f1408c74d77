//! What the model says of hours and caps, in plain arithmetic: offsets from UTC, days counted by hand.

use super::model::{Message, Model, NEW_LEADS, UNANSWERED};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::policy::{Caps, Hours, Weekday, WeeklyHours};
use hotdesk_protocol::session::MessageState;
use hotdesk_server::store::{Claim, Credentials, Office, Person, Report, Reporter, Role, Store};
use std::collections::BTreeSet;

/// 2026-03-04, a Wednesday, 12:00 UTC; the day after is a holiday.
pub const NOON: i64 = 1_772_625_600_000;
const HOLIDAY: &str = "2026-03-05";
const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// When summer time begins in New York: 2026-03-08, 07:00 UTC.
const SUMMER: i64 = NOON + 3 * DAY_MS + 19 * 60 * MINUTE_MS;
const FROM_MIN: u16 = 6 * 60;
const TO_MIN: u16 = 20 * 60;

/// São Paulo; New York; Manaus or Eirunepé; nowhere that is known.
pub fn phone(lead: usize) -> String {
    [
        "+5511970000000",
        "+12125550143",
        "+5597981112222",
        "+9991234567",
    ][lead]
        .to_owned()
}

pub fn hours() -> Hours {
    use Weekday::{Fri, Mon, Sat, Thu, Tue, Wed};
    Hours::Weekly(WeeklyHours {
        days: vec![Mon, Tue, Wed, Thu, Fri, Sat],
        from_min: FROM_MIN,
        to_min: TO_MIN,
        holidays: vec![HOLIDAY.to_owned()],
    })
}

pub fn caps() -> Caps {
    Caps {
        new_leads: u32::try_from(NEW_LEADS).ok(),
        unanswered: u32::try_from(UNANSWERED).ok(),
    }
}

fn claim(id: &str) -> Claim {
    Claim {
        sdr_id: "john".into(),
        desktop_id: "d".into(),
        limit: 10,
        holding: Vec::new(),
        claim_id: Some(id.to_owned()),
        session_epoch: None,
        opt_outs_since: None,
        lease_ms: 60_000,
    }
}

/// An office that has written to one lead in São Paulo twice without an answer and has a third message for
/// them, one for another lead there, and one for a lead in Tokyo.
pub async fn an_older_office(store: &dyn Store) {
    let office = Office {
        tenant: "a-real-office".into(),
        time_zone: "America/Sao_Paulo".to_owned(),
        hours: Hours::Always,
        caps: Caps::NONE,
        ..Office::default()
    };
    store.put_office(office).await.unwrap();
    let person = Person {
        id: "john".into(),
        email: "john@hotdesk.example".to_owned(),
        name: "John".to_owned(),
        role: Role::Sdr,
    };
    let credentials = Credentials {
        person,
        password_hash: String::new(),
    };
    store.put_person(credentials).await.unwrap();
    let queue = async |id: &str, phone: &str| {
        let message = super::files::message_to(id, "john", phone);
        store.enqueue(message, UtcMs(1)).await.unwrap();
    };
    for id in ["m-1", "m-2"] {
        queue(id, "+5511970000001").await;
        store.claim(claim(id), UtcMs(2)).await.unwrap();
        let report = Report {
            sdr_id: "john".into(),
            by: Reporter::Desktop("d".into()),
            message_id: id.into(),
            state: MessageState::Sent,
            at_ms: UtcMs(3),
            wa_message_id: None,
            chat_id: None,
            problem: None,
        };
        store.report(report, UtcMs(3)).await.unwrap();
    }
    queue("m-3", "+5511970000001").await;
    queue("m-4", "+5511970000002").await;
    queue("m-5", "+819012345678").await;
}

/// The office of [`an_older_office`] with the rules of the design.
pub async fn goes_on_by_the_designs_rules(store: &dyn Store) {
    let office = store.office().await.unwrap();
    assert_eq!(
        (office.hours, office.caps),
        (Hours::default(), Caps::default())
    );
    // 12:00 in São Paulo and midnight in Tokyo, then 22:00 and 10:00.
    let noon = UtcMs(NOON + 3 * 60 * MINUTE_MS);
    let evening = UtcMs(noon.0 + 10 * 60 * MINUTE_MS);
    for (id, at, offered) in [("c-1", noon, "m-4"), ("c-2", evening, "m-5")] {
        let claimed = store.claim(claim(id), at).await.unwrap();
        let ids = claimed.messages.iter().map(|it| it.message_id.as_str());
        assert_eq!(Vec::from_iter(ids), [offered]);
    }
}

impl Model {
    /// Hours from UTC of wherever the lead may be; the office is in UTC.
    fn offsets(&self, lead: usize) -> Vec<i64> {
        match (self.written.get(&lead).copied(), lead) {
            (Some("Asia/Tokyo"), _) => vec![9],
            (Some(other), _) => panic!("{other} has no offset here"),
            (None, 0) => vec![-3],
            (None, 1) if NOON + self.now < SUMMER => vec![-5],
            (None, 1) => vec![-4],
            (None, 2) => vec![-4, -5],
            (None, _) => vec![0],
        }
    }

    pub fn is_open(&self, lead: usize) -> bool {
        self.offsets(lead).into_iter().all(|offset| {
            let there = NOON + self.now + offset * 60 * MINUTE_MS;
            // The first day of all was a Thursday, and the holiday is the day after noon.
            let (day, holiday) = (there.div_euclid(DAY_MS), NOON / DAY_MS + 1);
            let minute = there.rem_euclid(DAY_MS) / MINUTE_MS;
            let sunday = (day + 4).rem_euclid(7) == 0;
            let within = (i64::from(FROM_MIN)..i64::from(TO_MIN)).contains(&minute);
            within && !sunday && day != holiday
        })
    }

    fn today(&self) -> i64 {
        (NOON + self.now).div_euclid(DAY_MS) * DAY_MS - NOON
    }

    pub fn sent_today(&self, sdr: usize) -> usize {
        let today = self.today();
        let left = |it: &&Message| it.sdr == sdr && it.sent_at.is_some_and(|at| at >= today);
        self.messages.iter().filter(left).count()
    }

    fn to(&self, lead: usize) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |it| it.lead == lead)
    }

    pub fn is_fresh(&self, lead: usize) -> bool {
        self.to(lead).all(|it| it.sent_at.is_none())
    }

    fn unanswered(&self, lead: usize) -> usize {
        let replies = self.to(lead).flat_map(|it| &it.replies).map(|(_, at)| *at);
        let last = replies.max();
        let since = |it: &&Message| {
            it.sent_at
                .is_some_and(|at| last.is_none_or(|last| at > last))
        };
        self.to(lead).filter(since).count()
    }

    fn new_leads_left(&self, sdr: usize) -> usize {
        let mut new = BTreeSet::new();
        for lead in self.messages.iter().map(|it| it.lead) {
            let left = self.messages.iter().enumerate();
            let left = left.filter(|(_, it)| it.lead == lead && it.sent_at.is_some());
            let first = left
                .min_by_key(|(id, it)| (it.sent_at, *id))
                .map(|(_, it)| it);
            let under_way = |it: &Message| {
                it.sdr == sdr && matches!(it.state, MessageState::Leased | MessageState::Begun)
            };
            let is_new = match first {
                Some(first) => first.sdr == sdr && first.sent_at >= Some(self.today()),
                None => self.to(lead).any(under_way),
            };
            if is_new {
                new.insert(lead);
            }
        }
        NEW_LEADS.saturating_sub(new.len())
    }

    /// Whether the cap of unanswered messages allows it, with what is under way to the lead.
    pub fn may_be_leased(&self, id: usize) -> bool {
        let lead = self.messages[id].lead;
        let under_way =
            |it: &&Message| matches!(it.state, MessageState::Leased | MessageState::Begun);
        let more = self.to(lead).filter(under_way).count();
        self.is_open(lead) && self.unanswered(lead) + more < UNANSWERED
    }

    /// As many messages to new leads as the day allows.
    pub fn with_new_leads(&self, ids: Vec<usize>, sdr: usize) -> Vec<usize> {
        let mut left = self.new_leads_left(sdr);
        let mut fits = |id: &usize| {
            let fresh = self.is_fresh(self.messages[*id].lead);
            let fits = !fresh || left > 0;
            left -= usize::from(fresh && fits);
            fits
        };
        ids.into_iter().filter(|id| fits(id)).collect()
    }

    fn is_admissible(&self, it: &Message) -> bool {
        let new = self.is_fresh(it.lead) && self.new_leads_left(it.sdr) == 0;
        self.is_open(it.lead) && self.unanswered(it.lead) < UNANSWERED && !new
    }

    /// Whether any queued message of an SDR is neither out of hours nor over a cap.
    pub fn is_any_admissible(&self, sdr: usize) -> bool {
        let mut queued = self.messages.iter();
        queued.any(|it| it.sdr == sdr && it.state == MessageState::Queued && self.is_admissible(it))
    }

    /// What a look at the queue lists, and how many wait in all.
    pub fn waiting(&self, sdr: usize) -> (Vec<usize>, usize) {
        let waits = |id: &usize| {
            let it = &self.messages[*id];
            let free = it.state == MessageState::Queued
                || (it.state == MessageState::Leased && it.until <= self.now);
            it.sdr == sdr && free && it.pinned_to.is_none() && !self.opted_out.contains(&it.lead)
        };
        let all: Vec<usize> = (0..self.messages.len()).filter(waits).collect();
        let total = all.len();
        let open = all
            .into_iter()
            .filter(|id| self.is_admissible(&self.messages[*id]));
        (self.with_new_leads(open.collect(), sdr), total)
    }
}
