//! Windows and macOS: the shell fills the window, each page is placed over it by its bounds.

use crate::layout::PageArea;
use crate::window::SHELL;
use tauri::{LogicalPosition, LogicalSize, Manager, Rect, Webview, Window};

/// Knows the window whose pages it places.
pub struct Layout(Window);

impl Layout {
    /// Nothing to rearrange: the shell resizes with the window by itself.
    pub fn around(window: &Window, shell: &Webview) -> tauri::Result<Self> {
        shell.set_auto_resize(true)?;
        Ok(Self(window.clone()))
    }

    /// A page starts hidden.
    pub fn adopt(&self, page: &Webview) -> tauri::Result<()> {
        page.hide()
    }

    /// Show this page in this area and hide the others; without either, show none.
    pub fn show(&self, page: Option<&Webview>, area: Option<PageArea>) -> tauri::Result<()> {
        let shown = page.zip(area);
        for other in self.0.webviews() {
            let is_page = other.label().starts_with(crate::pages::LABEL_PREFIX);
            if is_page && shown.is_none_or(|(page, _)| page.label() != other.label()) {
                other.hide()?;
            }
        }
        if let Some((page, area)) = shown {
            page.set_bounds(Rect {
                position: LogicalPosition::new(area.x, area.y).into(),
                size: LogicalSize::new(area.width.max(1.0), area.height.max(1.0)).into(),
            })?;
            page.show()?;
        } else if let Some(shell) = self.0.get_webview(SHELL) {
            // A page that is not on the screen must not have the keyboard.
            shell.set_focus()?;
        }
        Ok(())
    }
}
