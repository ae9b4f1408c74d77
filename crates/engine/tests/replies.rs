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
