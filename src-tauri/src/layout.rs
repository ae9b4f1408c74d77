//! Where the pages lie in the window: one model, one file per way to do it.

use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
pub use crate::layout_linux::Layout;
#[cfg(not(target_os = "linux"))]
pub use crate::layout_other::Layout;

/// The part of the window that the shell leaves to a page, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct PageArea {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}
