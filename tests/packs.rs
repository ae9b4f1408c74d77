//! The scripts of WhatsApp's page, renewed in the running app by a signed pack of the queue server.

use crate::support::Office;
use crate::support::app::AppConfig;
use crate::support::office::JOHN;
use crate::support::pack_maker::PackMaker;
use crate::support::webdriver::Window;

/// The app gives a page that tries a pack a minute to say how it stands, and one that went back to the
/// former scripts a minute and a half; on a busy machine both are used.
const TRIAL_SECONDS: u64 = 180;

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_the_server_is_in_force_after_a_reload_and_a_broken_one_is_taken_back() {
    let office = Office::open().await;
    let maker = PackMaker::at(&office.desk);
    let config = AppConfig::write(&office, &[JOHN]).with_pack_key(&maker.public_key());
    let window = Window::open(&office.desk, &config).await;
    office.link(JOHN).await;
    window.find("[data-testid=adapters][data-number='1']").await;
    let mut messages = office.queue(JOHN, 3).await;
    office.until_left(1).await;

    maker.give(1_000, &office.pack_dir());
    look_for_packs(&window).await;
    window
        .find_within(TRIAL_SECONDS, "[data-testid=adapters][data-number='1000']")
        .await;
    assert_eq!(
        window.text("[data-testid=adapters]").await,
        "adapters 1000",
        "a person can read it"
    );
    office.until_known_delivered(&messages).await;
    maker.give_broken(1_001, &office.pack_dir());
    look_for_packs(&window).await;
    window
        .find_within(
            TRIAL_SECONDS,
            "[data-testid=adapters-problem][data-code=pack_failed]",
        )
        .await;
    window
        .find("[data-testid=adapters][data-number='1000']")
        .await;
    messages.extend(office.queue(JOHN, 4).await);
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
}

async fn look_for_packs(window: &Window) {
    window.click("[data-testid=palette-open]").await;
    window
        .type_into("[data-testid=palette-input]", "new whatsapp adapters")
        .await;
    window.click("[data-entry=look-for-packs]").await;
}
