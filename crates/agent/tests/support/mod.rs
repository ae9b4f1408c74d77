//! What several tests need.

pub mod day;
pub mod desk;
pub mod lk1;
pub mod lk2;
pub mod office;
pub mod packs;
pub mod pages;
pub mod proxy;
#[cfg(target_os = "linux")]
pub mod search;
pub mod stub;
#[cfg(target_os = "linux")]
pub mod tls;

/// Run an ignored test of this binary in a process of its own, whose environment a test may change
/// and whose log is nobody else's.
pub fn in_its_own_process(test: &str, env: &[(&str, &str)]) {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored"])
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && words.contains("1 passed"),
        "{words}"
    );
}
