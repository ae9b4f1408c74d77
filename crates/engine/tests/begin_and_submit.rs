use crate::support::page::Trick;
use crate::support::world::{World, unreachable};
use hotdesk_engine::{Effect, Input, Record};
use hotdesk_protocol::bridge::{BridgeCommand, BridgeEvent, BridgeReport, Drain};
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::{Ack, MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode};

const LEAD: &str = "+5511970000001";

#[test]
fn a_message_goes_from_claim_to_read_in_the_order_of_steps() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.trace.clear();
    world.run(5_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "every tick is reported"
    );
    assert_eq!(world.page.history.len(), 1, "it left once");
    let order: Vec<_> = world.trace.iter().take(6).copied().collect();
    let wanted = ["begin", "intent", "submit", "submitted", "acked", "report"];
    assert_eq!(
        order, wanted,
        "a kill may follow any line only because of this order"
    );
    assert!(world.disk.outbox.is_empty(), "what was read is finished");
    assert_eq!(world.disk.finished.len(), 1, "its id is kept");
}

#[test]
fn nothing_is_submitted_before_the_intent_is_on_disk() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    let sent = world
        .pending
        .iter()
        .any(|effect| matches!(effect, Effect::Submit(..)));
    assert!(!sent, "the intent is not yet confirmed");
    assert_eq!(world.page.sends(), 0, "so nothing reached the page");
    world.run(1_000);
    assert_eq!(world.page.sends(), 1, "now it did");
}

#[test]
fn a_fenced_or_cancelled_message_stops_at_begin() {
    for code in [ProblemCode::Fenced, ProblemCode::Cancelled] {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, "hello");
        world.server_fault_on_begin(code);
        world.run(2_000);
        assert_eq!(world.page.sends(), 0, "refused at begin: never sent");
        assert!(world.disk.outbox.is_empty(), "and no row was written");
    }
}

#[test]
fn a_begin_whose_answer_was_lost_is_asked_again_and_sent_once() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.lose_begin = true;
    world.run(5_000);
    assert_eq!(
        world.page.history.len(),
        1,
        "begin is idempotent under its token"
    );
    assert_eq!(world.server.begins.len(), 2, "it was asked twice");
}

#[test]
fn a_lease_that_ran_out_before_the_submit_is_begun_again() {
    let mut world = World::connected();
    world.server.lease_ms = 10_000;
    world.server.policy.gap_ms = 12_000;
    world.server.enqueue("m1", LEAD, "one");
    world.server.enqueue("m2", "+5511970000002", "two");
    world.run(200);
    world.page.state = SessionState::Offline;
    world.run(30_000);
    assert_eq!(world.page.history.len(), 1, "nothing leaves while offline");
    world.page.state = SessionState::Connected;
    world.run(60_000);
    assert_eq!(world.page.history.len(), 2, "nothing was lost");
}

#[test]
fn submits_of_one_sdr_keep_the_gap() {
    let mut world = World::connected();
    world.server.policy.gap_ms = 3_000;
    for n in 1..=4 {
        world
            .server
            .enqueue(&format!("m{n}"), &format!("+551197000000{n}"), "hello");
    }
    world.run(20_000);
    let times: Vec<u64> = world.page.history.iter().map(|left| left.at_ms).collect();
    assert_eq!(times.len(), 4, "all left");
    let kept = times.windows(2).all(|pair| pair[1] - pair[0] >= 3_000);
    assert!(kept, "the gap is from submit to submit: {times:?}");
}

#[test]
fn the_gap_holds_over_a_restart() {
    let mut world = World::connected();
    world.server.policy.gap_ms = 45_000;
    world.server.enqueue("m1", LEAD, "one");
    world.server.enqueue("m2", "+5511970000002", "two");
    world.run(3_000);
    assert_eq!(world.page.history.len(), 1, "the first left");
    world.kill();
    world.run(120_000);
    let times: Vec<u64> = world.page.history.iter().map(|left| left.at_ms).collect();
    assert_eq!(times.len(), 2, "both left");
    assert!(
        times[1] - times[0] >= 40_000,
        "a restart is no way around the pace: {times:?}"
    );
}

#[test]
fn without_a_gap_twenty_messages_a_second_leave() {
    let mut world = World::connected();
    world.page.ack_ms = 100;
    for n in 0..100 {
        world
            .server
            .enqueue(&format!("m{n}"), &format!("+5511970{n:06}"), "hello");
    }
    let start = world.now;
    world.run_until(20_000, |world| world.page.history.len() == 100);
    let took = world.now - start;
    assert!(took <= 5_000, "100 messages took {took} ms");
}

#[test]
fn two_messages_of_one_chat_keep_their_order() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::NeverAck);
    world.server.enqueue("m1", LEAD, "first");
    world.server.enqueue("m2", LEAD, "second");
    world.server.enqueue("m3", "+5511970000002", "other chat");
    world.run(10_000);
    let texts: Vec<_> = world
        .page
        .history
        .iter()
        .map(|left| left.text.as_str())
        .collect();
    assert_eq!(
        texts,
        ["first", "other chat"],
        "an unconfirmed message blocks its own chat only"
    );
}

#[test]
fn a_paused_session_begins_nothing_and_finishes_what_is_begun() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    world.tell(Input::Pause);
    world.server.enqueue("m2", "+5511970000002", "later");
    world.run(40_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "what was begun is finished"
    );
    let later = world.server.state("m2");
    assert_eq!(later, MessageState::Queued, "what was not is not held");
    world.tell(Input::Resume);
    world.run(2_000);
    assert_eq!(world.page.history.len(), 2, "resuming goes on");
}

#[test]
fn claimed_messages_are_handed_back_on_pause_and_disconnect() {
    for input in [Input::Pause, Input::Disconnect] {
        let mut world = World::connected();
        world.server.policy.gap_ms = 1_500;
        for n in 1..=6 {
            world
                .server
                .enqueue(&format!("m{n}"), &format!("+551197000000{n}"), "hello");
        }
        world.run(500);
        world.tell(input);
        world.run(3_000);
        assert!(
            !world.released.is_empty(),
            "what was leased in vain is given back at once"
        );
    }
}

#[test]
fn nothing_is_claimed_while_nothing_could_be_sent() {
    let mut world = World::new();
    world.page.state = SessionState::Qr;
    world.server.enqueue("m1", LEAD, "hello");
    world.run(60_000);
    assert_eq!(
        world.claims, 0,
        "a lease that cannot be used keeps the message from others"
    );
}

#[test]
fn a_number_that_is_not_on_whatsapp_fails_with_that_reason() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::NotOnWhatsapp);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(2_000);
    assert_eq!(world.server.state("m1"), MessageState::Failed, "permanent");
    let code = world
        .server
        .get("m1")
        .problem
        .as_ref()
        .map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::NotOnWhatsapp), "with its reason");
}

#[test]
fn a_send_that_never_reached_whatsapp_is_tried_again_under_the_same_id() {
    for trick in [
        Trick::NotSubmitted,
        Trick::Refuse(ProblemCode::TooManyRequests),
    ] {
        let mut world = World::connected();
        world.page.trick = Some(trick);
        world.server.enqueue("m1", LEAD, "hello");
        world.run(10_000);
        assert_eq!(world.page.history.len(), 1, "it left in the end");
        let ids: Vec<_> = world
            .page
            .commands
            .iter()
            .filter_map(|command| match command {
                BridgeCommand::SendText { wa_message_id, .. } => Some(wa_message_id.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(ids.len(), 2, "it was submitted twice");
        assert_eq!(ids[0], ids[1], "under one id");
        assert_eq!(world.server.begins.len(), 2, "and begun again before");
    }
}

#[test]
fn a_send_that_is_refused_again_and_again_fails_with_the_reason() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    for _ in 0..600 {
        world.page.trick = Some(Trick::Refuse(ProblemCode::TooManyRequests));
        world.run(100);
    }
    assert_eq!(
        world.server.state("m1"),
        MessageState::Failed,
        "not tried for ever"
    );
    assert_eq!(world.page.sends(), 5, "five tries");
}

#[test]
fn a_message_whatsapp_refuses_fails_and_stops_the_sdr() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::AckError);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(1_000);
    world.server.enqueue("m2", "+5511970000002", "later");
    world.run(30_000);
    assert_eq!(world.server.state("m1"), MessageState::Failed, "ack -1");
    assert_eq!(
        world.session.state(),
        SessionState::Stopped,
        "a platform warning"
    );
    assert_eq!(
        world.page.sends(),
        1,
        "nothing more leaves until a person has looked"
    );
    world.tell(Input::Resume);
    world.run(2_000);
    assert_eq!(
        world.server.state("m2"),
        MessageState::Read,
        "a person resumed"
    );
}

#[test]
fn an_ack_that_does_not_come_alarms_and_stops_the_sdr_until_it_does() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::NeverAck);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(125_000);
    assert_eq!(
        world.session.state(),
        SessionState::Stopped,
        "after 120 s at ack 0"
    );
    assert_eq!(
        world.session.problem().map(|p| p.code),
        Some(ProblemCode::AckStuck),
        "it says why"
    );
    assert_eq!(world.page.sends(), 1, "it is never sent again");
    let id = world.page.history[0].wa_message_id.clone();
    let ack = Ack::Server;
    world.page.say(BridgeEvent::Ack {
        wa_message_id: id,
        ack,
    });
    world.run(3_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Sent,
        "late, but confirmed"
    );
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "and the session goes on"
    );
}

#[test]
fn reports_about_messages_that_are_not_ours_change_nothing() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    let problem = Problem::new(ProblemCode::ServerError, "hostile");
    use hotdesk_protocol::bridge::BridgeEvent as E;
    use hotdesk_protocol::session::Ack;
    for id in ["m1", "m9"] {
        let wa: hotdesk_protocol::ids::WaMessageId = "3EB0FFFF".into();
        let chat_id = "x@c.us".into();
        world.page.say(E::InPage {
            message_id: id.into(),
            wa_message_id: wa.clone(),
            chat_id,
            other_chat_id: None,
            ack: Ack::Read,
            already_there: false,
        });
        world.page.say(E::Absent {
            message_id: id.into(),
            wa_message_id: wa.clone(),
        });
        world.page.say(E::Ack {
            wa_message_id: wa,
            ack: Ack::Error,
        });
    }
    let message_id = || "m9".into();
    world.page.say(E::NotOnWhatsapp {
        message_id: message_id(),
    });
    world.page.say(E::NotSubmitted {
        message_id: message_id(),
        problem,
    });
    world.run(3_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "it went its way"
    );
    assert_eq!(world.page.history.len(), 1, "once");
}

#[test]
fn what_was_begun_is_sent_and_reported_later_when_the_server_is_gone() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    world.server_fault = Some(unreachable());
    world.run(300_000);
    assert_eq!(world.page.history.len(), 1, "what is begun leaves");
    assert_eq!(
        world.server.state("m1"),
        MessageState::Begun,
        "the server cannot know"
    );
    world.server_fault = None;
    world.run(61_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "it hears of it in the end"
    );
    assert_eq!(world.page.history.len(), 1, "still once");
}

impl World {
    /// Up to the moment at which the intent is asked to be written.
    pub fn run_until_record(&mut self, id: &str) {
        for _ in 0..2_000 {
            let written = |effect: &Effect| match effect {
                Effect::Record(records) => records.iter().any(|record| match record {
                    Record::Outbox(row) => row.message_id.as_str() == id,
                    _ => false,
                }),
                _ => false,
            };
            if self.pending.iter().any(written) {
                return;
            }
            if self.pending.is_empty() {
                self.run_one();
            } else {
                self.answer(0);
            }
        }
        panic!("no intent was asked for");
    }

    fn run_one(&mut self) {
        let before = self.now;
        self.wake();
        if !self.pending.is_empty() {
            return;
        }
        let tick = self
            .session
            .poll_timeout()
            .map_or(before + 10, |at| at.0.max(before));
        self.now = tick.min(before + 1_000);
        self.tell(Input::Tick);
    }

    fn server_fault_on_begin(&mut self, code: ProblemCode) {
        for _ in 0..2_000 {
            if let Some(at) = self
                .pending
                .iter()
                .position(|e| matches!(e, Effect::Begin(_)))
            {
                let Effect::Begin(ask) = self.pending.remove(at) else {
                    return;
                };
                let fault = hotdesk_engine::QueueFault::Refused(Problem::new(code, "no"));
                self.server.get(ask.message_id.as_str()).state = MessageState::Cancelled;
                self.tell(Input::Begun(ask.message_id, Err(fault)));
                return;
            }
            if self.pending.is_empty() {
                self.run_one();
            } else {
                self.answer(0);
            }
        }
        panic!("no begin was asked for");
    }
}

#[test]
fn what_an_earlier_load_says_of_a_submit_counts_for_nothing() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::Swallow);
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until(5_000, |world| world.page.sends() == 1);
    let problem = Problem::new(ProblemCode::ServerError, "the page threw");
    let message_id = MessageId::from("m1");
    let events = [
        BridgeEvent::Unclear {
            message_id: message_id.clone(),
            problem: problem.clone(),
        },
        BridgeEvent::NotSubmitted {
            message_id: message_id.clone(),
            problem,
        },
        BridgeEvent::NotOnWhatsapp { message_id },
    ];
    let reports = (1..)
        .zip(events)
        .map(|(seq, event)| BridgeReport { seq, event });
    world.tell(Input::Drained(Ok(Drain {
        generation: "an-earlier-load".into(),
        reports: reports.collect(),
        more: false,
    })));
    world.run(10_000);
    assert_eq!(world.reloads, 0, "nothing is unclear");
    assert_eq!(world.page.sends(), 1, "and nothing is tried again");
    assert_eq!(world.server.state("m1"), MessageState::Begun, "or failed");
}
