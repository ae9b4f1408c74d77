//! What is on a desk's screen.

use super::desk::Desk;
use std::path::Path;

/// The values of all QR codes on the screen, read off a screenshot as a phone's camera would.
pub fn qr_codes(desk: &Desk) -> Vec<String> {
    let file = desk.dir().join("screen.png");
    let shot = desk
        .command(Path::new("import"))
        .args(["-window", "root"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(shot.success(), "the screen can be photographed");
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
