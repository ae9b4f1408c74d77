//! No crash leaves a picture of the app's memory on the disk.

use crate::support::office::JOHN;
use crate::support::{App, Office, until};
use std::fs;

/// The soft and the hard limit of a core file.
fn core_limits(process: u32) -> Vec<String> {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"));
    let words = line.unwrap().split_whitespace();
    words.take(2).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_app_nor_a_page_may_write_a_core() {
    let office = Office::open().await;
    let app = App::start_for(&office, &[JOHN]);
    until("the shell and a page have their processes", async || {
        (app.web_processes().len() >= 2 && app.network_processes().len() >= 2).then_some(())
    })
    .await;
    let own = app.process.pid();
    let children = [app.web_processes(), app.network_processes()].concat();
    for process in [vec![own], children].concat() {
        assert_eq!(core_limits(process), ["0", "0"], "process {process}");
    }
}
