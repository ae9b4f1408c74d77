//! Random calls on a store and on the model of it: the same answers, the same states, always.
//! `HOTDESK_SEQUENCES` sets how many sequences of 50 calls are tried.

use super::model::{DAILY, LEASE_MS, Model, REVIEW_AFTER_MS};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{
    DesktopId, LeadId, LeaseToken, MessageId, ProfileEpoch, SdrId, TenantId,
};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{BeginRequest, RenewRequest};
use hotdesk_protocol::session::MessageState;
use hotdesk_server::store::review::{Decide, Verdict};
use hotdesk_server::store::rules::{rank, wa_message_id};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{
    Addressee, Cause, Claim, Credentials, MessageView, NewLead, NewMessage, Office, OptOutOf,
    Person, Refusal, Report, Reporter, Role, Store, StoreError, Which,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::HashMap;

const NOON: i64 = 1_772_625_600_000;
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
    },
    Begin {
        of: Held,
        epoch: u32,
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
    OptOut {
        lead: usize,
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
        5 => (0..2_usize, 0..3_usize).prop_map(|(sdr, lead)| Op::Enqueue { sdr, lead }),
        1 => (0..20_usize).prop_map(|message| Op::Repeat { message }),
        7 => (0..2_usize, 0..2_usize, 1..4_usize, any::<bool>())
            .prop_map(|(sdr, desktop, limit, holds)| Op::Claim { sdr, desktop, limit, holds }),
        6 => (held(), 0..8_u32).prop_map(|(of, epoch)| Op::Begin { of, epoch: epoch / 7 }),
        2 => held().prop_map(|of| Op::Renew { of }),
        2 => held().prop_map(|of| Op::Release { of }),
        6 => (held(), state).prop_map(|(of, state)| Op::Report { of, state }),
        1 => (0..20_usize, 0..2_usize).prop_map(|(message, sdr)| Op::Cancel { message, sdr }),
        5 => decision(),
        1 => (0..8_usize, 0..2_usize).prop_map(|(message, sdr)| Op::Requeue { message, sdr }),
        2 => Just(Op::Sweep),
        1 => (0..12_usize).prop_map(|lead| Op::OptOut { lead: lead / 4 }),
        4 => prop::sample::select(vec![1, 20_000, LEASE_MS - 1, LEASE_MS, REVIEW_AFTER_MS])
            .prop_map(|ms| Op::Pass { ms }),
    ]
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

fn phone(lead: usize) -> String {
    format!("+551197000000{lead}")
}

fn new_message(number: usize, whose: usize, lead: usize) -> NewMessage {
    NewMessage {
        id: message(number),
        sdr_id: sdr(whose),
        addressee: Addressee::Given(Box::new(NewLead {
            id: LeadId(format!("lead-{lead}")),
            name: "Ana".to_owned(),
            phone: phone(lead),
            company: None,
            position: None,
            site: None,
            pain: None,
            consent: "asked".to_owned(),
        })),
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
}

impl Run<'_> {
    fn now(&self) -> UtcMs {
        UtcMs(NOON + self.model.now)
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
            message_id: message(self.leases[index].message),
            lease_token: self.leases[index].token.clone(),
        }
    }

    async fn step(&mut self, op: &Op) {
        let now = self.now();
        match op {
            Op::Enqueue { sdr, lead } => {
                let new = new_message(self.model.messages.len(), *sdr, *lead);
                let expected = self.model.enqueue(*sdr, *lead).map(|()| true);
                assert_eq!(outcome(self.store.enqueue(new, now).await), expected);
            }
            Op::Repeat { message } => {
                if let Some(it) = self.model.messages.get(*message) {
                    let same = new_message(*message, it.sdr, it.lead);
                    assert_eq!(outcome(self.store.enqueue(same, now).await), Ok(false));
                    let other = new_message(*message, 1 - it.sdr, it.lead);
                    let taken = outcome(self.store.enqueue(other, now).await);
                    assert_eq!(taken, Err(Refusal::IdTaken));
                }
            }
            Op::Claim {
                sdr,
                desktop,
                limit,
                holds,
            } => {
                self.claim(*sdr, *desktop, *limit, *holds).await;
            }
            Op::Begin { of, epoch } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return;
                };
                let renewal = self.renewal(index, whose, by);
                let begin = BeginRequest {
                    sdr_id: renewal.sdr_id,
                    desktop_id: renewal.desktop_id,
                    message_id: renewal.message_id,
                    lease_token: renewal.lease_token,
                    profile_epoch: ProfileEpoch(epoch.to_string()),
                };
                let expected = self.model.begin(id, whose, by, index, *epoch);
                let answer = outcome(self.store.begin(begin, lease_ms(), now).await);
                assert_eq!(answer, expected, "begin of lease {index}");
                if answer.is_ok() {
                    let other = self.device.insert(id, by).filter(|device| *device != by);
                    assert_eq!(other, None, "another device may have this message");
                }
            }
            Op::Renew { of } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return;
                };
                let expected = self.model.renew(id, whose, by, index);
                let renewal = self.renewal(index, whose, by);
                let answer = self.store.renew(renewal, lease_ms(), now).await;
                assert_eq!(outcome(answer), expected);
            }
            Op::Release { of } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return;
                };
                let expected = self.model.release(id, whose, by, index);
                let answer = self
                    .store
                    .release(self.renewal(index, whose, by), now)
                    .await;
                assert_eq!(outcome(answer), expected);
            }
            Op::Report { of, state } => {
                let Some((index, id, whose, by)) = self.pick(of) else {
                    return;
                };
                let generation = self.leases[index].generation;
                let wa = wa_message_id(&"t".into(), &message(id), generation);
                let report = Report {
                    sdr_id: sdr(whose),
                    by: Reporter::Desktop(desktop(by)),
                    message_id: message(id),
                    state: *state,
                    at_ms: now,
                    wa_message_id: Some(wa),
                    chat_id: None,
                    problem: None,
                };
                let expected = self.model.report(id, whose, by, *state, generation);
                assert_eq!(outcome(self.store.report(report, now).await), expected);
            }
            Op::Cancel {
                message: id,
                sdr: whose,
            } => {
                let expected = self.model.cancel(*id, *whose).map(|()| sdr(*whose));
                let answer = self
                    .store
                    .cancel(message(*id), Some(sdr(*whose)), sdr(*whose), now);
                assert_eq!(outcome(answer.await), expected);
            }
            Op::Decide {
                message: id,
                sdr: whose,
                verdict,
                unlinked,
                seen,
            } => {
                let decide = Decide {
                    message_id: message(*id),
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
                if let Ok(decided) = answer {
                    assert_eq!(decided.state, self.model.messages[*id].state);
                    if before != Some(decided.generation) && *unlinked {
                        self.device.remove(id);
                    }
                }
            }
            Op::Requeue {
                message: id,
                sdr: whose,
            } => {
                let expected = self.model.requeue(*id, *whose).map(|()| sdr(*whose));
                let of = Some(sdr(*whose));
                let answer = self.store.requeue(message(*id), of, sdr(*whose), now);
                assert_eq!(outcome(answer.await), expected);
            }
            Op::Sweep => {
                let review_after = u32::try_from(REVIEW_AFTER_MS).unwrap();
                self.model.sweep();
                self.store.sweep(review_after, now).await.unwrap();
            }
            Op::OptOut { lead } => {
                let of = OptOutOf::Phone(phone(*lead));
                let answer = self.store.opt_out(of, sdr(0), "STOP".to_owned(), now).await;
                assert_eq!(
                    outcome(answer).unwrap().cancelled,
                    self.model.opt_out(*lead)
                );
            }
            Op::Pass { ms } => self.model.now += ms,
        }
    }

    async fn claim(&mut self, whose: usize, by: usize, limit: usize, holds: bool) {
        let own = |it: &&Lease| holds && it.sdr == whose && it.desktop == by;
        let holding: Vec<usize> = self
            .leases
            .iter()
            .filter(own)
            .map(|it| it.message)
            .collect();
        let claim = Claim {
            sdr_id: sdr(whose),
            desktop_id: desktop(by),
            limit: u32::try_from(limit).unwrap(),
            holding: holding.iter().map(|id| message(*id)).collect(),
            lease_ms: lease_ms(),
        };
        let expected = self.model.claim(whose, by, limit, &holding);
        let claimed = self.store.claim(claim, self.now()).await.unwrap();
        let got: Vec<_> = claimed
            .messages
            .iter()
            .map(|it| it.message_id.clone())
            .collect();
        let wanted: Vec<_> = expected.iter().map(|id| message(*id)).collect();
        assert_eq!(got, wanted, "what is leased, in which order");
        for (id, it) in expected.iter().zip(claimed.messages) {
            assert_eq!(it.sdr_id, sdr(whose), "only that SDR's");
            let token = it.lease_token;
            self.leases.push(Lease {
                message: *id,
                sdr: whose,
                desktop: by,
                token,
                generation: it.generation,
            });
        }
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
            .map(|it| (it.state, it.generation, it.pinned_to.clone()))
            .collect();
        let wanted: Vec<_> = self
            .model
            .messages
            .iter()
            .map(|it| (it.state, it.generation, it.pinned_to.map(desktop)))
            .collect();
        assert_eq!(got, wanted, "how every message stands");
        views
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
        let unused = matches!(event.cause, Cause::Released | Cause::LeaseExpired);
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

async fn conforms(store: &dyn Store, ops: &[Op]) {
    furnish(store).await;
    let mut run = Run {
        store,
        model: Model::default(),
        leases: Vec::new(),
        device: HashMap::new(),
    };
    for op in ops {
        run.step(op).await;
        run.compare().await;
    }
    run.compare().await.iter().for_each(log_is_whole);
    let checked = store.check_logs().await.unwrap();
    assert!(checked.holds(), "every log is chained: {checked:?}");
}

#[test]
fn the_sqlite_store_does_what_the_model_does() {
    let sequences = std::env::var("HOTDESK_SEQUENCES").map_or(500, |it| it.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let ran = Cell::new(0_usize);
    let config = Config {
        cases: sequences,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(op(), STEPS), |ops| {
            let store = SqliteStore::in_memory().unwrap();
            runtime.block_on(conforms(&store, &ops));
            ran.set(ran.get() + 1);
            Ok(())
        })
        .unwrap();
    assert!(ran.get() >= usize::try_from(sequences).unwrap());
}
