//! Linux: the shell fills the window, the pages lie over it.
//!
//! Tauri packs embedded webviews below each other into one `GtkBox` and ignores their bounds. So
//! the shell becomes the main child of a `GtkOverlay`, and a `GtkStack` of pages its overlay child,
//! put where the shell leaves room. Switching is one call and loads nothing anew.

use crate::layout::PageArea;
use gtk::gdk;
use gtk::glib;
use gtk::glib::thread_guard::ThreadGuard;
use gtk::prelude::*;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tauri::{Webview, Window};
use webkit2gtk::WebView;

#[derive(Clone)]
struct Parts {
    overlay: gtk::Overlay,
    stack: gtk::Stack,
    area: Rc<Cell<Option<gdk::Rectangle>>>,
}

impl Parts {
    /// A page that is not on the screen must not have the keyboard: a PIN would be typed into it.
    fn focus_shell(&self) {
        if !self.stack.is_visible()
            && let Some(shell) = self.overlay.child()
        {
            shell.grab_focus();
        }
    }
}

/// The widgets; to be used on the main thread only, or it panics. Lives as long as the process.
pub struct Layout(ManuallyDrop<Mutex<ThreadGuard<Parts>>>);

impl Layout {
    /// Take the shell out of the box it was packed into and lay the pages' stack over it.
    pub fn around(window: &Window, shell: &Webview) -> tauri::Result<Self> {
        let parts = Parts {
            overlay: gtk::Overlay::new(),
            stack: gtk::Stack::new(),
            area: Rc::default(),
        };
        parts.stack.set_no_show_all(true);
        parts.overlay.add_overlay(&parts.stack);
        let area = Rc::clone(&parts.area);
        parts
            .overlay
            .connect_get_child_position(move |_, _| area.get());
        window
            .default_vbox()?
            .pack_start(&parts.overlay, true, true, 0);

        let guarded = ThreadGuard::new((parts.clone(), window.gtk_window()?));
        shell.with_webview(move |platform| {
            let view = platform.inner();
            let (parts, toplevel) = guarded.into_inner();
            unpack(&view);
            parts.overlay.add(&view);
            view.show();
            parts.overlay.show();
            hand_shortcuts_to(&view, &toplevel);
            view.grab_focus();
        })?;
        Ok(Self(ManuallyDrop::new(Mutex::new(ThreadGuard::new(parts)))))
    }

    /// Move a page just created into the stack.
    pub fn adopt(&self, page: &Webview) -> tauri::Result<()> {
        let guarded = ThreadGuard::new(self.parts());
        let name = page.label().to_owned();
        page.with_webview(move |platform| {
            let view = platform.inner();
            let parts = guarded.into_inner();
            unpack(&view);
            parts.stack.add_named(&view, &name);
            view.show();
            parts.focus_shell();
        })
    }

    /// Show this page in this area; without either, show none.
    pub fn show(&self, page: Option<&Webview>, area: Option<PageArea>) -> tauri::Result<()> {
        let parts = self.parts();
        let shown = page
            .zip(area)
            .and_then(|(page, area)| Some((parts.stack.child_by_name(page.label())?, area)));
        let Some((child, area)) = shown else {
            tell_when_gone(&parts.stack);
            parts.stack.hide();
            parts.focus_shell();
            return Ok(());
        };
        let at = gdk::Rectangle::new(
            area.x.round() as i32,
            area.y.round() as i32,
            (area.width.round() as i32).max(1),
            (area.height.round() as i32).max(1),
        );
        if parts.area.replace(Some(at)) != Some(at) {
            parts.overlay.queue_resize();
        }
        parts.stack.set_visible_child(&child);
        parts.stack.show();
        Ok(())
    }

    fn parts(&self) -> Parts {
        let guarded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guarded.get_ref().clone()
    }
}

/// Says in the log in which frame of the window after now the pages are no longer drawn.
fn tell_when_gone(stack: &gtk::Stack) {
    let Some(clock) = stack.frame_clock().filter(|_| stack.is_visible()) else {
        return;
    };
    let (since, frame) = (Instant::now(), clock.frame_counter());
    let told = Rc::new(Cell::new(None));
    let once = Rc::clone(&told);
    let handler = clock.connect_after_paint(move |clock| {
        if let Some(handler) = once.take() {
            clock.disconnect(handler);
            tracing::info!(
                hide.frames = clock.frame_counter() - frame,
                hide.took_ms = since.elapsed().as_secs_f64() * 1_000.0,
                "The page is off the screen"
            );
        }
    });
    told.set(Some(handler));
}

fn unpack(view: &WebView) {
    let parent = view
        .parent()
        .and_then(|parent| parent.downcast::<gtk::Container>().ok());
    if let Some(parent) = parent {
        parent.remove(view);
    }
}

/// Ctrl+1…9, Ctrl+K and Ctrl+L are the shell's also while a page has the focus.
fn hand_shortcuts_to(shell: &WebView, toplevel: &gtk::ApplicationWindow) {
    let shell = shell.downgrade();
    toplevel.connect_key_press_event(move |_, event| {
        let control_only = event.state() & gtk::accelerator_get_default_mod_mask()
            == gdk::ModifierType::CONTROL_MASK;
        let ours = event
            .keyval()
            .to_unicode()
            .is_some_and(|key| matches!(key, '1'..='9' | 'k' | 'K' | 'l' | 'L'));
        if control_only
            && ours
            && let Some(shell) = shell.upgrade()
        {
            shell.grab_focus();
        }
        glib::Propagation::Proceed
    });
}
