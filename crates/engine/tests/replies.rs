use crate::support::world::{World, unreachable};

#[test]
fn a_reply_in_a_chat_of_ours_is_told_with_the_message_it_answers() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.page.receive("IN1", "5511970000001@c.us", None, "yes");
    world
        .page
        .receive("IN2", "777@lid", Some("+5511970000001"), "and by number");
    world.run(3_000);
    let told: Vec<_> = world
        .replies
        .iter()
        .map(|r| (r.message_id.as_str(), r.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [("m1", "yes"), ("m1", "and by number")],
        "by chat, or by number"
    );
}

#[test]
fn a_reply_under_either_id_of_the_lead_answers_the_message_also_after_a_restart() {
    let mut world = World::connected();
    world.page.other_chat = Some("777@lid".into());
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    let result = world.server.last_result.clone().expect("it is told");
    let ids = [&result.chat_id, &result.other_chat_id].map(|id| id.clone().map(|id| id.0));
    let both = ["5511970000001@c.us", "777@lid"].map(|id| Some(id.to_owned()));
    assert_eq!(ids, both, "the server is told both");
    for start in ["before", "after a restart"] {
        let (lid, number) = (format!("{start} by lid"), format!("{start} by number"));
        world.page.receive(&lid, "777@lid", None, &lid);
        let chat = "5511970000001@c.us";
        world.page.receive(&number, chat, None, &number);
        world.run(3_000);
        let told = world.replies.iter().map(|r| r.text.clone());
        let told: Vec<_> = told.filter(|text| text.starts_with(start)).collect();
        assert_eq!(
            told,
            [lid, number],
            "the page need not know whose lid it is"
        );
        world.kill();
        world.run(5_000);
    }
}

#[test]
fn a_chat_that_moves_to_a_lid_after_the_send_is_learnt_from_a_look_up() {
    let mut world = World::connected();
    world.page.only_server_acks = true;
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.page.chat = Some("777@lid".into());
    // A new load asks for the ticks it missed.
    world.page.load(world.now);
    world.run(6_000);
    world.page.receive("IN1", "777@lid", None, "yes");
    world.run(3_000);
    assert_eq!(world.replies.len(), 1, "the lead is still the same");
}

#[test]
fn a_reply_by_a_number_that_whatsapp_spells_without_the_ninth_digit_answers_the_message() {
    let mut world = World::connected();
    world.page.chat = Some("551170000001@c.us".into());
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world
        .page
        .receive("IN1", "777@lid", Some("+551170000001"), "yes");
    world.run(3_000);
    assert_eq!(world.replies.len(), 1, "the chat of that number is ours");
}

#[test]
fn nobody_elses_chat_is_told() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.page.receive(
        "IN1",
        "5511900000000@c.us",
        Some("+5511900000000"),
        "private",
    );
    world.run(10_000);
    assert!(
        world.replies.is_empty(),
        "the SDR's own life is nobody's business"
    );
}

#[test]
fn a_reply_is_told_again_until_the_server_has_it() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.server_fault = Some(unreachable());
    world.page.receive("IN1", "5511970000001@c.us", None, "yes");
    world.run(30_000);
    assert!(world.replies.is_empty(), "the server is away");
    world.server_fault = None;
    world.run(65_000);
    assert_eq!(world.replies.len(), 1, "told once it is back, once");
}

#[test]
fn a_reply_outlives_a_kill_between_the_drain_and_the_report() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.server_fault = Some(unreachable());
    world.page.receive("IN1", "5511970000001@c.us", None, "yes");
    world.run_until(3_000, |world| !world.disk.replies.is_empty());
    world.kill();
    world.run(10_000);
    world.server_fault = None;
    world.run(65_000);
    let told: Vec<_> = world.replies.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(told, ["yes"], "the server has it, once");
    assert!(
        world.disk.replies.is_empty(),
        "and its text is no longer kept here"
    );
    world.kill();
    world.run(10_000);
    assert_eq!(world.replies.len(), 1, "nor told by the next start");
}

#[test]
fn the_page_keeps_a_reply_until_it_is_on_disk() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.disk.full = true;
    world.server_fault = Some(unreachable());
    world.page.receive("IN1", "5511970000001@c.us", None, "yes");
    for n in 0..80 {
        let id = format!("OTHER{n}");
        world.page.receive(&id, "1@c.us", None, "a stranger");
    }
    world.run(20_000);
    let first = world.page.reports.first().map(|report| report.seq);
    let last = world.page.reports.last().map(|report| report.seq);
    assert!(
        first < last.map(|seq| seq - 79),
        "it is still there to be asked for: {first:?} of {last:?}"
    );
    world.disk.full = false;
    world.run(65_000);
    assert_eq!(world.disk.replies.len(), 1, "kept once it can be");
    world.page.receive("IN2", "1@c.us", None, "a stranger");
    world.run(3_000);
    world.page.receive("IN3", "1@c.us", None, "a stranger");
    world.run(3_000);
    let first = world.page.reports.first().map(|report| report.seq);
    assert!(first > last, "then the page may forget it");
    world.server_fault = None;
    world.run(65_000);
    assert_eq!(world.replies.len(), 1, "the server has it once");
    assert!(world.disk.replies.is_empty(), "and nothing is left here");
}

#[test]
fn a_full_disk_does_not_keep_a_reply_from_the_server() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    world.disk.full = true;
    world.page.receive("IN1", "5511970000001@c.us", None, "yes");
    world.run(10_000);
    assert_eq!(world.replies.len(), 1, "told without a row");
    world.disk.full = false;
    world.run(65_000);
    assert!(
        world.disk.replies.is_empty(),
        "no row is written afterwards"
    );
    assert_eq!(world.replies.len(), 1, "and it is told once");
}

#[test]
fn a_reply_told_by_two_loads_is_told_to_the_server_once() {
    let mut world = World::connected();
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(3_000);
    for _ in 0..2 {
        world.page.receive("IN1", "5511970000001@c.us", None, "yes");
        world.run(3_000);
        world.page.load(world.now);
        world.page.receive("IN1", "5511970000001@c.us", None, "yes");
        world.run(3_000);
    }
    assert_eq!(world.replies.len(), 1, "known by its id");
}
