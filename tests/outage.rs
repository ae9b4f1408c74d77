//! A queue server that is away.

use crate::support::app::AppConfig;
use crate::support::office::JOHN;
use crate::support::webdriver::Window;
use crate::support::{App, Office};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_unreachable_at_the_start_is_shown_and_the_app_goes_on_once_it_is_there() {
    let mut office = Office::closed(&[]).await;
    let window = Window::open(&office.desk, &AppConfig::write(&office, &[JOHN])).await;
    window.find("[data-testid=server-problem]").await;

    office.start_server().await;
    office.link(JOHN).await;
    window.find("[data-sdr=john][data-state=connected]").await;
    window.until_gone("[data-testid=server-problem]").await;
    let messages = office.queue(JOHN, 2).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_begun_before_the_server_went_away_is_finished_and_reported_later() {
    let mut office = Office::open().await;
    let _app = App::start_for(&office, &[JOHN]);
    office.link(JOHN).await;
    // The ack comes when the server is long gone.
    office.control("knobs", json!({"ackMs": 2000})).await;
    let messages = office.queue(JOHN, 1).await;
    office.until_left(1).await;
    office.crash_server().await;
    office.until_ticks(&messages, 2).await;

    office.start_server().await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
}
