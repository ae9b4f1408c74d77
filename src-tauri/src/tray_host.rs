//! Whether anything on this desktop shows tray icons.

/// A tray can be seen: on Linux, somebody owns the watcher's name on the session bus (plain GNOME
/// has none).
#[cfg(target_os = "linux")]
pub fn present() -> bool {
    use gtk::gio;
    use gtk::glib::{ToVariant, VariantTy};

    const TIMEOUT_MS: i32 = 500;
    let Ok(bus) = gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE) else {
        return false;
    };
    let answer = bus.call_sync(
        Some("org.freedesktop.DBus"),
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus",
        "NameHasOwner",
        Some(&("org.kde.StatusNotifierWatcher",).to_variant()),
        VariantTy::new("(b)").ok(),
        gio::DBusCallFlags::NONE,
        TIMEOUT_MS,
        gio::Cancellable::NONE,
    );
    answer
        .ok()
        .and_then(|answer| answer.get::<(bool,)>())
        .is_some_and(|(owned,)| owned)
}

/// Windows and macOS always have one.
#[cfg(not(target_os = "linux"))]
pub fn present() -> bool {
    true
}
