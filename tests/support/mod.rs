//! The pieces tests are put together from.

pub mod app;
pub mod desk;
pub mod office;
pub mod pack_maker;
pub mod page;
pub mod process;
pub mod screen;
pub mod shown;
pub mod tray_watcher;
pub mod wait;
pub mod webdriver;

pub use app::App;
pub use desk::Desk;
pub use office::Office;
pub use wait::{until, until_within};
