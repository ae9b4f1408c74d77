//! The lock, as the screen shows it.

use crate::support::app::{AppConfig, PIN};
use crate::support::office::{JANE, JOHN};
use crate::support::shown::rows;
use crate::support::tray_watcher::Tray;
use crate::support::webdriver::Window;
use crate::support::{Office, screen, until};
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_on_the_screen_only_while_its_own_sdr_has_unlocked_it_and_sending_goes_on() {
    let office = Office::open().await;
    let window = Window::open(&office.desk, &AppConfig::write(&office, &[JOHN, JANE])).await;
    let codes = || screen::qr_codes(&office.desk);
    for sdr in ["john", "jane"] {
        window
            .find(&format!("[data-sdr={sdr}][data-state=qr]"))
            .await;
    }
    window
        .find("[data-testid=lock-screen][data-lock=pin]")
        .await;
    assert_eq!(codes(), [""; 0], "it is locked at a start");

    window.type_into("[data-testid=unlock-pin]", "135791").await;
    window.click("[data-testid=unlock]").await;
    window
        .find("[data-testid=unlock-problem][data-code=wrong_pin]")
        .await;
    assert_eq!(codes(), [""; 0], "a wrong PIN opens nothing");
    window.type_into("[data-testid=unlock-pin]", PIN).await;
    window.click("[data-testid=unlock]").await;
    let johns = until("John's page is on the screen", async || codes().pop()).await;
    assert_eq!(johns, office.qr(JOHN).await, "his and no other");

    window.click("[data-testid=sdr-tile][data-sdr=jane]").await;
    window.find("[data-testid=lock-screen]").await;
    until("no page is on the screen", async || {
        codes().is_empty().then_some(())
    })
    .await;
    window.click("[data-testid=sdr-tile][data-sdr=john]").await;
    until("John's page is back", async || codes().pop()).await;

    // The page has the keyboard when the session's screen saver covers the screen.
    screen::ask(&office.desk, &["mousemove", "900", "500", "click", "1"]);
    let signal = office
        .desk
        .command(Path::new("dbus-send"))
        .args(["--session", "--type=signal", "/org/freedesktop/ScreenSaver"])
        .args(["org.freedesktop.ScreenSaver.ActiveChanged", "boolean:true"])
        .status();
    assert!(signal.unwrap().success());
    window.find("[data-testid=lock-screen]").await;
    screen::type_pin(&office.desk, PIN).await;
    until(
        "John's page is back for a PIN from the keyboard",
        async || codes().pop(),
    )
    .await;

    // The page has the keyboard now.
    screen::ask(&office.desk, &["mousemove", "900", "500", "click", "1"]);
    screen::ask(&office.desk, &["key", "ctrl+l"]);
    window.find("[data-testid=lock-screen]").await;
    until("the lock has taken it off", async || {
        codes().is_empty().then_some(())
    })
    .await;

    office.link(JOHN).await;
    let messages = office.queue(JOHN, 2).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
    window.find("[data-testid=lock-screen]").await;
    assert!(
        window.look("[data-testid=activity-item]").await.is_none(),
        "what was sent behind the lock is not told in front of it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_strict_mode_the_page_closes_with_the_lock_and_messages_wait_until_it_is_unlocked() {
    let office = Office::open().await;
    let window = Window::open(&office.desk, &AppConfig::write(&office, &[JOHN])).await;
    window.find("[data-sdr=john][data-state=qr]").await;
    window.type_into("[data-testid=unlock-pin]", PIN).await;
    window.click("[data-testid=unlock]").await;
    office.link(JOHN).await;
    window.find("[data-sdr=john][data-state=connected]").await;

    window.click("[data-testid=more-menu]").await;
    window.click("[data-testid=strict]").await;
    window.type_into("[data-testid=strict-pin]", PIN).await;
    window.click("[data-testid=strict-save]").await;
    window.until_gone("[data-testid=strict-dialog]").await;
    window.click("[data-testid=lock]").await;
    window.find("[data-sdr=john][data-state=closed]").await;
    let said = window.text("[data-testid=lock-screen]").await;
    assert!(
        said.contains("Nothing is sent until it is unlocked"),
        "{said}"
    );

    let messages = office.queue(JOHN, 2).await;
    window.type_into("[data-testid=unlock-pin]", PIN).await;
    for message in &messages {
        assert_eq!(office.state(message).await, "queued", "nobody has taken it");
    }
    window.click("[data-testid=unlock]").await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
}

/// Whatever says who writes to whom, and what.
fn of_leads(words: &str) -> Vec<&str> {
    // The SDR's own number, which may be seen, has another area code.
    let told = ["Lead", "Hello", "number", "+55 21", "+5521"];
    told.into_iter().filter(|one| words.contains(one)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_lock_neither_the_screen_nor_the_title_nor_the_tray_names_a_lead() {
    let office = Office::open().await;
    let tray = Tray::set_up(&office.desk).await;
    let window = Window::open(&office.desk, &AppConfig::write(&office, &[JOHN])).await;
    office.link(JOHN).await;
    let messages = office.queue(JOHN, 3).await;
    office.until_known_delivered(&messages).await;

    let shown = async |when: &str| {
        window.find("[data-testid=lock-screen]").await;
        assert!(window.look("[data-testid=activity-item]").await.is_none());
        let words = until("the lock can be read off the screen", async || {
            Some(screen::words(&office.desk)).filter(|words| words.contains("PIN"))
        })
        .await;
        assert_eq!(
            of_leads(&words),
            [""; 0],
            "{when}, the screen says: {words}"
        );
        for title in screen::titles(&office.desk) {
            assert_eq!(of_leads(&title), [""; 0], "{when}, a title says it");
        }
        let menu = tray.menu().await;
        let said: Vec<String> = menu.into_iter().map(|entry| entry.label).collect();
        assert!(said.iter().any(|label| label.contains("John")), "{said:?}");
        assert_eq!(
            of_leads(&said.join("\n")),
            [""; 0],
            "{when}, the tray says it"
        );
    };
    shown("before the first unlock").await;
    window.type_into("[data-testid=unlock-pin]", PIN).await;
    window.click("[data-testid=unlock]").await;
    window.find("[data-testid=activity-item]").await;
    until("once it is unlocked, the leads can be read", async || {
        of_leads(&screen::words(&office.desk))
            .contains(&"Lead")
            .then_some(())
    })
    .await;
    for title in screen::titles(&office.desk) {
        assert_eq!(
            of_leads(&title),
            [""; 0],
            "a title names no lead at any time"
        );
    }
    screen::ask(&office.desk, &["key", "ctrl+l"]);
    shown("after a lock").await;
    rows(
        "e2e lock::behind_a_lock_neither_the_screen_nor_the_title_nor_the_tray_names_a_lead",
        &[
            "Before the first unlock, a screenshot read by OCR names no lead and no text",
            "After a lock, a screenshot read by OCR names no lead and no text, which it did before",
            "The window's title names no lead, locked or not",
            "The tray's menu names no lead while the window is locked",
        ]
        .map(str::to_owned),
    );
}
