//! The desktop app as a plain program, signed in by its rehearsal configuration.

use super::desk::Desk;
use super::office::{Office, PASSWORD, Person};
use super::process::{Process, descendants, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What every SDR of a rehearsal unlocks with.
pub const PIN: &str = "246810";

/// What the app is started with.
pub struct AppConfig {
    file: PathBuf,
}

impl AppConfig {
    /// A rehearsal configuration for an office; `signed_in` are signed in at start.
    pub fn write(office: &Office, signed_in: &[Person]) -> Self {
        Self::with_urls(&office.desk, &office.server_url, &office.sim_url, signed_in)
    }

    /// The same with a WhatsApp page of the test's own.
    pub fn with_urls(desk: &Desk, server: &str, whatsapp: &str, signed_in: &[Person]) -> Self {
        let data = data_dir(desk);
        let mut text = format!(
            "server_url = \"{server}\"\nwhatsapp_url = \"{whatsapp}\"\nrehearsal = true\ndata_dir = \"{}\"\n",
            data.display()
        );
        for one in signed_in {
            text += &format!(
                "\n[[rehearsal_sign_in]]\nemail = \"{}\"\npassword = \"{PASSWORD}\"\npin = \"{PIN}\"\n",
                one.email
            );
        }
        let file = desk.dir().join("hotdesk.toml");
        fs::write(&file, text).unwrap();
        Self { file }
    }

    /// The same with this key for adapter packs.
    pub fn with_pack_key(self, key: &str) -> Self {
        let text = fs::read_to_string(&self.file).unwrap();
        let line = format!("adapter_pack_key = \"{key}\"\n");
        fs::write(&self.file, line + &text).unwrap();
        self
    }

    /// The arguments for the app.
    pub fn args(&self) -> Vec<String> {
        [
            "--no-problem-window",
            "--config",
            self.file.to_str().unwrap(),
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

/// Where the app keeps its data at a desk.
pub fn data_dir(desk: &Desk) -> PathBuf {
    desk.dir().join("desktop")
}

/// The running app.
pub struct App {
    /// Its process.
    pub process: Process,
    data: PathBuf,
}

impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print_log(&self.data);
        }
    }
}

/// The last lines of the app's own log, for a test that has failed.
pub fn print_log(data: &Path) {
    let files = fs::read_dir(data.join("logs"))
        .into_iter()
        .flatten()
        .flatten();
    for file in files {
        let text = fs::read_to_string(file.path()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        eprintln!("--- the app's log ends with:");
        for line in &lines[lines.len().saturating_sub(40)..] {
            eprintln!("{line}");
        }
    }
}

impl App {
    /// Starts it.
    pub fn start(desk: &Desk, config: &AppConfig) -> Self {
        Self::start_with(desk, config, &[])
    }

    /// The same with these variables in its environment.
    pub fn start_with(desk: &Desk, config: &AppConfig, variables: &[(&str, String)]) -> Self {
        // The files it makes are its owner's whatever the person's own habits are.
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask 000; exec \"$0\" \"$@\""])
            .arg(program("hotdesk"))
            .args(config.args())
            .envs(variables.iter().map(|(name, value)| (name, value)));
        Self {
            process: desk.start("hotdesk", &mut command, None),
            data: data_dir(desk),
        }
    }

    /// Starts it for an office whose `signed_in` are signed in by configuration.
    pub fn start_for(office: &Office, signed_in: &[Person]) -> Self {
        Self::start(&office.desk, &AppConfig::write(office, signed_in))
    }

    /// The network processes, oldest first: the shell's, then the profiles'.
    pub fn network_processes(&self) -> Vec<u32> {
        descendants(self.process.pid(), "WebKitNetworkPr")
    }

    /// The web processes, oldest first: the shell's, then the pages'.
    pub fn web_processes(&self) -> Vec<u32> {
        descendants(self.process.pid(), "WebKitWebProces")
    }
}

/// The app's name for a program that is started without this module's help.
pub fn app_program() -> PathBuf {
    program("hotdesk")
}

/// What is at this path, as `rwx` bits.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
