//! WhatsApp Web changes under the app: another way into the page is found, and nothing is sent
//! before it is.

use crate::support::office::JOHN;
use crate::support::wait::until_within;
use crate::support::{App, Office};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_modules_have_moved_is_served_by_wa_js_and_the_message_leaves_once() {
    let office = Office::open().await;
    let _app = App::start_for(&office, &[JOHN]);
    office.link(JOHN).await;
    let session = office.session(JOHN).await;
    assert_eq!(session["adapter"], "modules", "the usual way: {session}");
    let moved = json!({"WAWebSendMsgChatAction": "WAWebSendMsgChatActionV2"});
    office
        .control("knobs", json!({ "renameModules": moved }))
        .await;
    office
        .control("page", json!({"phone": JOHN.phone, "action": "reload"}))
        .await;
    until_within(60, "the server knows that wa-js serves", async || {
        let session = office.session(JOHN).await;
        (session["adapter"] == "wa-js" && session["state"] == "connected").then_some(())
    })
    .await;
    let queued = office.queue(JOHN, 1).await;
    office.until_known_delivered(&queued).await;
    office.assert_left_once(JOHN, &queued).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_wa_js_cannot_serve_stops_its_sdr_and_names_what_is_missing() {
    let office = Office::open().await;
    let _app = App::start_for(&office, &[JOHN]);
    office.link(JOHN).await;
    office
        .control("knobs", json!({"dropModules": ["WAWebSendMsgChatAction"]}))
        .await;
    office
        .control("page", json!({"phone": JOHN.phone, "action": "reload"}))
        .await;
    until_within(
        60,
        "the server knows that another way is tried",
        async || {
            let session = office.session(JOHN).await;
            (session["problem"]["code"] == "trying_other_way").then_some(())
        },
    )
    .await;
    let queued = office.queue(JOHN, 1).await;
    until_within(60, "the session has stopped", async || {
        let session = office.session(JOHN).await;
        let named = session["missing"] == json!(["send_text"]);
        (named && session["state"] == "stopped").then_some(())
    })
    .await;
    assert_eq!(office.state(&queued[0]).await, "queued", "it waits");
    office.assert_left_once(JOHN, &[]).await;
}
