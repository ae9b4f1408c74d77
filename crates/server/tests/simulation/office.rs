//! The queue: this server's own store, answering as its routes do, on a clock that can jump.

use super::{PHONES, SDRS};
use hotdesk_engine::QueueFault;
use hotdesk_protocol::file::{Attachment, FileKind};
use hotdesk_protocol::ids::{DesktopId, FileId, LeadId, LeaseToken, MessageId, SdrId, TenantId};
use hotdesk_protocol::policy::{Caps, Hours, Policy};
use hotdesk_protocol::queue::{
    ActiveDesktop, BeginRequest, ClaimAnswer, ClaimRequest, HeartbeatAnswer, HeartbeatRequest,
    LeaseAnswer, RenewRequest, ReplyRequest, ResultRequest, TakeOverRequest,
};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use hotdesk_server::store::review::{Decide, Verdict};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{
    Addressee, Answer, Beat, Claim, Credentials, MessageView, NewLead, NewMessage,
    Office as Settings, OptOutOf, Person, Refusal, Report, Reporter, Role, Store, StoreError,
    Which,
};
use std::collections::BTreeMap;
use tokio::runtime::Runtime;

/// 2026-03-04 15:00 UTC.
pub const START: i64 = 1_772_636_400_000;

/// How long after its lease a begun message goes to review.
const REVIEW_AFTER_MS: u32 = 900_000;

/// A begin that was granted, in the order in which they were.
pub struct Grant {
    pub message: MessageId,
    pub desktop: DesktopId,
    pub at: u64,
    pub until: u64,
}

/// A message as it was queued.
pub struct Queued {
    pub id: MessageId,
    pub sdr: usize,
    pub phone: usize,
    /// The sum of the file it carries.
    pub file: Option<String>,
}

pub struct Office {
    store: SqliteStore,
    runtime: Runtime,
    pub lease_ms: u32,
    /// How far the server's clock is off.
    pub skew: i64,
    pub calls: u64,
    /// The store's tokens are random; a desktop gets the number of its token, so that a run replays.
    tokens: Vec<LeaseToken>,
    /// The last lease that was given of each message.
    last: BTreeMap<MessageId, LeaseToken>,
    // Append-only.
    pub queued: Vec<Queued>,
    pub grants: Vec<Grant>,
    pub cancelled: Vec<MessageId>,
    pub opted_out: Vec<(usize, u64)>,
}

fn manager() -> SdrId {
    "manager".into()
}

impl Office {
    pub fn open(lease_ms: u32, policy: Policy) -> Self {
        let mut office = Self {
            store: SqliteStore::in_memory().unwrap(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap(),
            lease_ms,
            skew: 0,
            calls: 0,
            tokens: Vec::new(),
            last: BTreeMap::new(),
            queued: Vec::new(),
            grants: Vec::new(),
            cancelled: Vec::new(),
            opted_out: Vec::new(),
        };
        let settings = Settings {
            tenant: TenantId::from("office"),
            time_zone: "UTC".to_owned(),
            policy,
            hours: Hours::Always,
            caps: Caps::NONE,
            ..Settings::default()
        };
        office.ask(|store| store.put_office(settings)).unwrap();
        for (id, role) in SDRS
            .iter()
            .map(|sdr| (*sdr, Role::Sdr))
            .chain([("manager", Role::Manager)])
        {
            let person = Person {
                id: id.into(),
                email: format!("{id}@hotdesk.example"),
                name: id.to_owned(),
                role,
            };
            let credentials = Credentials {
                person,
                password_hash: String::new(),
            };
            office.ask(|store| store.put_person(credentials)).unwrap();
        }
        office
    }

    pub fn now(&self, t: u64) -> UtcMs {
        UtcMs(START + i64::try_from(t).unwrap() + self.skew)
    }

    fn ask<'a, T>(
        &'a mut self,
        call: impl FnOnce(&'a SqliteStore) -> Answer<'a, T>,
    ) -> Result<T, StoreError> {
        self.calls += 1;
        self.runtime.block_on(call(&self.store))
    }

    pub fn enqueue(&mut self, sdr: usize, phone: usize, carries_file: bool, t: u64) {
        let nth = self.queued.len();
        let (id, now) = (MessageId(format!("m{nth}")), self.now(t));
        let file = carries_file.then(|| document(nth));
        if let Some(file) = file.clone() {
            self.ask(|store| store.put_file(file, manager(), now))
                .unwrap();
        }
        let message = NewMessage {
            id: id.clone(),
            sdr_id: SDRS[sdr].into(),
            addressee: Addressee::Given(Box::new(NewLead {
                id: LeadId(format!("lead-{phone}")),
                name: "Ana".to_owned(),
                phone: PHONES[phone].to_owned(),
                company: None,
                position: None,
                site: None,
                pain: None,
                consent: "asked".to_owned(),
                time_zone: None,
            })),
            text: id.0.clone(),
            file: file.as_ref().map(|file| file.file_id.clone()),
            by: manager(),
        };
        match self.ask(|store| store.enqueue(message, now)) {
            Ok(fresh) => {
                assert!(fresh, "each id is queued once");
                let file = file.map(|file| file.sha256);
                self.queued.push(Queued {
                    id,
                    sdr,
                    phone,
                    file,
                });
            }
            Err(StoreError::Refused(Refusal::DoNotContact)) => {}
            Err(error) => panic!("I8: a message could not be queued: {error}"),
        }
    }

    /// A person withdraws a message; whether the server confirmed it.
    pub fn cancel(&mut self, nth: usize, t: u64) -> bool {
        let (id, now) = (self.queued[nth].id.clone(), self.now(t));
        let asked = id.clone();
        match self.ask(|store| store.cancel(asked, None, manager(), now)) {
            Ok(_) => {
                self.cancelled.push(id);
                true
            }
            Err(StoreError::Refused(_)) => false,
            Err(error) => panic!("I8: a message could not be cancelled: {error}"),
        }
    }

    pub fn opt_out(&mut self, phone: usize, t: u64) {
        let (of, now) = (OptOutOf::Phone(PHONES[phone].to_owned()), self.now(t));
        let asked = self.ask(|store| store.opt_out(of, manager(), "STOP".to_owned(), now));
        asked.unwrap();
        self.opted_out.push((phone, t));
    }

    /// Leases that ran out are taken back, and what was begun and never heard of goes to review.
    pub fn sweep(&mut self, t: u64) {
        let now = self.now(t);
        self.ask(|store| store.sweep(REVIEW_AFTER_MS, now)).unwrap();
    }

    /// An SDR goes on at another desktop.
    pub fn take_over(&mut self, sdr: usize, desktop: &str, t: u64) {
        let request = TakeOverRequest {
            sdr_id: SDRS[sdr].into(),
            desktop_id: desktop.into(),
            session_epoch: None,
            desktop_name: None,
        };
        let now = self.now(t);
        self.ask(|store| store.take_over(request, now)).unwrap();
    }

    /// A desktop asks for it.
    pub fn taken_over(
        &mut self,
        ask: TakeOverRequest,
        t: u64,
    ) -> Result<ActiveDesktop, QueueFault> {
        let now = self.now(t);
        self.ask(|store| store.take_over(ask, now)).map_err(refused)
    }

    /// A person has looked into the chat.
    pub fn decide(&mut self, message_id: MessageId, verdict: Verdict, t: u64) {
        let decide = Decide {
            message_id,
            verdict,
            generation: None,
            unlinked: false,
            note: None,
            of: None,
            by: manager(),
        };
        let now = self.now(t);
        match self.ask(|store| store.decide(decide, now)) {
            Ok(_) | Err(StoreError::Refused(_)) => {}
            Err(error) => panic!("I8: a decision failed: {error}"),
        }
    }

    pub fn messages(&mut self) -> Vec<MessageView> {
        let which = Which::Page {
            sdr_id: None,
            state: None,
            after: 0,
            limit: 1_000,
        };
        self.ask(|store| store.messages(which)).unwrap()
    }

    pub fn claim(&mut self, ask: &ClaimRequest, t: u64) -> Result<ClaimAnswer, QueueFault> {
        assert!((1..=10).contains(&ask.limit) && ask.wait_seconds <= 25);
        let claim = Claim {
            sdr_id: ask.sdr_id.clone(),
            desktop_id: ask.desktop_id.clone(),
            limit: ask.limit,
            holding: ask.holding.clone(),
            lease_ms: self.lease_ms,
            claim_id: ask.claim_id.clone(),
            session_epoch: ask.session_epoch,
            opt_outs_since: ask.opt_outs_since,
        };
        let now = self.now(t);
        let mut claimed = self.ask(|store| store.claim(claim, now)).map_err(refused)?;
        for message in &mut claimed.messages {
            let number = LeaseToken(format!("lease-{}", self.tokens.len()));
            let token = std::mem::replace(&mut message.lease_token, number);
            self.last.insert(message.message_id.clone(), token.clone());
            self.tokens.push(token);
        }
        Ok(ClaimAnswer {
            tenant: claimed.office.tenant,
            messages: claimed.messages,
            policy: claimed.office.policy,
            queued: claimed.counts.queued,
            sent_today: claimed.counts.sent_today,
            blocked: claimed.blocked,
            active_desktop: Some(claimed.active),
            opt_outs: claimed.opt_outs,
            wish: claimed.wish,
        })
    }

    /// The bytes of a file are for whom a message that carries it is.
    pub fn file(&mut self, file: &Attachment, sdr: usize) -> Result<(), QueueFault> {
        let id = file.file_id.clone();
        let known = self.ask(|store| store.file_of(id, SDRS[sdr].into()));
        match known.map_err(refused)? {
            Some(known) if known == *file => Ok(()),
            Some(_) | None => Err(refused(StoreError::Refused(Refusal::NoSuchFile))),
        }
    }

    fn token(&self, number: &LeaseToken) -> LeaseToken {
        let number = number.0.strip_prefix("lease-").unwrap();
        self.tokens[number.parse::<usize>().unwrap()].clone()
    }

    pub fn begin(&mut self, ask: &BeginRequest, t: u64) -> Result<LeaseAnswer, QueueFault> {
        let (lease_ms, now) = (self.lease_ms, self.now(t));
        let begin = BeginRequest {
            lease_token: self.token(&ask.lease_token),
            ..ask.clone()
        };
        self.ask(|store| store.begin(begin, lease_ms, now))
            .map_err(refused)?;
        self.grants.push(Grant {
            message: ask.message_id.clone(),
            desktop: ask.desktop_id.clone(),
            at: t,
            until: t + u64::from(lease_ms),
        });
        Ok(LeaseAnswer { lease_ms })
    }

    /// No other lease of the message was given since.
    pub fn is_last_lease(&self, ask: &RenewRequest) -> bool {
        self.last.get(&ask.message_id) == Some(&self.token(&ask.lease_token))
    }

    /// A desktop asks for a longer lease.
    pub fn renew(&mut self, ask: &RenewRequest, t: u64) -> Result<(), QueueFault> {
        let (lease_ms, now) = (self.lease_ms, self.now(t));
        let renewal = RenewRequest {
            lease_token: self.token(&ask.lease_token),
            ..ask.clone()
        };
        self.ask(|store| store.renew(renewal, lease_ms, now))
            .map_err(refused)
    }

    pub fn release(&mut self, ask: &RenewRequest, t: u64) -> Result<(), QueueFault> {
        let now = self.now(t);
        let release = RenewRequest {
            lease_token: self.token(&ask.lease_token),
            ..ask.clone()
        };
        self.ask(|store| store.release(release, now))
            .map_err(refused)
    }

    pub fn report(&mut self, ask: &ResultRequest, t: u64) -> Result<(), QueueFault> {
        let report = Report {
            sdr_id: ask.sdr_id.clone(),
            by: Reporter::Desktop(ask.desktop_id.clone()),
            message_id: ask.message_id.clone(),
            state: ask.state,
            at_ms: ask.at_ms,
            wa_message_id: ask.wa_message_id.clone(),
            chat_id: ask.chat_id.clone(),
            problem: ask.problem.clone(),
        };
        let now = self.now(t);
        self.ask(|store| store.report(report, now))
            .map(|_| ())
            .map_err(refused)
    }

    pub fn reply(&mut self, ask: &ReplyRequest, t: u64) -> Result<(), QueueFault> {
        let (now, reply) = (self.now(t), ask.clone());
        self.ask(|store| store.reply(reply, now)).map_err(refused)
    }

    pub fn beat(&mut self, ask: &HeartbeatRequest, t: u64) -> Result<HeartbeatAnswer, QueueFault> {
        let (session, now) = (ask.session.clone(), self.now(t));
        let desktop = session.desktop_id.clone();
        let beat = Beat {
            paused: ask.paused,
            in_flight: ask.in_flight,
            app_version: ask.app_version.clone(),
            desktop_name: ask.desktop_name.clone(),
            opt_outs_since: ask.opt_outs_since,
        };
        let beaten = self
            .ask(|store| store.beat(session, beat, now))
            .map_err(refused)?;
        let here = |active: &ActiveDesktop| Some(&active.desktop_id) == desktop.as_ref();
        Ok(HeartbeatAnswer {
            queued: beaten.counts.queued,
            sent_today: beaten.counts.sent_today,
            review: Some(beaten.counts.review),
            active: Some(beaten.active.as_ref().is_some_and(here)),
            active_desktop: beaten.active,
            opt_outs: beaten.opt_outs,
            wish: beaten.wish,
        })
    }
}

/// The document of the nth message.
fn document(nth: usize) -> Attachment {
    Attachment {
        file_id: FileId(format!("f{nth}")),
        kind: FileKind::Document,
        file_name: "offer.pdf".to_owned(),
        mime_type: "application/pdf".to_owned(),
        size_bytes: 1_000,
        sha256: format!("{nth:064x}"),
    }
}

/// As `problem.rs` of this server and the queue client of the agent make of it.
fn refused(error: StoreError) -> QueueFault {
    let refusal = match error {
        StoreError::Refused(refusal) => refusal,
        StoreError::Busy | StoreError::Failed(_) => panic!("I8: the store failed: {error}"),
    };
    let code = match refusal {
        Refusal::NoSuchMessage
        | Refusal::NoSuchLead
        | Refusal::NoSuchSdr
        | Refusal::NoSuchFile
        | Refusal::NoSuchTemplate
        | Refusal::NoSuchCampaign => ProblemCode::NotFound,
        Refusal::NotYours | Refusal::NeverHeld | Refusal::DoNotContact => ProblemCode::Forbidden,
        Refusal::OutOfHours => ProblemCode::NotNow,
        Refusal::Fenced => ProblemCode::Fenced,
        Refusal::OtherDesktop => ProblemCode::OtherDesktop,
        Refusal::Cancelled => ProblemCode::Cancelled,
        Refusal::TooLate
        | Refusal::IdTaken
        | Refusal::NoConsent
        | Refusal::Unstorable
        | Refusal::NotNamed(_)
        | Refusal::NameTaken
        | Refusal::CampaignIdTaken
        | Refusal::NotInReview
        | Refusal::NotDead
        | Refusal::NoDesktop => ProblemCode::BadRequest,
    };
    QueueFault::Refused(Problem::new(code, refusal.to_string()))
}
