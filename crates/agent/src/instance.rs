//! One Hotdesk per data directory: an OS file lock, and a door by which a second start asks the
//! first to show its window.
//!
//! The lock is the guard; the door is a convenience: a loopback socket whose port and random
//! password are in a file only this OS account can read.

use crate::profile::{make_private_dir, write_private};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

const LOCK_FILE: &str = "hotdesk.lock";
const DOOR_FILE: &str = "hotdesk.door";
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_LINE_BYTES: u64 = 256;

/// What a start found.
pub enum Instance {
    /// No other Hotdesk uses this data directory; keep the lock until exit.
    First(InstanceLock),
    /// Another one does.
    Second {
        /// It was asked to show its window, and has said yes.
        raised: bool,
    },
}

/// Held by the first start; released by the OS when the process ends, however it ends.
pub struct InstanceLock {
    _lock: File,
    door: TcpListener,
    password: String,
    door_file: PathBuf,
}

/// Why neither was possible.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The data directory cannot be made or written.
    #[error(
        "The data directory {dir} cannot be used: {source}. Nothing was started or changed. Check its rights and the free space, or set `data_dir` to another place."
    )]
    DataDir {
        /// Which directory.
        dir: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Instance {
    /// Make the data directory (0700) and lock it, or ask the Hotdesk that holds it to show itself.
    pub fn acquire(data_dir: &Path) -> Result<Self, InstanceError> {
        let failed = |source| InstanceError::DataDir {
            dir: data_dir.display().to_string(),
            source,
        };
        make_private_dir(data_dir).map_err(failed)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(data_dir.join(LOCK_FILE))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Ok(Self::Second {
                    raised: raise(&data_dir.join(DOOR_FILE)).is_ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let port = door.local_addr().map_err(failed)?.port();
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| failed(std::io::Error::other(e.to_string())))?;
        let password = hex::encode(bytes);
        let door_file = data_dir.join(DOOR_FILE);
        write_private(&door_file, format!("{port} {password}\n").as_bytes()).map_err(failed)?;
        Ok(Self::First(InstanceLock {
            _lock: lock,
            door,
            password,
            door_file,
        }))
    }
}

impl InstanceLock {
    /// Call `show` at each request of a later start, from a thread of its own. A request made
    /// before this call waits for it.
    pub fn on_raise(&self, show: impl Fn() + Send + 'static) -> std::io::Result<()> {
        let door = self.door.try_clone()?;
        let password = self.password.clone();
        std::thread::Builder::new()
            .name("hotdesk-door".to_owned())
            .spawn(move || {
                for caller in door.incoming().flatten() {
                    if let Err(error) = answer(caller, &password, &show) {
                        tracing::debug!(error.kind = ?error.kind(), "A caller at the door was sent away");
                    }
                }
            })?;
        Ok(())
    }
}

impl Drop for InstanceLock {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.door_file) {
            tracing::debug!(error.kind = ?error.kind(), "The door file was already gone");
        }
    }
}

fn answer(mut caller: TcpStream, password: &str, show: &impl Fn()) -> std::io::Result<()> {
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new((&caller).take(LONGEST_LINE_BYTES)).read_line(&mut line)?;
    if line.trim_end() != password {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    show();
    caller.write_all(b"raised\n")
}

fn raise(door_file: &Path) -> std::io::Result<()> {
    let text = std::fs::read_to_string(door_file)?;
    let (port, password) = text
        .trim_end()
        .split_once(' ')
        .and_then(|(port, password)| Some((port.parse().ok()?, password)))
        .ok_or(std::io::ErrorKind::InvalidData)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut door = TcpStream::connect_timeout(&address, PATIENCE)?;
    door.set_read_timeout(Some(PATIENCE))?;
    door.write_all(format!("{password}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(door.take(LONGEST_LINE_BYTES)).read_line(&mut line)?;
    match line.as_str() {
        "raised\n" => Ok(()),
        _ => Err(std::io::ErrorKind::ConnectionAborted.into()),
    }
}
