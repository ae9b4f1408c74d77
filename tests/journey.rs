//! The main job, through the window, as an SDR lives it.

use crate::support::app::{App, AppConfig, PIN};
use crate::support::office::{JOHN, PASSWORD};
use crate::support::webdriver::Window;
use crate::support::{Office, screen, until};

#[tokio::test(flavor = "multi_thread")]
async fn an_sdr_signs_in_scans_and_each_message_leaves_once_until_the_phone_removes_the_device() {
    let office = Office::open().await;
    let window = Window::open(&office.desk, &AppConfig::write(&office, &[])).await;
    window.find("[data-testid=rehearsal-banner]").await;

    until("the title bar says that it is a rehearsal", async || {
        screen::visible_windows(&office.desk, "ehearsal").pop()
    })
    .await;

    if window.look("[data-testid=sign-in-email]").await.is_none() {
        window.click("[data-testid=sign-in-open]").await;
    }
    window
        .type_into("[data-testid=sign-in-email]", JOHN.email)
        .await;
    window
        .type_into("[data-testid=sign-in-password]", PASSWORD)
        .await;
    window.click("[data-testid=sign-in-submit]").await;
    window.type_into("[data-testid=pin-new]", PIN).await;
    window.type_into("[data-testid=pin-again]", PIN).await;
    window.click("[data-testid=pin-save]").await;

    window.find("[data-sdr=john][data-state=qr]").await;
    let relayed = office.qr(JOHN).await;
    let seen = until("the QR code can be read off the screen", async || {
        screen::qr_codes(&office.desk).pop()
    })
    .await;
    assert_eq!(
        seen, relayed,
        "the code on the screen is the one the server relays"
    );

    office.scan(JOHN, &seen).await;
    window.find("[data-sdr=john][data-state=connected]").await;
    office.until_session(JOHN, "connected").await;
    assert_eq!(
        office.session(JOHN).await["phone"],
        JOHN.phone,
        "the server knows the linked number"
    );

    let messages = office.queue(JOHN, 2).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
    for message in &messages {
        let row = format!(
            "[data-testid=activity-item][data-message=\"{}\"]",
            message.id
        );
        window.find(&format!("{row}[data-state=read]")).await;
        until("the server knows that it was read", async || {
            (office.state(message).await == "read").then_some(())
        })
        .await;
    }

    office
        .control("remove", serde_json::json!({"phone": JOHN.phone}))
        .await;
    window.find("[data-sdr=john][data-state=qr]").await;
    let again = office.qr(JOHN).await;
    assert_ne!(again, relayed, "a new link needs a new code");
    office.assert_left_once(JOHN, &messages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_linked_by_the_code_that_a_manager_asks_for_at_the_dashboard() {
    let office = Office::open().await;
    let _app = App::start_for(&office, &[JOHN]);
    office.qr(JOHN).await;
    let code = office.pairing_code(JOHN).await;
    office.until_session(JOHN, "pairing_code").await;
    let body = serde_json::json!({"phone": JOHN.phone, "code": code});
    office.control("pair", body).await;
    office.until_session(JOHN, "connected").await;
    let messages = office.queue(JOHN, 1).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
}
