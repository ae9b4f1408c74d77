//! Linking by a code that is typed on the phone.

use crate::support::world::World;
use hotdesk_engine::Input;
use hotdesk_protocol::bridge::{BridgeCommand, PairingCode};
use hotdesk_protocol::queue::LinkMethod;
use hotdesk_protocol::session::SessionState;

const PHONE: &str = "+5511960000001";

/// How often the page was asked for a code.
fn asked(world: &World) -> usize {
    let command = BridgeCommand::LinkByCode {
        phone: PHONE.to_owned(),
    };
    let all = world.page.commands.iter();
    all.filter(|it| **it == command).count()
}

/// A page that shows a code to scan.
fn unlinked() -> World {
    let mut world = World::new();
    world.page.state = SessionState::Qr;
    world.page.qr = Some("scan".into());
    world
}

fn shows(world: &mut World, value: &str, expires_in_ms: u32) {
    world.page.state = SessionState::PairingCode;
    world.page.qr = None;
    world.page.pairing_code = Some(PairingCode {
        value: value.to_owned(),
        expires_in_ms,
    });
}

#[test]
fn it_is_asked_for_once_and_relayed_once_with_what_is_left_of_its_time() {
    let mut world = unlinked();
    world.run(2_000);
    world.tell(Input::LinkByCode(PHONE.to_owned()));
    world.run(2_000);
    assert_eq!(asked(&world), 1);
    shows(&mut world, "ABCD1234", 180_000);
    world.run(2_000);
    shows(&mut world, "ABCD1234", 178_000);
    world.run(2_000);
    shows(&mut world, "WXYZ5678", 180_000);
    world.run(2_000);
    let relayed: Vec<_> = world
        .qrs
        .iter()
        .map(|code| (code.method, code.value.as_str(), code.expires_in_ms))
        .collect();
    let expected = [
        (LinkMethod::Qr, "scan", 60_000),
        (LinkMethod::Code, "ABCD1234", 180_000),
        (LinkMethod::Code, "WXYZ5678", 180_000),
    ];
    assert_eq!(relayed, expected);
    assert_eq!(asked(&world), 1, "the page goes on by itself");
}

#[test]
fn a_page_that_is_closed_is_opened_for_it_and_asked_once_it_can_be_linked() {
    let mut world = unlinked();
    world.tell(Input::Disconnect);
    world.run(2_000);
    assert_eq!(world.session.state(), SessionState::Closed);
    world.page.state = SessionState::Starting;
    world.tell(Input::LinkByCode(PHONE.to_owned()));
    world.run(5_000);
    assert_eq!(asked(&world), 0, "it only starts");
    world.page.state = SessionState::Qr;
    world.run(2_000);
    assert_eq!(asked(&world), 1);
}

#[test]
fn a_page_that_is_linked_is_never_asked_not_even_when_it_is_unlinked_later() {
    let mut world = World::connected();
    world.tell(Input::LinkByCode(PHONE.to_owned()));
    world.run(2_000);
    world.page.state = SessionState::Qr;
    world.run(5_000);
    assert_eq!(asked(&world), 0, "WhatsApp could end the link");
}

#[test]
fn one_that_could_not_be_asked_for_in_two_minutes_is_not_asked_for_later() {
    let mut world = unlinked();
    world.page.state = SessionState::Passkey;
    world.tell(Input::LinkByCode(PHONE.to_owned()));
    world.run(120_000);
    world.page.state = SessionState::Qr;
    world.run(5_000);
    assert_eq!(asked(&world), 0, "nobody waits for it any more");
}

#[test]
fn one_is_no_longer_asked_for_when_a_code_to_scan_is_wanted_instead() {
    let mut world = unlinked();
    world.page.state = SessionState::Passkey;
    world.tell(Input::LinkByCode(PHONE.to_owned()));
    world.run(2_000);
    world.tell(Input::RefreshQr);
    world.page.state = SessionState::Qr;
    world.run(2_000);
    assert_eq!(asked(&world), 0);
    assert!(world.page.commands.contains(&BridgeCommand::RefreshQr));
}

#[test]
fn the_server_is_asked_for_a_wish_every_five_seconds_while_no_phone_is_linked() {
    let mut world = unlinked();
    world.run(10_000);
    let before = world.beats.len();
    world.run(60_000);
    assert_eq!(world.beats.len() - before, 12);
    let mut world = World::connected();
    world.run(10_000);
    let before = world.beats.len();
    world.run(60_000);
    assert_eq!(world.beats.len() - before, 2, "a claim brings it there");
}
