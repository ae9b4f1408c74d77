use crate::support::{Office, Seat, send};
use reqwest::header::{ETAG, IF_NONE_MATCH};
use std::path::PathBuf;

/// An office whose admin has put these into its folder.
async fn office(files: &[(&str, &[u8])]) -> (Office, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let dir: PathBuf = folder.path().to_owned();
    let office = Office::with(0, |options| options.adapter_pack_dir = Some(dir)).await;
    (office, folder)
}

async fn john(office: &Office) -> Seat {
    office.seat("john", "d1").await
}

#[tokio::test]
async fn the_pack_with_the_highest_number_is_served_as_it_is() {
    let (office, _folder) = office(&[
        ("hotdesk-adapters-9.pack", b"nine"),
        ("hotdesk-adapters-9.pack.minisig", b"by nine"),
        ("hotdesk-adapters-10.pack", "te\"n\n\u{e9}".as_bytes()),
        ("hotdesk-adapters-10.pack.minisig", b"by ten"),
        ("hotdesk-adapters-11.pack", b"not signed, so not offered"),
        ("hotdesk-adapters-+12.pack", b"no number"),
        ("hotdesk-adapters-+12.pack.minisig", b"no number"),
        ("notes.txt", b""),
    ])
    .await;
    let answer = john(&office).await.get("/api/adapter-pack").await.ok();
    assert_eq!(answer["number"], 10, "10 is above 9");
    assert_eq!(answer["pack"], "te\"n\n\u{e9}", "byte for byte");
    assert_eq!(answer["signature"], "by ten");
}

#[tokio::test]
async fn a_desktop_that_has_it_is_not_sent_it_again() {
    let (office, _folder) = office(&[
        ("hotdesk-adapters-7.pack", b"seven"),
        ("hotdesk-adapters-7.pack.minisig", b"by seven"),
    ])
    .await;
    let john = john(&office).await;
    let url = format!("{}/api/adapter-pack", office.running.url());
    let ask = |known: &str| {
        let request = office.http.get(&url).bearer_auth(&john.token);
        request.header(IF_NONE_MATCH, known.to_owned()).send()
    };
    let same = ask("\"7\"").await.unwrap();
    assert_eq!(same.status(), 304, "it has it");
    assert_eq!(same.headers()[ETAG], "\"7\"");
    let other = ask("\"6\"").await.unwrap();
    assert_eq!(other.status(), 200, "it has another");
    assert_eq!(other.headers()[ETAG], "\"7\"");
}

#[tokio::test]
async fn a_server_without_packs_says_so_and_strangers_get_none() {
    let bare = Office::open().await;
    let asked = john(&bare).await.get("/api/adapter-pack").await;
    asked.refused(404, "not_found");
    let (office, folder) = office(&[]).await;
    let john = john(&office).await;
    let asked = john.get("/api/adapter-pack").await;
    asked.refused(404, "not_found");
    folder.close().unwrap();
    let asked = john.get("/api/adapter-pack").await;
    asked.refused(404, "not_found");
    let url = format!("{}/api/adapter-pack", office.running.url());
    send(office.http.get(url))
        .await
        .refused(401, "unauthorized");
}

#[tokio::test]
async fn what_is_no_pack_is_not_served() {
    let large = vec![b'x'; 8 * 1024 * 1024 + 1];
    for pack in [&large[..], &[0xff, 0xfe]] {
        let (office, _folder) = office(&[
            ("hotdesk-adapters-7.pack", pack),
            ("hotdesk-adapters-7.pack.minisig", b"by seven"),
        ])
        .await;
        let asked = john(&office).await.get("/api/adapter-pack").await;
        asked.refused(500, "server_error");
    }
}
