//! The tray icon. On Linux its menu cannot be replaced and changes cost a round trip over D-Bus:
//! lines are changed, added and removed one by one, at most once a second.

use crate::events::SdrChosen;
use crate::office::Office;
use crate::start;
use crate::tray_menu::{Mood, TrayLine, TrayMenu, tray_menu};
use crate::window::{self, SHELL};
use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::ids::SdrId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};
use tauri_specta::Event;
use tokio::sync::watch;

const LEAST_GAP: Duration = Duration::from_secs(1);
const OPEN: &str = "open";
const PAUSE_ALL: &str = "pause-all";
const QUIT: &str = "quit";
const SDR_PREFIX: &str = "sdr:";
/// The headline and a separator stand above the SDRs.
const LINES_ABOVE: usize = 2;

/// The icon, its menu and what they show.
pub struct Tray {
    icon: TrayIcon,
    menu: Menu<Wry>,
    headline: MenuItem<Wry>,
    pause_all: MenuItem<Wry>,
    lines: Vec<(TrayLine, MenuItem<Wry>)>,
    shown: Option<TrayMenu>,
}

impl Tray {
    /// Put the icon up, or say in the log why there is none; the app works without it. `icons` is
    /// a private directory for the files some desktops read icons from.
    pub fn new(app: &AppHandle, icons: &Path) -> Option<Self> {
        // The library behind it is loaded at run time on Linux, and its absence is a panic there.
        match catch_unwind(AssertUnwindSafe(|| Self::build(app, icons))) {
            Ok(Ok(tray)) => Some(tray),
            Ok(Err(error)) => {
                tracing::warn!(%error, "There is no tray icon");
                None
            }
            Err(_) => {
                tracing::warn!("There is no tray icon: its library is missing");
                None
            }
        }
    }

    fn build(app: &AppHandle, icons: &Path) -> tauri::Result<Self> {
        let headline = MenuItem::with_id(app, OPEN, "Hotdesk", true, None::<&str>)?;
        let open = MenuItem::with_id(app, OPEN, "Open Hotdesk", true, None::<&str>)?;
        let pause_all = MenuItem::with_id(app, PAUSE_ALL, "Pause all", false, None::<&str>)?;
        let quit = MenuItem::with_id(app, QUIT, "Quit Hotdesk", true, None::<&str>)?;
        let menu = Menu::with_items(
            app,
            &[
                &headline,
                &PredefinedMenuItem::separator(app)?,
                &PredefinedMenuItem::separator(app)?,
                &open,
                &pause_all,
                &quit,
            ],
        )?;
        let icon = TrayIconBuilder::with_id("hotdesk")
            .temp_dir_path(icons)
            .icon(icon_of(Mood::Offline)?)
            .tooltip("Hotdesk")
            .menu(&menu)
            .on_menu_event(on_click)
            .build(app)?;
        Ok(Self {
            icon,
            menu,
            headline,
            pause_all,
            lines: Vec::new(),
            shown: None,
        })
    }

    /// Follow the office until the app ends.
    pub async fn follow(mut self, mut views: watch::Receiver<OfficeView>) {
        loop {
            let wanted = tray_menu(&views.borrow_and_update());
            if let Err(error) = self.show(wanted) {
                tracing::warn!(%error, "The tray was not brought up to date");
            }
            tokio::time::sleep(LEAST_GAP).await;
            if views.changed().await.is_err() {
                return;
            }
        }
    }

    fn show(&mut self, wanted: TrayMenu) -> tauri::Result<()> {
        if self.shown.as_ref() == Some(&wanted) {
            return Ok(());
        }
        let shown_mood = self.shown.as_ref().map(|shown| shown.mood);
        if shown_mood != Some(wanted.mood) {
            self.icon.set_icon(Some(icon_of(wanted.mood)?))?;
        }
        self.icon.set_tooltip(Some(&wanted.headline))?;
        self.headline.set_text(&wanted.headline)?;
        self.pause_all.set_enabled(wanted.can_pause)?;
        self.show_lines(&wanted.sdrs)?;
        self.shown = Some(wanted);
        Ok(())
    }

    fn show_lines(&mut self, wanted: &[TrayLine]) -> tauri::Result<()> {
        let same_sdrs = self.lines.len() == wanted.len()
            && self
                .lines
                .iter()
                .zip(wanted)
                .all(|((line, _), wanted)| line.sdr == wanted.sdr);
        if !same_sdrs {
            for (_, item) in self.lines.drain(..) {
                self.menu.remove(&item)?;
            }
            for (place, line) in wanted.iter().enumerate() {
                let id = format!("{SDR_PREFIX}{}", line.sdr);
                let item =
                    MenuItem::with_id(self.icon.app_handle(), id, &line.text, true, None::<&str>)?;
                self.menu.insert(&item, LINES_ABOVE + place)?;
                self.lines.push((line.clone(), item));
            }
            return Ok(());
        }
        for ((line, item), wanted) in self.lines.iter_mut().zip(wanted) {
            if line != wanted {
                item.set_text(&wanted.text)?;
                line.clone_from(wanted);
            }
        }
        Ok(())
    }
}

fn icon_of(mood: Mood) -> tauri::Result<Image<'static>> {
    let png: &[u8] = match mood {
        Mood::Ok => include_bytes!("../../icons/tray-ok.png"),
        Mood::Attention => include_bytes!("../../icons/tray-attention.png"),
        Mood::Paused => include_bytes!("../../icons/tray-paused.png"),
        Mood::Offline => include_bytes!("../../icons/tray-offline.png"),
    };
    Image::from_bytes(png)
}

fn on_click(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => window::raise(app),
        PAUSE_ALL => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move { app.state::<Office>().pause_all().await });
        }
        QUIT => start::quit(app),
        other => {
            if let Some(sdr) = other.strip_prefix(SDR_PREFIX) {
                window::raise(app);
                choose(app, sdr.into());
            }
        }
    }
}

fn choose(app: &AppHandle, sdr: SdrId) {
    if let Err(error) = SdrChosen(sdr).emit_to(app, SHELL) {
        tracing::warn!(%error, "The shell was not told of a choice in the tray");
    }
}
