//! A desktop in a process of its own: the real sender, and pages that outlive it.

use crate::support::desk::Desk;
use crate::support::office::Office;
use crate::support::pages::FakePages;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const WHY: &str = "why";
const TEST: &str = "child::a_desktop_runs_until_its_parent_lets_go";

/// What of a desktop outlives its process.
pub struct Home {
    dir: TempDir,
    url: String,
    key: String,
    entry: String,
}

/// A desktop that runs.
pub struct Running {
    child: Child,
}

impl Home {
    /// A desktop on which John has signed in, not yet linked.
    pub async fn new(office: &Office) -> Self {
        let desk = Desk::new(&office.url());
        let agent = desk.start().await;
        crate::support::desk::sign_in(&agent, "john").await;
        agent.shut_down().await;
        let (key, entry) = (hex::encode(desk.key()), desk.entry());
        let dir = TempDir::new().unwrap();
        copy_files(&desk.data_dir(), &dir.path().join("data"));
        let home = Self {
            dir,
            url: office.url(),
            key,
            entry,
        };
        home.pages().link("john", "+5511960000001");
        home
    }

    fn pages_file(&self) -> PathBuf {
        self.dir.path().join("pages.jsonl")
    }

    /// The pages as they are on disk.
    pub fn pages(&self) -> FakePages {
        FakePages::on_disk(self.pages_file())
    }

    /// Its data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// All of it.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Why it did not start, if it did not.
    pub fn why(&self) -> Option<String> {
        std::fs::read_to_string(self.dir.path().join(WHY)).ok()
    }

    /// The file that a failpoint makes when it strikes.
    pub fn struck(&self) -> PathBuf {
        self.dir.path().join("struck")
    }

    /// Start the desktop, behind a shell's words if there are any.
    pub fn start(&self, before: &str, env: &[(&str, &str)]) -> Running {
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{before}exec \"$0\" \"$@\""))
            .arg(program)
            .args(["--exact", TEST, "--ignored", "--nocapture"]);
        command
            .env("DESKTOP_HOME", self.dir.path())
            .env("DESKTOP_URL", &self.url)
            .env("DESKTOP_KEY", &self.key)
            .env("DESKTOP_ENTRY", &self.entry)
            .env("HOTDESK_FAILPOINT_STRUCK", self.struck())
            .envs(env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Running {
            child: command.spawn().unwrap(),
        }
    }
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Let it go, and wait until it has ended; true if it ended well.
    pub async fn stop(mut self) -> bool {
        drop(self.child.stdin.take());
        let mut look = tokio::time::interval(Duration::from_millis(10));
        loop {
            look.tick().await;
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            let _status = self.child.wait();
        }
    }
}

/// The files of a directory, one level deep.
pub fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by other tests, in a process of its own"]
async fn a_desktop_runs_until_its_parent_lets_go() {
    let Ok(home) = std::env::var("DESKTOP_HOME") else {
        return;
    };
    let text = |name: &str| std::env::var(name).unwrap();
    let home = PathBuf::from(home);
    let mut desk = Desk::at(home.join("data"), &text("DESKTOP_URL"));
    desk.pages = FakePages::on_disk(home.join("pages.jsonl")).into();
    desk.keep_key(
        &text("DESKTOP_ENTRY"),
        &hex::decode(text("DESKTOP_KEY")).unwrap(),
    );
    let agent = match desk.start_or_words().await {
        Ok(agent) => agent,
        Err(words) => {
            std::fs::write(home.join(WHY), words).unwrap();
            return;
        }
    };
    let gone = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    gone.await.unwrap().unwrap();
    agent.shut_down().await;
}
