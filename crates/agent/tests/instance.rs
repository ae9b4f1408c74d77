//! One Hotdesk per data directory.

use hotdesk_agent::instance::{Instance, InstanceLock};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

fn first(dir: &Path) -> InstanceLock {
    match Instance::acquire(dir).unwrap() {
        Instance::First(lock) => lock,
        Instance::Second { .. } => panic!("nobody else is here"),
    }
}

#[test]
fn a_second_start_raises_the_first_ones_window() {
    let dir = TempDir::new().unwrap();
    let lock = first(dir.path());
    let (shown, raised) = mpsc::channel();
    lock.on_raise(move || shown.send(()).unwrap()).unwrap();
    let second = Instance::acquire(dir.path()).unwrap();
    assert!(
        matches!(second, Instance::Second { raised: true }),
        "it learns that it worked"
    );
    raised
        .recv_timeout(Duration::from_secs(5))
        .expect("the first was asked to show itself");
}

#[test]
fn the_lock_ends_with_its_holder() {
    let dir = TempDir::new().unwrap();
    drop(first(dir.path()));
    drop(first(dir.path()));
}

#[test]
fn a_stranger_at_the_door_raises_nothing() {
    use std::io::{Read, Write};
    let dir = TempDir::new().unwrap();
    let lock = first(dir.path());
    let (shown, raised) = mpsc::channel();
    lock.on_raise(move || shown.send(()).unwrap()).unwrap();
    let door = std::fs::read_to_string(dir.path().join("hotdesk.door")).unwrap();
    let port = door.split(' ').next().unwrap();
    let mut stranger = std::net::TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A reset is as good as an end.
    let _ = stranger.read_to_end(&mut answer);
    assert!(answer.is_empty(), "the door says nothing");
    assert!(raised.try_recv().is_err(), "and shows nothing");
}

#[test]
fn a_data_directory_that_cannot_be_made_is_told() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let Err(error) = Instance::acquire(&file.join("data")) else {
        panic!("a file is no directory");
    };
    assert!(
        error.to_string().contains("data_dir"),
        "it says what to do: {error}"
    );
}

#[cfg(unix)]
#[test]
fn the_data_directory_and_the_door_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("a/b");
    let _lock = first(&data);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700, "the directory");
    assert_eq!(
        mode(&data.join("hotdesk.door")),
        0o600,
        "the door's password"
    );
}
