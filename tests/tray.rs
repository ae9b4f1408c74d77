//! The tray, as a panel sees it.

use crate::support::office::{JANE, JOHN};
use crate::support::tray_watcher::Tray;
use crate::support::{App, Office, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_has_an_entry_per_sdr_with_its_state_and_pauses_all_of_them() {
    let office = Office::open().await;
    let tray = Tray::set_up(&office.desk).await;
    let mut app = App::start_for(&office, &[JOHN, JANE]);
    let before = tray.icon().await;
    tray.entry(&["John", "can"]).await;
    office.link(JOHN).await;
    tray.entry(&["John", "onnected"]).await;
    office.link(JANE).await;
    tray.entry(&["Jane", "onnected"]).await;
    until("the tray's icon follows", async || {
        (tray.icon().await != before).then_some(())
    })
    .await;

    let pause = tray.entry(&["Pause all"]).await;
    tray.press(&pause).await;
    tray.entry(&["John", "aused"]).await;
    tray.entry(&["Jane", "aused"]).await;

    let quit = tray.entry(&["Quit"]).await;
    tray.press(&quit).await;
    let status = app.process.ended().await;
    assert!(
        status.success(),
        "quitting from the tray is a good end ({status}): {}",
        app.process.said()
    );
}
