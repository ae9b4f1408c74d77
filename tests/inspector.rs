//! No port is opened into the pages, whoever asks for one.

use crate::support::app::{AppConfig, data_dir};
use crate::support::office::{JOHN, free_port};
use crate::support::process::{descendants, family};
use crate::support::{App, Office, shown};
use std::fs;
use std::net::TcpStream;

const TEST: &str =
    "e2e inspector::no_variable_opens_a_port_into_the_pages_and_the_app_listens_nowhere";

#[tokio::test(flavor = "multi_thread")]
async fn no_variable_opens_a_port_into_the_pages_and_the_app_listens_nowhere() {
    let office = Office::open().await;
    let ports: Vec<u16> = (0..3).map(|_| free_port()).collect();
    let at = |port: u16| format!("127.0.0.1:{port}");
    let variables = [
        ("WEBKIT_INSPECTOR_SERVER", at(ports[0])),
        ("WEBKIT_INSPECTOR_HTTP_SERVER", at(ports[1])),
        (
            "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
            format!("--remote-debugging-port={}", ports[2]),
        ),
    ];
    let config = AppConfig::write(&office, &[JOHN]);
    let mut app = App::start_with(&office.desk, &config, &variables);
    // By then every kind of process is there.
    office.link(JOHN).await;
    for port in &ports {
        assert!(TcpStream::connect(at(*port)).is_err(), "{port} is open");
    }
    let all = family(app.process.pid());
    assert!(
        descendants(app.process.pid(), "WebKitWebProces").len() >= 2 && all.len() >= 4,
        "the app's processes were found: {all:?}"
    );
    // The second start's door: it raises the window for whoever can read its file, and no more.
    let door = fs::read_to_string(data_dir(&office.desk).join("hotdesk.door")).unwrap();
    let door: u16 = door.split_whitespace().next().unwrap().parse().unwrap();
    for process in all {
        let mine = process == app.process.pid();
        let expected: Vec<String> = mine
            .then(|| format!("0100007F:{door:04X}"))
            .into_iter()
            .collect();
        assert_eq!(listening(process), expected, "process {process} listens");
    }
    assert!(app.process.quit().await.success());
    shown::rows(
        TEST,
        &[
            "WEBKIT_INSPECTOR_SERVER opens no port",
            "WEBKIT_INSPECTOR_HTTP_SERVER opens no port",
            "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS opens no port",
            "No process of the app listens on a TCP port but for the second start's door, on this machine alone",
        ]
        .map(str::to_owned),
    );
}

/// The addresses of the TCP sockets a process listens on, as the kernel writes them.
fn listening(process: u32) -> Vec<String> {
    let own: Vec<String> = fs::read_dir(format!("/proc/{process}/fd"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            fs::read_link(entry.path())
                .ok()?
                .to_str()
                .map(str::to_owned)
        })
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    ["tcp", "tcp6"]
        .iter()
        .filter_map(|kind| fs::read_to_string(format!("/proc/{process}/net/{kind}")).ok())
        .flat_map(|table| {
            let rows: Vec<Vec<String>> = table
                .lines()
                .skip(1)
                .map(|line| line.split_whitespace().map(str::to_owned).collect())
                .collect();
            rows
        })
        // State 0A is LISTEN; the tenth field is the socket's number.
        .filter(|row| row[3] == "0A" && own.contains(&row[9]))
        .map(|row| row[1].clone())
        .collect()
}
