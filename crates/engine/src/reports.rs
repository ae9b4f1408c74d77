//! What the page tells, turned into facts about messages. A tick by id is a fact whatever load it
//! comes from; every other word counts only from the load that was asked.

use crate::effect::Stage;
use crate::flight::Step;
use crate::input::PageFault;
use crate::replies::Inbound;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::bridge::{BridgeEvent, Drain};
use hotdesk_protocol::ids::{ChatId, MessageId, PageGeneration, WaMessageId};
use hotdesk_protocol::session::Ack;

/// What the page has in hand is asked for often at first, then with every quarter of its time.
const DRAIN_JOB_MS: (u64, u64) = (4, 20);
const DRAIN_HELD_MS: u64 = 20;
const DRAIN_ACKS_MS: u64 = 50;
const DRAIN_FAILED_MS: u64 = 500;
const DRAINS_FAILED_MOST: u32 = 10;

impl Session {
    pub(crate) fn drained(&mut self, result: Result<Drain, PageFault>) {
        let now = self.now.boot;
        let drain = match result {
            Ok(drain) => drain,
            Err(fault) => {
                self.drain_failed(&fault);
                return;
            }
        };
        self.page.drain_misses = 0;
        let current = self.page.generation() == Some(&drain.generation);
        let mut gap = false;
        for report in drain.reports {
            if current {
                if report.seq <= self.page.seq {
                    continue;
                }
                gap |= report.seq != self.page.seq + 1;
                self.page.seq = report.seq;
            }
            let seq = current.then_some(report.seq);
            self.event(report.event, &drain.generation, seq);
        }
        if gap {
            // Reports were lost: whatever waits for one has to be looked up.
            self.forget_page();
        }
        if !current {
            // Numbers of one load mean nothing to another: nothing is asked for before the probe.
            self.page.stranger = true;
            self.page.probe_now();
        }
        self.page.more = current && drain.more;
        let wait = match (self.page.more, self.job()) {
            (true, _) if self.replies.first_held().is_some() => DRAIN_HELD_MS,
            (true, _) => 0,
            (false, Some(at)) => {
                let (least, most) = DRAIN_JOB_MS;
                let asked = Self::handed_at(&self.flights[at]);
                (now.since(asked) / 4).clamp(least, most)
            }
            (false, None) => DRAIN_ACKS_MS,
        };
        self.drain_answered(now.after(wait));
    }

    /// A page that answers but never tells its reports is loaded anew.
    fn drain_failed(&mut self, fault: &PageFault) {
        self.drain_answered(self.now.boot.after(DRAIN_FAILED_MS));
        match fault {
            PageFault::Absent | PageFault::OtherGeneration => {}
            PageFault::TimedOut | PageFault::BadAnswer | PageFault::Refused(_) => {
                self.page.drain_misses += 1;
                let silent = self.page.drain_misses >= DRAINS_FAILED_MOST;
                self.page.reload_wanted |= silent && self.page.probe.is_some();
            }
        }
    }

    /// `seq` is the report's number if it comes from the page's present load.
    fn event(&mut self, event: BridgeEvent, generation: &PageGeneration, seq: Option<u32>) {
        let current = seq.is_some();
        match event {
            BridgeEvent::Ack { wa_message_id, ack } => {
                if ack != Ack::Error {
                    self.past_is_there(&wa_message_id, ack, &[]);
                }
                self.ticked(&wa_message_id, ack, &[]);
            }
            BridgeEvent::InPage {
                message_id,
                wa_message_id,
                chat_id,
                other_chat_id,
                ack,
                already_there: _,
            } => {
                let chats: Vec<_> = [Some(chat_id), other_chat_id]
                    .into_iter()
                    .flatten()
                    .collect();
                let known = |f: &&mut crate::flight::Flight| {
                    *f.id() == message_id && f.row.wa_message_id == wa_message_id
                };
                if self.flights.iter_mut().find(known).is_some() {
                    self.ticked(&wa_message_id, ack, &chats);
                } else if ack != Ack::Error {
                    self.past_is_there(&wa_message_id, ack, &chats);
                } else if current {
                    self.past_is_absent(&message_id, &wa_message_id, generation);
                }
            }
            BridgeEvent::Incoming {
                wa_message_id,
                chat_id,
                phone,
                text,
                at_ms,
            } => {
                let inbound = Inbound {
                    wa_message_id,
                    chat_id,
                    phone,
                    text,
                    at_ms,
                };
                self.incoming(inbound, seq);
            }
            BridgeEvent::NotOnWhatsapp { message_id } if current => {
                if self.is_answer(&message_id, generation) {
                    self.not_on_whatsapp(&message_id);
                }
            }
            BridgeEvent::NotSubmitted {
                message_id,
                problem,
            } if current => {
                if self.is_answer(&message_id, generation) {
                    self.not_submitted(&message_id, problem);
                }
            }
            BridgeEvent::Unclear {
                message_id,
                problem: _,
            } if current => {
                self.unclear(&message_id);
            }
            BridgeEvent::Absent {
                message_id,
                wa_message_id,
            } if current => {
                let ours = self
                    .flight(&message_id)
                    .map(|flight| &flight.row.wa_message_id);
                if ours == Some(&wa_message_id) {
                    self.absent(&message_id, generation);
                } else {
                    self.past_is_absent(&message_id, &wa_message_id, generation);
                }
            }
            BridgeEvent::NotOnWhatsapp { .. }
            | BridgeEvent::NotSubmitted { .. }
            | BridgeEvent::Unclear { .. }
            | BridgeEvent::Absent { .. } => {}
        }
    }

    /// Whether a word about a submit comes from the load the submit went to.
    fn is_answer(&mut self, id: &MessageId, generation: &PageGeneration) -> bool {
        self.flight(id).is_some_and(|flight| {
            let asked = flight.handed_in.as_ref().map(|(asked, _)| asked);
            flight.step == Step::Submitting && asked == Some(generation)
        })
    }

    fn not_on_whatsapp(&mut self, id: &MessageId) {
        let utc = self.now.utc;
        if let Some(flight) = self.flight(id) {
            flight.reach(Stage::Failed, utc, Some(words::not_on_whatsapp()));
        }
    }

    fn unclear(&mut self, id: &MessageId) {
        let now = self.now.boot;
        if let Some(flight) = self.flight(id)
            && flight.step == Step::Submitting
        {
            flight.step = Step::Unknown;
            flight.not_before = now;
            // What the page cannot tell now, a fresh load reads from its storage.
            self.page.reload_wanted = true;
        }
    }

    /// A tick of one of our messages, by its id, with the ids its chat goes by. Ranks only rise.
    pub(crate) fn ticked(&mut self, id: &WaMessageId, ack: Ack, chats: &[ChatId]) {
        let now = self.now;
        let Some(at) = self.flights.iter().position(|f| f.row.wa_message_id == *id) else {
            return;
        };
        let flight = &mut self.flights[at];
        // A message no page was ever given has no tick: whoever tells one lies.
        if flight.step == Step::Finishing || !(flight.handed || flight.handed_in.is_some()) {
            return;
        }
        for chat in chats {
            flight.dirty |= flight.row.learn_chat(chat.clone());
        }
        let (stage, before) = (stage_of(ack), flight.row.stage);
        let waits = matches!(
            flight.step,
            Step::Submitting | Step::Looking | Step::Unknown
        );
        match stage {
            Stage::Failed => {
                if rank(before) < rank(Stage::Sent) && before != Stage::Failed {
                    flight.reach(Stage::Failed, now.utc, Some(words::whatsapp_refused()));
                    self.warning = Some(words::platform_warning());
                }
            }
            Stage::Submitted if before == Stage::Intent => {
                flight.waiting_since = now.boot;
                flight.reach(Stage::Submitted, now.utc, None);
            }
            Stage::Submitted if before == Stage::Submitted && waits => flight.step = Step::InPage,
            Stage::Intent | Stage::Submitted | Stage::Review => {}
            Stage::Sent | Stage::Delivered | Stage::Read => {
                if rank(before) < rank(stage) {
                    let first = rank(before) < rank(Stage::Sent);
                    flight.reach(stage, now.utc, None);
                    self.queue.count_sent(u32::from(first));
                }
            }
        }
    }
}

fn stage_of(ack: Ack) -> Stage {
    match ack {
        Ack::Error => Stage::Failed,
        Ack::Clock => Stage::Submitted,
        Ack::Server => Stage::Sent,
        Ack::Device => Stage::Delivered,
        Ack::Read | Ack::Played => Stage::Read,
    }
}

/// What WhatsApp has confirmed outranks what we concluded.
fn rank(stage: Stage) -> u8 {
    match stage {
        Stage::Intent => 0,
        Stage::Submitted => 1,
        Stage::Review => 2,
        Stage::Failed => 3,
        Stage::Sent => 4,
        Stage::Delivered => 5,
        Stage::Read => 6,
    }
}
