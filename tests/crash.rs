//! Processes that die while messages leave: nothing is lost, nothing leaves twice.

use crate::support::office::JOHN;
use crate::support::process::kill;
use crate::support::{App, Office, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_web_process_is_killed_comes_back_and_sends_nothing_twice() {
    let office = Office::open().await;
    let app = App::start_for(&office, &[JOHN]);
    office.link(JOHN).await;
    let messages = office.queue(JOHN, 8).await;
    office.until_left(2).await;

    let before = app.web_processes();
    assert_eq!(
        before.len(),
        2,
        "the shell and one page have a web process each"
    );
    kill(before[1]);
    until("the page has a new web process", async || {
        let now = app.web_processes();
        (now.len() == 2 && now[0] == before[0] && now[1] != before[1]).then_some(())
    })
    .await;

    office.until_left(messages.len()).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
}

/// Nothing tells of the death of a network process: the page's own word to the probe does.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_network_process_is_killed_is_well_again_and_each_message_leaves_once() {
    let office = Office::open().await;
    let app = App::start_for(&office, &[JOHN]);
    office.link(JOHN).await;
    let mut messages = office.queue(JOHN, 2).await;
    office.until_known_delivered(&messages).await;

    let before = app.network_processes();
    assert_eq!(
        before.len(),
        2,
        "the shell and the profile have a network process each"
    );
    kill(before[1]);
    messages.extend(office.queue(JOHN, 3).await);
    until("the profile has a new network process", async || {
        let now = app.network_processes();
        (now.len() == 2 && now[0] == before[0] && now[1] != before[1]).then_some(())
    })
    .await;

    office.until_left(messages.len()).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
    office.until_session(JOHN, "connected").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_killed_while_it_sends_twenty_messages_sends_each_exactly_once() {
    let office = Office::open().await;
    let mut app = App::start_for(&office, &[JOHN]);
    office.link(JOHN).await;
    let messages = office.queue(JOHN, 20).await;
    for kills in 1..=3 {
        office.until_left(kills * 5).await;
        app.process.kill().await;
        app = App::start_for(&office, &[JOHN]);
    }
    office.until_left(messages.len()).await;
    office.until_known_delivered(&messages).await;
    office.assert_left_once(JOHN, &messages).await;
    assert!(app.process.runs(), "the app still runs at the end");
}
