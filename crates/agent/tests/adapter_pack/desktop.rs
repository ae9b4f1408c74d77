//! A desktop with packs, from the folder and from the real queue server.

use crate::support::desk::{Desk, FakeAgent, sign_in, until, until_sdr};
use crate::support::office::Office;
use crate::support::packs::{Maker, Pack, manifest};
use crate::support::pages::THROWS;
use crate::support::stub::{Answer, Stub};
use hotdesk_agent::views::{AdaptersView, OfficeView};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::session::{MessageState, SessionState};
use serde_json::json;
use std::path::PathBuf;

async fn until_adapters(
    agent: &FakeAgent,
    what: &str,
    are: impl Fn(&AdaptersView) -> bool,
) -> AdaptersView {
    until(agent, what, |view: &OfficeView| are(&view.adapters))
        .await
        .adapters
}

fn folder(desk: &Desk) -> PathBuf {
    desk.data_dir().join("packs")
}

/// The words of the refusal of what lies in the folder.
async fn refusal(desk: &Desk, maker: &Maker) -> String {
    let agent = desk.start_with(&maker.config()).await.unwrap();
    let adapters = until_adapters(&agent, "a refusal", |it| it.problem.is_some()).await;
    let problem = adapters.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::PackRefused);
    assert!(adapters.built_in, "the built-in ones go on");
    agent.shut_down().await;
    problem.message
}

/// An agent with John signed in, his page connected.
async fn with_john(desk: &Desk, maker: &Maker) -> FakeAgent {
    let agent = desk.start_with(&maker.config()).await.unwrap();
    desk.pages.link("john", "+5511960000001");
    sign_in(&agent, "john").await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    agent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_pack_in_the_folder_is_tried_kept_and_in_force_also_after_a_restart() {
    let (office, maker) = (Office::open(0).await, Maker::new());
    let desk = Desk::new(&office.url());
    let agent = with_john(&desk, &maker).await;
    assert_eq!(desk.pages.bundles("john"), Some(5), "built in");
    maker.pack(7, "seven").put(&folder(&desk));
    agent.look_for_packs();
    let adapters = until_adapters(&agent, "in force", |it| it.number == 7).await;
    assert_eq!(adapters.name, "2026.12.7");
    assert!(!adapters.built_in && adapters.problem.is_none());
    assert_eq!(desk.pages.bundles("john"), Some(7), "his page has it");
    agent.shut_down().await;
    desk.pages.die();
    std::fs::remove_dir_all(folder(&desk)).unwrap();
    let agent = desk.start_with(&maker.config()).await.unwrap();
    until_adapters(&agent, "in force again", |it| it.number == 7).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        !sdr.stale && sdr.state == SessionState::Connected
    })
    .await;
    assert_eq!(desk.pages.bundles("john"), Some(7), "at once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_the_queue_server_is_in_force_and_messages_leave_once() {
    let (office, maker) = (Office::open(3).await, Maker::new());
    maker.pack(7, "seven").put(&office.pack_dir());
    let desk = Desk::new(&office.url());
    let agent = with_john(&desk, &maker).await;
    until_adapters(&agent, "in force", |it| it.number == 7).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(desk.pages.history().len(), 1, "each left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_shows_the_adapters_in_force_before_a_pack_and_with_it() {
    let (office, maker) = (Office::open(0).await, Maker::new());
    let desk = Desk::new(&office.url());
    let agent = with_john(&desk, &maker).await;
    office.until_adapters("john", "built-in 5").await;
    maker.pack(7, "seven").put(&folder(&desk));
    agent.look_for_packs();
    office.until_adapters("john", "7").await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_throws_is_taken_back_and_messages_leave_once() {
    broken(THROWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_another_desktops_key_changes_nothing_and_is_told() {
    let (office, maker) = (Office::open(0).await, Maker::new());
    Maker::new().pack(7, "seven").put(&office.pack_dir());
    let desk = Desk::new(&office.url());
    let agent = with_john(&desk, &maker).await;
    let adapters = until_adapters(&agent, "a refusal", |it| it.problem.is_some()).await;
    assert!(adapters.built_in);
    let words = adapters.problem.unwrap().message;
    assert!(words.contains("key this Hotdesk does not know"), "{words}");
    assert_eq!(desk.pages.bundles("john"), Some(5));
    agent.shut_down().await;
}

async fn broken(bridge: &str) {
    let (office, maker) = (Office::open(0).await, Maker::new());
    maker.pack(7, bridge).put(&office.pack_dir());
    let desk = Desk::new(&office.url());
    let agent = with_john(&desk, &maker).await;
    let adapters = until_adapters(&agent, "taken back", |it| it.problem.is_some()).await;
    let problem = adapters.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::PackFailed);
    assert!(problem.message.contains("adapter pack 7"), "{problem:?}");
    assert!(adapters.built_in, "what was before serves again");
    assert_eq!(desk.pages.bundles("john"), Some(5));
    office.seed(3).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    assert_eq!(desk.pages.history().len(), 1, "each left once");
    agent.shut_down().await;
    desk.pages.die();
    let agent = desk.start_with(&maker.config()).await.unwrap();
    let adapters = until_adapters(&agent, "a refusal", |it| it.problem.is_some()).await;
    let words = adapters.problem.unwrap().message;
    assert!(words.contains("not tried again"), "{words}");
    assert_eq!(desk.pages.bundles("john"), Some(5), "not tried again");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_pack_in_the_folder_is_told() {
    let maker = Maker::new();
    let good = maker.pack(7, "seven");
    let desk = Desk::new("http://127.0.0.1:1");
    good.put(&folder(&desk));
    let signature = folder(&desk).join("hotdesk-adapters-7.pack.minisig");
    std::fs::remove_file(&signature).unwrap();
    assert!(refusal(&desk, &maker).await.contains("not signed"));
    let tampered = Pack {
        bytes: [&good.bytes[..], b" "].concat(),
        ..good.clone()
    };
    tampered.put(&folder(&desk));
    assert!(
        refusal(&desk, &maker)
            .await
            .contains("changed after it was signed")
    );
    let mut stale = manifest(7, "seven");
    stale["expiresAtMs"] = 1_700_000_000_001_i64.into();
    let stale = maker.sign(7, stale.to_string().into_bytes());
    stale.put(&folder(&desk));
    assert!(refusal(&desk, &maker).await.contains("past its time"));
    std::fs::remove_dir_all(folder(&desk)).unwrap();
    maker.pack(4, "four").put(&folder(&desk));
    assert!(
        refusal(&desk, &maker)
            .await
            .contains("older than the adapters in use (5)")
    );
    std::fs::remove_dir_all(folder(&desk)).unwrap();
    std::fs::write(folder(&desk), "not a folder").unwrap();
    assert!(refusal(&desk, &maker).await.contains("cannot be read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_packs_are_off_and_the_window_says_so() {
    let maker = Maker::new();
    let desk = Desk::new("http://127.0.0.1:1");
    maker.pack(7, "seven").put(&folder(&desk));
    let agent = desk.start().await;
    let adapters = until_adapters(&agent, "a refusal", |it| it.problem.is_some()).await;
    let words = adapters.problem.unwrap().message;
    assert!(words.contains("Adapter packs are off"), "{words}");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_pack_that_was_changed_on_disk_is_not_used() {
    let (office, maker) = (Office::open(0).await, Maker::new());
    let desk = Desk::new(&office.url());
    maker.pack(7, "seven").put(&office.pack_dir());
    let agent = with_john(&desk, &maker).await;
    until_adapters(&agent, "in force", |it| it.number == 7).await;
    agent.shut_down().await;
    desk.pages.die();
    std::fs::remove_dir_all(office.pack_dir()).unwrap();
    let kept = desk.data_dir().join("adapters/hotdesk-adapters-7.pack");
    let whole_but_for_its_signature = manifest(7, "wrong").to_string();
    std::fs::write(&kept, whole_but_for_its_signature).unwrap();
    let agent = desk.start_with(&maker.config()).await.unwrap();
    until_sdr(&agent, "john", "connected", |sdr| {
        !sdr.stale && sdr.state == SessionState::Connected
    })
    .await;
    assert_eq!(desk.pages.bundles("john"), Some(5), "the built-in ones");
    assert!(agent.views().borrow().adapters.built_in);
    agent.shut_down().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn kept_packs_are_for_this_account_only() {
    use std::os::unix::fs::PermissionsExt;
    let (office, maker) = (Office::open(0).await, Maker::new());
    let desk = Desk::new(&office.url());
    maker.pack(7, "seven").put(&office.pack_dir());
    let agent = with_john(&desk, &maker).await;
    until_adapters(&agent, "in force", |it| it.number == 7).await;
    let dir = desk.data_dir().join("adapters");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = std::fs::read_dir(&dir).unwrap().flatten().collect();
    assert_eq!(
        files.len(),
        3,
        "the pack, its signature, the record: {files:?}"
    );
    for file in files {
        assert_eq!(mode(&file.path()), 0o600, "{file:?}");
    }
    agent.shut_down().await;
}

#[tokio::test]
async fn a_key_that_is_none_is_told_with_its_line() {
    let desk = Desk::new("http://127.0.0.1:1");
    for (more, key) in [
        ("adapter_pack_key = \"RWQ\"", "adapter_pack_key"),
        ("adapter_pack_dir = \"packs\"", "adapter_pack_dir"),
    ] {
        let text = format!(
            "server_url = \"http://127.0.0.1:1\"\ndata_dir = {:?}\n{more}\n",
            desk.data_dir()
        );
        let parsed = hotdesk_agent::config::Config::parse(&text, "test.toml", |_| None);
        let words = parsed.err().unwrap().to_string();
        assert!(words.contains("line 3") && words.contains(key), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_told_which_adapters_are_in_force_and_asked_with_the_number() {
    let (stub, maker) = (Stub::start().await, Maker::new());
    stub.knows("john");
    let Pack {
        bytes, signature, ..
    } = maker.pack(7, "seven");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let answer = json!({"number": 7, "pack": text(bytes), "signature": text(signature)});
    stub.on("/api/adapter-pack", [Answer::ok(answer.to_string())]);
    let desk = Desk::new(&stub.url);
    let agent = with_john(&desk, &maker).await;
    until_adapters(&agent, "in force", |it| it.number == 7).await;
    let asked = stub.until_called("/api/adapter-pack", 1).await;
    assert_eq!(asked[0].bearer.as_deref(), Some("Bearer token-of-john"));
    assert_eq!(asked[0].query, "sdrId=john");
    let told = stub.calls("/api/sender/heartbeat");
    let first = &told[0].body;
    assert!(first.contains(r#""adapterPack":"built-in 5""#), "{first}");
    agent.look_for_packs();
    let asked = stub.until_called("/api/adapter-pack", 2).await;
    assert_eq!(asked.len(), 2, "once for each look");
    agent.shut_down().await;
}
