//! Linux: a StatusNotifierItem with its own menu over D-Bus.
//!
//! Not Tauri's tray: that one goes through libappindicator, which hands on no pictures of menu
//! lines, has no tooltip, and cannot tell whether anybody shows the icon.

use crate::tray::{Choice, carry_out, set_shown};
use crate::tray_icons::{mood_image, standing_png};
use crate::tray_menu::{TrayLine, TrayMenu};
use ksni::menu::StandardItem;
use ksni::{MenuItem, OfflineReason, ToolTip, TrayMethods};
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::AppHandle;

/// The icon and its menu.
pub struct Tray(ksni::Handle<Item>);

struct Item {
    app: AppHandle,
    shows: TrayMenu,
    online: AtomicBool,
    put_up: bool,
}

impl Tray {
    /// Put the icon up, or say in the log why there is none; the app works without it. It shows
    /// whenever a panel is there, and waits for one while there is none.
    pub async fn put_up(app: &AppHandle) -> Option<Self> {
        let item = Item {
            app: app.clone(),
            shows: TrayMenu::starting(),
            online: AtomicBool::new(true),
            put_up: false,
        };
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => {
                // Only now has a panel taken it or not; until then nothing hides behind it.
                handle
                    .update(|item| {
                        item.put_up = true;
                        item.tell();
                    })
                    .await;
                Some(Self(handle))
            }
            Err(error) => {
                tracing::warn!(%error, "There is no tray icon");
                None
            }
        }
    }

    /// Show this menu.
    pub async fn show(&mut self, wanted: TrayMenu) {
        if self.0.update(|item| item.shows = wanted).await.is_none() {
            tracing::warn!("The tray was not brought up to date");
        }
    }
}

impl Item {
    fn tell(&self) {
        if self.put_up {
            set_shown(&self.app, self.online.load(Ordering::SeqCst));
        }
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "hotdesk".to_owned()
    }

    fn title(&self) -> String {
        self.shows.headline.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.shows.headline.clone(),
            ..ToolTip::default()
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        mood_image(self.shows.mood)
            .map(|image| argb(&image))
            .into_iter()
            .collect()
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        carry_out(&self.app, Choice::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let mut menu = vec![entry(&self.shows.headline, Choice::Open).into()];
        menu.push(MenuItem::Separator);
        menu.extend(self.shows.sdrs.iter().map(|line| sdr_entry(line).into()));
        menu.push(MenuItem::Separator);
        menu.push(entry("Open Hotdesk", Choice::Open).into());
        let pause_all = StandardItem {
            enabled: self.shows.can_pause,
            ..entry("Pause all", Choice::PauseAll)
        };
        menu.push(pause_all.into());
        let lock = StandardItem {
            enabled: self.shows.can_lock,
            ..entry("Lock", Choice::Lock)
        };
        menu.push(lock.into());
        menu.push(entry("Quit Hotdesk", Choice::Quit).into());
        menu
    }

    fn watcher_online(&self) {
        self.online.store(true, Ordering::SeqCst);
        self.tell();
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.online.store(false, Ordering::SeqCst);
        self.tell();
        true
    }
}

fn entry(label: &str, choice: Choice) -> StandardItem<Item> {
    StandardItem {
        // An underscore alone would mark an access key.
        label: label.replace('_', "__"),
        activate: Box::new(move |item| carry_out(&item.app, choice.clone())),
        ..StandardItem::default()
    }
}

fn sdr_entry(line: &TrayLine) -> StandardItem<Item> {
    StandardItem {
        icon_data: standing_png(line.standing).to_vec(),
        ..entry(&line.text, Choice::Sdr(line.sdr.clone()))
    }
}

fn argb(image: &tauri::image::Image<'_>) -> ksni::Icon {
    let mut data = image.rgba().to_vec();
    for pixel in data.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    ksni::Icon {
        width: i32::try_from(image.width()).unwrap_or_default(),
        height: i32::try_from(image.height()).unwrap_or_default(),
        data,
    }
}
