use crate::support::page::Trick;
use crate::support::world::{World, unreachable};
use hotdesk_engine::{FetchFault, PageFault, QueueFault};
use hotdesk_protocol::bridge::{BridgeCommand, Capability};
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode};

const LEAD: &str = "+5511970000001";
const OTHER: &str = "+5511970000002";

/// Connected, with one message that carries a document.
fn with_a_file() -> World {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "our offer");
    world.server.attach("m1");
    world.trace.clear();
    world
}

/// Connected, by a page that lacks what a file takes; one message is offered at a time, the oldest
/// first.
fn without_files() -> World {
    let mut world = World::new();
    world.server.policy.gap_ms = 11_000;
    world.page.missing = vec![Capability::SendFile];
    world.page.load(world.now);
    world.run(5_000);
    world
}

/// One answer at a time, so that nothing follows what is waited for.
fn run_step_by_step(world: &mut World, done: impl Fn(&World) -> bool) {
    for _ in 0..10_000 {
        if done(world) {
            return;
        }
        if world.pending.is_empty() {
            world.now += 10;
            world.tell(hotdesk_engine::Input::Tick);
            world.wake();
        } else {
            world.answer(0);
        }
    }
    panic!("it did not happen");
}

fn code(world: &mut World, id: &str) -> Option<ProblemCode> {
    let problem = &world.server.get(id).problem;
    problem.as_ref().map(|problem| problem.code)
}

#[test]
fn a_file_is_fetched_before_begin_and_in_the_page_before_submit() {
    let mut world = with_a_file();
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Read);
    let order: Vec<_> = world.trace.iter().take(6).copied().collect();
    let wanted = ["fetch", "begin", "intent", "put", "submit", "submitted"];
    assert_eq!(order, wanted, "nothing is begun that may have no bytes");
    assert_eq!(world.page.history.len(), 1, "it left once");
    assert_eq!(world.page.history[0].text, "our offer", "as the caption");
    assert!(world.held.is_empty(), "and its bytes are let go");
    let kept = world.disk.finished.values().next();
    assert!(kept.is_some_and(|row| row.file.is_none()), "with its name");
}

#[test]
fn a_file_may_have_no_caption_but_a_text_must_have_words() {
    let mut world = with_a_file();
    world.server.get("m1").text.clear();
    world.server.enqueue("m2", OTHER, "");
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Read);
    assert_eq!(code(&mut world, "m2"), Some(ProblemCode::BadText));
}

#[test]
fn what_the_claim_says_of_a_file_is_checked_before_it_is_fetched() {
    type Change = fn(&mut hotdesk_protocol::file::Attachment);
    let changes: [(&str, Change); 9] = [
        ("a program", |file| {
            file.mime_type = "application/x-msdownload".into()
        }),
        ("a picture's type for a document", |file| {
            file.mime_type = "image/png".into()
        }),
        ("no bytes", |file| file.size_bytes = 0),
        ("too many bytes", |file| {
            file.size_bytes = file.kind.max_bytes() + 1
        }),
        ("a short sum", |file| file.sha256.truncate(63)),
        ("no sum", |file| file.sha256 = "g".repeat(64)),
        ("a path", |file| file.file_name = "../offer.pdf".into()),
        ("no name", |file| file.file_name.clear()),
        ("a long name", |file| file.file_name = "n".repeat(201)),
    ];
    for (what, change) in changes {
        let mut world = with_a_file();
        change(world.server.get("m1").file.as_mut().unwrap());
        world.run(5_000);
        assert_eq!(code(&mut world, "m1"), Some(ProblemCode::BadFile), "{what}");
        assert_eq!(world.fetches, 0, "{what} is not fetched");
        assert!(world.server.begins.is_empty(), "nor begun");
    }
    let mut world = with_a_file();
    world.server.get("m1").text = "é".repeat(1_025);
    world.run(5_000);
    assert_eq!(code(&mut world, "m1"), Some(ProblemCode::BadText));
}

#[test]
fn bytes_that_are_not_what_the_claim_said_fail_the_message_before_begin() {
    let unfit = Problem::new(ProblemCode::BadFile, "the sum differs");
    let gone = QueueFault::Refused(Problem::new(ProblemCode::NotFound, "no such file"));
    for fault in [FetchFault::Unfit(unfit), FetchFault::Queue(gone)] {
        let mut world = with_a_file();
        world.fetch_fault = Some(fault);
        world.server.enqueue("m2", OTHER, "a text");
        world.run(5_000);
        assert_eq!(code(&mut world, "m1"), Some(ProblemCode::BadFile));
        assert_eq!(world.server.begins, ["m2".into()], "m1 is never begun");
        assert_eq!(world.fetches, 1, "and not asked for again");
        assert_eq!(world.server.state("m2"), MessageState::Read, "others go on");
    }
}

#[test]
fn a_file_that_does_not_come_is_asked_for_with_longer_and_longer_pauses_and_texts_go_on() {
    let mut world = with_a_file();
    world.server.policy.gap_ms = 1_500;
    world.fetch_fault = Some(FetchFault::Queue(unreachable()));
    for (id, lead) in [("m2", OTHER), ("m3", "+5511970000003")] {
        world.server.enqueue(id, lead, "a text");
    }
    world.run(120_000);
    assert_eq!(world.server.state("m2"), MessageState::Read);
    assert_eq!(world.server.state("m3"), MessageState::Read);
    assert!((6..=12).contains(&world.fetches), "{} tries", world.fetches);
    assert!(
        world.released.contains(&"m1".into()),
        "handed back, not failed"
    );
    world.fetch_fault = None;
    world.run(120_000);
    assert_eq!(world.server.state("m1"), MessageState::Read, "in the end");
    assert_eq!(world.page.history.len(), 3, "each left once");
}

#[test]
fn a_fetch_waits_for_a_new_sign_in() {
    let mut world = with_a_file();
    let out = Problem::new(ProblemCode::Unauthorized, "sign in");
    world.fetch_fault = Some(FetchFault::Queue(QueueFault::Refused(out)));
    world.run(20_000);
    assert_eq!(world.fetches, 1, "not asked with a bad token");
    assert!(world.session.status().signed_out);
    world.fetch_fault = None;
    world.tell(hotdesk_engine::Input::SignedIn);
    world.run(60_000);
    assert_eq!(world.server.state("m1"), MessageState::Read);
}

#[test]
fn a_page_that_cannot_send_files_sends_texts_and_keeps_the_others_waiting() {
    let mut world = without_files();
    world.server.enqueue("m1", LEAD, "our offer");
    world.server.attach("m1");
    for n in 2..6 {
        let (id, lead) = (format!("m{n}"), format!("+551197000000{n}"));
        world.server.enqueue(&id, &lead, "a text");
    }
    world.run(90_000);
    for n in 2..6 {
        assert_eq!(world.server.state(&format!("m{n}")), MessageState::Read);
    }
    assert_eq!(world.server.state("m1"), MessageState::Queued, "not lost");
    let status = world.session.status();
    assert_eq!(status.state, SessionState::Connected, "it is not stopped");
    let reason = status.problem.map(|problem| problem.code);
    assert_eq!(reason, Some(ProblemCode::SelfTestFailed), "and says why");
    assert_eq!(world.fetches, 0, "no bytes are fetched for nothing");
    world.page.missing.clear();
    world.run(60_000);
    assert_eq!(world.server.state("m1"), MessageState::Read, "once it can");
    assert_eq!(world.session.status().problem, None);
}

#[test]
fn wa_js_is_asked_for_only_once_a_file_has_to_be_sent_and_texts_never_wait_for_it() {
    let mut world = without_files();
    world.page.wa_js_ms = Some(20_000);
    world.server.enqueue("m1", OTHER, "a text");
    world.run(20_000);
    assert_eq!(world.server.state("m1"), MessageState::Read);
    assert_eq!(world.adoptions, 0, "the library is heavy");
    world.server.enqueue("m2", LEAD, "our offer");
    world.server.attach("m2");
    world.run(2_000);
    world.server.enqueue("m3", OTHER, "another text");
    world.run(10_000);
    assert_eq!(world.adoptions, 1, "asked for once");
    assert_eq!(world.server.state("m3"), MessageState::Read);
    assert_eq!(world.server.state("m2"), MessageState::Queued);
    world.run(60_000);
    assert_eq!(world.server.state("m2"), MessageState::Read);
}

#[test]
fn a_later_text_of_the_same_chat_waits_for_the_file_before_it() {
    let mut world = without_files();
    world.server.enqueue("m1", LEAD, "our offer");
    world.server.attach("m1");
    world.server.enqueue("m2", LEAD, "after the file");
    world.run(60_000);
    assert_eq!(world.server.state("m2"), MessageState::Queued, "in order");
    world.page.missing.clear();
    world.run(60_000);
    let texts: Vec<_> = world
        .page
        .history
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    assert_eq!(texts, ["our offer", "after the file"]);
}

#[test]
fn a_begun_file_waits_while_the_page_cannot_send_it_and_keeps_no_text_waiting() {
    let mut world = with_a_file();
    // One message is made ready at a time.
    world.server.policy.gap_ms = 1_500;
    world.run_until_record("m1");
    world.page.missing = vec![Capability::SendFile];
    world.page.load(world.now);
    world.server.enqueue("m2", OTHER, "a text");
    world.run(90_000);
    assert_eq!(world.server.state("m2"), MessageState::Read);
    assert_eq!(world.server.state("m1"), MessageState::Begun, "not lost");
    assert_eq!(
        world.session.status().problem.map(|problem| problem.code),
        Some(ProblemCode::SelfTestFailed)
    );
    world.page.missing.clear();
    world.run(60_000);
    assert_eq!(world.page.history.len(), 2, "each once");
}

#[test]
fn a_reload_between_put_and_submit_puts_the_file_anew() {
    let mut world = with_a_file();
    run_step_by_step(&mut world, |world| world.page.file.is_some());
    assert_eq!(world.page.sends(), 0, "not yet submitted");
    world.page.load(world.now);
    world.run(60_000);
    assert_eq!(world.trace.iter().filter(|it| **it == "put").count(), 2);
    assert_eq!(world.page.history.len(), 1);
    assert_eq!(world.server.state("m1"), MessageState::Read);
}

#[test]
fn a_send_no_word_came_of_is_looked_up_and_put_and_sent_again_under_its_id() {
    for (trick, sends) in [(Trick::Swallow, 2), (Trick::SendAndTimeOut, 1)] {
        let mut world = with_a_file();
        world.page.trick = Some(trick.clone());
        world.run(120_000);
        let state = world.server.state("m1");
        let told = matches!(state, MessageState::Sent | MessageState::Read);
        assert!(told, "{trick:?}: {state:?}");
        assert_eq!(world.page.history.len(), 1, "{trick:?}: it left once");
        assert_eq!(world.page.sends(), sends, "{trick:?}");
        let looked = |it: &BridgeCommand| matches!(it, BridgeCommand::LookUp { .. });
        assert!(world.page.commands.iter().any(looked), "{trick:?}");
    }
}

#[test]
fn after_a_kill_a_file_proven_unsent_is_fetched_again() {
    let mut world = with_a_file();
    run_step_by_step(&mut world, |world| !world.disk.outbox.is_empty());
    world.kill();
    world.run(60_000);
    assert_eq!(world.fetches, 2, "bytes are in memory only");
    assert_eq!(world.page.history.len(), 1);
    assert_eq!(world.server.state("m1"), MessageState::Read);
}

#[test]
fn bytes_the_runner_has_lost_are_fetched_again() {
    let mut world = with_a_file();
    world.run_until_record("m1");
    world.held.clear();
    world.run(30_000);
    assert_eq!(world.fetches, 2);
    assert_eq!(world.server.state("m1"), MessageState::Read);
}

#[test]
fn a_file_the_page_never_takes_fails_with_a_reason_and_is_not_sent() {
    let mut world = with_a_file();
    let why = Problem::new(ProblemCode::BadRequest, "not the next piece");
    world.page.put_fault = Some(PageFault::Refused(why));
    world.server.enqueue("m2", OTHER, "a text");
    world.run(120_000);
    assert_eq!(world.server.state("m1"), MessageState::Failed);
    assert_eq!(world.server.state("m2"), MessageState::Read, "others go on");
    assert_eq!(world.page.history.len(), 1);

    let mut world = with_a_file();
    let full = Problem::new(ProblemCode::TooManyRequests, "reports first");
    world.page.put_fault = Some(PageFault::Refused(full));
    world.run(120_000);
    assert_eq!(world.server.state("m1"), MessageState::Begun, "not failed");
    world.page.put_fault = None;
    world.run(90_000);
    assert_eq!(world.server.state("m1"), MessageState::Read);
}

#[test]
fn a_file_whatsapp_cannot_read_fails_at_once() {
    let mut world = with_a_file();
    world.page.trick = Some(Trick::Refuse(ProblemCode::BadFile));
    world.run(30_000);
    assert_eq!(code(&mut world, "m1"), Some(ProblemCode::BadFile));
    assert_eq!(world.page.sends(), 1, "not tried again");
}

#[test]
fn the_body_is_the_text_and_the_file() {
    let mut hashes = Vec::new();
    for (text, sum) in [
        ("a", None),
        ("a", Some('1')),
        ("a", Some('2')),
        ("b", Some('1')),
    ] {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, text);
        if let Some(sum) = sum {
            world.server.attach("m1").sha256 = sum.to_string().repeat(64);
        }
        world.run_until(5_000, |world| !world.disk.outbox.is_empty());
        hashes.push(world.disk.outbox[&"m1".into()].body_hash.clone());
    }
    let sha256_of_a = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assert_eq!(hashes[0], sha256_of_a, "a text's hash is as before");
    let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(distinct.len(), 4, "{hashes:?}");
}
