//! A damaged disk, and an older copy of it in its place: what the copy does not know may have left.

use crate::support::world::{Disk, World};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::session::MessageState;

const LEAD: &str = "+5511970000001";

/// A message has left and the server has not heard of it.
fn left_unreported() -> (World, Disk) {
    let mut world = World::connected();
    let copy = world.disk.clone();
    world.result_fault = Some(crate::support::world::unreachable());
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    assert_eq!(world.page.history.len(), 1, "it left");
    assert_eq!(world.server.state("m1"), MessageState::Begun, "untold");
    world.result_fault = None;
    (world, copy)
}

fn restore(world: &mut World, copy: &Disk) {
    world.disk = copy.restore();
    world.kill();
}

#[test]
fn a_message_the_copy_does_not_know_is_found_in_the_page_and_reported() {
    let (mut world, copy) = left_unreported();
    restore(&mut world, &copy);
    world.run(120_000);
    assert_eq!(world.page.sends(), 1, "never handed over again");
    assert_eq!(world.server.state("m1"), MessageState::Read, "adopted");
}

#[test]
fn a_message_the_copy_does_not_know_and_the_page_does_not_show_goes_to_a_person() {
    let (mut world, copy) = left_unreported();
    world.page.profile.messages.clear();
    restore(&mut world, &copy);
    world.run(120_000);
    assert_eq!(world.page.sends(), 1, "never handed over again");
    assert_eq!(world.server.state("m1"), MessageState::Review, "parked");
    let problem = world.server.get("m1").problem.clone().unwrap();
    assert_eq!(problem.code, ProblemCode::FateUnknown, "with the reason");
    assert!(problem.message.contains("older copy"), "in words");
}

#[test]
fn what_the_copy_did_not_know_is_on_disk_before_it_is_decided() {
    let (mut world, copy) = left_unreported();
    restore(&mut world, &copy);
    // Offered before the page has settled.
    world.server.get("m1").until = world.now;
    world.run_until(1_500, |world| !world.disk.outbox.is_empty());
    assert!(
        world.disk.outbox[&"m1".into()].boot_id.is_empty(),
        "known as unknown"
    );
    world.disk.restored = false;
    world.page.profile.messages.clear();
    world.kill();
    world.run(120_000);
    assert_eq!(world.page.sends(), 1, "the row alone is enough");
    assert_eq!(world.server.state("m1"), MessageState::Review, "parked");
}

#[test]
fn an_intent_in_the_copy_is_not_redone_although_profile_and_start_are_the_same() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until(3_000, |world| !world.disk.outbox.is_empty());
    let copy = world.disk.clone();
    world.run(3_000);
    world.page.profile.messages.clear();
    world.server.get("m1").state = MessageState::Begun;
    restore(&mut world, &copy);
    world.run(120_000);
    assert_eq!(world.page.history.len(), 1, "it left once");
    assert_eq!(world.server.state("m1"), MessageState::Review, "parked");
}

#[test]
fn a_message_never_begun_before_is_sent_by_a_restored_store_as_by_any_other() {
    let (mut world, copy) = left_unreported();
    restore(&mut world, &copy);
    world.server.enqueue("m2", "+5511970000002", "hello");
    world.run(120_000);
    assert_eq!(world.server.state("m2"), MessageState::Read, "sent");
    let looks = world.page.commands.iter().filter(
        |command| matches!(command, BridgeCommand::LookUp { message_id, .. } if message_id.as_str() == "m2"),
    );
    assert_eq!(looks.count(), 0, "nothing to look up");
}
