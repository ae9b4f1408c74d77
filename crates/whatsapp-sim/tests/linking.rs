//! QR codes, scans, removals.

use crate::support::{JOHN, Rehearsal};
use serde_json::json;

#[tokio::test]
async fn six_codes_are_shown_and_then_a_press_brings_the_next_six() {
    let it = Rehearsal::start(|options| {
        options.codes.first_ms = 5;
        options.codes.next_ms = 5;
    })
    .await;
    let mut page = it.page(None).await;
    for index in 1..=6 {
        let code = page.hear("qr").await;
        assert_eq!(code["index"], index, "codes come in order");
        let value = code["value"].as_str().unwrap();
        assert!(
            value.starts_with("https://wa.me/settings/linked_devices#2@")
                && value.ends_with(",n,i,a"),
            "the value is what a phone expects"
        );
    }
    page.hear("qr_expired").await;
    page.say(json!({"type": "refresh_qr"})).await;
    assert_eq!(
        page.hear("qr").await["index"],
        1,
        "a press begins a new series"
    );
}

#[tokio::test]
async fn a_code_is_known_without_its_link_and_with_a_platform_behind_its_keys() {
    let it = Rehearsal::start(|_| {}).await;
    for (phone, linked) in [(JOHN, true), ("+5511960000002", false)] {
        let mut page = it.page(None).await;
        let shown = page.hear("qr").await["value"].as_str().unwrap().to_owned();
        let bare = shown.split_once('#').unwrap().1;
        let code = if linked { &shown } else { bare };
        let scan = |qr| it.post("scan", json!({"qr": qr, "phone": phone}));
        for wrong in [format!("{code}1"), format!("{code}1,1"), format!("#{code}")] {
            assert_eq!(scan(wrong).await.0, 404, "nobody shows this one");
        }
        let taken = scan(format!("{code},1")).await.0;
        assert_eq!(taken, 200, "with its link: {linked}");
    }
}

#[tokio::test]
async fn a_code_that_has_run_out_links_nothing() {
    let it = Rehearsal::start(|options| options.codes.first_ms = 5).await;
    let mut page = it.page(None).await;
    let old = page.hear("qr").await;
    page.hear("qr").await;
    let (status, problem) = it
        .post("scan", json!({"qr": old["value"], "phone": JOHN}))
        .await;
    assert_eq!(status, 404, "the first code is no longer good");
    assert_eq!(problem["code"], "not_found", "and the answer says so");
}

#[tokio::test]
async fn a_fifth_device_is_refused() {
    let it = Rehearsal::start(|_| {}).await;
    let mut pages = Vec::new();
    for _ in 0..4 {
        pages.push(it.linked(JOHN).await);
    }
    let mut fifth = it.page(None).await;
    let code = fifth.hear("qr").await;
    let (status, problem) = it
        .post("scan", json!({"qr": code["value"], "phone": JOHN}))
        .await;
    assert_eq!(status, 409, "four devices are the most: {problem}");
}

#[tokio::test]
async fn removing_a_device_tells_its_page_and_its_token_is_no_longer_good() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut first, token) = it.linked(JOHN).await;
    let (mut second, _) = it.linked(JOHN).await;
    let (status, _) = it.post("remove", json!({"phone": JOHN, "device": 1})).await;
    assert_eq!(status, 200, "device 1 is removed");
    first.hear("removed").await;
    let mut again = it.page(Some(&token)).await;
    again.hear("removed").await;
    second.say(json!({"type": "query_exists", "request": 1, "user": "5511970000001", "server": "c.us"})).await;
    assert_eq!(
        second.hear("exists").await["request"],
        1,
        "the other device lives on"
    );
}

#[tokio::test]
async fn a_device_keeps_its_link_over_a_restart_of_the_rehearsal() {
    let it = Rehearsal::start(|_| {}).await;
    let (_page, token) = it.linked(JOHN).await;
    let it = it.restart(|_| {}).await;
    it.page(Some(&token)).await.hear("welcome").await;
}

#[tokio::test]
async fn the_same_device_opened_twice_conflicts_in_the_older_page() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut older, token) = it.linked(JOHN).await;
    it.page(Some(&token)).await.hear("welcome").await;
    older.hear("conflict").await;
}

#[tokio::test]
async fn muted_codes_come_when_the_knob_is_turned_back() {
    let it = Rehearsal::start(|options| options.knobs.qr_muted = true).await;
    let mut page = it.page(None).await;
    page.say(json!({"type": "query_exists", "request": 7, "user": "1", "server": "c.us"}))
        .await;
    let word = page.next().await.unwrap();
    assert_eq!(word["type"], "exists", "no code was shown before");
    it.post("knobs", json!({"qrMuted": false})).await;
    page.hear("qr").await;
}
