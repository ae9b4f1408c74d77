//! What is on a desk's screen.

use super::app::data_dir;
use super::desk::Desk;
use super::wait::{until, within};
use std::fs;
use std::path::{Path, PathBuf};

/// Photographs the screen.
fn photograph(desk: &Desk, more: &[&str]) -> PathBuf {
    let file = desk.dir().join("screen.png");
    let shot = desk
        .command(Path::new("import"))
        .args(["-window", "root"])
        .args(more)
        .arg(&file)
        .status()
        .unwrap();
    assert!(shot.success(), "the screen can be photographed");
    file
}

/// All that is written on the screen, read off a screenshot (OCR).
pub fn words(desk: &Desk) -> String {
    let file = photograph(desk, &["-resize", "200%"]);
    let read = desk
        .command(Path::new("tesseract"))
        .arg(&file)
        .args(["-", "--psm", "11"])
        .env("OMP_THREAD_LIMIT", "1")
        .output()
        .unwrap();
    assert!(read.status.success(), "the screen can be read");
    String::from_utf8_lossy(&read.stdout).into_owned()
}

/// The values of all QR codes on the screen, read off a screenshot as a phone's camera would.
pub fn qr_codes(desk: &Desk) -> Vec<String> {
    let file = photograph(desk, &[]);
    let read = desk
        .command(Path::new("zbarimg"))
        .args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable"])
        .arg(&file)
        .output()
        .unwrap();
    String::from_utf8_lossy(&read.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The visible windows whose title has `title` in it.
pub fn visible_windows(desk: &Desk, title: &str) -> Vec<String> {
    ask(desk, &["search", "--onlyvisible", "--name", title])
}

/// The titles of all windows, seen or not.
pub fn titles(desk: &Desk) -> Vec<String> {
    let windows = ask(desk, &["search", "--name", ".+"]);
    windows
        .iter()
        .flat_map(|window| ask(desk, &["getwindowname", window]))
        .collect()
}

/// One xdotool command; the lines it answers.
pub fn ask(desk: &Desk, args: &[&str]) -> Vec<String> {
    let said = desk
        .command(Path::new("xdotool"))
        .args(args)
        .output()
        .unwrap();
    String::from_utf8_lossy(&said.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Types a PIN as a person does, and again only if the app has not looked at one for a long while: keys
/// that pile up on a busy machine are wrong PINs, and five of those are the last.
pub async fn type_pin(desk: &Desk, pin: &str) {
    let logs = data_dir(desk).join("logs");
    let looked = || {
        let files = fs::read_dir(&logs).into_iter().flatten().flatten();
        let said = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        said.map(|text| text.matches("A PIN was looked at").count())
            .sum::<usize>()
    };
    let before = looked();
    until("a PIN is looked at", async || {
        for keys in [["key", "ctrl+a"], ["type", pin], ["key", "Return"]] {
            ask(desk, &keys);
        }
        within(20, async || (looked() > before).then_some(())).await
    })
    .await;
}
