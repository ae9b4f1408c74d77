//! Signing in that does not work.

use crate::support::Office;
use crate::support::app::AppConfig;
use crate::support::office::{JOHN, PASSWORD};
use crate::support::webdriver::Window;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_in_the_window_and_the_right_one_works_next() {
    let office = Office::open().await;
    let window = Window::open(&office.desk, &AppConfig::write(&office, &[])).await;
    window.click("[data-testid=sign-in-open]").await;
    window
        .type_into("[data-testid=sign-in-email]", JOHN.email)
        .await;
    window
        .type_into("[data-testid=sign-in-password]", "not the password")
        .await;
    window.click("[data-testid=sign-in-submit]").await;
    window
        .find("[data-testid=sign-in-error][data-code=wrong_credentials]")
        .await;
    let words = window.text("[data-testid=sign-in-error]").await;
    assert!(words.contains("password"), "it says what is wrong: {words}");
    assert!(
        window.look("[data-testid=sdr-tile]").await.is_none(),
        "nobody is signed in by a wrong password"
    );
    window
        .type_into("[data-testid=sign-in-password]", PASSWORD)
        .await;
    window.click("[data-testid=sign-in-submit]").await;
    window.find("[data-testid=sdr-tile][data-sdr=john]").await;
}
