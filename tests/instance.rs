//! One app a data directory.

use crate::support::app::AppConfig;
use crate::support::{App, Office, screen, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_raises_the_first_window_and_ends() {
    let office = Office::open().await;
    let config = AppConfig::write(&office, &[]);
    let mut first = App::start(&office.desk, &config);
    let window = until("the first window is there", async || {
        screen::visible_windows(&office.desk, "Hotdesk").pop()
    })
    .await;
    screen::ask(&office.desk, &["windowminimize", &window]);
    until("the first window is minimised", async || {
        screen::visible_windows(&office.desk, "Hotdesk")
            .is_empty()
            .then_some(())
    })
    .await;

    let mut second = App::start(&office.desk, &config);
    let status = second.process.ended().await;
    assert!(
        status.success(),
        "the second start ends well ({status}): {}",
        second.process.said()
    );
    until("the first window is raised", async || {
        let visible = screen::visible_windows(&office.desk, "Hotdesk");
        (visible == [window.clone()]).then_some(())
    })
    .await;
    assert!(first.process.runs(), "the first app goes on");
    let status = first.process.quit().await;
    assert!(
        status.success(),
        "it ends well when asked to ({status}): {}",
        first.process.said()
    );

    let mut third = App::start(&office.desk, &config);
    until(
        "a start after the end has a window of its own",
        async || screen::visible_windows(&office.desk, "Hotdesk").pop(),
    )
    .await;
    assert!(third.process.runs(), "the lock has gone with the first app");
}
