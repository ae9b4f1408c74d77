//! Starts that cannot work say why and change nothing.

use crate::support::Desk;
use crate::support::process::program;
use std::fs;
use std::path::Path;
use std::process::Output;

async fn start_with(desk: &Desk, config: &str) -> Output {
    let file = desk.dir().join("hotdesk.toml");
    fs::write(&file, config).unwrap();
    let mut command = desk.command(&program("hotdesk"));
    command.args(["--no-problem-window", "--config", file.to_str().unwrap()]);
    let ended = tokio::task::spawn_blocking(move || command.output().unwrap());
    tokio::time::timeout(std::time::Duration::from_secs(60), ended)
        .await
        .expect("a start that cannot work ends")
        .unwrap()
}

fn config(server: &str, data_dir: &Path) -> String {
    format!(
        "server_url = \"{server}\"\nwhatsapp_url = \"http://127.0.0.1:9\"\nrehearsal = true\ndata_dir = \"{}\"\n",
        data_dir.display()
    )
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_with_an_unknown_key_names_the_key_and_its_line() {
    let desk = Desk::set_up().await;
    let data = desk.dir().join("desktop");
    let text = config("http://127.0.0.1:9", &data) + "colour = \"blue\"\n";
    let output = start_with(&desk, &text).await;
    assert_eq!(
        output.status.code(),
        Some(2),
        "a bad config has its exit code: {}",
        said(&output)
    );
    assert!(
        said(&output).contains("colour"),
        "the key is named: {}",
        said(&output)
    );
    assert!(
        said(&output).contains("line 5"),
        "the line is named: {}",
        said(&output)
    );
    assert!(!data.exists(), "nothing was created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_with_a_bad_value_names_the_key_and_its_line() {
    let desk = Desk::set_up().await;
    let data = desk.dir().join("desktop");
    let text = config("http://queue.hotdesk.example", &data);
    let output = start_with(&desk, &text).await;
    assert_eq!(
        output.status.code(),
        Some(2),
        "a bad config has its exit code: {}",
        said(&output)
    );
    assert!(
        said(&output).contains("server_url"),
        "the key is named: {}",
        said(&output)
    );
    assert!(
        said(&output).contains("line 1"),
        "the line is named: {}",
        said(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_cannot_be_written_is_named() {
    let desk = Desk::set_up().await;
    // Below a file there can be no folder, whoever asks.
    let file = desk.dir().join("a-file");
    fs::write(&file, "").unwrap();
    let data = file.join("desktop");
    let output = start_with(&desk, &config("http://127.0.0.1:9", &data)).await;
    assert_eq!(
        output.status.code(),
        Some(2),
        "it has its exit code: {}",
        said(&output)
    );
    assert!(
        said(&output).contains(data.to_str().unwrap()),
        "the directory is named: {}",
        said(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named_by_both_servers() {
    let desk = Desk::set_up().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let database = desk.dir().join("server.db");
    let data = desk.dir().join("whatsapp");
    let programs = [
        (
            "hotdesk-server",
            vec!["serve", "--database", database.to_str().unwrap()],
        ),
        ("whatsapp-sim", vec!["--data", data.to_str().unwrap()]),
    ];
    for (name, args) in programs {
        let mut command = desk.command(&program(name));
        command.args(args).args(["--listen", &address]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        assert!(
            !output.status.success(),
            "{name} cannot start on a taken port"
        );
        assert!(
            said(&output).contains(&address),
            "{name} names the address: {}",
            said(&output)
        );
    }
}
