//! Programs started by a test and ended with it, by process id.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// The folder of the programs under test: where cargo put the app.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_hotdesk"))
        .parent()
        .unwrap()
        .to_owned()
}

/// One of our programs; `cargo build --workspace` makes them.
pub fn program(name: &str) -> PathBuf {
    let path = programs().join(name);
    assert!(
        path.exists(),
        "{name} is not built: run scripts/test, or cargo build --workspace"
    );
    path
}

/// tauri-driver, as `scripts/lib/setup.sh driver` installs it.
pub fn tauri_driver() -> PathBuf {
    let path = programs().parent().unwrap().join("tools/bin/tauri-driver");
    assert!(
        path.exists(),
        "tauri-driver is not there: run scripts/lib/setup.sh driver"
    );
    path
}

/// A running program in a process group of its own. Dropping it ends the group.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`, with stdout and stderr into a new `<dir>/<name>-<n>.log` and `input` on stdin.
    pub fn start(name: &str, dir: &Path, command: &mut Command, input: Option<&str>) -> Self {
        let log = (1..)
            .map(|n| dir.join(format!("{name}-{n}.log")))
            .find(|path| !path.exists())
            .unwrap();
        let out = File::create_new(&log).unwrap();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        if let Some(input) = input {
            stdin.write_all(input.as_bytes()).unwrap();
        }
        Self {
            name: name.to_owned(),
            child,
            log,
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has said so far.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// What follows `start` on the first line that has it.
    pub async fn line_with(&mut self, start: &str) -> String {
        super::until(&format!("{} says \"{start}\"", self.name), async || {
            let said = self.said();
            let found = said.lines().find_map(|line| line.split_once(start));
            if let Some((_, rest)) = found {
                return Some(rest.trim().to_owned());
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{} ended early ({status}):\n{said}", self.name);
            }
            None
        })
        .await
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let name = self.name.clone();
        super::until(&format!("{name} ends"), async || {
            self.child.try_wait().unwrap()
        })
        .await
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Asks it to end, as a desktop does at log-out, and waits for that.
    pub async fn quit(&mut self) -> ExitStatus {
        kill_process(pid(self.pid()), Signal::TERM).unwrap();
        self.ended().await
    }

    /// Ends this one process at once (SIGKILL), as a crash or the kernel would.
    pub async fn kill(&mut self) {
        kill_process(pid(self.pid()), Signal::KILL).unwrap();
        self.ended().await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its children may have outlived it.
        let _ = kill_process_group(pid(self.child.id()), Signal::KILL);
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said = fs::read_to_string(&self.log).unwrap_or_default();
            let last: Vec<&str> = said.lines().rev().take(15).collect();
            eprintln!("--- {} said last:", self.name);
            for line in last.iter().rev() {
                eprintln!("{line}");
            }
        }
    }
}

/// Ends a process that one of ours has started, at once.
pub fn kill(id: u32) {
    kill_process(pid(id), Signal::KILL).unwrap();
}

/// The living descendants of a process whose program's name starts with `name`, oldest first.
pub fn descendants(of: u32, name: &str) -> Vec<u32> {
    let all = processes();
    all.iter()
        .filter(|(id, _, comm)| comm.starts_with(name) && is_below(&all, *id, of))
        .map(|one| one.0)
        .collect()
}

/// A process and all its living descendants.
pub fn family(of: u32) -> Vec<u32> {
    let all = processes();
    all.iter()
        .map(|one| one.0)
        .filter(|id| *id == of || is_below(&all, *id, of))
        .collect()
}

type Row = (u32, u32, String);

/// All living processes: id, parent, program's name.
fn processes() -> Vec<Row> {
    let mut all: Vec<Row> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id: u32| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            let (start, rest) = stat.rsplit_once(") ")?;
            let mut fields = rest.split(' ');
            let alive = fields.next()? != "Z";
            let parent = fields.next()?.parse().ok()?;
            let comm = start.split_once('(')?.1.to_owned();
            alive.then_some((id, parent, comm))
        })
        .collect();
    all.sort_unstable();
    all
}

fn is_below(all: &[Row], id: u32, of: u32) -> bool {
    let mut at = id;
    while let Some((_, parent, _)) = all.iter().find(|one| one.0 == at) {
        if *parent == of {
            return true;
        }
        at = *parent;
    }
    false
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
}
