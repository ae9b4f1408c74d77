//! Which page gets what, and when a pack is taken back.

use hotdesk_agent::adapter_pack::rollout::{
    AGAIN_MS, DOUBT_MOST_MS, Fault, LACKING_MOST_MS, LOADING_MOST_MS, Record, Rollout, TRIES_MOST,
    Verdict,
};
use hotdesk_agent::adapter_pack::{Bundles, PackError};
use hotdesk_agent::pages::PageFault;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::bridge::{Capability, Probe};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::SessionState;
use std::sync::Arc;

fn bundles(number: u32) -> Bundles {
    Bundles {
        number,
        name: number.to_string(),
        built_in: number <= 1,
        bridge: "bridge".into(),
        wa_js: "wa-js".into(),
    }
}

/// An office with a clock.
struct Desk {
    rollout: Rollout,
    now: Millis,
}

const WELL: &[Capability] = &[];
const MUTE: &[Capability] = &[Capability::SendText];

impl Desk {
    /// Built in are those of number 1.
    fn new() -> Self {
        Self::restored(&Record::default())
    }

    fn restored(record: &Record) -> Self {
        let find = |number| Some(Arc::new(bundles(number)));
        Self {
            rollout: Rollout::restore(Arc::new(bundles(1)), record, find),
            now: Millis(1_000),
        }
    }

    fn pass(&mut self, ms: u64) {
        self.now = self.now.after(ms);
    }

    /// Time passes for the page; it is loaded anew if that is wanted. With which number it was, if so.
    fn turn(&mut self, sdr: &str) -> Option<u32> {
        let (stale, verdict) = self.rollout.turn(&SdrId::from(sdr), self.now);
        assert_eq!(verdict, None, "nothing is decided by this turn");
        stale.then(|| self.load(sdr))
    }

    fn late(&mut self, sdr: &str) -> Option<Verdict> {
        self.rollout.turn(&SdrId::from(sdr), self.now).1
    }

    fn load(&mut self, sdr: &str) -> u32 {
        self.rollout.load(&SdrId::from(sdr), self.now).number
    }

    fn says(&mut self, sdr: &str, missing: &[Capability]) -> Option<Verdict> {
        let probe = probe(SessionState::Connected, missing);
        self.rollout.probed(&SdrId::from(sdr), &Ok(probe), self.now)
    }

    fn faults(&mut self, sdr: &str, fault: &PageFault) -> Option<Verdict> {
        let answer = Err(fault.clone());
        self.rollout.probed(&SdrId::from(sdr), &answer, self.now)
    }

    /// A page that is open and well.
    fn open(&mut self, sdr: &str) -> u32 {
        let number = self.load(sdr);
        assert_eq!(self.says(sdr, WELL), None);
        number
    }

    /// John's page tries it.
    fn trying(number: u32) -> Self {
        let mut desk = Self::new();
        desk.open("john");
        desk.rollout.offer(bundles(number)).unwrap();
        assert_eq!(desk.turn("john"), Some(number));
        desk
    }

    fn in_force(&self) -> u32 {
        self.rollout.in_force().number
    }
}

fn probe(state: SessionState, missing: &[Capability]) -> Probe {
    Probe {
        generation: "g".into(),
        adapter: "modules".to_owned(),
        page_version: None,
        state,
        qr: None,
        qr_expired: false,
        pairing_code: None,
        account: None,
        marker: None,
        missing: missing.to_vec(),
        quiet_ms: 0,
        last_seq: 0,
        dialog: None,
    }
}

fn in_force(number: u32) -> Option<Verdict> {
    Some(Verdict::InForce(Arc::new(bundles(number))))
}

fn failed(number: u32, fault: Fault) -> Option<Verdict> {
    let pack = Arc::new(bundles(number));
    Some(Verdict::Failed { pack, fault })
}

fn put_off(number: u32) -> Option<Verdict> {
    Some(Verdict::PutOff(Arc::new(bundles(number))))
}

#[test]
fn one_page_tries_a_pack_and_then_all_have_it() {
    let mut desk = Desk::new();
    assert_eq!(desk.open("john"), 1, "built in");
    assert_eq!(desk.open("jane"), 1);
    desk.rollout.offer(bundles(7)).unwrap();
    assert_eq!(desk.turn("john"), Some(7), "John tries");
    assert_eq!(desk.turn("jane"), None, "Jane's page is left alone");
    assert_eq!(desk.load("bob"), 1, "and who comes meanwhile");
    assert_eq!(desk.in_force(), 1);
    assert_eq!(desk.says("john", WELL), in_force(7));
    assert_eq!(desk.turn("jane"), Some(7), "now she has it");
    assert_eq!(desk.says("jane", WELL), None);
    assert_eq!(desk.turn("john"), None, "he has had it");
    assert_eq!(desk.rollout.record().in_force, Some(7));
}

#[test]
fn nobody_tries_before_it_is_known_how_the_page_does_now() {
    let mut desk = Desk::new();
    desk.rollout.offer(bundles(7)).unwrap();
    assert_eq!(desk.load("john"), 1);
    assert_eq!(desk.turn("john"), None, "it has said nothing yet");
    desk.says("john", WELL);
    assert_eq!(desk.turn("john"), Some(7));
}

#[test]
fn a_page_that_says_nothing_lacks_everything_and_any_word_is_better() {
    let mut desk = Desk::new();
    desk.load("john");
    desk.rollout.offer(bundles(7)).unwrap();
    desk.pass(LOADING_MOST_MS);
    assert_eq!(desk.turn("john"), Some(7), "it may be what the page needs");
    assert_eq!(desk.says("john", MUTE), in_force(7));
}

#[test]
fn a_pack_that_repairs_what_was_missing_is_taken_and_one_that_repairs_half_too() {
    for after in [WELL, MUTE] {
        let mut desk = Desk::new();
        desk.load("john");
        desk.says("john", &[Capability::SendText, Capability::Acks]);
        desk.rollout.offer(bundles(7)).unwrap();
        desk.turn("john");
        assert_eq!(desk.says("john", after), in_force(7), "{after:?}");
    }
}

#[test]
fn a_pack_that_does_not_start_is_taken_back_and_not_tried_again() {
    let mut desk = Desk::trying(7);
    assert_eq!(desk.faults("john", &PageFault::BadAnswer), None);
    assert_eq!(desk.faults("john", &PageFault::BadAnswer), None);
    assert_eq!(desk.faults("john", &PageFault::BadAnswer), None, "third");
    assert_eq!(desk.turn("john"), Some(1), "back to what was");
    assert_eq!(desk.says("john", WELL), failed(7, Fault::Silent));
    assert_eq!(desk.turn("john"), None);
    let again = desk.rollout.offer(bundles(7));
    assert_eq!(again, Err(PackError::FailedBefore { number: 7 }));
    desk.rollout.offer(bundles(8)).unwrap();
    assert_eq!(desk.turn("john"), Some(8), "a newer one is");
}

#[test]
fn a_pack_that_lacks_more_than_before_has_the_time_of_wa_js_and_is_taken_back() {
    let mut desk = Desk::trying(7);
    assert_eq!(desk.says("john", MUTE), None, "wa-js may come");
    desk.pass(LACKING_MOST_MS);
    assert_eq!(desk.says("john", MUTE), None);
    assert_eq!(desk.turn("john"), Some(1));
    assert_eq!(desk.says("john", WELL), failed(7, Fault::Lacks));
    let mut desk = Desk::trying(7);
    desk.says("john", MUTE);
    desk.pass(LACKING_MOST_MS - 1);
    assert_eq!(desk.says("john", WELL), in_force(7), "wa-js came");
}

#[test]
fn a_pack_with_which_a_page_never_ends_loading_is_taken_back() {
    for fault in [PageFault::Absent, PageFault::TimedOut] {
        let mut desk = Desk::trying(7);
        desk.pass(LOADING_MOST_MS - 1);
        desk.faults("john", &fault);
        assert_eq!(desk.turn("john"), None, "it may still come");
        assert_eq!(desk.load("john"), 7, "also in a second load");
        desk.pass(1);
        assert_eq!(desk.turn("john"), Some(1), "{fault:?}");
        assert_eq!(desk.says("john", WELL), failed(7, Fault::Silent));
    }
}

#[test]
fn a_pack_is_not_blamed_when_the_former_one_does_no_better() {
    let mut desk = Desk::trying(7);
    for tries in 1..=TRIES_MOST {
        desk.pass(LOADING_MOST_MS);
        assert_eq!(desk.turn("john"), Some(1), "taken back");
        desk.pass(DOUBT_MOST_MS - 1);
        assert_eq!(desk.says("john", MUTE), None, "no better than with it");
        desk.pass(1);
        if tries == TRIES_MOST {
            assert_eq!(desk.late("john"), failed(7, Fault::Silent), "but enough");
            return;
        }
        assert_eq!(desk.late("john"), put_off(7), "it may be the network");
        assert_eq!(desk.says("john", WELL), None, "which is back");
        desk.pass(AGAIN_MS - 1);
        assert_eq!(desk.turn("john"), None, "not at once");
        desk.pass(1);
        assert_eq!(desk.turn("john"), Some(7), "but later");
    }
}

#[test]
fn a_pack_that_fails_in_a_second_page_is_taken_back_in_every_page() {
    let mut desk = Desk::new();
    desk.open("john");
    desk.open("jane");
    desk.rollout.offer(bundles(7)).unwrap();
    desk.turn("john");
    assert_eq!(desk.says("john", WELL), in_force(7));
    assert_eq!(desk.turn("jane"), Some(7));
    desk.pass(LOADING_MOST_MS);
    assert_eq!(desk.turn("jane"), Some(1), "her page has another WhatsApp");
    assert_eq!(desk.in_force(), 1, "at once");
    assert_eq!(desk.turn("john"), Some(1), "his too");
    assert_eq!(desk.says("john", WELL), None, "he proves nothing of hers");
    assert_eq!(desk.says("jane", WELL), failed(7, Fault::Silent));
    let record = desk.rollout.record();
    assert_eq!((record.in_force, record.waiting), (None, None));
}

#[test]
fn going_back_goes_to_the_pack_before() {
    let mut desk = Desk::trying(7);
    desk.says("john", WELL);
    desk.rollout.offer(bundles(8)).unwrap();
    assert_eq!(desk.turn("john"), Some(8));
    assert_eq!(desk.says("john", WELL), in_force(8));
    let record = desk.rollout.record();
    assert_eq!((record.in_force, record.former), (Some(8), Some(7)));
    desk.rollout.offer(bundles(9)).unwrap();
    desk.turn("john");
    desk.pass(LOADING_MOST_MS);
    assert_eq!(desk.turn("john"), Some(8));
    assert_eq!(desk.says("john", WELL), failed(9, Fault::Silent));
}

#[test]
fn a_page_closed_in_the_middle_of_a_trial_says_nothing_about_the_pack() {
    let mut desk = Desk::trying(7);
    let john = SdrId::from("john");
    assert_eq!(desk.rollout.closed(&john, desk.now), None);
    assert_eq!(desk.rollout.record().tries, 0, "it was no try");
    assert_eq!(desk.open("john"), 1, "first as it was");
    assert_eq!(desk.turn("john"), Some(7), "then again");
}

#[test]
fn a_newer_pack_takes_the_place_of_one_that_is_tried() {
    let mut desk = Desk::trying(7);
    desk.rollout.offer(bundles(8)).unwrap();
    assert_eq!(desk.turn("john"), Some(1), "first as it was");
    assert_eq!(desk.says("john", WELL), None);
    assert_eq!(desk.turn("john"), Some(8));
    assert_eq!(desk.says("john", WELL), in_force(8));
}

#[test]
fn older_and_known_ones_are_no_news() {
    let mut desk = Desk::trying(7);
    assert!(!desk.rollout.is_news(7), "it is being tried");
    desk.says("john", WELL);
    assert!(!desk.rollout.is_news(7), "it is in force");
    let (offered, in_use) = (6, 7);
    let refused = desk.rollout.offer(bundles(6));
    assert_eq!(refused, Err(PackError::Older { offered, in_use }));
}

#[test]
fn the_next_run_goes_on_where_this_one_ended() {
    let desk = Desk::trying(7);
    let mut next = Desk::restored(&desk.rollout.record());
    assert_eq!(next.open("john"), 1, "it was not in force");
    assert_eq!(next.turn("john"), Some(7), "and is tried again");
    assert_eq!(next.says("john", WELL), in_force(7));
    let mut third = Desk::restored(&next.rollout.record());
    assert_eq!(third.load("john"), 7, "at once");
    assert_eq!(third.turn("john"), None, "it needs no trial");
}

#[test]
fn an_app_that_ends_in_every_trial_stops_trying() {
    let mut record = Record::default();
    let mut desk = Desk::restored(&record);
    desk.rollout.offer(bundles(7)).unwrap();
    for _ in 0..TRIES_MOST {
        desk.open("john");
        assert_eq!(desk.turn("john"), Some(7));
        record = desk.rollout.record();
        desk = Desk::restored(&record);
    }
    assert_eq!(desk.open("john"), 1);
    assert_eq!(desk.turn("john"), None);
    let again = desk.rollout.offer(bundles(7));
    assert_eq!(again, Err(PackError::FailedBefore { number: 7 }));
}

#[test]
fn what_is_no_longer_good_on_disk_gives_way_to_what_is() {
    let record = Record {
        in_force: Some(9),
        former: Some(7),
        waiting: Some(10),
        tries: 0,
        failed: Default::default(),
    };
    let find = |number| (number == 7).then(|| Arc::new(bundles(7)));
    let rollout = Rollout::restore(Arc::new(bundles(1)), &record, find);
    assert_eq!(rollout.in_force().number, 7, "the former one");
    let rollout = Rollout::restore(Arc::new(bundles(1)), &record, |_| None);
    assert_eq!(rollout.in_force().number, 1, "or the built-in one");
}
