//! A machine without a keyring: the window asks for a passphrase before anything starts.

use crate::support::app::{App, AppConfig, data_dir};
use crate::support::desk::Desk;
use crate::support::webdriver::Window;
use crate::support::{screen, until};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const PASSPHRASE: &str = "seven herons past the bridge";
const NOBODY: &str = "http://127.0.0.1:9";

async fn type_passphrase(window: &Window, text: &str) {
    window.type_into("[data-testid=passphrase]", text).await;
    window.click("[data-testid=passphrase-submit]").await;
}

/// The files below `dir` that have `words` in them.
fn files_with(dir: &Path, words: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_with(&path, words, found);
        } else if fs::read(&path)
            .unwrap_or_default()
            .windows(words.len())
            .any(|part| part == words.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_is_chosen_once_and_asked_for_at_every_start() {
    let desk = Desk::without_keyring().await;
    let config = AppConfig::with_urls(&desk, NOBODY, NOBODY, &[]);
    let window = Window::open(&desk, &config).await;
    window
        .find("[data-testid=passphrase-screen][data-asked=choose]")
        .await;
    type_passphrase(&window, PASSPHRASE).await;
    let words = window.text("[data-testid=passphrase-problem]").await;
    assert!(words.contains("not the same"), "it is typed twice: {words}");
    assert!(
        !data_dir(&desk).join("hotdesk.db").exists(),
        "nothing is made before it is chosen"
    );
    window
        .type_into("[data-testid=passphrase-again]", PASSPHRASE)
        .await;
    window.click("[data-testid=passphrase-submit]").await;
    window.find("[data-testid=sign-in-open]").await;
    drop(window);

    let note = fs::read(data_dir(&desk).join("hotdesk.key.json")).unwrap();
    let window = Window::open(&desk, &config).await;
    window
        .find("[data-testid=passphrase-screen][data-asked=enter]")
        .await;
    type_passphrase(&window, "seven herons under the bridge").await;
    let words = window.text("[data-testid=passphrase-problem]").await;
    assert!(words.contains("not the passphrase"), "it is said: {words}");
    assert!(window.look("[data-testid=sign-in-open]").await.is_none());
    let after = fs::read(data_dir(&desk).join("hotdesk.key.json")).unwrap();
    assert_eq!(after, note, "a wrong one changes nothing");
    type_passphrase(&window, PASSPHRASE).await;
    window.find("[data-testid=sign-in-open]").await;
    drop(window);

    let mut found = Vec::new();
    files_with(desk.dir(), PASSPHRASE, &mut found);
    assert_eq!(found, [""; 0], "it is on no disk");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_app_while_it_asks_does_not_have_to_wait() {
    let desk = Desk::without_keyring().await;
    let config = AppConfig::with_urls(&desk, NOBODY, NOBODY, &[]);
    let mut app = App::start(&desk, &config);
    until("the window is there", async || {
        screen::visible_windows(&desk, "Hotdesk").pop()
    })
    .await;
    until("it asks", async || {
        let log = data_dir(&desk).join("logs");
        let files = fs::read_dir(log).ok()?.flatten();
        let mut texts = files.map(|file| fs::read_to_string(file.path()).unwrap_or_default());
        texts
            .any(|text| text.contains("a passphrase is asked for"))
            .then_some(())
    })
    .await;
    let asked = Instant::now();
    let status = app.process.quit().await;
    assert!(status.success(), "{status}: {}", app.process.said());
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
}
