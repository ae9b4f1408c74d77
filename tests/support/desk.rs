//! A desk without a desktop: screen, window manager, D-Bus and keyring of its own, under a home of
//! its own.

use super::process::Process;
use super::until;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A bus on which no service starts by itself: where no keyring is started, there is none.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=RUNTIME</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"#;

/// Everything a desktop app needs around it. Dropping it ends what runs and removes the files.
pub struct Desk {
    env: Vec<(String, String)>,
    /// Ended in the order of this list.
    running: Vec<Process>,
    dir: TempDir,
}

impl Desk {
    /// Sets one up and waits until its keyring answers.
    pub async fn set_up() -> Self {
        let mut desk = Self::without_keyring().await;
        let keyring = desk.start(
            "keyring",
            Command::new("gnome-keyring-daemon").args([
                "--foreground",
                "--unlock",
                "--components=secrets",
            ]),
            Some("rehearsal"),
        );
        until("the keyring is on the bus", async || {
            let asked = desk
                .command(Path::new("dbus-send"))
                .args([
                    "--session",
                    "--print-reply",
                    "--dest=org.freedesktop.DBus",
                    "/",
                ])
                .args([
                    "org.freedesktop.DBus.GetNameOwner",
                    "string:org.freedesktop.secrets",
                ])
                .output()
                .unwrap();
            asked.status.success().then_some(())
        })
        .await;
        desk.running.insert(0, keyring);
        desk
    }

    /// Sets one up whose machine has no keyring at all.
    pub async fn without_keyring() -> Self {
        // Short, because a socket's path may have 107 bytes only.
        let dir = tempfile::Builder::new()
            .prefix("hd-")
            .tempdir_in("/tmp")
            .unwrap();
        let home = dir.path().join("home");
        let runtime = dir.path().join("run");
        for folder in [&home, &runtime] {
            fs::create_dir(folder).unwrap();
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        }
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let mut desk = Self {
            env: vec![
                ("HOME".into(), text(home.clone())),
                ("XDG_RUNTIME_DIR".into(), text(runtime.clone())),
                ("XDG_CONFIG_HOME".into(), text(home.join(".config"))),
                ("XDG_DATA_HOME".into(), text(home.join(".local/share"))),
                ("XDG_CACHE_HOME".into(), text(home.join(".cache"))),
                ("XDG_STATE_HOME".into(), text(home.join(".local/state"))),
                ("GDK_BACKEND".into(), "x11".into()),
                ("NO_AT_BRIDGE".into(), "1".into()),
                ("GTK_A11Y".into(), "none".into()),
                ("WEBKIT_DISABLE_DMABUF_RENDERER".into(), "1".into()),
                ("LIBGL_ALWAYS_SOFTWARE".into(), "1".into()),
            ],
            running: Vec::new(),
            dir,
        };
        let x = desk.start(
            "xvfb",
            Command::new("Xvfb").args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ]),
            None,
        );
        let number = until("the X server has a number", async || {
            x.said()
                .lines()
                .find_map(|line| line.trim().parse::<u32>().ok())
        })
        .await;
        desk.env.push(("DISPLAY".into(), format!(":{number}")));
        let config = desk.dir().join("bus.conf");
        let words = BUS.replace("RUNTIME", &runtime.display().to_string());
        fs::write(&config, words).unwrap();
        let mut bus = desk.start(
            "dbus",
            Command::new("dbus-daemon")
                .args(["--nofork", "--print-address"])
                .arg(format!("--config-file={}", config.display())),
            None,
        );
        let address = format!("unix:{}", bus.line_with("unix:").await);
        desk.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
        let manager = desk.manage_windows().await;
        desk.running = vec![manager, bus, x];
        desk
    }

    /// A window manager that has the screen. On a machine busy with other screens it may find
    /// none at first and end; without one nothing minimises and no key reaches a window.
    async fn manage_windows(&self) -> Process {
        let start = || self.start("openbox", Command::new("openbox").arg("--sm-disable"), None);
        let mut manager = start();
        until("a window manager has the screen", async || {
            if !manager.runs() {
                manager = start();
            }
            let asked = self
                .command(Path::new("xdotool"))
                .arg("get_num_desktops")
                .output()
                .unwrap();
            asked.status.success().then_some(())
        })
        .await;
        manager
    }

    /// Where this desk's files and logs are.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The D-Bus address.
    pub fn bus_address(&self) -> &str {
        let found = self
            .env
            .iter()
            .find(|one| one.0 == "DBUS_SESSION_BUS_ADDRESS");
        &found.unwrap().1
    }

    /// A command with this desk's environment and nothing of the person's desktop.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.dress(&mut command);
        command
    }

    /// Starts a program at this desk.
    pub fn start(&self, name: &str, command: &mut Command, input: Option<&str>) -> Process {
        self.dress(command);
        Process::start(name, self.dir(), command, input)
    }

    fn dress(&self, command: &mut Command) {
        for gone in [
            "WAYLAND_DISPLAY",
            "DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "HOTDESK_CONFIG",
            "HOTDESK_DATA_DIR",
        ] {
            command.env_remove(gone);
        }
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
    }
}
