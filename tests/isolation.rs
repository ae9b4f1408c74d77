//! What one profile keeps, no other sees; and a page can order nothing.

use crate::support::app::{AppConfig, data_dir, mode};
use crate::support::office::{JANE, JOHN};
use crate::support::page::Page;
use crate::support::{App, Office, shown, until};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Looks into every kind of storage, tells what it found, and leaves its own mark where nothing was.
const STORAGE_PAGE: &str = r#"<!doctype html><title>storage</title><script>
(async () => {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("marks", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("marks");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const row = (how, act) => new Promise((resolve, reject) => {
    const asking = act(database.transaction("marks", how).objectStore("marks"));
    asking.onsuccess = () => resolve(asking.result ?? null);
    asking.onerror = () => reject(asking.error);
  });
  const cache = await caches.open("marks");
  const workers = await navigator.serviceWorker.getRegistrations();
  const found = {
    cookie: document.cookie.match(/mark=([^;]+)/)?.[1] ?? null,
    local: localStorage.getItem("mark"),
    indexed: await row("readonly", (store) => store.get("mark")),
    cached: await (await cache.match("/mark"))?.text() ?? null,
    worker: workers[0] ? new URL(workers[0].scope).pathname.slice(1, -1) : null,
  };
  const mark = found.local ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
  document.cookie = `mark=${mark}; max-age=86400; path=/`;
  localStorage.setItem("mark", mark);
  await row("readwrite", (store) => store.put(mark, "mark"));
  await cache.put("/mark", new Response(mark));
  await navigator.serviceWorker.register("/worker.js", { scope: `/${mark}/` });
  await fetch("/told", { method: "POST", body: JSON.stringify({ found, mark }) });
})().catch((error) => fetch("/told", { method: "POST", body: JSON.stringify({ error: String(error) }) }));
</script>"#;

#[tokio::test(flavor = "multi_thread")]
async fn no_profile_sees_what_another_one_keeps_also_after_a_restart() {
    let office = Office::open().await;
    let page = Page::serve(STORAGE_PAGE.to_owned()).await;
    // One after the other, so that the second could see what the first has left.
    let config = |signed_in: &[_]| {
        AppConfig::with_urls(&office.desk, &office.server_url, &page.url, signed_in)
    };
    let mut app = App::start(&office.desk, &config(&[JOHN]));
    let first = until("the first profile has told what it found", async || {
        page.told().first().cloned()
    })
    .await;
    app.process.quit().await;
    let before = page.told().len();
    let mut app = App::start(&office.desk, &config(&[JOHN, JANE]));
    let both = until("both profiles have told what they found", async || {
        let told = page.told().split_off(before);
        told.iter()
            .any(|one| one["mark"] != told[0]["mark"])
            .then_some(told)
    })
    .await;
    app.process.quit().await;

    for one in both.iter().chain([&first]) {
        assert_eq!(one["error"], Value::Null, "the page works: {one}");
    }
    assert_eq!(all(&first), [Value::Null], "a new profile is empty");
    let (old, new): (Vec<_>, Vec<_>) = both.iter().partition(|one| one["mark"] == first["mark"]);
    assert!(
        !old.is_empty(),
        "the first profile is there again: {both:?}"
    );
    assert_eq!(
        all(old[0]),
        [first["mark"].clone()],
        "it kept all of its own over the restart"
    );
    assert!(!new.is_empty(), "the second profile is another: {both:?}");
    assert_eq!(
        all(new[0]),
        [Value::Null],
        "it saw nothing of the first one's"
    );

    let profiles = data_dir(&office.desk).join("profiles");
    for folder in [
        &data_dir(&office.desk),
        &profiles,
        &profiles.join("john"),
        &profiles.join("jane"),
    ] {
        assert_eq!(
            mode(folder),
            0o700,
            "{} is the owner's only",
            folder.display()
        );
    }
    shown::rows(
        "e2e isolation::no_profile_sees_what_another_one_keeps_also_after_a_restart",
        &KINDS.map(|(_, kind)| {
            format!("{kind} of one profile are there after a restart, and in no other profile")
        }),
    );
}

/// The kinds of storage, and how the page calls each.
const KINDS: [(&str, &str); 5] = [
    ("cookie", "Cookies"),
    ("local", "Local storage"),
    ("indexed", "Databases (IndexedDB)"),
    ("cached", "Caches"),
    ("worker", "Service workers"),
];

/// The different values found in all kinds of storage.
fn all(told: &Value) -> Vec<Value> {
    let found = &told["found"];
    let mut values = KINDS.map(|(kind, _)| found[kind].clone()).to_vec();
    values.dedup();
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_a_page_tries_is_refused() {
    let office = Office::open().await;
    let tries: Vec<String> = commands().into_iter().collect();
    assert!(
        tries.len() > 10,
        "our own commands and Tauri's are tried: {tries:?}"
    );
    let html = REFUSAL_PAGE.replace("$TRIES", &serde_json::to_string(&tries).unwrap());
    let page = Page::serve(html).await;
    let config = AppConfig::with_urls(&office.desk, &office.server_url, &page.url, &[JOHN]);
    let mut app = App::start(&office.desk, &config);
    let told = until("the page has tried every command", async || {
        page.told().pop()
    })
    .await;

    assert_eq!(told["error"], Value::Null, "the page could try: {told}");
    let results = told["results"].as_array().unwrap();
    assert_eq!(
        results.len(),
        tries.len() * 3,
        "each command is tried in three ways"
    );
    for one in results {
        assert_ne!(one["outcome"], "answered", "a page orders nothing: {one}");
    }
    assert_eq!(
        told["globals"],
        serde_json::json!([]),
        "the bridge leaves no name behind: {told}"
    );
    assert!(app.process.runs(), "the app goes on");
    let session = office.session(JOHN).await;
    assert_ne!(
        session["state"], "connected",
        "such a page is no WhatsApp: {session}"
    );
}

/// Our own commands, as generated for the shell, and those of Tauri that a page would like.
fn commands() -> BTreeSet<String> {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/lib/generated/app.ts");
    let text = fs::read_to_string(generated).unwrap();
    let ours: BTreeSet<String> = text
        .split("__TAURI_INVOKE")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '\'', '`']).nth(1).map(str::to_owned))
        .collect();
    assert!(
        ours.contains("office_view"),
        "the generated commands were found: {ours:?}"
    );
    let tauri = [
        "plugin:app|version",
        "plugin:event|emit",
        "plugin:event|listen",
        "plugin:menu|new",
        "plugin:path|resolve_directory",
        "plugin:resources|close",
        "plugin:tray|new",
        "plugin:webview|create_webview",
        "plugin:webview|get_all_webviews",
        "plugin:webview|internal_toggle_devtools",
        "plugin:window|close",
        "plugin:window|create",
        "plugin:window|get_all_windows",
    ];
    ours.into_iter().chain(tauri.map(str::to_owned)).collect()
}

/// Tries each command by Tauri's own function, by its custom protocol and by the raw message
/// handler; an answer other than a refusal is told as "answered".
const REFUSAL_PAGE: &str = r#"<!doctype html><title>orders</title><script>
(async () => {
  const results = [];
  const within = (promise) => Promise.race([
    promise,
    new Promise((resolve) => setTimeout(resolve, 2000, { outcome: "silent" })),
  ]);
  const tell = (command, way, result) => results.push({ command, way, ...result });
  const payload = { email: "john@hotdesk.example", password: "x", sdr: "john", order: "pause", event: "x", payload: null, area: null };
  await Promise.all($TRIES.map(async (command) => {
    const internals = globalThis.__TAURI_INTERNALS__;
    tell(command, "invoke", await within((async () => {
      if (!internals?.invoke) return { outcome: "no function" };
      try { return { outcome: "answered", value: String(await internals.invoke(command, payload)) }; }
      catch (error) { return { outcome: "refused", error: String(error) }; }
    })()));
    tell(command, "protocol", await within((async () => {
      try {
        const answer = await fetch(`ipc://localhost/${encodeURIComponent(command)}`, {
          method: "POST",
          headers: { "content-type": "application/json", "tauri-callback": "1", "tauri-error": "2", "tauri-invoke-key": "guess" },
          body: JSON.stringify(payload),
        });
        const said = answer.headers.get("tauri-response");
        return { outcome: said === "ok" ? "answered" : "refused", status: answer.status };
      } catch (error) { return { outcome: "refused", error: String(error) }; }
    })()));
    tell(command, "handler", await within(new Promise((resolve) => {
      const handler = globalThis.webkit?.messageHandlers?.ipc;
      if (!handler) return resolve({ outcome: "no handler" });
      const [callback, error] = crypto.getRandomValues(new Uint32Array(2));
      globalThis[`_${callback}`] = () => resolve({ outcome: "answered" });
      globalThis[`_${error}`] = (why) => resolve({ outcome: "refused", error: String(why) });
      try {
        handler.postMessage(JSON.stringify({ cmd: command, callback, error, payload, options: {}, __TAURI_INVOKE_KEY__: "guess" }));
      } catch (why) { resolve({ outcome: "refused", error: String(why) }); }
    })));
  }));
  const globals = Object.keys(globalThis).filter((name) => /hotdesk/i.test(name));
  await fetch("/told", { method: "POST", body: JSON.stringify({ results, globals }) });
})().catch((error) => fetch("/told", { method: "POST", body: JSON.stringify({ error: String(error) }) }));
</script>"#;
