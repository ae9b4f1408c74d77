use super::{Mood, Standing, tray_menu};
use hotdesk_agent::views::{
    AdaptersView, ElsewhereView, GuardView, LockView, OfficeView, SdrView, ServerView,
};
use hotdesk_protocol::session::SessionState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};

fn sdr(name: &str, state: SessionState) -> SdrView {
    SdrView {
        id: name.to_lowercase().into(),
        name: name.to_owned(),
        email: format!("{}@hotdesk.example", name.to_lowercase()),
        phone: None,
        state,
        stale: false,
        signed_out: false,
        paused: false,
        page_open: true,
        queued: 0,
        sent_today: 0,
        review: 0,
        problem: None,
        adapter: None,
        missing: Vec::new(),
        elsewhere: None,
        assist: None,
        run: None,
        activity: Vec::new(),
        lock: LockView::Pin,
        strict: false,
        sealed: false,
    }
}

fn paused(name: &str, state: SessionState) -> SdrView {
    SdrView {
        paused: true,
        ..sdr(name, state)
    }
}

fn office(sdrs: Vec<SdrView>) -> OfficeView {
    OfficeView {
        rehearsal: false,
        version: "0.1.0".to_owned(),
        adapters: AdaptersView {
            number: 1,
            name: "2026.11.1".to_owned(),
            built_in: true,
            problem: None,
        },
        server: ServerView {
            url: "https://queue.example".to_owned(),
            problem: None,
        },
        guard: GuardView::Nobody,
        sdrs,
    }
}

#[test]
fn there_is_something_to_lock_while_somebody_has_the_window() {
    let mut view = office(vec![sdr("John", SessionState::Connected)]);
    assert!(!tray_menu(&view).can_lock, "it is locked");
    view.guard = GuardView::Sdr {
        sdr: "john".into(),
        has_pin: true,
    };
    assert!(tray_menu(&view).can_lock);
}

#[test]
fn an_empty_office_is_offline_and_says_why() {
    let menu = tray_menu(&office(Vec::new()));
    assert_eq!(menu.mood, Mood::Offline);
    assert_eq!(menu.headline, "Hotdesk – no SDR has signed in");
    assert!(!menu.can_pause, "there is nobody to pause");
}

#[test]
fn an_sdr_who_is_active_on_another_desktop_is_not_counted_as_sending_here() {
    let mut john = sdr("John", SessionState::Connected);
    john.elsewhere = Some(ElsewhereView {
        name: Some("Front desk".to_owned()),
        since_ms: UtcMs(0),
        taking_over: false,
        problem: None,
    });
    let menu = tray_menu(&office(vec![john, sdr("Jane", SessionState::Connected)]));
    assert_eq!(menu.sdrs[0].text, "John – active on another desktop");
    assert_eq!(menu.sdrs[0].standing, Standing::Away);
    assert_eq!(menu.headline, "Hotdesk – 1 of 2 connected");
}

#[test]
fn each_sdr_has_one_line_with_name_state_and_queue() {
    let mut john = sdr("John", SessionState::Connected);
    john.queued = 7;
    let menu = tray_menu(&office(vec![john, sdr("Jane", SessionState::Qr)]));
    let lines: Vec<_> = menu.sdrs.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        lines,
        ["John – connected, 7 queued", "Jane – scan the QR code"]
    );
    assert_eq!(menu.sdrs[1].sdr.as_str(), "jane");
    assert_eq!(menu.sdrs[0].standing, Standing::Sends);
    assert_eq!(menu.sdrs[1].standing, Standing::NeedsPerson);
}

#[test]
fn one_sdr_who_needs_a_person_outweighs_all_others() {
    let menu = tray_menu(&office(vec![
        sdr("John", SessionState::Connected),
        paused("Bob", SessionState::Connected),
        sdr("Jane", SessionState::LoggedOut),
    ]));
    assert_eq!(menu.mood, Mood::Attention);
    assert_eq!(menu.headline, "Hotdesk – 1 SDR needs you");
}

#[test]
fn a_message_to_review_and_a_lost_sign_in_need_a_person() {
    let mut john = sdr("John", SessionState::Connected);
    john.review = 1;
    let mut jane = sdr("Jane", SessionState::Connected);
    jane.signed_out = true;
    let menu = tray_menu(&office(vec![john, jane]));
    assert_eq!(menu.headline, "Hotdesk – 2 SDRs need you");
    assert_eq!(menu.sdrs[0].text, "John – messages to review");
    assert_eq!(menu.sdrs[1].text, "Jane – sign in again");
}

#[test]
fn everybody_paused_is_paused_even_without_a_connection() {
    let menu = tray_menu(&office(vec![
        paused("John", SessionState::Offline),
        paused("Jane", SessionState::Connected),
    ]));
    assert_eq!(menu.mood, Mood::Paused);
    assert!(!menu.can_pause);
}

#[test]
fn a_paused_sdr_with_a_qr_code_still_needs_a_person() {
    let menu = tray_menu(&office(vec![paused("John", SessionState::Qr)]));
    assert_eq!(menu.mood, Mood::Attention);
    assert_eq!(menu.sdrs[0].text, "John – scan the QR code");
}

#[test]
fn a_silent_server_is_offline_although_the_sessions_are_connected() {
    let mut view = office(vec![sdr("John", SessionState::Connected)]);
    view.server.problem = Some(Problem::new(ProblemCode::Unreachable, "no answer"));
    let menu = tray_menu(&view);
    assert_eq!(menu.mood, Mood::Offline);
    assert_eq!(menu.headline, "Hotdesk – the server does not answer");
}

#[test]
fn connected_sdrs_are_counted() {
    let menu = tray_menu(&office(vec![
        sdr("John", SessionState::Connected),
        sdr("Jane", SessionState::Connected),
        sdr("Bob", SessionState::Hibernated),
    ]));
    assert_eq!(menu.mood, Mood::Ok);
    assert_eq!(menu.headline, "Hotdesk – 2 of 3 connected");
    assert!(menu.can_pause);
}

#[test]
fn a_rehearsal_is_named_in_the_first_line() {
    let mut view = office(vec![sdr("John", SessionState::Connected)]);
    view.rehearsal = true;
    assert_eq!(
        tray_menu(&view).headline,
        "Hotdesk REHEARSAL – 1 of 1 connected"
    );
}
