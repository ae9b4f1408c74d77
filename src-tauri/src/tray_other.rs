//! Windows and macOS: Tauri's own tray.

use crate::tray::{Choice, carry_out, set_shown};
use crate::tray_icons::{mood_image, standing_png};
use crate::tray_menu::{TrayLine, TrayMenu};
use tauri::image::Image;
use tauri::menu::{IconMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};
use tokio::sync::oneshot;

const OPEN: &str = "open";
const PAUSE_ALL: &str = "pause-all";
const LOCK: &str = "lock";
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
    lock: MenuItem<Wry>,
    lines: Vec<(TrayLine, IconMenuItem<Wry>)>,
    shown: TrayMenu,
}

impl Tray {
    /// Put the icon up, or say in the log why there is none; the app works without it.
    pub async fn put_up(app: &AppHandle) -> Option<Self> {
        let (done, built) = oneshot::channel();
        let main = app.clone();
        app.run_on_main_thread(move || {
            // Nobody waits any more when the app ends.
            let _ = done.send(Self::build(&main));
        })
        .ok()?;
        match built.await.ok()? {
            Ok(tray) => {
                set_shown(app, true);
                Some(tray)
            }
            Err(error) => {
                tracing::warn!(%error, "There is no tray icon");
                None
            }
        }
    }

    /// Show this menu.
    pub async fn show(&mut self, wanted: TrayMenu) {
        let shown = tokio::task::block_in_place(|| self.change(wanted));
        if let Err(error) = shown {
            tracing::warn!(%error, "The tray was not brought up to date");
        }
    }

    fn build(app: &AppHandle) -> tauri::Result<Self> {
        let shown = TrayMenu::starting();
        let headline = MenuItem::with_id(app, OPEN, &shown.headline, true, None::<&str>)?;
        let open = MenuItem::with_id(app, OPEN, "Open Hotdesk", true, None::<&str>)?;
        let pause_all = MenuItem::with_id(app, PAUSE_ALL, "Pause all", false, None::<&str>)?;
        let lock = MenuItem::with_id(app, LOCK, "Lock", false, None::<&str>)?;
        let quit = MenuItem::with_id(app, QUIT, "Quit Hotdesk", true, None::<&str>)?;
        let menu = Menu::with_items(
            app,
            &[
                &headline,
                &PredefinedMenuItem::separator(app)?,
                &PredefinedMenuItem::separator(app)?,
                &open,
                &pause_all,
                &lock,
                &quit,
            ],
        )?;
        let icon = TrayIconBuilder::with_id("hotdesk")
            .icon(mood_image(shown.mood)?)
            .tooltip(&shown.headline)
            .menu(&menu)
            .on_menu_event(on_click)
            .build(app)?;
        Ok(Self {
            icon,
            menu,
            headline,
            pause_all,
            lock,
            lines: Vec::new(),
            shown,
        })
    }

    fn change(&mut self, wanted: TrayMenu) -> tauri::Result<()> {
        if self.shown == wanted {
            return Ok(());
        }
        if self.shown.mood != wanted.mood {
            self.icon.set_icon(Some(mood_image(wanted.mood)?))?;
        }
        self.icon.set_tooltip(Some(&wanted.headline))?;
        self.headline.set_text(plain(&wanted.headline))?;
        self.pause_all.set_enabled(wanted.can_pause)?;
        self.lock.set_enabled(wanted.can_lock)?;
        self.change_lines(&wanted.sdrs)?;
        self.shown = wanted;
        Ok(())
    }

    fn change_lines(&mut self, wanted: &[TrayLine]) -> tauri::Result<()> {
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
                let item = IconMenuItem::with_id(
                    self.icon.app_handle(),
                    format!("{SDR_PREFIX}{}", line.sdr),
                    plain(&line.text),
                    true,
                    Some(picture(line)?),
                    None::<&str>,
                )?;
                self.menu.insert(&item, LINES_ABOVE + place)?;
                self.lines.push((line.clone(), item));
            }
            return Ok(());
        }
        for ((line, item), wanted) in self.lines.iter_mut().zip(wanted) {
            if line.text != wanted.text {
                item.set_text(plain(&wanted.text))?;
            }
            if line.standing != wanted.standing {
                item.set_icon(Some(picture(wanted)?))?;
            }
            line.clone_from(wanted);
        }
        Ok(())
    }
}

fn picture(line: &TrayLine) -> tauri::Result<Image<'static>> {
    Image::from_bytes(standing_png(line.standing))
}

/// An ampersand alone would mark an access key.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn on_click(app: &AppHandle, event: MenuEvent) {
    let choice = match event.id().as_ref() {
        OPEN => Choice::Open,
        PAUSE_ALL => Choice::PauseAll,
        LOCK => Choice::Lock,
        QUIT => Choice::Quit,
        other => match other.strip_prefix(SDR_PREFIX) {
            Some(sdr) => Choice::Sdr(sdr.into()),
            None => return,
        },
    };
    carry_out(app, choice);
}
