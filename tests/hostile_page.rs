//! A page that is an enemy, in the real app: what it tries comes to nothing. What it could do to the
//! bridge is tried in bridge/tests/hostile.test.ts and bridge/tests/sim/hostile.test.ts.

use crate::support::app::{AppConfig, data_dir, mode};
use crate::support::office::JOHN;
use crate::support::page::Page;
use crate::support::{App, Office, screen, shown, until, until_within};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Starts the app with John's page being this one.
fn open(office: &Office, page: &Page) -> App {
    let config = AppConfig::with_urls(&office.desk, &office.server_url, &page.url, &[JOHN]);
    App::start(&office.desk, &config)
}

/// What a page has told at its end. Its steps take a second each, as timers of hidden pages do.
async fn end_of(page: &Page) -> Value {
    let told = until_within(120, "the page has come to its end", async || {
        let told = page.told();
        let last = told.last().cloned()?;
        (last["done"] == true || !last["error"].is_null()).then_some(last)
    })
    .await;
    assert_eq!(told["error"], Value::Null, "the page could try: {told}");
    told
}

/// Tries each way out, tells before each, and goes on only if it is still there.
const LEAVING: &str = r#"<!doctype html><title>leaving</title><body><script>
const post = (what) => fetch("/told", { method: "POST", body: JSON.stringify(what) });
// Nothing tells a page that it was kept from leaving: what would happen has so long to happen.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const put = (name, more) => { const one = Object.assign(document.createElement(name), more); document.body.append(one); return one; };
const ways = {
  "another site, by its address": () => { location.href = "$OTHER/href"; },
  "another site, in the place of this one": () => { location.replace("$OTHER/replace"); },
  "another site, by a link": () => put("a", { href: "$OTHER/link", textContent: "x" }).click(),
  "another site, by a form": () => put("form", { action: "$OTHER/form", method: "post" }).submit(),
  "another site, by a refresh": () => document.head.append(Object.assign(document.createElement("meta"), { httpEquiv: "refresh", content: "0;url=$OTHER/refresh" })),
  "a file: address, as a dropped file has": () => put("a", { href: "file:///etc/passwd", textContent: "x" }).click(),
  "a data: address": () => { location.href = "data:text/html,x"; },
  "the app's own address": () => { location.href = "tauri://localhost/index.html"; },
  "the address of the app's calls": () => { location.href = "ipc://localhost/lock"; },
  "the address of the app's words when it cannot start": () => { location.href = "hotdesk-problem://localhost/"; },
  "WebKit's own pages": () => { location.href = "webkit://gpu"; },
  "a scheme of another program": () => { location.href = "mailto:a@example.com"; },
};
const inside = ["$OTHER/frame", "file:///etc/passwd", "tauri://localhost/index.html", "hotdesk-problem://localhost/", "ipc://localhost/lock", "webkit://gpu"];
(async () => {
  for (const [name, go] of Object.entries(ways)) {
    await post({ trying: name });
    try { go(); } catch (error) { await post({ trying: name, threw: String(error) }); }
    await pause(1000);
  }
  const frames = inside.map((src) => ({ src, frame: put("iframe", { src }) }));
  const opened = [...inside, "https://example.com/a", "https://user:word@example.com/b", "http://example.com/c", "about:blank"]
    .map((address) => { const found = window.open(address); return [address, found === null || found.closed]; });
  const read = [];
  // What the app's calls answer is tried for every command in isolation.
  for (const address of inside.filter((one) => !one.startsWith("ipc:"))) {
    try { const answer = await Promise.race([fetch(address), pause(1500).then(() => { throw new Error("late"); })]); read.push([address, (await answer.text()).length]); }
    catch { read.push([address, null]); }
  }
  await pause(2000);
  const loaded = frames.map(({ src, frame }) => {
    let text = null;
    try { text = frame.contentDocument?.body?.textContent ?? null; } catch { text = null; }
    return [src, text];
  });
  await post({ done: true, ways: Object.keys(ways), opened, read, loaded });
})().catch((error) => post({ error: String(error) }));
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_leaves_its_address_by_no_way_and_opens_no_window() {
    let office = Office::open().await;
    let other = Page::serve("<title>other</title>".to_owned()).await;
    let page = Page::serve(LEAVING.replace("$OTHER", &other.url)).await;
    let browser = Browser::put_up(&office);
    let config = AppConfig::with_urls(&office.desk, &office.server_url, &page.url, &[JOHN]);
    let mut app = App::start_with(&office.desk, &config, &[("PATH", browser.path())]);
    let told = end_of(&page).await;

    let visits: Vec<String> = other.asked();
    let by_fetch = |line: &String| line.starts_with("get /frame ");
    assert!(
        visits.len() <= 1 && visits.iter().all(by_fetch),
        "the other site has seen no page of ours, but at most what fetch may do: {visits:?}"
    );
    for one in told["opened"].as_array().unwrap() {
        assert_eq!(one[1], true, "no window was opened: {one}");
    }
    for one in told["read"].as_array().unwrap() {
        let other_site = one[0].as_str().unwrap().starts_with(&other.url);
        assert!(other_site || one[1].is_null(), "nothing was read: {one}");
    }
    for one in told["loaded"].as_array().unwrap() {
        let text = one[1].as_str().unwrap_or_default();
        assert_eq!(text, "", "nothing was loaded into a frame: {one}");
    }
    alone(&office);
    let outside = browser.opened();
    assert!(
        outside
            .iter()
            .all(|one| one.starts_with("https://example.com/"))
            && outside.len() <= 1,
        "one https address at most is for the person's own browser: {outside:?}"
    );
    assert!(app.process.runs(), "the app goes on");

    let mut claims: Vec<String> = told["ways"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| format!("A page does not leave for {}", way.as_str().unwrap()))
        .collect();
    for claim in [
        "A frame of a page loads no other site, no file and nothing of the app's",
        "A page's fetch reads no file and nothing of the app's",
        "A page opens no window; of many links one https address at most goes to the person's browser",
    ] {
        claims.push(claim.to_owned());
    }
    shown::rows(
        "e2e hostile_page::a_page_leaves_its_address_by_no_way_and_opens_no_window",
        &claims,
    );
}

/// No window with a name is on the screen but ours: no dialog of a printer, a script or a browser.
fn alone(office: &Office) {
    let all = screen::visible_windows(&office.desk, ".+");
    let ours = screen::visible_windows(&office.desk, "Hotdesk");
    let strange: Vec<_> = all.iter().filter(|one| !ours.contains(one)).collect();
    let names = strange
        .iter()
        .map(|one| screen::ask(&office.desk, &["getwindowname", one]));
    let names: Vec<_> = names.flatten().collect();
    assert_eq!(names, [""; 0], "there is no window but ours");
}

/// In the place of the person's own browser: writes down what it is asked to open.
struct Browser {
    folder: PathBuf,
}

impl Browser {
    fn put_up(office: &Office) -> Self {
        let folder = office.desk.dir().join("browser");
        fs::create_dir(&folder).unwrap();
        let program = folder.join("xdg-open");
        let script = format!("#!/bin/sh\necho \"$1\" >> {}/opened\n", folder.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn path(&self) -> String {
        let path = std::env::var("PATH").unwrap();
        format!("{}:{path}", self.folder.display())
    }

    fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

/// Asks for everything a page may ask a person for. Each answer has to be a no.
const ASKING: &str = r#"<!doctype html><title>asking</title><body><script>
const post = (what) => fetch("/told", { method: "POST", body: JSON.stringify(what) });
const late = () => new Promise((_, reject) => setTimeout(reject, 4000, new Error("late")));
const outcome = async (ask) => {
  try { return ["given", String(await Promise.race([ask(), late()]))]; }
  catch (error) { return ["refused", String(error)]; }
};
const devices = () => navigator.mediaDevices;
const asks = {
  notifications: async () => { const said = await Notification.requestPermission(); if (said !== "granted") throw new Error(said); return said; },
  location: () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
  camera: () => devices().getUserMedia({ video: true }),
  microphone: () => devices().getUserMedia({ audio: true }),
  "the screen": () => devices().getDisplayMedia({ video: true }),
  "the clipboard's text": () => navigator.clipboard.readText(),
  "the clipboard's content": () => navigator.clipboard.read(),
  "a paste": async () => { const box = document.createElement("textarea"); document.body.append(box); box.focus(); if (!document.execCommand("paste")) throw new Error("no"); return box.value; },
  "MIDI devices": () => navigator.requestMIDIAccess(),
  "USB devices": () => navigator.usb.requestDevice({ filters: [] }),
  "serial ports": () => navigator.serial.requestPort(),
  "Bluetooth devices": () => navigator.bluetooth.requestDevice({ acceptAllDevices: true }),
  "the whole screen": () => document.body.requestFullscreen(),
  "the mouse pointer": () => new Promise((resolve, reject) => { document.onpointerlockchange = resolve; document.onpointerlockerror = () => reject(new Error("no")); document.body.requestPointerLock(); }),
};
(async () => {
  const answers = {};
  for (const [name, ask] of Object.entries(asks)) {
    await post({ trying: name });
    answers[name] = await outcome(ask);
  }
  const dialogs = {};
  for (const [name, open] of Object.entries({
    alert: () => alert("x"), confirm: () => confirm("x"), prompt: () => prompt("x", "y"), print: () => print(),
  })) {
    await post({ trying: name });
    dialogs[name] = open() ?? null;
  }
  window.onbeforeunload = (event) => { event.preventDefault(); return "stay"; };
  await post({ done: true, answers, dialogs });
})().catch((error) => post({ error: String(error) }));
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_asks_for_a_device_the_clipboard_or_a_dialog_in_vain() {
    let office = Office::open().await;
    let page = Page::serve(ASKING.to_owned()).await;
    let mut app = open(&office, &page);
    let told = end_of(&page).await;
    let mut claims = Vec::new();
    for (what, answer) in told["answers"].as_object().unwrap() {
        assert_eq!(answer[0], "refused", "{what} is not given: {answer}");
        claims.push(format!("A page is refused {what}"));
    }
    assert_eq!(
        told["dialogs"],
        json!({"alert": null, "confirm": false, "prompt": null, "print": null}),
        "a dialog is answered with no, at once"
    );
    for dialog in ["alert", "confirm", "prompt", "print"] {
        claims.push(format!(
            "A page's `{dialog}` shows nothing and stops nothing"
        ));
    }
    alone(&office);
    // It is loaded anew when the app finds that it is no WhatsApp, whatever it says about leaving.
    let loads = || {
        page.asked()
            .iter()
            .filter(|line| line.starts_with("get / "))
            .count()
    };
    until_within(
        120,
        "a page that does not want to be left is loaded anew",
        async || (loads() >= 2).then_some(()),
    )
    .await;
    claims.push("A page cannot keep the app from loading it anew (`beforeunload`)".to_owned());
    assert!(app.process.runs(), "the app goes on");
    shown::rows(
        "e2e hostile_page::a_page_asks_for_a_device_the_clipboard_or_a_dialog_in_vain",
        &claims,
    );
}

const SAVING: &str = r#"<!doctype html><title>saving</title><body><script>
const post = (what) => fetch("/told", { method: "POST", body: JSON.stringify(what) });
let saved = 0;
(async () => {
  for (const name of ["plain-evil.txt", "../../../up-evil.txt", "/tmp/root-evil.txt", "..\\..\\back-evil.txt", ".hidden-evil.txt"]) {
    const href = URL.createObjectURL(new Blob(["evil"]));
    const link = Object.assign(document.createElement("a"), { href, download: name });
    document.body.append(link);
    link.click();
    await post({ saving: name });
    await fetch(`/wait/${saved += 1}`);
  }
  await post({ done: true });
})().catch((error) => post({ error: String(error) }));
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_saves_into_its_sdrs_folder_and_nowhere_else() {
    let office = Office::open().await;
    let page = Page::serve(SAVING.to_owned()).await;
    let mut app = open(&office, &page);
    let data = data_dir(&office.desk);
    let folder = data.join("downloads/john");
    let saved = || -> Vec<PathBuf> {
        let mut found = Vec::new();
        evil(office.desk.dir(), &mut found);
        found
    };
    for count in 1..=5 {
        until("the page's next file is there", async || {
            (saved().len() >= count).then_some(())
        })
        .await;
        page.go_on(&count.to_string());
    }
    end_of(&page).await;
    for file in &saved() {
        assert_eq!(file.parent(), Some(folder.as_path()), "{}", file.display());
    }
    assert!(
        !Path::new("/tmp/root-evil.txt").exists(),
        "not where it wished"
    );
    for private in [&folder, &data.join("downloads")] {
        assert_eq!(mode(private), 0o700, "{}", private.display());
    }
    assert!(app.process.quit().await.success());
}

/// Files of that name below a folder.
fn evil(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            evil(&path, found);
        } else if path.to_string_lossy().contains("evil") {
            found.push(path);
        }
    }
}

/// What Tauri lays out in every webview. None of it does anything for a page: see isolation.
const TAURIS: [&str; 5] = [
    "ipc",
    "isTauri",
    "__TAURI_INTERNALS__",
    "__internal_unstable_listeners_function_id__",
    "__TAURI_EVENT_PLUGIN_INTERNALS__",
];

/// Compares its window with one that no script has touched, and listens for reports of its policy.
const LOOKING: &str = r#"<!doctype html><meta http-equiv="content-security-policy" content="default-src 'self' 'unsafe-inline'; connect-src 'self'"><title>looking</title><body><script>
const reports = [];
document.addEventListener("securitypolicyviolation", (event) => reports.push(event.blockedURI));
const atFirst = Object.getOwnPropertyNames(window);
const listed = Object.keys(window);
// What the bridge asks the page for at each of the app's looks.
let looks = 0;
const called = new Promise((resolve) => Object.defineProperty(window, "require", { get() { if ((looks += 1) === 3) resolve(); } }));
const post = (what) => fetch("/told", { method: "POST", body: JSON.stringify(what) });
(async () => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
  const own = ["reports", "atFirst", "listed", "looks", "called", "post", "0"];
  const added = atFirst.filter((name) => !plain.has(name) && !own.includes(name));
  const native = [[Function.prototype, "toString"], [JSON, "parse"], [JSON, "stringify"], [Array.prototype, "push"], [window, "fetch"], [Promise.prototype, "then"], [Object, "defineProperty"]]
    .filter(([owner, name]) => !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(owner[name])))
    .map(([, name]) => name);
  const inFrame = Object.getOwnPropertyNames(frame.contentWindow).filter((name) => /^h[0-9a-f]{32}$|TAURI|HOTDESK/i.test(name));
  await called;
  await post({ done: true, added, listed: listed.filter((name) => added.includes(name)), native, inFrame, reports, handlers: Object.getOwnPropertyNames(window.webkit?.messageHandlers ?? {}) });
})().catch((error) => post({ error: String(error) }));
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_finds_no_name_of_ours_but_the_bridges_and_hears_of_no_call() {
    let office = Office::open().await;
    let page = Page::serve(LOOKING.to_owned()).await;
    let mut app = open(&office, &page);
    let told = end_of(&page).await;
    let added: Vec<&str> = names(&told["added"]);
    let (ours, rest): (Vec<&str>, Vec<&str>) = added.iter().partition(|name| {
        name.len() == 33
            && name.starts_with('h')
            && name[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    assert_eq!(ours.len(), 1, "the bridge's object is there: {added:?}");
    assert_eq!(rest, TAURIS, "and nothing else but what Tauri lays out");
    assert!(
        !names(&told["listed"]).contains(&ours[0]),
        "it is not listed: {told}"
    );
    assert_eq!(told["native"], json!([]), "the natives are WebKit's own");
    assert_eq!(told["inFrame"], json!([]), "a frame has nothing of ours");
    assert_eq!(
        told["reports"],
        json!([]),
        "no call broke the page's policy"
    );
    assert!(app.process.quit().await.success());
    shown::rows(
        "e2e hostile_page::a_page_finds_no_name_of_ours_but_the_bridges_and_hears_of_no_call",
        &[
            "In a page's window there is one name of ours, chosen at each launch and not listed; the others are Tauri's",
            "The natives of a page are WebKit's own",
            "A frame of a page has no name of ours",
            "No call of ours breaks a page's own policy, so none is reported to its site",
        ]
        .map(str::to_owned),
    );
}

fn names(value: &Value) -> Vec<&str> {
    let names = value.as_array().unwrap().iter();
    names.map(|name| name.as_str().unwrap()).collect()
}
