//! Random calls on a store and on the model of it: the same answers, the same states, always.
//! `HOTDESK_SEQUENCES` sets how many sequences of 50 calls are tried on each store.

use super::campaigns::{Campaign, Recipient, ShownCampaign, Stands};
use super::model::{Claimant, DAILY, LEASE_MS, Model, REVIEW_AFTER_MS, Shown};
use super::policy::{NOON, caps, hours, phone};
use crate::support::postgres::cluster;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::LeadSort;
use hotdesk_protocol::ids::{
    CampaignId, ChatId, DesktopId, LeadId, LeaseToken, MessageId, ProfileEpoch, SdrId, TenantId,
    WaMessageId,
};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{
    BeginRequest, ClaimedMessage, RenewRequest, ReplyRequest, TakeOverRequest, WhatsappSession,
    Wish, WishKind,
};
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_server::store::campaigns::{NewCampaign, NewRecipient, message_id};
use hotdesk_server::store::leads::{Assign, By, ImportRows, Imported, LeadFilter, LeadPage};
use hotdesk_server::store::review::{Decide, Verdict};
use hotdesk_server::store::rules::{SESSION_MS, WISH_MS, rank, wa_message_id};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{
    Addressee, Beat, Cause, Claim, Credentials, MessageView, NewLead, NewMessage, Office, OptOutOf,
    Person, Refusal, Report, Reporter, Role, Store, StoreError, Which,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Instant;
use tokio::runtime::Runtime;

const STEPS: usize = 50;

#[derive(Clone, Debug)]
enum Op {
    Enqueue {
        sdr: usize,
        lead: usize,
    },
    Repeat {
        message: usize,
    },
    Claim {
        sdr: usize,
        desktop: usize,
        limit: usize,
        holds: bool,
        /// It says at which epoch it believes to be active.
        knows_epoch: bool,
        /// The same claim comes once more after so long.
        again_after: Option<i64>,
    },
    Begin {
        of: Held,
        profile: u32,
        knows_epoch: bool,
    },
    Renew {
        of: Held,
    },
    Release {
        of: Held,
    },
    Report {
        of: Held,
        state: MessageState,
    },
    Cancel {
        message: usize,
        sdr: usize,
    },
    Decide {
        message: usize,
        sdr: usize,
        verdict: Verdict,
        unlinked: bool,
        /// The generation seen: the one there is, the one before, or none told.
        seen: Option<u32>,
    },
    Requeue {
        message: usize,
        sdr: usize,
    },
    Sweep,
    Beat {
        sdr: usize,
        desktop: usize,
    },
    TakeOver {
        sdr: usize,
        desktop: usize,
        seen: Option<u32>,
    },
    OptOut {
        lead: usize,
    },
    Wish {
        sdr: usize,
        kind: WishKind,
    },
    Stop {
        sdr: usize,
        stopped: bool,
    },
    Reply {
        message: usize,
        sdr: usize,
    },
    Assign {
        lead: usize,
        /// The third is nobody.
        to: usize,
    },
    Import {
        lead: usize,
        to: usize,
    },
    Zone {
        lead: usize,
        written: bool,
    },
    Campaign {
        leads: Vec<usize>,
        /// Who writes to leads that are nobody's, if anybody does.
        turn: Option<usize>,
        after: i64,
    },
    Start {
        most: usize,
    },
    CancelCampaign {
        campaign: usize,
    },
    Pass {
        ms: i64,
    },
}

/// A lease: mostly one that was given, now and then with a wrong SDR or desktop.
#[derive(Clone, Debug)]
struct Held {
    lease: usize,
    wrong_sdr: bool,
    wrong_desktop: bool,
}

struct Lease {
    message: usize,
    sdr: usize,
    desktop: usize,
    token: LeaseToken,
    generation: u32,
    session_epoch: u32,
}

fn held() -> impl Strategy<Value = Held> {
    (
        0..12_usize,
        prop::bool::weighted(0.03),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(lease, wrong_sdr, wrong_desktop)| Held {
            lease,
            wrong_sdr,
            wrong_desktop,
        })
}

fn op() -> impl Strategy<Value = Op> {
    use MessageState::{Delivered, Failed, Read, Review, Sent};
    let state = prop::sample::select(vec![Sent, Sent, Delivered, Read, Failed, Review]);
    prop_oneof![
        5 => (0..2_usize, 0..4_usize).prop_map(|(sdr, lead)| Op::Enqueue { sdr, lead }),
        1 => (0..20_usize).prop_map(|message| Op::Repeat { message }),
        8 => claim(),
        6 => (held(), 0..8_u32, any::<bool>()).prop_map(|(of, profile, knows_epoch)| Op::Begin {
            of,
            profile: profile / 7,
            knows_epoch,
        }),
        2 => held().prop_map(|of| Op::Renew { of }),
        2 => held().prop_map(|of| Op::Release { of }),
        6 => (held(), state).prop_map(|(of, state)| Op::Report { of, state }),
        1 => (0..20_usize, 0..2_usize).prop_map(|(message, sdr)| Op::Cancel { message, sdr }),
        5 => decision(),
        1 => (0..8_usize, 0..2_usize).prop_map(|(message, sdr)| Op::Requeue { message, sdr }),
        2 => Just(Op::Sweep),
        1 => (0..2_usize, 0..2_usize).prop_map(|(sdr, desktop)| Op::Beat { sdr, desktop }),
        2 => (0..2_usize, 0..2_usize, prop::sample::select(vec![None, Some(1), Some(2)]))
            .prop_map(|(sdr, desktop, seen)| Op::TakeOver { sdr, desktop, seen }),
        1 => (0..12_usize).prop_map(|lead| Op::OptOut { lead: lead / 4 }),
        2 => (0..8_usize, 0..2_usize).prop_map(|(message, sdr)| Op::Reply { message, sdr }),
        1 => (0..4_usize, any::<bool>()).prop_map(|(lead, written)| Op::Zone { lead, written }),
        3 => prop::sample::select(vec![3, 9, 15, 24, 63])
            .prop_map(|hours| Op::Pass { ms: hours * 3_600_000 }),
        2 => (0..4_usize, 0..3_usize).prop_map(|(lead, to)| Op::Assign { lead, to }),
        1 => (0..4_usize, 0..3_usize).prop_map(|(lead, to)| Op::Import { lead, to }),
        3 => campaign(),
        4 => (1..4_usize).prop_map(|most| Op::Start { most }),
        2 => (0..4_usize).prop_map(|campaign| Op::CancelCampaign { campaign }),
        4 => prop::sample::select(vec![1, 20_000, LEASE_MS - 1, LEASE_MS, SESSION_MS, REVIEW_AFTER_MS, WISH_MS])
            .prop_map(|ms| Op::Pass { ms }),
        2 => (0..2_usize, prop::sample::select(vec![WishKind::Link, WishKind::LinkByCode, WishKind::Disconnect]))
            .prop_map(|(sdr, kind)| Op::Wish { sdr, kind }),
        1 => (0..2_usize, 0..4_u32).prop_map(|(sdr, which)| Op::Stop { sdr, stopped: which == 0 }),
    ]
}

/// Only a pairing code is for a number.
fn wish_of(sdr: usize, kind: WishKind, asked_at_ms: UtcMs) -> Wish {
    Wish {
        kind,
        phone: (kind == WishKind::LinkByCode).then(|| format!("+551196000000{sdr}")),
        asked_at_ms,
    }
}

fn claim() -> impl Strategy<Value = Op> {
    let again = prop::sample::select(vec![None, None, Some(0), Some(20_000), Some(LEASE_MS)]);
    let whose = (0..2_usize, 0..6_usize);
    (whose, 1..4_usize, any::<bool>(), any::<bool>(), again).prop_map(
        |((sdr, desktop), limit, holds, knows_epoch, again_after)| Op::Claim {
            sdr,
            // Mostly the desktop that was first, so that something gets done.
            desktop: desktop / 5,
            limit,
            holds,
            knows_epoch,
            again_after,
        },
    )
}

fn campaign() -> impl Strategy<Value = Op> {
    let leads = prop::collection::vec(0..4_usize, 1..5);
    let turn = prop::sample::select(vec![None, Some(0), Some(1)]);
    let after = prop::sample::select(vec![-1, 0, 0, 20_000, LEASE_MS]);
    (leads, turn, after).prop_map(|(leads, turn, after)| Op::Campaign { leads, turn, after })
}

fn decision() -> impl Strategy<Value = Op> {
    let verdict = prop::sample::select(vec![
        Verdict::Resend,
        Verdict::Resend,
        Verdict::Sent,
        Verdict::Cancel,
    ]);
    let seen = prop::sample::select(vec![Some(0), Some(0), Some(1), None]);
    (0..8_usize, 0..2_usize, verdict, any::<bool>(), seen).prop_map(
        |(message, sdr, verdict, unlinked, seen)| Op::Decide {
            message,
            sdr,
            verdict,
            unlinked,
            seen,
        },
    )
}

fn sdr(number: usize) -> SdrId {
    SdrId(format!("sdr-{number}"))
}

fn desktop(number: usize) -> DesktopId {
    DesktopId(format!("desktop-{number}"))
}

fn message(number: usize) -> MessageId {
    MessageId(format!("m-{number}"))
}

fn campaign_id(number: usize) -> CampaignId {
    CampaignId(format!("campaign-{number}"))
}

fn new_lead(lead: usize) -> NewLead {
    NewLead {
        id: LeadId(format!("lead-{lead}")),
        name: "Ana".to_owned(),
        phone: phone(lead),
        company: None,
        position: None,
        site: None,
        pain: None,
        consent: "asked".to_owned(),
        time_zone: None,
    }
}

fn new_message(number: usize, whose: usize, lead: usize) -> NewMessage {
    NewMessage {
        id: message(number),
        sdr_id: sdr(whose),
        addressee: Addressee::Given(Box::new(new_lead(lead))),
        text: format!("text {number}"),
        file: None,
        by: sdr(0),
    }
}

async fn furnish(store: &dyn Store) {
    let office = Office {
        tenant: TenantId::from("t"),
        time_zone: "UTC".to_owned(),
        policy: Policy {
            daily_messages: u32::try_from(DAILY).unwrap(),
            ..Policy::default()
        },
        hours: hours(),
        caps: caps(),
        ..Office::default()
    };
    store.put_office(office).await.unwrap();
    for number in 0..2 {
        let person = Person {
            id: sdr(number),
            email: format!("{number}@example"),
            name: "An SDR".to_owned(),
            role: Role::Sdr,
        };
        let credentials = Credentials {
            person,
            password_hash: String::new(),
        };
        store.put_person(credentials).await.unwrap();
    }
}

fn outcome<T>(answer: Result<T, StoreError>) -> Result<T, Refusal> {
    answer.map_err(|error| match error {
        StoreError::Refused(refusal) => refusal,
        StoreError::Busy | StoreError::Failed(_) => panic!("the store failed: {error}"),
    })
}

struct Run<'a> {
    store: &'a dyn Store,
    model: Model,
    leases: Vec<Lease>,
    /// Which desktop's device may have a message, as long as nobody has unlinked it.
    device: HashMap<usize, usize>,
    claims: usize,
    /// How far each desktop knows the blocked numbers.
    cursors: HashMap<usize, i64>,
    /// The epoch each desktop was last told for each SDR.
    epochs: HashMap<(usize, usize), u32>,
}

impl Run<'_> {
    fn now(&self) -> UtcMs {
        UtcMs(NOON + self.model.now)
    }

    /// The id of a message; of a campaign's it follows from that.
    fn id(&self, number: usize) -> MessageId {
        match self.model.messages.get(number).and_then(|it| it.campaign) {
            Some((campaign, n)) => message_id(&campaign_id(campaign), n),
            None => message(number),
        }
    }

    /// What the SDR's active desktop is to be told.
    fn wish(&self, whose: usize) -> Option<Wish> {
        let (kind, asked) = self.model.wanted(whose)?;
        Some(wish_of(whose, kind, UtcMs(NOON + asked)))
    }

    /// The lease an operation is about, with who calls; newest first, so that most are in force.
    fn pick(&self, of: &Held) -> Option<(usize, usize, usize, usize)> {
        let index = self
            .leases
            .len()
            .checked_sub(1 + of.lease % self.leases.len().max(1))?;
        let lease = &self.leases[index];
        let whose = if of.wrong_sdr {
            1 - lease.sdr
        } else {
            lease.sdr
        };
        let by = if of.wrong_desktop {
            1 - lease.desktop
        } else {
            lease.desktop
        };
        Some((index, lease.message, whose, by))
    }

    fn renewal(&self, index: usize, whose: usize, by: usize) -> RenewRequest {
        RenewRequest {
            sdr_id: sdr(whose),
            desktop_id: desktop(by),
            message_id: self.id(self.leases[index].message),
            lease_token: self.leases[index].token.clone(),
        }
    }

    /// Does one thing on both and says what the store answered.
    async fn step(&mut self, op: &Op) -> String {
        let now = self.now();
        match op {
            Op::Enqueue { sdr, lead } => {
                let new = new_message(self.model.messages.len(), *sdr, *lead);
                let expected = self.model.enqueue(*sdr, *lead).map(|()| true);
                assert_eq!(outcome(self.store.enqueue(new, now).await), expected);
                String::new()
            }
            Op::Repeat { message } => {
                if let Some(it) = self.model.messages.get(*message)
                    && it.campaign.is_none()
                {
                    let same = new_message(*message, it.sdr, it.lead);
                    assert_eq!(outcome(self.store.enqueue(same, now).await), Ok(false));
                    let other = new_message(*message, 1 - it.sdr, it.lead);
                    let taken = outcome(self.store.enqueue(other, now).await);
                    // Whose it was at first is whose it may be again, to a client that repeats its call.
                    let expected = if it.reassigned {
                        Ok(false)
                    } else {
                        Err(Refusal::IdTaken)
                    };
                    assert_eq!(taken, expected);
                }
                String::new()
            }
            Op::Claim {
                sdr,
                desktop,
                limit,
                holds,
                knows_epoch,
                again_after,
            } => {
                self.claims += 1;
                let epoch = self.epochs.get(&(*sdr, *desktop)).copied();
                let who = Claimant {
                    sdr: *sdr,
                    desktop: *desktop,
                    claim: self.claims,
                    epoch: epoch.filter(|_| *knows_epoch),
                };
                let first = self.claim(who, *limit, *holds).await;
                if let Some(ms) = again_after {
                    self.model.now += ms;
                    let second = self.claim(who, *limit, false).await;
                    let leased = first.as_ref().is_ok_and(|it| !it.is_empty());
                    assert!(
                        !leased || *ms > 0 || second == first,
                        "a claim that is delivered twice is answered alike"
                    );
                }
                String::new()
            }
            Op::Begin {
                of,
                profile,
                knows_epoch,
            } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return String::new();
                };
                let renewal = self.renewal(index, whose, by);
                let epoch = knows_epoch.then_some(self.leases[index].session_epoch);
                let begin = BeginRequest {
                    sdr_id: renewal.sdr_id,
                    desktop_id: renewal.desktop_id,
                    message_id: renewal.message_id,
                    lease_token: renewal.lease_token,
                    profile_epoch: ProfileEpoch(profile.to_string()),
                    session_epoch: epoch,
                };
                let expected = self.model.begin(id, whose, by, index, *profile, epoch);
                let answer = outcome(self.store.begin(begin, lease_ms(), now).await);
                assert_eq!(answer, expected, "begin of lease {index}");
                if answer.is_ok() {
                    let other = self.device.insert(id, by).filter(|device| *device != by);
                    assert_eq!(other, None, "another device may have this message");
                }
                format!("{answer:?}")
            }
            Op::Renew { of } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return String::new();
                };
                let expected = self.model.renew(id, whose, by, index);
                let renewal = self.renewal(index, whose, by);
                let answer = outcome(self.store.renew(renewal, lease_ms(), now).await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Release { of } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return String::new();
                };
                let expected = self.model.release(id, whose, by, index);
                let release = self.renewal(index, whose, by);
                let answer = outcome(self.store.release(release, now).await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Report { of, state } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return String::new();
                };
                let generation = self.leases[index].generation;
                let wa = wa_message_id(&"t".into(), &self.id(id), generation);
                let report = Report {
                    sdr_id: sdr(whose),
                    by: Reporter::Desktop(desktop(by)),
                    message_id: self.id(id),
                    state: *state,
                    at_ms: now,
                    wa_message_id: Some(wa),
                    chat_id: None,
                    problem: None,
                };
                let expected = self.model.report(id, whose, by, *state, generation);
                let answer = outcome(self.store.report(report, now).await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Cancel {
                message: id,
                sdr: whose,
            } => {
                let expected = self.model.cancel(*id, *whose).map(|()| sdr(*whose));
                let of = Some(sdr(*whose));
                let answer = self.store.cancel(self.id(*id), of, sdr(*whose), now);
                let answer = outcome(answer.await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Decide {
                message: id,
                sdr: whose,
                verdict,
                unlinked,
                seen,
            } => {
                let decide = Decide {
                    message_id: self.id(*id),
                    verdict: *verdict,
                    generation: *seen,
                    unlinked: *unlinked,
                    note: None,
                    of: Some(sdr(*whose)),
                    by: sdr(*whose),
                };
                let before = self.model.messages.get(*id).map(|it| it.generation);
                let expected = self.model.decide(*id, *whose, *verdict, *seen, *unlinked);
                let answer = outcome(self.store.decide(decide, now).await);
                assert_eq!(answer.clone().map(|_| ()), expected);
                if let Ok(decided) = &answer {
                    assert_eq!(decided.state, self.model.messages[*id].state);
                    if before != Some(decided.generation) && *unlinked {
                        self.device.remove(id);
                    }
                }
                format!("{answer:?}")
            }
            Op::Requeue {
                message: id,
                sdr: whose,
            } => {
                let expected = self.model.requeue(*id, *whose).map(|()| sdr(*whose));
                let of = Some(sdr(*whose));
                let answer = self.store.requeue(self.id(*id), of, sdr(*whose), now);
                let answer = outcome(answer.await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Sweep => {
                let review_after = u32::try_from(REVIEW_AFTER_MS).unwrap();
                self.model.sweep();
                self.store.sweep(review_after, now).await.unwrap();
                String::new()
            }
            Op::Beat {
                sdr: whose,
                desktop: by,
            } => {
                let own = self.model.beat(*whose, *by);
                let session = session(*whose, *by);
                let pack = session.adapter_pack.clone();
                let beaten = self.store.beat(session, beat(), now).await.unwrap();
                let active = beaten.active.as_ref().unwrap();
                assert_eq!(active.desktop_id == desktop(*by), own);
                if own {
                    let kept = self.store.session(sdr(*whose)).await.unwrap();
                    assert_eq!(kept.session.desktop_id, Some(desktop(*by)));
                    assert_eq!(kept.session.adapter_pack, pack, "of that desktop");
                    self.epochs.insert((*whose, *by), active.session_epoch);
                    // The session of every heartbeat here is connected.
                    self.model.linked(*whose);
                }
                assert_eq!(beaten.wish, self.wish(*whose).filter(|_| own));
                format!("{beaten:?}")
            }
            Op::TakeOver {
                sdr: whose,
                desktop: by,
                seen,
            } => {
                let request = TakeOverRequest {
                    sdr_id: sdr(*whose),
                    desktop_id: desktop(*by),
                    session_epoch: *seen,
                    desktop_name: None,
                };
                let expected = self.model.take_over(*whose, *by, *seen);
                let answer = outcome(self.store.take_over(request, now).await);
                assert_eq!(answer.clone().map(|_| ()), expected);
                if let Ok(active) = &answer {
                    self.epochs.insert((*whose, *by), active.session_epoch);
                }
                format!("{answer:?}")
            }
            Op::OptOut { lead } => {
                let of = OptOutOf::Phone(phone(*lead));
                let answer = self.store.opt_out(of, sdr(0), "STOP".to_owned(), now).await;
                let cancelled = outcome(answer).unwrap().cancelled;
                assert_eq!(cancelled, self.model.opt_out(*lead));
                format!("{cancelled}")
            }
            Op::Wish { sdr: whose, kind } => {
                let expected = self.model.wish(*whose, *kind);
                let wish = wish_of(*whose, *kind, now);
                let answer = self.store.put_wish(sdr(*whose), wish);
                let answer = outcome(answer.await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Stop {
                sdr: whose,
                stopped,
            } => {
                self.model.stop(*whose, *stopped);
                let stop = self.store.stop_sending(sdr(*whose), *stopped, now);
                outcome(stop.await).unwrap();
                let kept = self.store.is_stopped(sdr(*whose)).await.unwrap();
                assert_eq!(kept, *stopped);
                String::new()
            }
            Op::Reply {
                message: id,
                sdr: whose,
            } => {
                let reply = ReplyRequest {
                    sdr_id: sdr(*whose),
                    desktop_id: desktop(0),
                    message_id: self.id(*id),
                    wa_message_id: WaMessageId(format!("in-{id}")),
                    chat_id: ChatId::from("chat"),
                    text: "yes".to_owned(),
                    at_ms: now,
                };
                let expected = self.model.reply(*id, *whose);
                let answer = outcome(self.store.reply(reply, now).await);
                assert_eq!(answer, expected);
                format!("{answer:?}")
            }
            Op::Assign { lead, to } => {
                let to = (*to < 2).then_some(*to);
                let expected = self.model.assign(*lead, to).err();
                let assign = Assign {
                    leads: vec![new_lead(*lead).id],
                    to: to.map(sdr).into_iter().collect(),
                    turn: 0,
                    by: By {
                        id: sdr(0),
                        name: "A manager".to_owned(),
                    },
                };
                let done = outcome(self.store.assign(assign, now).await).unwrap();
                assert_eq!(done.kept.first().map(|(_, why)| *why), expected);
                assert_eq!(done.assigned, u32::from(expected.is_none()));
                format!("{:?}", done.kept)
            }
            Op::Import { lead, to } => {
                let to = (*to < 2).then_some(*to);
                let rows = ImportRows {
                    import: "i-1".to_owned(),
                    rows: vec![new_lead(*lead)],
                    to: to.map(sdr).into_iter().collect(),
                    turn: 0,
                };
                let looked = self.store.look_at_phones(vec![phone(*lead)]).await.unwrap();
                let done = outcome(self.store.import(rows, now).await).unwrap();
                assert!(looked == done.rows, "a look says what an import will do");
                let got = match &done.rows[0] {
                    Imported::Fresh => Some(true),
                    Imported::Known { id, .. } => {
                        assert_eq!(*id, new_lead(*lead).id);
                        Some(false)
                    }
                    Imported::Blocked => None,
                };
                assert_eq!(got, self.model.import(*lead, to));
                String::new()
            }
            Op::Zone { lead, written } => {
                let zone = written.then_some("Asia/Tokyo");
                let expected = self.model.leads.contains_key(lead);
                let id = new_lead(*lead).id;
                let put = self.store.put_time_zone(id, zone.map(str::to_owned));
                let answer = outcome(put.await).map(|_| ());
                let expected = expected.then_some(()).ok_or(Refusal::NoSuchLead);
                assert_eq!(answer, expected);
                match zone.filter(|_| answer.is_ok()) {
                    Some(zone) => self.model.written.insert(*lead, zone),
                    None => self.model.written.remove(lead),
                };
                format!("{answer:?}")
            }
            Op::Campaign { leads, turn, after } => {
                self.add_campaign(leads, *turn, *after).await;
                String::new()
            }
            Op::Start { most } => {
                let more = self.model.start(*most);
                let most = u32::try_from(*most).unwrap();
                let moved = self.store.start_campaigns(most, now).await.unwrap();
                assert_eq!(moved.more, more);
                String::new()
            }
            Op::CancelCampaign { campaign } => {
                let expected = self.model.cancel_campaign(*campaign);
                let expected = expected.then_some(()).ok_or(Refusal::NoSuchCampaign);
                let id = campaign_id(*campaign);
                let answer = outcome(self.store.cancel_campaign(id, sdr(0), now).await);
                assert_eq!(answer, expected);
                while self.store.withdraw_campaigns(2, now).await.unwrap().more {}
                format!("{answer:?}")
            }
            Op::Pass { ms } => {
                self.model.now += ms;
                String::new()
            }
        }
    }

    /// Makes a campaign, and then once more what was made.
    async fn add_campaign(&mut self, leads: &[usize], turn: Option<usize>, after: i64) {
        let recipients = self.model.recipients(leads, turn);
        let all: Vec<_> = leads.iter().map(|lead| new_lead(*lead).id).collect();
        for (lead, id) in leads.iter().zip(all) {
            let facts = self.store.lead_facts(vec![id]).await.unwrap().pop();
            let whose = self.model.leads.get(lead);
            let got = facts.map(|it| (it.sdr_id, it.opted_out, it.fresh));
            let wanted = whose.map(|whose| {
                let opted_out = self.model.opted_out.contains(lead);
                (whose.map(sdr), opted_out, self.model.is_fresh(*lead))
            });
            assert_eq!(got, wanted, "what is known of a lead");
        }
        let new = |it: &Recipient| NewRecipient {
            lead: new_lead(it.lead).id,
            sdr: it.sdr.map(sdr),
            gets: match it.stands {
                Stands::Skipped(reason) => Err(reason),
                Stands::Waiting | Stands::Withdrawn | Stands::Queued(_) => Ok("hello".to_owned()),
            },
        };
        let new = NewCampaign {
            id: campaign_id(self.model.campaigns.len()),
            name: "A campaign".to_owned(),
            text: "hello".to_owned(),
            asked: [1; 32],
            by: sdr(0),
            starts_at_ms: UtcMs(self.now().0 + after),
            recipients: recipients.iter().map(new).collect(),
        };
        let now = self.now();
        assert_eq!(
            outcome(self.store.add_campaign(new.clone(), now).await),
            Ok(true)
        );
        self.model.campaigns.push(Campaign {
            recipients,
            starts_at: self.model.now + after,
            cancelled: false,
        });
        assert_eq!(
            outcome(self.store.add_campaign(new.clone(), now).await),
            Ok(false),
            "the very same"
        );
        let other = NewCampaign {
            asked: [2; 32],
            ..new
        };
        let taken = outcome(self.store.add_campaign(other, now).await);
        assert_eq!(taken, Err(Refusal::CampaignIdTaken));
    }

    async fn claim(
        &mut self,
        who: Claimant,
        limit: usize,
        holds: bool,
    ) -> Result<Vec<ClaimedMessage>, Refusal> {
        let (whose, by) = (who.sdr, who.desktop);
        let own = |it: &&Lease| holds && it.sdr == whose && it.desktop == by;
        let holding: Vec<usize> = self
            .leases
            .iter()
            .filter(own)
            .map(|it| it.message)
            .collect();
        let cursor = self.cursors.get(&by).copied().unwrap_or(0);
        let claim = Claim {
            sdr_id: sdr(whose),
            desktop_id: desktop(by),
            limit: u32::try_from(limit).unwrap(),
            holding: holding.iter().map(|id| self.id(*id)).collect(),
            lease_ms: lease_ms(),
            claim_id: Some(who.claim.to_string()),
            session_epoch: who.epoch,
            opt_outs_since: Some(cursor),
        };
        let tokens = self.model.tokens;
        let expected = self.model.claim(who, limit, &holding);
        let answer = outcome(self.store.claim(claim, self.now()).await);
        let claimed = match (answer, expected) {
            (Err(refusal), Err(expected)) => {
                assert_eq!(refusal, expected);
                return Err(refusal);
            }
            (Ok(claimed), Ok(expected)) => {
                let here = expected.is_some();
                assert_eq!(claimed.active.desktop_id == desktop(by), here);
                assert_eq!(claimed.wish, self.wish(whose).filter(|_| here));
                let ids = claimed.messages.iter().map(|it| it.message_id.clone());
                let wanted = expected.unwrap_or_default();
                let wanted: Vec<_> = wanted.iter().map(|id| self.id(*id)).collect();
                assert_eq!(ids.collect::<Vec<_>>(), wanted, "what is leased, in order");
                let why = &claimed.blocked;
                assert_eq!(
                    why.is_some(),
                    self.model.blocked,
                    "why nothing more: {why:?}"
                );
                claimed
            }
            (answer, expected) => panic!("{expected:?} was expected, not {answer:?}"),
        };
        let told = claimed.opt_outs.unwrap();
        let known = usize::try_from(cursor).unwrap();
        let numbers: Vec<_> = self.model.opted_out[known..]
            .iter()
            .map(|it| phone(*it))
            .collect();
        assert_eq!(told.numbers, numbers, "each blocked number is told once");
        self.cursors.insert(by, told.cursor);
        let epoch = claimed.active.session_epoch;
        self.epochs.insert((whose, by), epoch);
        let fresh = self.model.tokens > tokens;
        for it in &claimed.messages {
            assert_eq!(it.sdr_id, sdr(whose), "only that SDR's");
            if fresh {
                let mut numbers = 0..self.model.messages.len();
                let number = numbers.find(|number| self.id(*number) == it.message_id);
                self.leases.push(Lease {
                    message: number.unwrap(),
                    sdr: whose,
                    desktop: by,
                    token: it.lease_token.clone(),
                    generation: it.generation,
                    session_epoch: epoch,
                });
            }
        }
        Ok(claimed.messages)
    }

    async fn compare(&self) -> Vec<MessageView> {
        let all = Which::Page {
            state: None,
            sdr_id: None,
            after: 0,
            limit: 1_000,
        };
        let views = self.store.messages(all).await.unwrap();
        let got: Vec<_> = views
            .iter()
            .map(|it| {
                (
                    it.sdr_id.clone(),
                    it.state,
                    it.generation,
                    it.pinned_to.clone(),
                )
            })
            .collect();
        let wanted: Vec<_> = self
            .model
            .messages
            .iter()
            .map(|it| {
                let pinned_to = it.pinned_to.map(desktop);
                (sdr(it.sdr), it.state, it.generation, pinned_to)
            })
            .collect();
        assert_eq!(got, wanted, "how every message stands");
        for whose in 0..2 {
            let now = self.model.now;
            let active = self.store.active_desktop(sdr(whose), self.now()).await;
            let got = active
                .unwrap()
                .map(|it| (it.desktop_id, it.session_epoch, it.since_ms.0));
            let live = self.model.active.get(&whose).filter(|it| it.until > now);
            let wanted = live.map(|it| (desktop(it.desktop), it.epoch, NOON + it.since));
            assert_eq!(got, wanted, "where the SDR is active");
            let rows = self.store.sdrs(Some(sdr(whose)), self.now()).await;
            let row = rows.unwrap().pop().unwrap();
            let own = || self.model.messages.iter().filter(|it| it.sdr == whose);
            let at = |state| own().filter(|it| it.state == state).count();
            let (counts, left) = (row.counts, self.model.sent_today(whose));
            assert_eq!(
                [counts.queued, counts.review, counts.sent_today].map(|it| it as usize),
                [at(MessageState::Queued), at(MessageState::Review), left],
                "what the dashboard counts"
            );
            assert_eq!(row.online, live.is_some());
            assert_eq!(row.paused, self.model.stopped.contains(&whose));
            assert_eq!(row.wish, self.model.wanted(whose).map(|(kind, _)| kind));
        }
        self.compare_waiting().await;
        self.compare_leads().await;
        self.compare_campaigns().await;
        views
    }

    async fn compare_waiting(&self) {
        for whose in 0..2 {
            let waiting = self
                .store
                .waiting(sdr(whose), None, 100, self.now())
                .await
                .unwrap();
            let listed: Vec<_> = waiting
                .contacts
                .into_iter()
                .map(|it| it.contact_id)
                .collect();
            let (wanted, total) = self.model.waiting(whose);
            let wanted: Vec<_> = wanted.into_iter().map(|it| self.id(it)).collect();
            assert_eq!(listed, wanted, "what a look at the queue lists");
            assert_eq!(usize::try_from(waiting.total), Ok(total));
        }
    }

    async fn compare_campaigns(&self) {
        let found = self.store.campaigns(i64::MAX, 100, self.now()).await;
        let got = found.unwrap().campaigns.into_iter().rev();
        let got: Vec<_> = got
            .map(|it| ShownCampaign {
                state: it.state,
                total: it.total,
                counts: it.counts,
                replied: it.replied,
                skipped: it.skipped,
            })
            .collect();
        assert_eq!(
            got,
            self.model.shown_campaigns(),
            "how every campaign stands"
        );
    }

    async fn compare_leads(&self) {
        let page = LeadPage {
            filter: LeadFilter::default(),
            sort: LeadSort::Name,
            desc: false,
            after: None,
            limit: 10,
        };
        let found = self.store.leads(page).await.unwrap();
        let number = |text: &str| text.rsplit('-').next().unwrap().parse().unwrap();
        let got: Vec<_> = found
            .leads
            .iter()
            .map(|it| Shown {
                lead: number(it.id.as_str()),
                sdr: it.sdr_id.as_ref().map(|sdr| number(sdr.as_str())),
                status: it.status,
                messages: usize::try_from(it.messages).unwrap(),
                replies: usize::try_from(it.replies).unwrap(),
                opted_out: it.opted_out,
            })
            .collect();
        assert_eq!(got, self.model.shown(), "how every lead stands");
        assert_eq!(usize::try_from(found.total), Ok(got.len()));
    }
}

fn session(whose: usize, by: usize) -> WhatsappSession {
    WhatsappSession {
        sdr_id: sdr(whose),
        desktop_id: Some(desktop(by)),
        connected: true,
        state: SessionState::Connected,
        phone: None,
        connected_at_ms: None,
        adapter: None,
        missing: Vec::new(),
        problem: None,
        adapter_pack: (by > 0).then(|| by.to_string()),
    }
}

fn beat() -> Beat {
    Beat {
        paused: false,
        in_flight: 0,
        app_version: "0.1.0".to_owned(),
        desktop_name: None,
        opt_outs_since: None,
    }
}

fn lease_ms() -> u32 {
    u32::try_from(LEASE_MS).unwrap()
}

/// The log of a message leads without a gap from nothing to where it stands, and its rank falls only
/// where a lease ends unused or a person says so.
fn log_is_whole(view: &MessageView) {
    let mut at = None;
    for event in &view.events {
        assert_eq!(event.from, at, "each step begins where the last one ended");
        let fell = at.is_some_and(|at| rank(event.to) < rank(at));
        let unused = matches!(
            event.cause,
            Cause::Released | Cause::LeaseExpired | Cause::TakenOver
        );
        let said = matches!(event.cause, Cause::DecidedResend | Cause::Requeued);
        assert!(
            !fell || unused || said,
            "{:?} lowered the rank",
            event.cause
        );
        at = Some(event.to);
    }
    assert_eq!(at, Some(view.state));
}

async fn conforms(store: &dyn Store, ops: &[(Op, bool)]) {
    furnish(store).await;
    let mut run = Run {
        store,
        model: Model::default(),
        leases: Vec::new(),
        device: HashMap::new(),
        claims: 0,
        cursors: HashMap::new(),
        epochs: HashMap::new(),
    };
    for (op, twice) in ops {
        let first = run.step(op).await;
        if *twice {
            let second = run.step(op).await;
            assert_eq!(first, second, "the same call again is answered alike");
        }
        run.compare().await;
    }
    run.compare().await.iter().for_each(log_is_whole);
    let checked = store.check_logs().await.unwrap();
    assert!(checked.holds(), "every log is chained: {checked:?}");
}

/// Runs so many sequences, each on a store of its own, and says so.
#[expect(clippy::print_stdout, reason = "a figure for whoever reads the run")]
fn every_sequence(name: &str, sequences: u32, mut on: impl FnMut(&[(Op, bool)])) {
    let ran = Cell::new(0_u32);
    let started = Instant::now();
    let config = Config {
        cases: sequences,
        failure_persistence: None,
        ..Config::default()
    };
    let on = RefCell::new(&mut on);
    TestRunner::new(config)
        .run(
            &prop::collection::vec((op(), prop::bool::weighted(0.2)), STEPS),
            |ops| {
                on.borrow_mut()(&ops);
                ran.set(ran.get() + 1);
                Ok(())
            },
        )
        .unwrap();
    assert!(ran.get() >= sequences);
    let ran = ran.get();
    println!(
        "conformance: {ran} sequences of {STEPS} calls on {name} in {:?}",
        started.elapsed()
    );
}

fn sequences(default: u32) -> u32 {
    std::env::var("HOTDESK_SEQUENCES").map_or(default, |it| it.parse().unwrap())
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn the_sqlite_store_does_what_the_model_does() {
    let runtime = runtime();
    every_sequence("SQLite", sequences(500), |ops| {
        let store = SqliteStore::in_memory().unwrap();
        runtime.block_on(conforms(&store, ops));
    });
}

#[test]
fn the_postgres_store_does_what_the_model_does() {
    let (cluster, runtime) = (cluster(), runtime());
    every_sequence("PostgreSQL", sequences(60), |ops| {
        let name = cluster.fresh();
        runtime.block_on(async {
            let store = cluster.open(&name).await;
            conforms(&store, ops).await;
        });
        cluster.drop(&name);
    });
}
