//! Why the app does not start, in words for a person.

use hotdesk_agent::agent::StartError;
use hotdesk_agent::config::ConfigError;
use hotdesk_agent::instance::InstanceError;
use hotdesk_agent::keychain::KeychainError;
use hotdesk_agent::logging::LoggingError;

/// The exit code of a start that failed.
pub const EXIT_CANNOT_START: u8 = 2;

/// Why the app does not start. What it says: what happened, what was not lost, what to do next.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory.
    #[error(transparent)]
    DataDir(#[from] InstanceError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LoggingError),
    /// The key of the database.
    #[error(transparent)]
    Key(#[from] KeychainError),
    /// The database.
    #[error(transparent)]
    Agent(#[from] StartError),
    /// Another Hotdesk runs and does not answer.
    #[error(
        "Hotdesk already runs with this data directory, but does not answer. Nothing was changed. Look for its window or its tray icon; if there is none, end the process `hotdesk` and start again."
    )]
    Mute,
    /// No screen.
    #[error(
        "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set. Nothing was started. Start Hotdesk in a desktop session."
    )]
    NoScreen,
    /// The window could not be made.
    #[error(
        "The window could not be opened: {0}. Nothing was sent and nothing was lost. Start Hotdesk again; if this goes on, reinstall the system's web view."
    )]
    Window(#[from] tauri::Error),
    /// No randomness from the system.
    #[error("The system gives no random numbers ({0}). Nothing was started. Restart the machine.")]
    Random(getrandom::Error),
}
