//! The part of a desktop that holds tray icons: a small `org.kde.StatusNotifierWatcher`, which
//! reads the app's item and its menu and presses entries, as a panel does.

use super::desk::Desk;
use super::until;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy, fdo, interface};

type Items = Arc<Mutex<Vec<(String, String)>>>;
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

struct Watcher {
    items: Items,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items.lock().unwrap().push(item);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap();
        items
            .iter()
            .map(|(bus, path)| format!("{bus}{path}"))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A tray at a desk; make it before the app starts.
pub struct Tray {
    bus: Connection,
    items: Items,
}

/// One entry of the menu.
#[derive(Debug, Clone)]
pub struct Entry {
    id: i32,
    /// What it says.
    pub label: String,
    /// The picture beside it, a PNG.
    pub picture: Option<Vec<u8>>,
}

impl Tray {
    /// Puts one up.
    pub async fn set_up(desk: &Desk) -> Self {
        let items = Items::default();
        let watcher = Watcher {
            items: Arc::clone(&items),
        };
        let bus = zbus::connection::Builder::address(desk.bus_address())
            .unwrap()
            .serve_at("/StatusNotifierWatcher", watcher)
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { bus, items }
    }

    /// Takes it off the desk.
    pub async fn take_down(self) {
        self.bus.close().await.unwrap();
    }

    /// Waits until the app has put its item there.
    pub async fn item(&self) -> (String, String) {
        until("the app puts an item into the tray", async || {
            self.items.lock().unwrap().last().cloned()
        })
        .await
    }

    /// The pixels of the icon in the tray.
    pub async fn icon(&self) -> Vec<u8> {
        let (name, path) = self.item().await;
        let item = self.proxy(&name, &path, "org.kde.StatusNotifierItem").await;
        let pixmaps: OwnedValue = item.get_property("IconPixmap").await.unwrap();
        let pixmaps = Vec::<(i32, i32, Vec<u8>)>::try_from(pixmaps).unwrap();
        let (width, height, pixels) = pixmaps.into_iter().next().unwrap();
        assert_eq!(
            pixels.len(),
            usize::try_from(width * height * 4).unwrap(),
            "four bytes a pixel"
        );
        pixels
    }

    /// The menu's entries with a label, submenus included, top to bottom.
    pub async fn menu(&self) -> Vec<Entry> {
        let menu = self.menu_proxy().await;
        let no_properties: [&str; 0] = [];
        let (_, layout): (u32, Layout) = menu
            .call("GetLayout", &(0, -1, &no_properties[..]))
            .await
            .unwrap();
        let mut entries = Vec::new();
        collect(&layout, &mut entries);
        entries
    }

    /// Waits until an entry's label has all of `parts`.
    pub async fn entry(&self, parts: &[&str]) -> Entry {
        until(&format!("the tray's menu says {parts:?}"), async || {
            let menu = self.menu().await;
            menu.into_iter()
                .find(|entry| parts.iter().all(|part| entry.label.contains(part)))
        })
        .await
    }

    /// Presses an entry.
    pub async fn press(&self, entry: &Entry) {
        let menu = self.menu_proxy().await;
        let pressed: zbus::Result<()> = menu
            .call("Event", &(entry.id, "clicked", Value::from(0), 0_u32))
            .await;
        pressed.unwrap();
    }

    async fn menu_proxy(&self) -> Proxy<'static> {
        let (name, path) = self.item().await;
        let item = self.proxy(&name, &path, "org.kde.StatusNotifierItem").await;
        let menu: fdo::Result<OwnedObjectPath> =
            item.get_property("Menu").await.map_err(Into::into);
        self.proxy(&name, menu.unwrap().as_str(), "com.canonical.dbusmenu")
            .await
    }

    async fn proxy(&self, name: &str, path: &str, interface: &'static str) -> Proxy<'static> {
        Proxy::new(&self.bus, name.to_owned(), path.to_owned(), interface)
            .await
            .unwrap()
    }
}

fn collect((id, properties, children): &Layout, into: &mut Vec<Entry>) {
    if let Some(Ok(label)) = properties.get("label").map(<&str>::try_from) {
        into.push(Entry {
            id: *id,
            label: label.replace("__", "_"),
            picture: properties
                .get("icon-data")
                .map(|data| data.try_clone().unwrap().try_into().unwrap()),
        });
    }
    for child in children {
        let child = Layout::try_from(child.try_clone().unwrap()).unwrap();
        collect(&child, into);
    }
}
