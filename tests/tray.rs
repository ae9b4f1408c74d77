//! The tray, as a panel sees it.

use crate::support::app::AppConfig;
use crate::support::desk::Desk;
use crate::support::office::{JANE, JOHN};
use crate::support::tray_watcher::{Entry, Tray};
use crate::support::{App, Office, screen, until};

/// Nothing listens there: the window is enough for these.
const NOWHERE: &str = "http://127.0.0.1:9";

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_has_an_entry_per_sdr_with_its_state_and_pauses_all_of_them() {
    let office = Office::open().await;
    let tray = Tray::set_up(&office.desk).await;
    let mut app = App::start_for(&office, &[JOHN, JANE]);
    let before = tray.icon().await;
    let waiting = tray.entry(&["John", "scan the QR code"]).await;
    office.link(JOHN).await;
    let connected = tray.entry(&["John", "connected"]).await;
    assert_ne!(
        picture(&waiting),
        picture(&connected),
        "the picture follows the state"
    );
    office.link(JANE).await;
    let jane = tray.entry(&["Jane", "connected"]).await;
    assert_eq!(
        picture(&jane),
        picture(&connected),
        "the same state has the same picture"
    );
    until("the tray's icon follows", async || {
        (tray.icon().await != before).then_some(())
    })
    .await;

    let pause = tray.entry(&["Pause all"]).await;
    tray.press(&pause).await;
    let paused = tray.entry(&["John", "paused"]).await;
    assert_ne!(picture(&paused), picture(&connected), "paused looks paused");
    tray.entry(&["Jane", "paused"]).await;

    let quit = tray.entry(&["Quit"]).await;
    tray.press(&quit).await;
    let status = app.process.ended().await;
    assert!(
        status.success(),
        "quitting from the tray is a good end ({status}): {}",
        app.process.said()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_window_hides_it_in_the_tray_and_open_brings_it_back() {
    let desk = Desk::set_up().await;
    let tray = Tray::set_up(&desk).await;
    let mut app = App::start(&desk, &AppConfig::with_urls(&desk, NOWHERE, NOWHERE, &[]));
    let open = tray.entry(&["Open Hotdesk"]).await;
    let window = the_window(&desk).await;

    close(&desk, &window).await;
    screen::ask(&desk, &["windowactivate", &window]);
    assert!(
        screen::visible_windows(&desk, "Hotdesk").is_empty(),
        "it is hidden, so no task bar brings it back"
    );
    tray.press(&open).await;
    assert_eq!(the_window(&desk).await, window, "the same window is back");

    close(&desk, &window).await;
    tray.take_down().await;
    until("the hidden window can be had from a task bar", async || {
        screen::ask(&desk, &["windowactivate", &window]);
        (screen::visible_windows(&desk, "Hotdesk") == [window.clone()]).then_some(())
    })
    .await;
    let status = app.process.quit().await;
    assert!(status.success(), "it ends well and not with {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_window_minimises_it_where_there_is_no_tray_until_one_comes() {
    let desk = Desk::set_up().await;
    let mut app = App::start(&desk, &AppConfig::with_urls(&desk, NOWHERE, NOWHERE, &[]));
    let window = the_window(&desk).await;
    close(&desk, &window).await;
    screen::ask(&desk, &["windowactivate", &window]);
    assert_eq!(the_window(&desk).await, window, "a task bar brings it back");

    let tray = Tray::set_up(&desk).await;
    let open = tray.entry(&["Open Hotdesk"]).await;
    close(&desk, &window).await;
    tray.press(&open).await;
    assert_eq!(the_window(&desk).await, window, "the tray brings it back");
    let status = app.process.quit().await;
    assert!(status.success(), "it ends well and not with {status}");
}

fn picture(entry: &Entry) -> &[u8] {
    let picture = entry.picture.as_deref().unwrap_or_default();
    assert!(
        picture.starts_with(b"\x89PNG"),
        "no picture beside {:?}",
        entry.label
    );
    picture
}

async fn the_window(desk: &Desk) -> String {
    until("the window can be seen", async || {
        screen::visible_windows(desk, "Hotdesk").pop()
    })
    .await
}

/// As the cross in its corner does.
async fn close(desk: &Desk, window: &str) {
    screen::ask(desk, &["windowactivate", "--sync", window, "key", "alt+F4"]);
    until("the window has gone from the screen", async || {
        screen::visible_windows(desk, "Hotdesk")
            .is_empty()
            .then_some(())
    })
    .await;
}
