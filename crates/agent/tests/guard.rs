//! Who has the window: unlocking, locking, and what each may see and do.

use crate::support::day::{Day, MINUTE_MS};
use crate::support::desk::Desk;
use crate::support::office::{Office, PASSWORD};
use crate::support::pages::FakePages;
use hotdesk_agent::agent::Order;
use hotdesk_agent::guard::{Guard, Holder, LockCause, Pepper, Pin};
use hotdesk_agent::views::{GuardView, LockView, OfficeView, SdrView};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode};
use std::time::Duration;
use tokio::time::timeout;

const PIN: &str = "246810";
const OTHER_PIN: &str = "135791";
const WRONG: &str = "975310";
const MANAGER: &str = "manager@hotdesk.example";
const IDLE_MS: u64 = 5 * MINUTE_MS;
/// Ten of them in one go are a sleep, on a machine that is busy with something else.
const STEP_MS: u64 = 1_000;

const ORDERS: [Order; 14] = [
    Order::Connect,
    Order::Disconnect,
    Order::Pause,
    Order::Resume,
    Order::Unlink,
    Order::RefreshQr,
    Order::Reload,
    Order::UseHere,
    Order::TakeOver,
    Order::Assist,
    Order::AssistSent,
    Order::AssistNotSent,
    Order::AssistUnsure,
    Order::Remove,
];

type FakeGuard = Guard<FakePages>;

fn sdr(name: &str) -> SdrId {
    name.into()
}

/// A guarded desktop with John and Jane on it, each with a PIN, and nobody at the window.
async fn two_sdrs(desk: &Desk) -> FakeGuard {
    let guard = Guard::new(desk.start().await, Some(IDLE_MS));
    for (at, (name, pin)) in [("john", PIN), ("jane", OTHER_PIN)].into_iter().enumerate() {
        desk.pages.link(name, &format!("+551196000000{}", at + 1));
        sign_in(&guard, name).await;
        guard.choose_pin(None, pin).await.unwrap();
    }
    guard.lock(LockCause::Asked).await;
    guard
}

async fn sign_in(guard: &FakeGuard, name: &str) {
    let holder = guard
        .sign_in(&format!("{name}@hotdesk.example"), PASSWORD)
        .await;
    assert_eq!(holder, Ok(Holder::Sdr(sdr(name))));
}

async fn unlock(guard: &FakeGuard, name: &str, pin: &str) -> Result<(), ProblemCode> {
    let unlocked = guard.unlock(&sdr(name), pin).await;
    unlocked.map_err(|problem| problem.code)
}

fn code<T>(answer: Result<T, Problem>) -> Option<ProblemCode> {
    answer.err().map(|problem| problem.code)
}

fn seen(guard: &FakeGuard) -> OfficeView {
    guard.views().borrow().clone()
}

fn tile(view: &OfficeView, name: &str) -> SdrView {
    let mut sdrs = view.sdrs.iter();
    sdrs.find(|one| one.id.as_str() == name).unwrap().clone()
}

async fn until(guard: &FakeGuard, what: &str, is: impl Fn(&OfficeView) -> bool) -> OfficeView {
    let mut views = guard.views();
    match timeout(Duration::from_secs(30), views.wait_for(|view| is(view))).await {
        Ok(view) => view.unwrap().clone(),
        Err(_) => panic!("never seen: {what}; last seen: {:#?}", seen(guard)),
    }
}

/// A desktop whose time is put forward by hand.
fn on_a_day(office: &Office) -> (Day, Desk) {
    let day = Day::at("2026-11-27T12:00:00Z");
    let mut desk = Desk::new(&office.url());
    desk.clock = day.clock.clone();
    (day, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_locked_session_the_window_shows_states_and_counts_and_nothing_of_a_lead() {
    let office = Office::open(6).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    let view = until(&guard, "John's messages were sent", |view| {
        tile(view, "john").sent_today == 2
    })
    .await;
    assert_eq!(view.guard, GuardView::Nobody);
    let leads: Vec<_> = office.messages(None).await;
    let shown = serde_json::to_string(&view).unwrap();
    for message in &leads {
        for secret in [&message.lead_name, &message.phone, &message.text] {
            assert!(!shown.contains(secret.as_str()), "{secret} is in the view");
        }
    }
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    let view = until(&guard, "John's own", |view| {
        !tile(view, "john").activity.is_empty()
    })
    .await;
    assert!(tile(&view, "jane").activity.is_empty(), "and not Jane's");
    assert_eq!(tile(&view, "john").lock, LockView::Open);
    assert_eq!(tile(&view, "jane").lock, LockView::Pin);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_opens_its_own_session_and_locks_the_one_before() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    assert_eq!(
        unlock(&guard, "john", OTHER_PIN).await,
        Err(ProblemCode::WrongPin),
        "Jane's PIN opens nothing of John's"
    );
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    guard.show_page(Some(&sdr("john"))).await.unwrap();
    assert_eq!(desk.pages.shown(), Some(sdr("john")));
    assert_eq!(
        code(guard.show_page(Some(&sdr("jane"))).await),
        Some(ProblemCode::Locked)
    );
    assert_eq!(desk.pages.shown(), Some(sdr("john")), "Jane's stays away");
    assert_eq!(unlock(&guard, "jane", OTHER_PIN).await, Ok(()));
    assert_eq!(desk.pages.shown(), None, "John's page is taken off at once");
    assert_eq!(
        code(guard.show_page(Some(&sdr("john"))).await),
        Some(ProblemCode::Locked)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pins_leave_the_password_also_over_a_restart() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    for left in [4, 3] {
        let problem = guard.unlock(&sdr("john"), WRONG).await.unwrap_err();
        assert!(
            problem.message.contains(&format!("{left} tries left")),
            "{}",
            problem.message
        );
    }
    guard.shut_down().await;
    let guard = Guard::new(desk.start().await, Some(IDLE_MS));
    for _ in 0..3 {
        assert_eq!(
            unlock(&guard, "john", WRONG).await,
            Err(ProblemCode::WrongPin)
        );
    }
    assert_eq!(
        unlock(&guard, "john", PIN).await,
        Err(ProblemCode::WrongPin),
        "the right one comes too late"
    );
    assert_eq!(tile(&seen(&guard), "john").lock, LockView::Password);
    assert_eq!(
        tile(&seen(&guard), "jane").lock,
        LockView::Pin,
        "Jane's is her own"
    );
    guard.shut_down().await;
    let guard = Guard::new(desk.start().await, Some(IDLE_MS));
    assert_eq!(tile(&seen(&guard), "john").lock, LockView::Password);
    sign_in(&guard, "john").await;
    guard.lock(LockCause::Asked).await;
    assert_eq!(
        unlock(&guard, "john", PIN).await,
        Ok(()),
        "the password forgives"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_is_counted_before_it_is_looked_at() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    let john = sdr("john");
    let db = desk.open_database();
    let wrong = || -> u32 {
        let sql = "SELECT wrong FROM pin WHERE sdr_id = 'john'";
        db.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    // Looking takes a tenth of a second and more; whoever pulls the plug then has lost a try. A busy
    // machine may see the plug too late: then it is pulled once more.
    let mut pulled = false;
    for tries in 1..=4 {
        let mut look = tokio::time::interval(Duration::from_millis(1));
        let unlocking = guard.unlock(&john, WRONG);
        let counted = async {
            while wrong() < tries {
                look.tick().await;
            }
        };
        pulled = tokio::select! {
            biased;
            () = counted => true,
            _ = unlocking => false,
        };
        if pulled {
            break;
        }
    }
    assert!(pulled, "it was counted while it was looked at");
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    assert_eq!(wrong(), 0, "the right PIN forgives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_takes_page_and_texts_off_the_screen_and_sending_goes_on() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    guard.show_page(Some(&sdr("john"))).await.unwrap();
    guard.lock(LockCause::Asked).await;
    assert_eq!(desk.pages.shown(), None);
    assert_eq!(seen(&guard).guard, GuardView::Nobody, "at once");
    office.seed(4).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    assert_eq!(seen(&guard).guard, GuardView::Nobody, "still locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_walks_away_is_locked_out_after_five_minutes_and_a_touch_counts() {
    let office = Office::open(0).await;
    let (day, desk) = on_a_day(&office);
    let guard = two_sdrs(&desk).await;
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    day.pass(4 * MINUTE_MS, STEP_MS).await;
    guard.touch();
    day.pass(4 * MINUTE_MS, STEP_MS).await;
    assert!(
        matches!(seen(&guard).guard, GuardView::Sdr { .. }),
        "somebody is there"
    );
    day.pass(2 * MINUTE_MS, STEP_MS).await;
    until(&guard, "it is locked", |view| {
        view.guard == GuardView::Nobody
    })
    .await;
    guard.touch();
    assert_eq!(
        seen(&guard).guard,
        GuardView::Nobody,
        "a touch unlocks nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_slept_wakes_locked() {
    let office = Office::open(0).await;
    let (day, desk) = on_a_day(&office);
    let guard = Guard::new(desk.start().await, None);
    desk.pages.link("john", "+5511960000001");
    sign_in(&guard, "john").await;
    day.pass(MINUTE_MS, MINUTE_MS).await;
    until(&guard, "it is locked", |view| {
        view.guard == GuardView::Nobody
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_order_is_for_the_sdr_themselves_but_anybody_pauses_and_a_manager_resumes_and_removes()
{
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    let john = sdr("john");
    let refused = async || {
        let mut refused = Vec::new();
        for order in ORDERS {
            if code(guard.order(&john, order).await) == Some(ProblemCode::Locked) {
                refused.push(order);
            }
        }
        refused
    };
    let but = |allowed: &[Order]| -> Vec<Order> {
        let all = ORDERS.into_iter();
        all.filter(|order| !allowed.contains(order)).collect()
    };
    assert_eq!(refused().await, but(&[Order::Pause]), "of a locked window");
    assert_eq!(unlock(&guard, "jane", OTHER_PIN).await, Ok(()));
    assert_eq!(refused().await, but(&[Order::Pause]), "of Jane");
    assert_eq!(
        guard.sign_in(MANAGER, PASSWORD).await,
        Ok(Holder::Manager("Manager".into()))
    );
    assert_eq!(
        refused().await,
        but(&[Order::Pause, Order::Resume, Order::Remove]),
        "of a manager"
    );
    until(&guard, "the manager has removed John", |view| {
        view.sdrs.iter().all(|sdr| sdr.id != john)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sees_states_and_counts_and_no_page_no_text_and_no_review() {
    let office = Office::open(4).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    let holder = guard.sign_in(MANAGER, PASSWORD).await;
    assert_eq!(holder, Ok(Holder::Manager("Manager".into())));
    let view = until(&guard, "what was sent", |view| {
        tile(view, "john").sent_today == 2
    })
    .await;
    assert_eq!(
        view.guard,
        GuardView::Manager {
            name: "Manager".into()
        }
    );
    assert!(view.sdrs.iter().all(|sdr| sdr.activity.is_empty()));
    let john = sdr("john");
    assert_eq!(
        code(guard.show_page(Some(&john)).await),
        Some(ProblemCode::Locked)
    );
    assert_eq!(code(guard.review(&john).await), Some(ProblemCode::Locked));
    let kept: u32 = desk
        .open_database()
        .query_row("SELECT count(*) FROM sdr", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 2, "a manager is not kept on the machine");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_token_is_revoked_at_the_server_is_locked_out_and_their_pin_opens_nothing() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    guard.show_page(Some(&sdr("john"))).await.unwrap();
    office.forget_tokens();
    until(&guard, "it is locked", |view| {
        view.guard == GuardView::Nobody
    })
    .await;
    let mut look = tokio::time::interval(Duration::from_millis(5));
    while desk.pages.shown().is_some() {
        look.tick().await;
    }
    assert_eq!(
        unlock(&guard, "john", PIN).await,
        Err(ProblemCode::NotFound)
    );
    assert_eq!(tile(&seen(&guard), "john").lock, LockView::Password);
    sign_in(&guard, "john").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_chosen_after_the_password_or_with_the_one_before() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let guard = two_sdrs(&desk).await;
    assert_eq!(
        code(guard.choose_pin(None, WRONG).await),
        Some(ProblemCode::Locked),
        "not by somebody at a locked window"
    );
    assert_eq!(unlock(&guard, "john", PIN).await, Ok(()));
    assert_eq!(
        code(guard.choose_pin(Some(OTHER_PIN), WRONG).await),
        Some(ProblemCode::WrongPin),
        "not by somebody who found the window open"
    );
    assert_eq!(guard.choose_pin(Some(PIN), WRONG).await, Ok(()));
    guard.lock(LockCause::Asked).await;
    assert_eq!(unlock(&guard, "john", WRONG).await, Ok(()));
}

#[test]
fn a_pin_has_six_to_twelve_digits_and_is_not_one_that_everybody_tries_first() {
    for (typed, good) in [
        ("246810", true),
        (" 246810 ", true),
        ("123457", true),
        ("100000000001", true),
        ("12345", false),
        ("1234567890123", false),
        ("12345a", false),
        ("１２３４５７", false),
        ("000000", false),
        ("123456", false),
        ("987654321", false),
        ("", false),
    ] {
        assert_eq!(Pin::choose(typed).is_ok(), good, "{typed:?}");
    }
    assert!(
        Pin::read("000000").is_ok(),
        "one that was chosen elsewhere may be typed"
    );
}

#[test]
fn the_hash_of_a_pin_is_argon2id_of_64_mib_in_3_passes_and_worth_nothing_without_the_pepper() {
    let (pepper, other) = (Pepper::from_bytes([7; 32]), Pepper::from_bytes([8; 32]));
    let pin = Pin::choose(PIN).unwrap();
    let hash = pin.hash(&pepper).unwrap();
    assert!(
        hash.starts_with("$argon2id$v=19$m=65536,t=3,p=2$"),
        "{hash}"
    );
    assert_ne!(hash, pin.hash(&pepper).unwrap(), "salted");
    assert_eq!(pin.matches(&hash, &pepper), Ok(true));
    assert_eq!(pin.matches(&hash, &other), Ok(false), "another machine");
    let wrong = Pin::choose(WRONG).unwrap();
    assert_eq!(wrong.matches(&hash, &pepper), Ok(false));
    assert!(pin.matches("not a hash", &pepper).is_err());
    let of_one_lane = "$argon2id$v=19$m=65536,t=3,p=1$BQUFBQUFBQUFBQUFBQUFBQ$Xbr90hbeKQMYtHrkiNolS4Teovg2JEp/2DrXxPTZ9pU";
    let before = Pin::choose("402817").unwrap();
    assert_eq!(before.matches(of_one_lane, &pepper), Ok(true), "as it was");
}
